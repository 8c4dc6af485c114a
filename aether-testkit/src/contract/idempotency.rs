//! Promises about command ids: stored at most once, and every retry gets the first result.

use aether_core::{Append, Appended, ExpectedVersion, Filter};

use super::Backend;
use super::subject::{
    Subject, any, assert_conflict, end_of, exact, no_stream, positions, race_appends,
};

/// The same append again adds nothing and gets the first result, marked as a duplicate.
pub async fn the_same_command_id_is_stored_once(backend: &dyn Backend) {
    let t = Subject::of(backend);
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
pub async fn racers_under_one_command_id_all_get_the_first_result(backend: &dyn Backend) {
    let t = Subject::of(backend);
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
pub async fn a_rejected_append_does_not_use_up_its_command_id(backend: &dyn Backend) {
    let t = Subject::of(backend);
    let stream = t.source.stream();
    let id = t.source.command();
    let rejected = Append::to(stream.clone(), exact(4), t.source.events(1)).with_command_id(id);
    assert_conflict(t.store.append(rejected).await, &stream, exact(4), 0);
    let invalid = any(&stream, vec![t.source.event_of("")]).with_command_id(id);
    assert!(t.store.append(invalid).await.is_err_and(|error| error.is_invalid()));
    assert_eq!(t.store.find_command(id).await.expect("it can look"), None);

    let appended = t.append(no_stream(&stream, t.source.events(1)).with_command_id(id)).await;
    assert!(!appended.duplicate);
    t.assert_versions(&stream, 1).await;
}

/// Whatever else an append says: under a command id that was stored before it gets the first result
/// and changes nothing.
pub async fn another_append_under_a_used_command_id_gets_the_first_result(backend: &dyn Backend) {
    let t = Subject::of(backend);
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
pub async fn a_command_id_covers_several_aggregates(backend: &dyn Backend) {
    let t = Subject::of(backend);
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
pub async fn a_stored_command_is_found_and_an_unknown_one_is_not(backend: &dyn Backend) {
    let t = Subject::of(backend);
    let (known, unknown) = (t.source.command(), t.source.command());
    let append = no_stream(&t.source.stream(), t.source.events(2)).and(
        t.source.stream(),
        ExpectedVersion::Any,
        t.source.events(1),
    );
    let first = t.append(append.with_command_id(known)).await;
    t.add(&t.source.stream(), 1).await;
    for store in t.handles().await {
        let found = store.find_command(known).await.expect("it can look");
        assert_eq!(found.expect("it was stored").writes, first.writes);
        assert_eq!(store.find_command(unknown).await.expect("it can look"), None);
    }
}

/// A caller that went away in the middle of an append can send it again under its command id: it is
/// stored once, wherever the first attempt had come to.
pub async fn a_lost_reply_can_be_retried(backend: &dyn Backend) {
    let t = Subject::of(backend);
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

#[track_caller]
fn assert_duplicate(again: Appended, first: &Appended) {
    assert_eq!(again.writes, first.writes, "the first result");
    assert!(again.duplicate, "it must say that it had been stored before");
}
