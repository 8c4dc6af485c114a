//! Promises about many requests at the same moment: a backend may gather them, but each gets the answer
//! it would get alone.

use std::sync::Arc;

use aether_core::backend::EventStore;
use aether_core::log::{Append, ExpectedVersion, Load, StreamId, Until};
use aether_core::{CommandId, Error, Version};

use super::Stage;
use super::subject::{
    Subject, any, assert_conflict, assert_type_mismatch, exact, no_stream, numbers, race,
    race_appends, versions,
};

/// How many requests of each kind a crowd has.
const EACH: usize = 25;

/// Appends with every kind of expectation, sent together: those that are met are stored, each of the
/// others is told what is wrong with it.
pub async fn a_crowd_of_appends_is_answered_one_by_one(stage: &Stage) {
    let t = Subject::of(stage);
    let fresh = t.source.streams(EACH);
    let old: Vec<Vec<StreamId>> = (0..5).map(|_| t.source.streams(EACH)).collect();
    for stream in old.iter().flatten() {
        t.add(stream, 3).await;
    }
    let foreign = |n: usize| StreamId::new("Other", old[4][n].aggregate_id);
    let missing = t.source.streams(EACH);
    let appends = (0..EACH).flat_map(|n| {
        let events = || t.source.events(1 + n % 3);
        [
            no_stream(&fresh[n], events()),
            Append::to(old[0][n].clone(), exact(3), events()),
            Append::to(old[1][n].clone(), ExpectedVersion::StreamExists, events()),
            Append::to(old[2][n].clone(), exact(2), events()),
            no_stream(&old[3][n], events()),
            any(&foreign(n), events()),
            Append::to(missing[n].clone(), ExpectedVersion::StreamExists, events()),
        ]
    });
    let answers = race_appends(appends.map(|append| (t.store.clone(), append))).await;
    let mut answers = answers.into_iter();
    let mut next = || answers.next().expect("an answer for each append");
    for n in 0..EACH {
        let count = 1 + (n % 3) as u32;
        for (stream, version) in
            [(&fresh[n], count), (&old[0][n], 3 + count), (&old[1][n], 3 + count)]
        {
            let stored = next().expect("it is as expected");
            assert_eq!(
                (&stored.writes[0].stream, stored.writes[0].version.get()),
                (stream, version)
            );
            t.assert_versions(stream, version).await;
        }
        assert_conflict(next(), &old[2][n], exact(2), 3);
        assert_conflict(next(), &old[3][n], ExpectedVersion::NoStream, 3);
        assert_type_mismatch(next(), &foreign(n), &old[4][n].aggregate_type);
        assert_conflict(next(), &missing[n], ExpectedVersion::StreamExists, 0);
        for refused in &old[2..] {
            t.assert_versions(&refused[n], 3).await;
        }
        t.assert_no_trace(&missing[n]).await;
    }
}

/// Racers for the same streams among appends to several streams at once: one of each pair wins, with all
/// its streams.
pub async fn a_crowd_over_several_streams_is_stored_whole(stage: &Stage) {
    let t = Subject::of(stage);
    let old = t.source.streams(EACH);
    let fresh = t.source.streams(2 * EACH);
    for stream in &old {
        t.add(stream, 3).await;
    }
    let appends = (0..EACH).flat_map(|n| {
        let both = |fresh: &StreamId| {
            Append::to(old[n].clone(), exact(3), t.source.events(1)).and(
                fresh.clone(),
                ExpectedVersion::NoStream,
                t.source.events(2),
            )
        };
        [both(&fresh[2 * n]), both(&fresh[2 * n + 1])]
    });
    let answers = race_appends(appends.map(|append| (t.store.clone(), append))).await;
    for (n, pair) in answers.chunks(2).enumerate() {
        assert_eq!(pair.iter().filter(|answer| answer.is_ok()).count(), 1, "one of two wins");
        t.assert_versions(&old[n], 4).await;
        for (answer, fresh) in pair.iter().zip(&fresh[2 * n..]) {
            match answer {
                Ok(_) => t.assert_versions(fresh, 2).await,
                Err(error) => {
                    assert!(error.is_conflict(), "{error}");
                    t.assert_no_trace(fresh).await;
                }
            }
        }
    }
}

