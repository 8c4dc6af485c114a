//! Promises about command ids: stored at most once, and every retry gets the first result;
//! one that was given up is never carried out.

use aether_core::log::{Append, Appended, ExpectedVersion};
use aether_core::{CommandId, Error, Filter};

use super::Stage;
use super::subject::{
    Subject, any, assert_conflict, end_of, exact, joined, no_stream, positions, race_appends,
};

/// The same append again adds nothing and gets the first result, marked as a duplicate.
pub async fn the_same_command_id_is_stored_once(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let append = no_stream(&stream, t.source.events(3)).with_command_id(t.source.command());
    let first = t.append(append.clone()).await;
    assert!(!first.duplicate);
    t.add(&stream, 2).await;
    for store in t.handles().await {
        for _ in 0..2 {
            let again = store.append(append.clone()).await;
            // its expectation does not hold any more, which does not matter
            assert_duplicate(again.expect("a duplicate is no conflict"), &first);
        }
    }
    t.assert_versions(&stream, 5).await;

    // another id is another command
    let other = any(&stream, t.source.events(3)).with_command_id(t.source.command());
    let stored = t.append(other).await;
    assert!(!stored.duplicate);
    t.assert_versions(&stream, 8).await;
    assert_eq!(t.log(Filter::all(), end_of(&stored)).await.len(), 8);
}

/// Twenty tasks with one command id: stored once, and all are given the same positions.
pub async fn racers_under_one_command_id_all_get_the_first_result(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    for expected in [ExpectedVersion::NoStream, ExpectedVersion::Any, exact(0)] {
        let stream = t.source.stream();
        let id = t.source.command();
        let appends: Vec<_> = (0..20)
            .map(|n| {
                let append = Append::to(stream.clone(), expected, t.source.events(2));
                (handles[n % 2].clone(), append.with_command_id(id))
            })
            .collect();
        let answers: Vec<Appended> = race_appends(appends)
            .await
            .into_iter()
            .map(|answer| answer.expect("the same command is no conflict"))
            .collect();
        t.assert_versions(&stream, 2).await;
        let stored = positions(&t.events(&stream).await);
        assert!(answers.iter().all(|answer| answer.writes[0].positions == stored));
        assert!(answers.iter().all(|answer| answer.writes[0].version.get() == 2));
        assert_eq!(answers.iter().filter(|answer| !answer.duplicate).count(), 1, "first results");
    }
}

/// A command id whose append was rejected can still be used.
pub async fn a_rejected_append_does_not_use_up_its_command_id(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let id = t.source.command();
    let rejected = Append::to(stream.clone(), exact(4), t.source.events(1)).with_command_id(id);
    assert_conflict(t.store.append(rejected).await, &stream, exact(4), 0);
    let invalid = any(&stream, vec![t.source.event_of("")]).with_command_id(id);
    assert!(t.store.append(invalid).await.is_err_and(|error| error.is_invalid()));
    assert_eq!(t.store.find_command(id, None).await.expect("it can look"), None);

    let appended = t.append(no_stream(&stream, t.source.events(1)).with_command_id(id)).await;
    assert!(!appended.duplicate);
    t.assert_versions(&stream, 1).await;
}

/// Whatever else an append says: under a command id that was stored before it gets the first result
/// and changes nothing.
pub async fn another_append_under_a_used_command_id_gets_the_first_result(stage: &Stage) {
    let t = Subject::of(stage);
    let (stream, other) = (t.source.stream(), t.source.stream());
    let id = t.source.command();
    let first = t.append(no_stream(&stream, t.source.events(2)).with_command_id(id)).await;
    let different = [
        any(&other, t.source.events(1)),
        Append::to(other.clone(), exact(9), t.source.events(1)),
        any(&stream, t.source.events(5)).provided(other.clone(), ExpectedVersion::StreamExists),
    ];
    for append in different {
        let answer = t.store.append(append.with_command_id(id)).await;
        assert_duplicate(answer.expect("a duplicate is no conflict"), &first);
    }
    t.assert_versions(&stream, 2).await;
    t.assert_no_trace(&other).await;
}

/// A command that touched several aggregates is known as a whole, with all its writes.
pub async fn a_command_id_covers_several_aggregates(stage: &Stage) {
    let t = Subject::of(stage);
    let streams = t.source.streams(3);
    t.add(&streams[2], 4).await;
    let append = no_stream(&streams[0], t.source.events(2))
        .and(streams[1].clone(), ExpectedVersion::Any, t.source.events(1))
        .provided(streams[2].clone(), exact(4))
        .with_command_id(t.source.command());
    let first = t.append(append.clone()).await;
    assert_eq!(first.writes.len(), 3);
    t.add(&streams[2], 1).await;
    for store in t.handles().await {
        let again = store.append(append.clone()).await;
        assert_duplicate(again.expect("a duplicate is no conflict"), &first);
    }
    t.assert_versions(&streams[0], 2).await;
    t.assert_versions(&streams[1], 1).await;
}

