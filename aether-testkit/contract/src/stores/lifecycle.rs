//! Promises about the end: what was taken is finished, what comes later is refused, nobody is left
//! without an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::Error;
use aether_core::backend::EventStore;
use aether_core::log::Load;
use aether_testkit::{eventually, within_deadline};
use futures::future::join_all;

use super::Stage;
use super::subject::{Subject, any, end_of, joined, no_stream, numbers, versions};

/// Requests that the store has taken are stored when it closes; those that come later are told that
/// it is closed; there is no third answer, and each answer is true.
pub async fn accepted_requests_are_finished_and_later_ones_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let [store, witness] = t.handles().await;
    let before = t.source.stream();
    t.add(&before, 2).await;

    let streams = t.source.streams(64);
    let requests =
        join_all(streams.iter().map(|stream| store.append(no_stream(stream, t.source.events(2)))));
    // all requests are on their way before the store is asked to close
    let closing = async { futures::join!(requests, store.close()).0 };
    let answers = within_deadline("a closing store answers everybody", closing).await;
    for (stream, answer) in streams.iter().zip(answers) {
        let stored = match answer {
            Ok(appended) => appended.writes[0].version.get(),
            Err(Error::Closed) => 0,
            Err(other) => panic!("a closing store stores or says that it is closed, not {other:?}"),
        };
        let history = witness.load(Load::stream(stream.clone())).await.expect("it can load");
        assert_eq!(versions(&history.events), numbers(1..=stored), "answer and truth");
    }

    let late = t.source.stream();
    for append in [any(&late, t.source.events(1)), any(&before, t.source.events(1))] {
        let answer = within_deadline("a closed store answers", store.append(append)).await;
        assert!(matches!(answer, Err(Error::Closed)), "{answer:?}");
    }
    for (stream, stored) in [(&late, 0), (&before, 2)] {
        let history = witness.load(Load::stream(stream.clone())).await.expect("it can load");
        assert_eq!(versions(&history.events), numbers(1..=stored));
    }
}

/// When closing has returned, the log does not grow any more by what was sent before.
pub async fn nothing_is_stored_after_closing(stage: &Stage) {
    let t = Subject::of(stage);
    let [store, witness] = t.handles().await;
    let stream = t.source.stream();
    let passed = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (store, stream, passed) = (store.clone(), stream.clone(), passed.clone());
            let source = t.source.clone();
            tokio::spawn(async move {
                loop {
                    // a store that is never busy would let nobody else run
                    tokio::task::yield_now().await;
                    match store.append(any(&stream, source.events(10))).await {
                        Ok(_) => passed.fetch_add(1, Ordering::Relaxed),
                        Err(Error::Closed) => return,
                        Err(other) => {
                            panic!("a closing store says that it is closed, not {other:?}")
                        }
                    };
                }
            })
        })
        .collect();
    eventually("the writers are at work", async || {
        (passed.load(Ordering::Relaxed) >= 20).then_some(())
    })
    .await;
    within_deadline("closing returns", store.close()).await;
    let load = || witness.load(Load::stream(stream.clone()));
    let then = load().await.expect("it can load").events.len();
    for task in tasks {
        joined(within_deadline("everybody is answered", task).await);
    }
    let later = load().await.expect("it can load").events.len();
    assert_eq!(later, then, "events when closing had returned (right) and later (left)");
    assert_eq!(later, 10 * passed.load(Ordering::Relaxed), "events that were reported as stored");
}

/// Those who wait for events when the store closes, or later, are told so.
pub async fn closing_ends_a_wait(stage: &Stage) {
    let t = Subject::of(stage);
    let end = t.end_behind(end_of(&t.add(&t.source.stream(), 1).await)).await;
    let waits = join_all((0..3).map(|_| t.store.wait(end)));
    let closing = async { futures::join!(waits, t.store.close()).0 };
    for answer in within_deadline("closing wakes those who wait", closing).await {
        assert!(matches!(answer, Err(Error::Closed)), "{answer:?}");
    }
    let later = within_deadline("a closed store answers", t.store.wait(end)).await;
    assert!(matches!(later, Err(Error::Closed)), "{later:?}");
}

/// Closing can be asked for by several at once and again; each time it returns.
pub async fn closing_twice_does_nothing_more(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let [store, witness] = t.handles().await;
    t.add(&stream, 2).await;
    let all = async {
        futures::join!(store.close(), store.close());
        store.close().await;
    };
    within_deadline("closing returns", all).await;
    let history = witness.load(Load::stream(stream)).await.expect("it can load");
    assert_eq!(versions(&history.events), numbers(1..=2));
    assert_closed(&*store, &t).await;
}

async fn assert_closed(store: &dyn EventStore, t: &Subject<'_>) {
    let answer = store.append(any(&t.source.stream(), t.source.events(1))).await;
    assert!(matches!(answer, Err(Error::Closed)), "{answer:?}");
}