/// Streams that many append to at the same moment under no expectation, new ones among them, get all
/// events: each append's own next to each other, in its order, where its answer says.
pub async fn a_crowd_on_few_streams_is_stored_whole(stage: &Stage) {
    let t = Subject::of(stage);
    let streams = t.source.streams(4);
    t.add(&streams[0], 2).await;
    let appends: Vec<Append> =
        (0..40 * streams.len()).map(|n| any(&streams[n % 4], t.source.events(1 + n % 5))).collect();
    let sent = appends.clone();
    let answers = race_appends(appends.into_iter().map(|append| (t.store.clone(), append))).await;
    let histories = [
        t.events(&streams[0]).await,
        t.events(&streams[1]).await,
        t.events(&streams[2]).await,
        t.events(&streams[3]).await,
    ];
    for (n, (sent, answer)) in sent.iter().zip(answers).enumerate() {
        let write = &sent.writes()[0];
        let written = &answer.expect("any version is welcome").writes[0];
        let last = written.version.get() as usize;
        let stored = &histories[n % 4][last - write.events.len()..last];
        let ids = |events: &[aether_core::RecordedEvent]| {
            events.iter().map(|event| event.event_id).collect::<Vec<_>>()
        };
        assert_eq!(ids(stored), write.events.iter().map(|e| e.event_id()).collect::<Vec<_>>());
        let positions: Vec<_> = stored.iter().map(|event| event.position).collect();
        assert_eq!(positions, written.positions);
    }
    let total: usize = sent.iter().map(Append::event_count).sum();
    assert_eq!(histories.iter().map(Vec::len).sum::<usize>(), total + 2);
    for history in &histories {
        assert_eq!(versions(history), numbers(1..=history.len() as u32));
        assert!(history.is_sorted_by_key(|event| event.position));
    }
}

/// Commands that are sent together, some of them twice, are each stored once and answered twice alike.
pub async fn a_crowd_of_commands_is_stored_once(stage: &Stage) {
    let t = Subject::of(stage);
    let streams = t.source.streams(EACH);
    let commands: Vec<Append> = streams
        .iter()
        .enumerate()
        .map(|(n, stream)| {
            let id = CommandId::new(aether_core::uuid::Uuid::new_v4());
            let expected =
                if n % 2 == 0 { ExpectedVersion::NoStream } else { ExpectedVersion::Any };
            Append::to(stream.clone(), expected, t.source.events(2)).with_command_id(id)
        })
        .collect();
    for round in 0..2 {
        let twice = commands.iter().chain(&commands).cloned();
        let answers = race_appends(twice.map(|append| (t.store.clone(), append))).await;
        let answers: Vec<_> =
            answers.into_iter().map(|answer| answer.expect("stored, now or before")).collect();
        for (n, first) in answers[..EACH].iter().enumerate() {
            let second = &answers[EACH + n];
            assert_eq!(first.writes, second.writes, "both are told of the same events");
            assert_eq!(first.writes[0].version, Version::new(2));
            let first_ones = usize::from(!first.duplicate) + usize::from(!second.duplicate);
            assert_eq!(first_ones, usize::from(round == 0), "one of them is the first");
        }
    }
    for stream in &streams {
        t.assert_versions(stream, 2).await;
    }
}

/// Loads of every kind, asked for together: each gets the history it asked for, or its own error.
pub async fn a_crowd_of_loads_is_answered_one_by_one(stage: &Stage) {
    let t = Subject::of(stage);
    let streams = t.source.streams(EACH);
    for (n, stream) in streams.iter().enumerate() {
        t.add(stream, 1 + n).await;
    }
    let load = |load: Load| {
        let store: Arc<dyn EventStore> = t.store.clone();
        async move { store.load(load).await }
    };
    let missing = t.source.stream();
    let loads = streams.iter().enumerate().flat_map(|(n, stream)| {
        let whole = Load::stream(stream.clone());
        let end = Version::new(1 + n as u32);
        [
            whole.clone(),
            whole.clone().after(end),
            whole.clone().until(Until::Version(Version::new(1))),
            whole.until(Until::Version(Version::new(2 + n as u32))),
            Load::stream(StreamId::new("Other", stream.aggregate_id)),
            Load::stream(missing.clone()),
        ]
    });
    let mut answers = race(loads.map(load)).await.into_iter();
    let mut next = || answers.next().expect("an answer for each load");
    for (n, stream) in streams.iter().enumerate() {
        let mut told = || versions(&next().expect("a history").events);
        assert_eq!(told(), numbers(1..=1 + n as u32), "{stream}");
        assert_eq!(told(), Vec::<u32>::new());
        assert_eq!(told(), [1]);
        match next() {
            Err(Error::VersionAhead { stream: s, requested, actual }) => {
                assert_eq!(
                    (&s, requested.get(), actual.get()),
                    (stream, 2 + n as u32, 1 + n as u32)
                );
            }
            other => panic!("{stream} has not come so far: {other:?}"),
        }
        let foreign = StreamId::new("Other", stream.aggregate_id);
        assert_type_mismatch(next(), &foreign, &stream.aggregate_type);
        assert_eq!(next().expect("a missing stream is no error").events.len(), 0);
    }
}