/// The first result of a command can be looked up by its id, in every process; an id that was never
/// stored is not found.
pub async fn a_stored_command_is_found_and_an_unknown_one_is_not(stage: &Stage) {
    let t = Subject::of(stage);
    let (known, unknown) = (t.source.command(), t.source.command());
    let append = no_stream(&t.source.stream(), t.source.events(2)).and(
        t.source.stream(),
        ExpectedVersion::Any,
        t.source.events(1),
    );
    let first = t.append(append.with_command_id(known)).await;
    t.add(&t.source.stream(), 1).await;
    for store in t.handles().await {
        let found = store.find_command(known, None).await.expect("it can look");
        assert_eq!(found.expect("it was stored").writes, first.writes);
        assert_eq!(store.find_command(unknown, None).await.expect("it can look"), None);
    }
}

/// A caller that went away in the middle of an append can send it again under its command id: it is
/// stored once, wherever the first attempt had come to.
pub async fn a_lost_reply_can_be_retried(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    for round in 0..24 {
        let stream = t.source.stream();
        let append = no_stream(&stream, t.source.events(2)).with_command_id(t.source.command());
        let mut first = handles[0].append(append.clone());
        for _ in 0..=round / 3 {
            if futures::poll!(&mut first).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(first);

        let retried = handles[round % 2].append(append.clone()).await;
        let retried = retried.expect("a retry under the same command id is no conflict");
        t.assert_versions(&stream, 2).await;
        assert_eq!(positions(&t.events(&stream).await), retried.writes[0].positions);
        assert_duplicate(t.append(append).await, &retried);
        // also when the first attempt was on its way all the time
        t.add(&stream, 1).await;
        t.assert_versions(&stream, 3).await;
    }
}

/// Under an id that was used up nothing is stored any more, whatever the append says and wherever it
/// comes from. Using an id up twice does no harm.
pub async fn nothing_is_stored_under_a_voided_command_id(stage: &Stage) {
    let t = Subject::of(stage);
    let (stream, other) = (t.source.stream(), t.source.stream());
    let known = t.source.stream();
    t.add(&known, 3).await;
    let id = t.source.command();
    for store in t.handles().await {
        assert_eq!(store.void_command(id, None).await.expect("it can be used up"), None);
        assert_eq!(store.find_command(id, None).await.expect("it can look"), None);
        let appends = [
            no_stream(&stream, t.source.events(2)),
            any(&stream, t.source.events(1)),
            Append::to(known.clone(), exact(3), t.source.events(1)),
            // its expectation does not hold: that is not what matters
            Append::to(known.clone(), exact(9), t.source.events(1)),
            any(&stream, t.source.events(1)).and(
                other.clone(),
                ExpectedVersion::Any,
                t.source.events(1),
            ),
            any(&stream, t.source.events(1)).provided(known.clone(), exact(3)),
        ];
        for append in appends {
            assert_voided(store.append(append.with_command_id(id)).await, id);
        }
    }
    t.assert_versions(&known, 3).await;
    t.assert_no_trace(&stream).await;
    t.assert_no_trace(&other).await;
}

/// A command that has been carried out cannot be voided: its first result is returned, and stays.
pub async fn a_stored_command_cannot_be_voided(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let id = t.source.command();
    let append = no_stream(&stream, t.source.events(2)).with_command_id(id);
    let first = t.append(append.clone()).await;
    for store in t.handles().await {
        let found = store.void_command(id, None).await.expect("it can look");
        assert_eq!(found.expect("it was stored").writes, first.writes);
        assert_duplicate(store.append(append.clone()).await.expect("a duplicate"), &first);
    }
    t.assert_versions(&stream, 2).await;
}

/// Where an id is used up while its append is on its way, exactly one of the two wins, and both are told
/// the same.
pub async fn a_void_and_an_append_that_race_agree_on_who_was_first(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let (mut stored, mut voided) = (0, 0);
    for round in 0..60 {
        let streams = t.source.streams(2);
        let id = t.source.command();
        let mut append = no_stream(&streams[0], t.source.events(2));
        if round % 3 == 0 {
            append = append.and(streams[1].clone(), ExpectedVersion::Any, t.source.events(1));
        }
        let append = append.with_command_id(id);
        let (writer, voider) = (handles[round % 2].clone(), handles[(round / 2) % 2].clone());
        // also with a head start, so that both come first now and then
        let late = round % 4;
        let appending = tokio::spawn(async move {
            for _ in 0..late.saturating_sub(1) {
                tokio::task::yield_now().await;
            }
            writer.append(append).await
        });
        if late == 0 {
            tokio::task::yield_now().await;
        }
        let found = voider.void_command(id, None).await.expect("it can be used up");
        let answer = joined(appending.await);
        match found {
            Some(found) => {
                let answer = answer.expect("the voider was told that it is stored");
                assert_eq!(answer.writes, found.writes);
                t.assert_versions(&streams[0], 2).await;
                stored += 1;
            }
            None => {
                assert_voided(answer, id);
                t.assert_no_trace(&streams[0]).await;
                voided += 1;
            }
        }
    }
    assert_eq!(stored + voided, 60);
}

#[track_caller]
fn assert_voided(answer: aether_core::Result<Appended>, id: CommandId) {
    match answer {
        Err(Error::CommandVoided { id: told }) => assert_eq!(told, id),
        other => panic!("the id was used up, which was to be said, not {other:?}"),
    }
}

#[track_caller]
fn assert_duplicate(again: Appended, first: &Appended) {
    assert_eq!(again.writes, first.writes, "the first result");
    assert!(again.duplicate, "it must say that it had been stored before");
}
