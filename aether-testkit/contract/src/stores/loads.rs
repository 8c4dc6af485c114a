//! Promises about the history of one aggregate: complete, in order, as it was written, and in part.

use aether_core::chrono::{DateTime, TimeDelta, Utc};
use aether_core::log::{Load, NewEvent, StreamId, Until};
use aether_core::{AggregateId, Engine, Error, Version};
use serde_json::json;

use super::Stage;
use super::hot::vault::{Order, Vault, VaultEvent};
use super::source::{metadata, moment};
use super::subject::{
    Subject, any, assert_stored_as_sent, assert_type_mismatch, no_stream, numbers, versions,
};

/// A stream that does not exist has an empty history, not an error.
pub async fn a_missing_stream_has_an_empty_history(stage: &Stage) {
    let t = Subject::of(stage);
    t.add(&t.source.stream(), 2).await;
    let stream = t.source.stream();
    let whole = Load::stream(stream.clone());
    for load in [
        whole.clone(),
        whole.clone().after(Version::new(3)),
        whole.clone().until(Until::Version(Version::ZERO)),
        whole.clone().until(Until::Time(moment(5))),
    ] {
        let history = t.store.load(load).await.expect("a missing stream is no error");
        assert_eq!(history.events.len(), 0);
        assert!(history.snapshot.is_none());
    }
    t.assert_no_trace(&stream).await;
}

/// Events come back in order and as they were sent: ids, type, schema version, payload, metadata, and
/// time to the microsecond.
pub async fn a_load_keeps_order_and_contents(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let payloads = [
        json!({}),
        json!({ "none": null, "yes": true, "no": false, "list": [1, [2, [3, []]], {}] }),
        json!({ "entiers": [0, -1, i64::MIN, i64::MAX, u64::MAX], "réels": [0.5, -12.25, 1.0] }),
        json!({ "empty": "", "b": 1, "a": 2, "text": "x".repeat(10_000) }),
        json!([1, "deux", null]),
        json!("nu"),
        json!(7),
    ];
    let times: [DateTime<Utc>; 7] = [
        "2026-03-01T12:34:56.789012Z",
        "2026-03-01T12:34:56.789012345Z",
        "2026-03-01T12:34:56.000001Z",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00Z",
        "2400-02-29T23:59:59.5Z",
        "2026-01-01T00:00:00+14:00",
    ]
    .map(|time| time.parse().expect("a time"));
    let schema_versions = [1, 2, 7, 255, 256, 40_000, u16::MAX];
    let sent: Vec<NewEvent> = (0..payloads.len())
        .map(|n| {
            let event = t.source.event_with(["Opened", "Closed"][n % 2], &payloads[n], times[n]);
            let event = event.with_schema_version(schema_versions[n]);
            if n % 3 == 0 { event } else { event.with_metadata(metadata(t.source.uuid())) }
        })
        .collect();
    // in one append and one by one, with strangers in between
    t.append(no_stream(&stream, sent[..4].to_vec())).await;
    for event in &sent[4..] {
        t.add(&t.source.stream(), 1).await;
        t.append(any(&stream, vec![event.clone()])).await;
    }

    for store in t.handles().await {
        let history = store.load(Load::stream(stream.clone())).await.expect("it can load");
        assert_eq!(history.events.len(), sent.len());
        for (n, event) in sent.iter().enumerate() {
            assert_stored_as_sent(&history.events[n], event, &stream, n as u32 + 1);
        }
    }
}

/// Text of any script, in payloads, metadata and names, comes back unchanged.
pub async fn unicode_comes_back_unchanged(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = StreamId::new("Épée⚔", t.source.stream().aggregate_id);
    let texts = [
        "Œuvre d'Élise, naïve",
        "剣と魔法 — 검 — меч",
        "שלום عليكم \u{202e}renversé\u{202c}",
        "👩‍👩‍👧‍👦🏴‍☠️ \u{10ffff}",
        "e\u{301} et é ne sont pas pareils",
        "\"guillemets\" \\ \u{8}\u{c}\n\r\t\u{1}\u{7f}\u{85}\u{2028}\u{feff}",
        "'; DROP TABLE evenements; --  $1 %s {}",
    ];
    let sent: Vec<_> = texts
        .iter()
        .map(|text| {
            let payload = json!({ *text: text, "list": [text] });
            let event = t.source.event_with("Dégainée⚔".to_owned(), &payload, moment(1));
            let encoded = event.payload().clone();
            event.with_metadata(encoded)
        })
        .collect();
    t.append(no_stream(&stream, sent.clone())).await;
    let stored = t.events(&stream).await;
    assert_eq!(stored.len(), sent.len());
    for (n, event) in sent.iter().enumerate() {
        assert_stored_as_sent(&stored[n], event, &stream, n as u32 + 1);
    }
}

/// A load after a version gives what follows it; after the newest, nothing.
pub async fn a_load_can_begin_behind_a_version(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    t.add(&stream, 8).await;
    for after in [0, 1, 5, 7] {
        let load = Load::stream(stream.clone()).after(Version::new(after));
        assert_eq!(versions(&t.load(load).await), numbers(after + 1..=8));
    }
    for after in [8, 9, 70_000] {
        let load = Load::stream(stream.clone()).after(Version::new(after));
        assert_eq!(versions(&t.load(load).await), [0_u32; 0], "after {after}");
    }
}

