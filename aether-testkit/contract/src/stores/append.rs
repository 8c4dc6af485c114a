//! Promises about appends: versions without gaps, all or nothing, several streams at once.

use std::sync::Arc;

use aether_core::backend::EventStore;
use aether_core::log::{Append, Appended, ExpectedVersion, Load};
use aether_core::{Filter, Position, Version};

use super::Stage;
use super::reader::Reader;
use super::subject::{
    Subject, any, assert_conflict, end_of, exact, no_stream, numbers, positions, race,
    race_appends, sorted_positions, versions,
};

/// The first event of a stream has version 1, and each later one the next.
pub async fn versions_start_at_one_and_have_no_gaps(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    for (count, last) in [(1, 1), (3, 4), (1, 5), (20, 25)] {
        let appended = t.add(&stream, count).await;
        assert_eq!(appended.writes[0].version, Version::new(last), "the version after the write");
        assert_eq!(appended.writes[0].positions.len(), count);
        assert_eq!(appended.writes[0].stream, stream);
        assert!(!appended.duplicate);
        t.assert_versions(&stream, last).await;
    }
}

/// Appends under `Any` that race for one stream are all stored, one after the other.
pub async fn concurrent_appends_leave_no_gaps(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let stream = t.source.stream();
    let appends: Vec<_> = (0..60)
        .map(|n| (handles[n % 2].clone(), any(&stream, t.source.events(1 + n % 3))))
        .collect();
    let answers: Vec<Appended> = race_appends(appends)
        .await
        .into_iter()
        .map(|answer| answer.expect("no expectation, no conflict"))
        .collect();

    t.assert_versions(&stream, 120).await;
    // each answer is about its own events
    let events = t.events(&stream).await;
    for appended in &answers {
        let write = &appended.writes[0];
        let last = write.version.get() as usize;
        let own = &events[last - write.positions.len()..last];
        assert_eq!(positions(own), write.positions, "the events after version {last}");
    }
    assert_eq!(sorted_positions(&answers), positions(&events));
}

/// A stream can have more than 65 535 events, and its version is still enforced.
pub async fn versions_go_beyond_sixteen_bits(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    for batch in 0..8_u32 {
        let events = t.source.events(9_000);
        let append = Append::to(stream.clone(), exact(batch * 9_000), events);
        assert_eq!(t.append(append).await.writes[0].version.get(), (batch + 1) * 9_000);
    }
    let wrapped = 72_000 - 65_536;
    let answer =
        t.store.append(Append::to(stream.clone(), exact(wrapped), t.source.events(1))).await;
    assert_conflict(answer, &stream, exact(wrapped), 72_000);
    t.append(Append::to(stream.clone(), exact(72_000), t.source.events(1))).await;

    let tail = t.load(Load::stream(stream).after(Version::new(71_990))).await;
    assert_eq!(versions(&tail), numbers(71_991..=72_001));
}

/// An append to several aggregates stores the events of all of them.
pub async fn several_aggregates_are_stored_together(stage: &Stage) {
    let t = Subject::of(stage);
    let (buyer, seller) = (t.source.stream_of("Player"), t.source.stream_of("Merchant"));
    t.add(&seller, 2).await;
    let appended = t
        .append(no_stream(&buyer, t.source.events(3)).and(
            seller.clone(),
            exact(2),
            t.source.events(1),
        ))
        .await;
    assert_eq!(appended.writes.iter().map(|w| w.version.get()).collect::<Vec<_>>(), [3, 3]);
    t.assert_versions(&buyer, 3).await;
    t.assert_versions(&seller, 3).await;
    assert_eq!(positions(&t.events(&buyer).await), appended.writes[0].positions);
    assert_eq!(positions(&t.events(&seller).await)[2..], appended.writes[1].positions);
}

/// If one of several aggregates is not as expected, wherever it stands, none gets an event.
pub async fn several_aggregates_are_refused_together(stage: &Stage) {
    let t = Subject::of(stage);
    for failing in 0..3 {
        let streams = t.source.streams(3);
        let append = streams.iter().enumerate().fold(Append::default(), |append, (n, stream)| {
            let expected = if n == failing { exact(4) } else { ExpectedVersion::NoStream };
            append.and(stream.clone(), expected, t.source.events(2))
        });
        let answer = t.store.append(append).await;
        assert_conflict(answer, &streams[failing], exact(4), 0);
        for stream in &streams {
            t.assert_no_trace(stream).await;
        }
    }
}

