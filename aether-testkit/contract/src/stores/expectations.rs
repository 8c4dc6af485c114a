//! Promises about expected versions and aggregate types: enforced by the store, also in a race.

use aether_core::Error;
use aether_core::backend::EventStore;
use aether_core::log::{Append, ExpectedVersion, StreamId};

use super::Stage;
use super::subject::{
    Subject, any, assert_conflict, assert_type_mismatch, exact, no_stream, race_appends,
};

/// Of appends that expect the same version at the same moment exactly one is stored; the others get
/// a conflict that says what was expected and what was found.
pub async fn one_of_many_appends_at_the_same_version_wins(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let stream = t.source.stream();
    t.add(&stream, 3).await;
    for round in 0..10 {
        let version = 3 + 2 * round;
        let appends: Vec<_> = (0..12)
            .map(|n| {
                let append = Append::to(stream.clone(), exact(version), t.source.events(2));
                (handles[n % 2].clone(), append)
            })
            .collect();
        let answers = race_appends(appends).await;
        let (stored, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.is_ok());
        assert_eq!(stored.len(), 1, "winners at version {version}");
        for answer in refused {
            assert_conflict(answer, &stream, exact(version), version + 2);
        }
        t.assert_versions(&stream, version + 2).await;
    }
}

/// Of fifty appends that all expect no stream exactly one creates it.
pub async fn fifty_racers_create_a_stream_once(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let stream = t.source.stream();
    let appends: Vec<_> = (0..50)
        .map(|n| (handles[n % 2].clone(), no_stream(&stream, vec![t.source.event()])))
        .collect();
    let answers = race_appends(appends).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "winners");
    for answer in answers.into_iter().filter(|answer| answer.is_err()) {
        assert_conflict(answer, &stream, ExpectedVersion::NoStream, 1);
    }
    t.assert_versions(&stream, 1).await;
}

/// However twenty appends race, there are as many events as appends that reported success.
pub async fn racing_appends_report_no_more_than_was_stored(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let expectations = [
        ExpectedVersion::Any,
        ExpectedVersion::NoStream,
        ExpectedVersion::StreamExists,
        exact(3),
        exact(5),
    ];
    for _ in 0..5 {
        let stream = t.source.stream();
        let appends: Vec<_> = (0..20)
            .map(|n| {
                let expected = expectations[n % expectations.len()];
                let append = Append::to(stream.clone(), expected, vec![t.source.event()]);
                (handles[n % 2].clone(), append)
            })
            .collect();
        let sent: Vec<_> =
            appends.iter().map(|(_, append)| append.writes()[0].events[0].event_id()).collect();
        let answers = race_appends(appends).await;

        let mut reported: Vec<_> = sent
            .iter()
            .zip(&answers)
            .filter_map(|(id, answer)| {
                let version = answer.as_ref().ok()?.writes[0].version;
                Some((version, *id))
            })
            .collect();
        reported.sort_by_key(|(version, _)| *version);
        let events = t.events(&stream).await;
        let stored: Vec<_> = events.iter().map(|event| (event.version, event.event_id)).collect();
        assert_eq!(reported, stored, "what was reported (left) and what was stored (right)");
        assert!(answers.iter().all(|a| a.as_ref().err().is_none_or(Error::is_conflict)));
    }
}

/// `Exact(0)` is met by a missing stream and by no other.
pub async fn exact_zero_means_no_stream(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    t.append(Append::to(stream.clone(), exact(0), t.source.events(2))).await;
    let again = t.store.append(Append::to(stream.clone(), exact(0), t.source.events(1))).await;
    assert_conflict(again, &stream, exact(0), 2);
    t.assert_versions(&stream, 2).await;
}

/// `NoStream` is a check like any other: an existing stream is a conflict.
pub async fn no_stream_is_enforced(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    t.append(no_stream(&stream, t.source.events(2))).await;
    let again = t.store.append(no_stream(&stream, t.source.events(1))).await;
    assert_conflict(again, &stream, ExpectedVersion::NoStream, 2);
    t.assert_versions(&stream, 2).await;
}

/// `StreamExists` is a conflict on a missing stream and met by any other.
pub async fn stream_exists_needs_a_stream(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let append =
        || Append::to(stream.clone(), ExpectedVersion::StreamExists, vec![t.source.event()]);
    assert_conflict(t.store.append(append()).await, &stream, ExpectedVersion::StreamExists, 0);
    t.add(&stream, 1).await;
    t.append(append()).await;
    t.append(append()).await;
    t.assert_versions(&stream, 3).await;
}

