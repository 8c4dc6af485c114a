//! What a reader of the log is promised: everything once, in order, then live.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use aether_core::backend::EventStore;
use aether_core::log::Read;
use aether_core::memory::MemoryStore;
use aether_core::{AggregateId, Context, Engine, Error, Position, RecordedEvent, Subscription};
use aether_testkit::chaos::{ChaosStore, Fault, Faults, Gate, Operation};
use futures::{FutureExt as _, StreamExt as _};

use crate::counting::CountingStore;
use crate::purse::{Purse, PurseCommand, purse};

/// A store with `count` events, all in one purse.
async fn filled(events: u32) -> (MemoryStore, Engine, AggregateId) {
    let store = MemoryStore::new();
    let (engine, id) = (Engine::new(store.clone()), purse());
    for _ in 0..events {
        engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    }
    (store, engine, id)
}

fn reader(store: impl EventStore, batch: u32) -> Subscription {
    Subscription::builder(Arc::new(store)).batch_size(batch).start()
}

/// Reads until this many events were seen; their positions.
async fn next(subscription: &mut Subscription, count: usize) -> Vec<u64> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let batch = subscription.next_batch().await.unwrap();
        seen.extend(batch.events.iter().map(|event| event.position.get()));
    }
    seen
}

#[tokio::test]
async fn what_is_stored_comes_first_and_then_what_happens() {
    let (store, engine, id) = filled(25).await;
    let mut subscription = reader(store, 10);
    let mut seen = next(&mut subscription, 25).await;
    assert_eq!(subscription.position(), Position::new(25));
    let live = tokio::spawn(async move { (next(&mut subscription, 2).await, subscription) });
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    let (more, mut subscription) = live.await.unwrap();
    seen.extend(more);
    assert_eq!(seen, (1..=27).collect::<Vec<_>>());
    assert!(subscription.next_batch().now_or_never().is_none(), "nothing more, nothing twice");
}

#[tokio::test]
async fn batches_hold_to_their_bytes_and_little_is_read_in_vain() {
    let (store, ..) = filled(400).await;
    let page = store.read(Read::all()).await.unwrap();
    let largest = page.events.iter().map(RecordedEvent::bytes).max().unwrap();
    let store = Arc::new(CountingStore::of(store));
    let mut subscription = Subscription::builder(store.clone()).batch_bytes(10 * largest).start();
    let (mut seen, mut batches) = (Vec::new(), 0);
    while seen.len() < 400 {
        let batch = subscription.next_batch().await.unwrap();
        assert!(batch.events.iter().map(RecordedEvent::bytes).sum::<usize>() <= 10 * largest);
        seen.extend(batch.events.iter().map(|event| event.position.get()));
        batches += 1;
    }
    assert_eq!(seen, (1..=400).collect::<Vec<_>>());
    let pages = store.pages.load(Ordering::SeqCst);
    assert!(pages < batches + 10, "{pages} pages for {batches} batches");
}

#[tokio::test]
async fn the_end_of_the_log_is_told() {
    let (store, ..) = filled(5).await;
    let mut subscription = reader(store, 3);
    let first = subscription.next_batch().await.unwrap();
    assert_eq!((first.events.len(), first.position.get(), first.caught_up), (3, 3, false));
    let last = subscription.next_batch().await.unwrap();
    assert_eq!((last.events.len(), last.position.get(), last.caught_up), (2, 5, true));
}

#[tokio::test]
async fn a_reader_goes_on_from_where_it_stopped() {
    let (store, engine, _) = filled(9).await;
    let mut first = reader(store, 4);
    first.next_batch().await.unwrap();
    let mut second = engine.subscribe(first.position()).batch_size(4).start();
    assert_eq!(next(&mut second, 5).await, [5, 6, 7, 8, 9]);
}

#[tokio::test]
async fn a_filter_leaves_events_out_and_moves_past_them() {
    let (_, engine, id) = filled(6).await;
    let other = purse();
    engine.execute::<Purse>(other, PurseCommand::Earn(2)).await.unwrap();
    engine.execute::<Purse>(id, PurseCommand::Pay(1)).await.unwrap();
    let mut paid = engine.subscribe(Position::START).event_types(["GoldPaid"]).start();
    assert_eq!(next(&mut paid, 1).await, [8]);
    let mut others = engine.subscribe(Position::START).aggregates([other]).start();
    assert_eq!(next(&mut others, 1).await, [7]);
    assert_eq!(others.position(), Position::new(8), "past what it does not want");
    let mut nobody = engine.subscribe(Position::START).aggregate_types(["Combat"]).start();
    let batch = nobody.next_batch().await.unwrap();
    assert_eq!((batch.events.len(), batch.position, batch.caught_up), (0, Position::new(8), true));
}

