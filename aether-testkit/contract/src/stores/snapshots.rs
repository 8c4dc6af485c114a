//! Promises about snapshots: used where they fit, passed over where they do not, never the truth.

use aether_core::backend::Snapshot;
use aether_core::log::{History, Load, StreamId, Until};
use aether_core::shape::Fingerprint;
use aether_core::{Json, Version};
use serde_json::json;

use super::Stage;
use super::source::moment;
use super::subject::{Subject, no_stream, value, versions};

const SHAPE: Fingerprint = Fingerprint::new(-77);
const OTHER_SHAPE: Fingerprint = Fingerprint::new(i64::MAX);

/// A load that asks for a snapshot of this shape gets it, as it was saved, and only the events after
/// it.
pub async fn a_fitting_snapshot_shortens_a_load(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = stream_with(&t, 6).await;
    let saved = snapshot(&stream, 4);
    save(&t, saved.clone(), 2).await;
    for store in t.handles().await {
        let load = Load::stream(stream.clone()).with_snapshot(SHAPE);
        let history = store.load(load).await.expect("it can load");
        assert_eq!(versions(&history.events), [5, 6]);
        let found = history.snapshot.expect("the snapshot fits");
        assert_eq!(found.stream, saved.stream);
        assert_eq!(found.version, saved.version);
        assert_eq!(found.fingerprint, saved.fingerprint);
        assert_eq!(value(&found.state), value(&saved.state));
        assert_eq!(found.created_at, saved.created_at);
    }
    // of another stream it says nothing
    let stranger = stream_with(&t, 2).await;
    assert_history(&load(&t, Load::stream(stranger)).await, None, &[1, 2]);
}

/// Without being asked for, no snapshot is given and all events are.
pub async fn a_load_that_asks_for_no_snapshot_gets_none(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = stream_with(&t, 5).await;
    save(&t, snapshot(&stream, 5), 2).await;
    let history = t.store.load(Load::stream(stream)).await.expect("it can load");
    assert_history(&history, None, &[1, 2, 3, 4, 5]);
}

/// A snapshot taken with another shape is passed over, and an older one that fits is used.
pub async fn a_snapshot_of_another_shape_is_passed_over(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = stream_with(&t, 6).await;
    save(&t, Snapshot { fingerprint: OTHER_SHAPE, ..snapshot(&stream, 5) }, 5).await;
    assert_history(&load(&t, Load::stream(stream.clone())).await, None, &[1, 2, 3, 4, 5, 6]);
    save(&t, snapshot(&stream, 3), 5).await;
    assert_history(&load(&t, Load::stream(stream)).await, Some(3), &[4, 5, 6]);
}

/// Of several that fit, the newest is used.
pub async fn the_newest_snapshot_is_used(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = stream_with(&t, 9).await;
    for version in [2, 7, 5] {
        save(&t, snapshot(&stream, version), 5).await;
    }
    assert_history(&load(&t, Load::stream(stream)).await, Some(7), &[8, 9]);
}

/// Only the newest few of an aggregate are kept, and those of others are left alone.
pub async fn only_the_newest_snapshots_are_kept(stage: &Stage) {
    let t = Subject::of(stage);
    let (stream, other) = (stream_with(&t, 9).await, stream_with(&t, 9).await);
    save(&t, snapshot(&other, 1), 2).await;
    for version in [2, 4, 6, 8] {
        save(&t, snapshot(&stream, version), 2).await;
    }
    let up_to = |stream: &StreamId, version| {
        load(&t, Load::stream(stream.clone()).until(Until::Version(Version::new(version))))
    };
    assert_history(&up_to(&stream, 9).await, Some(8), &[9]);
    assert_history(&up_to(&stream, 7).await, Some(6), &[7]);
    assert_history(&up_to(&stream, 5).await, None, &[1, 2, 3, 4, 5]);
    assert_history(&up_to(&other, 9).await, Some(1), &[2, 3, 4, 5, 6, 7, 8, 9]);
}

/// A snapshot of an older version that is saved last (a slow task) does not push out a newer one.
pub async fn an_older_snapshot_that_comes_late_displaces_no_newer_one(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = stream_with(&t, 9).await;
    for version in [8, 3] {
        save(&t, snapshot(&stream, version), 1).await;
    }
    assert_history(&load(&t, Load::stream(stream)).await, Some(8), &[9]);
}