/// The answer has one entry for each write in the append's order, conditions and empty writes
/// included.
pub async fn the_answer_has_one_entry_for_each_write(stage: &Stage) {
    let t = Subject::of(stage);
    let streams = t.source.streams(4);
    t.add(&streams[0], 5).await;
    let append = Append::default()
        .provided(streams[0].clone(), ExpectedVersion::StreamExists)
        .and(streams[1].clone(), ExpectedVersion::NoStream, t.source.events(2))
        .and(streams[2].clone(), ExpectedVersion::Any, vec![])
        .and(streams[3].clone(), ExpectedVersion::Any, t.source.events(1));
    let appended = t.append(append).await;

    let told: Vec<_> = appended
        .writes
        .iter()
        .map(|write| (write.stream.clone(), write.version.get(), write.positions.len()))
        .collect();
    let [a, b, c, d] = <[_; 4]>::try_from(streams).expect("four streams");
    assert_eq!(told, [(a, 5, 0), (b, 2, 2), (c, 0, 0), (d, 1, 1)]);
    assert_eq!(appended.position(), sorted_positions([&appended]).last().copied());
}

/// Where an append names a stream twice, the later expectation sees the earlier events.
pub async fn a_stream_named_twice_sees_its_own_events(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let appended = t
        .append(
            no_stream(&stream, t.source.events(2))
                .and(stream.clone(), exact(2), t.source.events(1))
                .provided(stream.clone(), exact(3)),
        )
        .await;
    assert_eq!(appended.writes.iter().map(|w| w.version.get()).collect::<Vec<_>>(), [2, 3, 3]);
    t.assert_versions(&stream, 3).await;

    let contradiction = Append::to(stream.clone(), exact(3), t.source.events(2)).and(
        stream.clone(),
        exact(3),
        t.source.events(1),
    );
    assert_conflict(t.store.append(contradiction).await, &stream, exact(3), 5);
    t.assert_versions(&stream, 3).await;
}

/// Appends that name the same aggregates in opposite orders all come through.
pub async fn opposite_orders_do_not_deadlock(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let streams = t.source.streams(4);
    let appends: Vec<_> = (0..64_usize)
        .map(|n| {
            let mut order: Vec<_> = streams.iter().collect();
            order.rotate_left(n % 4);
            if n % 2 == 0 {
                order.reverse();
            }
            let append = order.into_iter().fold(Append::default(), |append, stream| {
                append.and(stream.clone(), ExpectedVersion::Any, vec![t.source.event()])
            });
            (handles[n / 2 % 2].clone(), append)
        })
        .collect();
    for answer in race_appends(appends).await {
        answer.expect("no expectation, no conflict, no deadlock");
    }
    for stream in &streams {
        t.assert_versions(stream, 64).await;
    }
}

/// An append that adds nothing and asks nothing is answered with an empty answer, and does nothing.
pub async fn an_empty_append_changes_nothing(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let nothing = [
        Append::default(),
        any(&stream, vec![]),
        any(&stream, vec![]).and(t.source.stream(), ExpectedVersion::Any, vec![]),
    ];
    for append in nothing {
        assert_eq!(t.append(append).await, Appended::default());
    }
    let only = t.add(&t.source.stream(), 1).await;
    let log = t.log(Filter::all(), end_of(&only)).await;
    assert_eq!(positions(&log), only.writes[0].positions);
    t.assert_no_trace(&stream).await;
}

/// A load sees all events of an append or none of them, also while others append.
pub async fn a_load_never_sees_half_an_append(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let stream = t.source.stream();
    let appends: Vec<_> =
        (0..40).map(|n| (handles[n % 2].clone(), any(&stream, t.source.events(3)))).collect();
    let loader = |store: Arc<dyn EventStore>| {
        let stream = stream.clone();
        async move {
            let mut seen = 0;
            while seen < 120 {
                let history = store.load(Load::stream(stream.clone())).await;
                let events = history.expect("a load among appends can be answered").events;
                let found = versions(&events);
                assert_eq!(found, numbers(1..=events.len() as u32), "no gaps while others append");
                assert_eq!(events.len() % 3, 0, "events come in threes: {found:?}");
                assert!(events.len() >= seen, "events do not go away");
                seen = events.len();
                tokio::task::yield_now().await;
            }
        }
    };
    let loaders = race(handles.iter().cloned().map(loader));
    let (answers, _) = futures::join!(race_appends(appends), loaders);
    for answer in answers {
        answer.expect("no expectation, no conflict");
    }
}

/// What one process has appended, another one loads and reads, and its expectations hold there too.
pub async fn two_handles_see_each_others_appends(stage: &Stage) {
    let t = Subject::of(stage);
    let [one, two] = t.handles().await;
    let stream = t.source.stream();
    let mut end = Position::START;
    for version in 0..6 {
        let (writer, reader) = if version % 2 == 0 { (&one, &two) } else { (&two, &one) };
        let append = Append::to(stream.clone(), exact(version), vec![t.source.event()]);
        let stale = append.clone();
        let appended = writer.append(append).await.expect("the version is right");
        end = end_of(&appended);

        let history = reader.load(Load::stream(stream.clone())).await.expect("it can load");
        assert_eq!(versions(&history.events), numbers(1..=version + 1));
        assert_conflict(reader.append(stale).await, &stream, exact(version), version + 1);
    }
    for store in [one, two] {
        let mut reader = Reader::new(store, Filter::all(), 100);
        reader.read_up_to(end).await;
        assert_eq!(versions(&reader.events), numbers(1..=6));
    }
}