#[tokio::test]
async fn a_dropped_next_batch_loses_and_doubles_nothing() {
    let (store, engine, id) = filled(20).await;
    let chaos = ChaosStore::wrap(Arc::new(store), Faults::none());
    let mut subscription = reader(chaos.clone(), 3);
    let mut seen = Vec::new();
    while seen.len() < 20 {
        // given up in the middle of a read, and while its answer is on the way
        for hold in [Fault::Hold as fn(Gate) -> Fault, Fault::HoldReply] {
            let gate = Gate::new();
            chaos.next_read(hold(gate.clone()));
            tokio::select! {
                biased;
                batch = subscription.next_batch() => {
                    seen.extend(batch.unwrap().events.iter().map(|event| event.position.get()));
                }
                () = gate.reached() => {}
            }
            gate.open();
        }
    }
    // and while it waits at the end
    assert!(subscription.next_batch().now_or_never().is_none());
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    seen.extend(next(&mut subscription, 1).await);
    assert_eq!(seen, (1..=21).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn at_most_three_pages_are_held_however_slow_the_reader_is() {
    let (store, ..) = filled(100).await;
    let counting = Arc::new(CountingStore::of(store));
    let mut subscription = Subscription::builder(counting.clone()).batch_size(10).start();
    assert_eq!(counting.pages.load(Ordering::SeqCst), 0, "nothing is read before somebody asks");
    for handed_out in 1..=8 {
        subscription.next_batch().await.unwrap();
        // all the time in the world to read further ahead
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(counting.pages.load(Ordering::SeqCst), handed_out + 2);
    }
}

#[tokio::test]
async fn pages_read_side_by_side_lose_nothing_wherever_the_log_ends() {
    for stored in 1..=45 {
        let (store, engine, id) = filled(stored).await;
        let mut subscription = reader(store, 10);
        let mut seen = next(&mut subscription, stored as usize).await;
        for _ in 0..17 {
            engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
        }
        seen.extend(next(&mut subscription, 17).await);
        assert_eq!(seen, (1..=u64::from(stored) + 17).collect::<Vec<_>>(), "{stored} events");
    }
}

#[tokio::test]
async fn a_log_that_grows_between_pages_read_side_by_side_is_read_whole() {
    let (store, engine, id) = filled(12).await;
    let chaos = ChaosStore::wrap(Arc::new(store), Faults::none());
    let mut subscription = reader(chaos.clone(), 10);
    let mut seen = next(&mut subscription, 10).await;
    // of the two that are read ahead the first is slow; for the second the log is too short
    let gate = Gate::new();
    chaos.next_read(Fault::Hold(gate.clone()));
    let reading = tokio::spawn(async move { (next(&mut subscription, 25).await, subscription) });
    gate.reached().await;
    tokio::task::yield_now().await;
    for _ in 0..23 {
        engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    }
    gate.open();
    let (more, _) = reading.await.unwrap();
    seen.extend(more);
    assert_eq!(seen, (1..=35).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_page_larger_than_a_store_hands_out_leaves_nothing_out() {
    let store = MemoryStore::new();
    let (engine, mut seen) = (Engine::new(store.clone()), 0);
    for _ in 0..26 {
        let (purse, work) = (purse(), engine.atomic(Context::new()));
        let work =
            (0..1000).fold(work, |work, _| work.command::<Purse>(purse, PurseCommand::Earn(1)));
        work.commit().await.unwrap();
    }
    let mut subscription = reader(store, 50_000);
    while seen < 26_000 {
        let batch = subscription.next_batch().await.unwrap();
        let positions: Vec<u64> = batch.events.iter().map(|event| event.position.get()).collect();
        assert_eq!(positions, (seen + 1..=seen + positions.len() as u64).collect::<Vec<_>>());
        seen += positions.len() as u64;
    }
}

#[tokio::test(start_paused = true)]
async fn transient_errors_are_waited_out() {
    let (store, ..) = filled(10).await;
    let chaos = ChaosStore::wrap(Arc::new(store), Faults::none());
    let mut subscription = reader(chaos.clone(), 4);
    for _ in 0..6 {
        chaos.next_read(Fault::Unavailable);
        chaos.next_read(Fault::Timeout);
    }
    assert_eq!(next(&mut subscription, 10).await, (1..=10).collect::<Vec<_>>());
    assert_eq!(chaos.unplayed(), 0);
    // at the end of the log as well
    chaos.next(Operation::Wait, Fault::Unavailable);
    let waiting = tokio::time::timeout(Duration::from_secs(5), subscription.next_batch());
    assert!(waiting.await.is_err(), "it goes on waiting");
    assert_eq!(chaos.unplayed(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_outlasts_the_patience_is_told_and_asking_again_goes_on() {
    let (store, ..) = filled(10).await;
    let chaos = ChaosStore::wrap(Arc::new(store), Faults::none());
    let patience = Duration::from_secs(2);
    let mut subscription =
        Subscription::builder(Arc::new(chaos.clone())).batch_size(4).patience(patience).start();
    let mut seen = next(&mut subscription, 4).await;
    // the page read ahead has been asked for already
    (0..40).for_each(|_| chaos.next_read(Fault::Unavailable));
    let started = tokio::time::Instant::now();
    let told = loop {
        match subscription.next_batch().await {
            Ok(batch) => seen.extend(batch.events.iter().map(|event| event.position.get())),
            Err(error) => break error,
        }
    };
    assert!(told.is_transient() && started.elapsed() <= patience, "{told:?}");
    while seen.len() < 10 {
        if let Ok(batch) = subscription.next_batch().await {
            seen.extend(batch.events.iter().map(|event| event.position.get()));
        }
    }
    assert_eq!(seen, (1..=10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_reader_from_behind_the_end_is_told_so() {
    let (_, engine, _) = filled(3).await;
    let mut subscription = engine.subscribe(Position::new(4)).start();
    let told = subscription.next_batch().await.unwrap_err();
    assert!(matches!(told, Error::PositionAhead { .. }), "{told:?}");
}

#[tokio::test]
async fn a_stream_hands_out_the_same_events_and_ends_with_the_store() {
    let (store, engine, id) = filled(7).await;
    let mut stream = std::pin::pin!(reader(store, 3).into_stream());
    for position in 1..=7 {
        assert_eq!(stream.next().await.unwrap().unwrap().position.get(), position);
    }
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().position.get(), 8);
    engine.close().await;
    assert!(stream.next().await.is_none());
}
