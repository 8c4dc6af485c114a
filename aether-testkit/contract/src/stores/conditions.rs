//! Promises about conditions on streams that an append only reads.

use aether_core::Error;
use aether_core::log::{Append, ExpectedVersion, StreamId};

use super::Stage;
use super::subject::{
    Subject, any, assert_conflict, assert_type_mismatch, exact, no_stream, race_appends,
};

/// A condition that holds lets the append pass and leaves the stream it names as it is.
pub async fn a_condition_reads_without_writing(stage: &Stage) {
    let t = Subject::of(stage);
    let (season, player) = (t.source.stream_of("Season"), t.source.stream_of("Player"));
    t.add(&season, 4).await;
    for expected in [exact(4), ExpectedVersion::StreamExists] {
        let append = any(&player, t.source.events(1)).provided(season.clone(), expected);
        let appended = t.append(append).await;
        assert_eq!(appended.writes[1].version.get(), 4);
        assert_eq!(appended.writes[1].positions, []);
    }
    t.assert_versions(&season, 4).await;
    t.assert_versions(&player, 2).await;
}

/// A condition that does not hold, in whatever place, refuses the whole append and is named.
pub async fn a_failing_condition_refuses_everything(stage: &Stage) {
    let t = Subject::of(stage);
    let season = t.source.stream_of("Season");
    t.add(&season, 2).await;
    for expected in [ExpectedVersion::NoStream, exact(1), exact(3)] {
        let player = t.source.stream_of("Player");
        let behind = any(&player, t.source.events(2)).provided(season.clone(), expected);
        assert_conflict(t.store.append(behind).await, &season, expected, 2);
        let before = Append::default().provided(season.clone(), expected).and(
            player.clone(),
            ExpectedVersion::Any,
            t.source.events(2),
        );
        assert_conflict(t.store.append(before).await, &season, expected, 2);
        t.assert_no_trace(&player).await;
    }
    t.assert_versions(&season, 2).await;
}

/// An append of nothing but conditions is checked and answered.
pub async fn a_condition_alone_is_checked(stage: &Stage) {
    let t = Subject::of(stage);
    let (season, missing) = (t.source.stream(), t.source.stream());
    t.add(&season, 3).await;
    let holds = Append::default()
        .provided(season.clone(), exact(3))
        .provided(missing.clone(), ExpectedVersion::NoStream);
    let appended = t.append(holds).await;
    assert_eq!(appended.writes.iter().map(|w| w.version.get()).collect::<Vec<_>>(), [3, 0]);
    assert_eq!(appended.position(), None);

    let fails = Append::default().provided(season.clone(), exact(2));
    assert_conflict(t.store.append(fails).await, &season, exact(2), 3);
    let fails = Append::default().provided(missing.clone(), ExpectedVersion::StreamExists);
    assert_conflict(t.store.append(fails).await, &missing, ExpectedVersion::StreamExists, 0);
}

/// A condition that names a stream as another type than it has refuses the append.
pub async fn a_condition_on_another_type_is_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let (season, player) = (t.source.stream_of("Season"), t.source.stream_of("Player"));
    t.add(&season, 1).await;
    let mistaken = StreamId::new("Combat", season.aggregate_id);
    for expected in [exact(1), ExpectedVersion::StreamExists] {
        let append = any(&player, t.source.events(1)).provided(mistaken.clone(), expected);
        assert_type_mismatch(t.store.append(append).await, &mistaken, "Season");
    }
    t.assert_no_trace(&player).await;
}

/// A condition on a missing stream neither creates it nor gives its id a type.
pub async fn a_condition_does_not_create_a_stream(stage: &Stage) {
    let t = Subject::of(stage);
    let missing = t.source.streams(2);
    for (stream, expected) in missing.iter().zip([ExpectedVersion::NoStream, exact(0)]) {
        let append = any(&t.source.stream(), t.source.events(1)).provided(stream.clone(), expected);
        t.append(append).await;
        let alone = Append::default().provided(stream.clone(), expected);
        t.append(alone).await;
        t.assert_no_trace(stream).await;
    }
}

/// Conditions hold at the moment of the append: of two that each forbid the other, one is stored.
pub async fn conditions_on_each_other_cannot_both_hold(stage: &Stage) {
    let t = Subject::of(stage);
    for round in 0..25 {
        let (a, b) = (t.source.stream(), t.source.stream());
        t.add(&a, 1).await;
        t.add(&b, 1).await;
        race_against_each_other(&t, &a, &b, exact(1), round).await;
        let lengths = [t.events(&a).await.len(), t.events(&b).await.len()];
        assert!(lengths == [1, 2] || lengths == [2, 1], "round {round}: {lengths:?}");
    }
}

/// The same for streams that do not exist yet, where there is nothing to lock.
pub async fn conditions_on_missing_streams_cannot_both_hold(stage: &Stage) {
    let t = Subject::of(stage);
    for round in 0..25 {
        let (a, b) = (t.source.stream(), t.source.stream());
        race_against_each_other(&t, &a, &b, ExpectedVersion::NoStream, round).await;
        let lengths = [t.events(&a).await.len(), t.events(&b).await.len()];
        assert!(lengths == [0, 1] || lengths == [1, 0], "round {round}: {lengths:?}");
    }
    // and a stream is not created twice by way of a condition
    let (a, b) = (t.source.stream(), t.source.stream());
    t.append(no_stream(&a, t.source.events(1)).provided(b.clone(), ExpectedVersion::NoStream))
        .await;
    t.append(no_stream(&b, t.source.events(1)).provided(a.clone(), exact(1))).await;
}

async fn race_against_each_other(
    t: &Subject<'_>,
    a: &StreamId,
    b: &StreamId,
    expected: ExpectedVersion,
    round: usize,
) {
    let [one, two] = t.handles().await;
    let answers = race_appends([
        (one, any(a, t.source.events(1)).provided(b.clone(), expected)),
        (two, any(b, t.source.events(1)).provided(a.clone(), expected)),
    ])
    .await;
    let stored = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(stored, 1, "round {round}: appends that were stored");
    assert!(answers.iter().all(|answer| answer.as_ref().err().is_none_or(Error::is_conflict)));
}