/// A version the stream has not reached is a conflict that names both versions.
pub async fn a_version_too_high_is_a_conflict(stage: &Stage) {
    let t = Subject::of(stage);
    let (missing, existing) = (t.source.stream(), t.source.stream());
    t.add(&existing, 2).await;
    for (stream, expected, actual) in [(&missing, 1, 0), (&existing, 3, 2), (&existing, 65_538, 2)]
    {
        let append = Append::to(stream.clone(), exact(expected), t.source.events(1));
        assert_conflict(t.store.append(append).await, stream, exact(expected), actual);
    }
    t.assert_versions(&existing, 2).await;
}

/// A version the stream has left behind is a conflict that names both versions.
pub async fn a_version_too_low_is_a_conflict(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    t.add(&stream, 3).await;
    for expected in [1, 2] {
        let append = Append::to(stream.clone(), exact(expected), t.source.events(1));
        assert_conflict(t.store.append(append).await, &stream, exact(expected), 3);
    }
    t.append(Append::to(stream.clone(), exact(3), t.source.events(1))).await;
    t.assert_versions(&stream, 4).await;
}

/// A rejected append leaves nothing: no event, no stream, no type for the id.
pub async fn a_rejected_append_leaves_no_trace(stage: &Stage) {
    let t = Subject::of(stage);
    for expected in [ExpectedVersion::StreamExists, exact(1), exact(7)] {
        let stream = t.source.stream();
        let rejected = Append::to(stream.clone(), expected, t.source.events(3));
        assert_conflict(t.store.append(rejected).await, &stream, expected, 0);
        t.assert_no_trace(&stream).await;

        let stream = t.source.stream();
        let rejected = Append::to(stream.clone(), expected, t.source.events(3));
        assert_conflict(t.store.append(rejected).await, &stream, expected, 0);
        let created = t.append(no_stream(&stream, t.source.events(1))).await;
        assert_eq!(created.writes[0].version.get(), 1);
    }
}

/// An id that belongs to one aggregate type cannot be appended to as another, whatever is expected.
pub async fn an_append_as_another_type_is_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let combat = t.source.stream_of("Combat");
    t.add(&combat, 2).await;
    let player = StreamId::new("Player", combat.aggregate_id);
    for expected in [ExpectedVersion::Any, ExpectedVersion::StreamExists, exact(2)] {
        let append = Append::to(player.clone(), expected, t.source.events(1));
        assert_type_mismatch(t.store.append(append).await, &player, "Combat");
    }
    t.assert_versions(&combat, 2).await;
}

/// One append cannot use one new id as two types.
pub async fn one_id_under_two_types_is_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let combat = t.source.stream_of("Combat");
    let player = StreamId::new("Player", combat.aggregate_id);
    let append = any(&combat, t.source.events(1)).and(
        player.clone(),
        ExpectedVersion::Any,
        t.source.events(1),
    );
    assert_type_mismatch(t.store.append(append).await, &player, "Combat");
    t.assert_no_trace(&combat).await;
}

/// When two types race for one new id, one gets it and the other is told so.
pub async fn racing_types_share_no_id(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    for _ in 0..10 {
        let combat = t.source.stream_of("Combat");
        let player = StreamId::new("Player", combat.aggregate_id);
        let appends: Vec<_> = (0..10)
            .map(|n| {
                let stream = if n % 2 == 0 { &combat } else { &player };
                (handles[n / 2 % 2].clone(), any(stream, vec![t.source.event()]))
            })
            .collect();
        let answers = race_appends(appends).await;
        let combat_won = answers[0].is_ok();
        let (winner, loser) = if combat_won { (&combat, &player) } else { (&player, &combat) };
        for (n, answer) in answers.into_iter().enumerate() {
            if (n % 2 == 0) == combat_won {
                answer.expect("an append as the type that won");
            } else {
                assert_type_mismatch(answer, loser, &winner.aggregate_type);
            }
        }
        t.assert_versions(winner, 5).await;
        assert_load_refused(&*t.store, loser).await;
    }
}

async fn assert_load_refused(store: &dyn EventStore, stream: &StreamId) {
    let load = store.load(aether_core::log::Load::stream(stream.clone())).await;
    assert!(matches!(load, Err(Error::TypeMismatch { .. })), "{load:?}");
}