/// A snapshot beyond the end of a load, or not beyond its beginning, is not used.
pub async fn a_snapshot_outside_the_range_is_ignored(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let payload = json!({});
    let events = (1..=8).map(|n| t.source.event_with("Opened", &payload, moment(10 * n))).collect();
    t.append(no_stream(&stream, events)).await;
    save(&t, snapshot(&stream, 3), 5).await;
    save(&t, snapshot(&stream, 6), 5).await;
    let whole = Load::stream(stream);

    let version = |last| whole.clone().until(Until::Version(Version::new(last)));
    assert_history(&load(&t, version(8)).await, Some(6), &[7, 8]);
    assert_history(&load(&t, version(6)).await, Some(6), &[]);
    assert_history(&load(&t, version(5)).await, Some(3), &[4, 5]);
    assert_history(&load(&t, version(2)).await, None, &[1, 2]);

    let time = |second| whole.clone().until(Until::Time(moment(second)));
    assert_history(&load(&t, time(85)).await, Some(6), &[7, 8]);
    assert_history(&load(&t, time(59)).await, Some(3), &[4, 5]);
    assert_history(&load(&t, time(29)).await, None, &[1, 2]);

    let after = |first| whole.clone().after(Version::new(first));
    assert_history(&load(&t, after(4)).await, Some(6), &[7, 8]);
    assert_history(&load(&t, after(7)).await, None, &[8]);
    let between = after(4).until(Until::Version(Version::new(5)));
    assert_history(&load(&t, between).await, None, &[5]);
}

/// Saving a snapshot of the same version and shape again (two processes had the same idea) is no
/// error.
pub async fn a_snapshot_can_be_saved_twice(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = stream_with(&t, 5).await;
    save(&t, snapshot(&stream, 2), 2).await;
    for store in t.handles().await {
        for _ in 0..2 {
            store.save_snapshot(snapshot(&stream, 4), 2).await.expect("twice is no error");
        }
    }
    assert_history(&load(&t, Load::stream(stream.clone())).await, Some(4), &[5]);
    // they count as one: the older one was not pushed out
    let before = Load::stream(stream).until(Until::Version(Version::new(3)));
    assert_history(&load(&t, before).await, Some(2), &[3]);
}

/// What a snapshot holds is its reader's business: the store gives back what it was given.
pub async fn what_a_snapshot_holds_is_not_looked_at(stage: &Stage) {
    let t = Subject::of(stage);
    let texts = [r#"{"unknown":[1,null,"é⚔"]}"#, "[]", "null", "\"text\"", "-7"];
    for text in texts {
        let stream = stream_with(&t, 2).await;
        let state = Json::from_stored(text);
        save(&t, Snapshot { state: state.clone(), ..snapshot(&stream, 2) }, 1).await;
        let history = load(&t, Load::stream(stream)).await;
        assert_history(&history, Some(2), &[]);
        assert_eq!(value(&history.snapshot.expect("it fits").state), value(&state));
    }
}

async fn stream_with(t: &Subject<'_>, events: usize) -> StreamId {
    let stream = t.source.stream();
    t.add(&stream, events).await;
    stream
}

fn snapshot(stream: &StreamId, version: u32) -> Snapshot {
    Snapshot {
        last_event: None,
        stream: stream.clone(),
        version: Version::new(version),
        fingerprint: SHAPE,
        state: Json::encode(&json!({ "gold": version, "name": "Élise" })).expect("it is storable"),
        created_at: moment(1_000 + version),
    }
}

async fn save(t: &Subject<'_>, snapshot: Snapshot, keep: u32) {
    t.store.save_snapshot(snapshot, keep).await.expect("it can be saved");
}

/// Loads with the suite's shape.
async fn load(t: &Subject<'_>, load: Load) -> History {
    t.store.load(load.with_snapshot(SHAPE)).await.expect("it can load")
}

#[track_caller]
fn assert_history(history: &History, snapshot: Option<u32>, events: &[u32]) {
    let found = history.snapshot.as_ref().map(|snapshot| snapshot.version.get());
    assert_eq!(found, snapshot, "the version of the snapshot that was used");
    assert_eq!(versions(&history.events), events, "the events after it");
}