/// A load up to a version gives exactly the events up to it.
pub async fn a_load_can_end_at_a_version(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    t.add(&stream, 3).await;
    t.add(&stream, 5).await;
    for last in [0, 1, 3, 4, 8] {
        let load = Load::stream(stream.clone()).until(Until::Version(Version::new(last)));
        assert_eq!(versions(&t.load(load).await), numbers(1..=last));
    }
}

/// Both bounds together cut out what lies between them; nothing, if they cross.
pub async fn a_load_can_be_limited_on_both_sides(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    t.add(&stream, 8).await;
    for (after, last, due) in
        [(2, 5, numbers(3..=5)), (4, 5, vec![5]), (5, 5, vec![]), (7, 5, vec![])]
    {
        let load = Load::stream(stream.clone())
            .after(Version::new(after))
            .until(Until::Version(Version::new(last)));
        assert_eq!(versions(&t.load(load).await), due, "after {after}, up to {last}");
    }
}

/// Asking for a version the stream has not reached is an error that names both versions.
pub async fn a_version_that_was_not_reached_is_an_error(stage: &Stage) {
    let t = Subject::of(stage);
    let (missing, existing) = (t.source.stream(), t.source.stream());
    t.add(&existing, 3).await;
    for (stream, asked, has) in [(&missing, 1, 0), (&existing, 4, 3), (&existing, 65_539, 3)] {
        let load = Load::stream(stream.clone()).until(Until::Version(Version::new(asked)));
        match t.store.load(load).await {
            Err(Error::VersionAhead { stream: told, requested, actual }) => {
                assert_eq!((&told, requested.get(), actual.get()), (stream, asked, has));
            }
            other => panic!("{stream} is at {has}: version {asked} is ahead, not {other:?}"),
        }
    }
}

/// A load up to a time gives the events up to the last one at or before it.
pub async fn a_load_can_end_at_a_time(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let times: Vec<_> = (0..6).map(|n| moment(10 * (n / 2 + 1))).collect();
    let payload = json!({});
    let events = times.iter().map(|time| t.source.event_with("Opened", &payload, *time)).collect();
    t.append(no_stream(&stream, events)).await;
    let microsecond = TimeDelta::microseconds(1);
    for (time, last) in [
        (times[0] - microsecond, 0),
        (times[0], 2),
        (times[2] - microsecond, 2),
        (times[2], 4),
        (times[2] + microsecond, 4),
        (times[4], 6),
        (times[4] + TimeDelta::days(400), 6),
        (times[0] - TimeDelta::days(400), 0),
    ] {
        let load = Load::stream(stream.clone()).until(Until::Time(time));
        assert_eq!(versions(&t.load(load).await), numbers(1..=last), "at {time}");
    }
    let load = Load::stream(stream).after(Version::new(3)).until(Until::Time(times[2]));
    assert_eq!(versions(&t.load(load).await), [4]);
}

/// When clocks went backwards, a load up to a time still is a beginning of the stream without holes:
/// up to the last event that happened at or before the time.
pub async fn a_load_at_a_time_is_never_full_of_holes(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let payload = json!({});
    let events = [10, 50, 20, 60, 30, 70]
        .map(|second| t.source.event_with("Opened", &payload, moment(second)));
    t.append(no_stream(&stream, events.into())).await;
    for (second, last) in [(9, 0), (10, 1), (19, 1), (20, 3), (30, 5), (55, 5), (70, 6)] {
        let load = Load::stream(stream.clone()).until(Until::Time(moment(second)));
        assert_eq!(versions(&t.load(load).await), numbers(1..=last), "at second {second}");
    }
}

/// An id cannot be loaded as another aggregate type than it has.
pub async fn a_load_as_another_type_is_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let combat = t.source.stream_of("Combat");
    t.add(&combat, 3).await;
    let player = StreamId::new("Player", combat.aggregate_id);
    let load = Load::stream(player.clone());
    for load in [
        load.clone(),
        load.clone().after(Version::new(2)),
        load.clone().until(Until::Version(Version::new(2))),
        load.clone().until(Until::Time(moment(1))),
    ] {
        assert_type_mismatch(t.store.load(load).await, &player, "Combat");
    }
}

/// The events of an aggregate come back typed, with what is stored beside them; one without events has none.
pub async fn a_history_is_typed(stage: &Stage) {
    let t = Subject::of(stage);
    let engine = Engine::new(t.store.clone());
    let id = AggregateId::new(t.source.uuid());
    assert_eq!(engine.history::<Vault>(id).await.expect("it can load").len(), 0);
    for order in [Order::Add, Order::Add, Order::Take(1)] {
        engine.execute::<Vault>(id, order).await.expect("it has the coin");
    }
    let history = engine.history::<Vault>(id).await.expect("it can load");
    let events: Vec<_> = history.iter().map(|recorded| recorded.event.clone()).collect();
    let taken = VaultEvent::CoinsTaken { count: 1, left: 1 };
    let added = |number| VaultEvent::CoinAdded { number };
    assert_eq!(events, [added(1), added(2), taken]);
    assert_eq!(
        history.iter().map(|recorded| recorded.version.get()).collect::<Vec<_>>(),
        [1, 2, 3]
    );
}
