//! Promises about waiting for new events.

use std::sync::Arc;

use aether_core::backend::EventStore;
use aether_core::{Filter, Position, Result};
use aether_testkit::within_deadline;
use futures::future::BoxFuture;

use super::Stage;
use super::reader::Reader;
use super::subject::{Subject, end_of, positions};

/// A wait answers at once, with how far the log can be read, when that is beyond where the reader is.
pub async fn a_wait_answers_at_once_when_there_is_something(stage: &Stage) {
    let t = Subject::of(stage);
    let first = end_of(&t.add(&t.source.stream(), 1).await);
    let last = end_of(&t.add(&t.source.stream(), 2).await);
    for store in t.handles().await {
        let mut reader = Reader::new(store.clone(), Filter::all(), 10);
        reader.read_up_to(last).await;
        for after in [Position::START, first] {
            let wait = within_deadline("there is something to read", store.wait(after));
            let reached = wait.await.expect("it can wait");
            assert!(reached > after, "{reached} is not beyond {after}");
            assert!(reached < Position::END, "not beyond what can be read");
        }
        // what it said can be read: no reader comes too early
        let reached = store.wait(first).await.expect("it can wait");
        let mut reader = Reader::new(store, Filter::all(), 10);
        while !reader.step().await {}
        assert!(reader.position >= reached, "{} is before {reached}", reader.position);
    }
}

/// A wait at the end of the log does not answer before there is something, and then it does.
pub async fn a_wait_wakes_after_an_append(stage: &Stage) {
    let t = Subject::of(stage);
    let mut end = t.end_behind(end_of(&t.add(&t.source.stream(), 1).await)).await;
    for _ in 0..5 {
        end = wakes(&t, &t.store, &t.store, end).await;
    }
}

/// The same when another process appends.
pub async fn a_wait_wakes_after_an_append_of_another_process(stage: &Stage) {
    let t = Subject::of(stage);
    let [one, two] = t.handles().await;
    let mut end = t.end_behind(end_of(&t.add(&t.source.stream(), 1).await)).await;
    for _ in 0..5 {
        end = wakes(&t, &one, &two, end).await;
        end = wakes(&t, &two, &one, end).await;
    }
}

/// Waits on one handle at the log's end, appends on another, and sees the wait answer. The new end.
async fn wakes(
    t: &Subject<'_>,
    waiter: &Arc<dyn EventStore>,
    writer: &Arc<dyn EventStore>,
    end: Position,
) -> Position {
    let mut wait = pending_wait(waiter, end).await;
    let append = super::subject::any(&t.source.stream(), t.source.events(2));
    let appended = writer.append(append).await.expect("it can be stored");
    let reached = within_deadline("a waiting reader wakes", &mut wait).await.expect("it can wait");
    assert!(reached > end);
    let mut reader = Reader::new(waiter.clone(), Filter::all(), 1_000);
    reader.read_up_to(end_of(&appended)).await;
    t.end_behind(end_of(&appended)).await
}

/// A wait that is given up takes nothing away from later ones.
pub async fn a_dropped_wait_loses_nothing(stage: &Stage) {
    let t = Subject::of(stage);
    let mut end = t.end_behind(end_of(&t.add(&t.source.stream(), 1).await)).await;
    for round in 0..5 {
        for _ in 0..20 {
            drop(pending_wait(&t.store, end).await);
        }
        let given_up = pending_wait(&t.store, end).await;
        let mut kept = pending_wait(&t.store, end).await;
        if round % 2 == 0 {
            drop(given_up);
        }
        let appended = t.add(&t.source.stream(), 1).await;
        within_deadline("the wait that was kept wakes", &mut kept).await.expect("it can wait");
        // and one that begins only now
        let wait = within_deadline("a new wait answers", t.store.wait(end));
        assert!(wait.await.expect("it can wait") > end);
        end = t.end_behind(end_of(&appended)).await;
    }
    let log = t.log(Filter::all(), end).await;
    assert_eq!(positions(&log).len(), 6);
}

/// One append wakes all who wait, in all processes.
pub async fn many_waits_wake_together(stage: &Stage) {
    let t = Subject::of(stage);
    let end = t.end_behind(end_of(&t.add(&t.source.stream(), 1).await)).await;
    let handles = t.handles().await;
    let mut waits = Vec::new();
    for n in 0..20 {
        waits.push(pending_wait(&handles[n % 2], end).await);
    }
    t.add(&t.source.stream(), 1).await;
    let all = within_deadline("all twenty wake", futures::future::join_all(waits)).await;
    for reached in all {
        assert!(reached.expect("it can wait") > end);
    }
}

/// A wait at the end of the log, begun and not answered.
async fn pending_wait(
    store: &Arc<dyn EventStore>,
    end: Position,
) -> BoxFuture<'static, Result<Position>> {
    let store = store.clone();
    let mut wait: BoxFuture<'static, _> = Box::pin(async move { store.wait(end).await });
    for _ in 0..3 {
        let answer = futures::poll!(&mut wait);
        assert!(answer.is_pending(), "there is nothing after {end} to answer with: {answer:?}");
        tokio::task::yield_now().await;
    }
    wait
}
