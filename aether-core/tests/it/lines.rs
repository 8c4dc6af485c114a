//! What the engine promises of commands that stand in the way of others of their process.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aether_core::memory::MemoryStore;
use aether_core::{AggregateId, CommandId, Context, Engine, Version};
use aether_testkit::chaos::{ChaosStore, Fault, Faults, Gate};
use futures::poll;
use tokio::time::Instant;
use uuid::Uuid;

use crate::purse::{Purse, PurseCommand, purse};

async fn rich() -> (Engine, ChaosStore, AggregateId) {
    let chaos = ChaosStore::wrap(Arc::new(MemoryStore::new()), Faults::none());
    let engine = Engine::new(chaos.clone());
    let id = purse();
    engine.execute::<Purse>(id, PurseCommand::Earn(5)).await.unwrap();
    (engine, chaos, id)
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_kept_and_not_polled_holds_up_nobody_for_long() {
    let (engine, chaos, id) = rich().await;
    let gate = chaos.hold_next_append();
    let mut kept = pin!(engine.execute::<Purse>(id, PurseCommand::Earn(1)).into_future());
    assert!(poll!(&mut kept).is_pending());

    let started = Instant::now();
    let second = engine.execute::<Purse>(id, PurseCommand::Earn(2)).await.unwrap();
    assert_eq!((second.state().gold, second.version()), (7, Version::new(2)));
    let refused = engine.execute::<Purse>(id, PurseCommand::Pay(100)).await.unwrap_err();
    assert_eq!(refused.rejection().unwrap().has, 7);
    let unit = engine.atomic(Context::new()).command::<Purse>(id, PurseCommand::Pay(7));
    unit.command::<Purse>(purse(), PurseCommand::Earn(7)).commit().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());

    gate.open();
    assert_eq!(kept.await.unwrap().state().gold, 1, "decided again");
    let started = Instant::now();
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(1), "the line is free");
}

#[tokio::test(start_paused = true)]
async fn a_future_that_waits_for_its_turn_and_is_not_polled_holds_up_nobody_for_long() {
    let (engine, chaos, id) = rich().await;
    let gate = Gate::new();
    chaos.next_load(Fault::Hold(gate.clone()));
    let engine = Engine::builder(engine.store().clone()).build();
    // has the turn, and loads
    let mut first = pin!(engine.execute::<Purse>(id, PurseCommand::Earn(1)).into_future());
    assert!(poll!(&mut first).is_pending());
    let mut kept = pin!(engine.execute::<Purse>(id, PurseCommand::Earn(1)).into_future());
    assert!(poll!(&mut kept).is_pending());
    gate.open();
    first.await.unwrap();
    let started = Instant::now();
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(kept.await.unwrap().version(), Version::new(4));
}

#[tokio::test]
async fn an_append_that_others_rest_on_goes_on_without_its_caller() {
    let (engine, chaos, id) = rich().await;
    let gate = Gate::new();
    chaos.next_append(Fault::HoldReply(gate.clone()));
    let mut first = Box::pin(engine.execute::<Purse>(id, PurseCommand::Earn(1)).into_future());
    assert!(poll!(&mut first).is_pending());
    let second = engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    assert_eq!(second.version(), Version::new(3), "it rests on the first");
    drop(first);
    // nobody is there for its answer, and closing waits for it
    let mut closing = pin!(engine.close());
    assert!(poll!(&mut closing).is_pending());
    gate.open();
    closing.await;
}

#[tokio::test]
async fn a_refusal_after_a_repeated_command_is_told_the_first_result() {
    let (engine, chaos, id) = rich().await;
    let context = Context::new().command_id(CommandId::new(Uuid::now_v7()));
    let gate = Gate::new();
    chaos.next_append(Fault::HoldReply(gate.clone()));
    let mut first =
        pin!(engine.execute::<Purse>(id, PurseCommand::Pay(5)).with(&context).into_future());
    assert!(poll!(&mut first).is_pending());
    // nothing is left by now, but it is the same command
    let mut again =
        pin!(engine.execute::<Purse>(id, PurseCommand::Pay(5)).with(&context).into_future());
    assert!(poll!(&mut again).is_pending());
    gate.open();
    let (first, again) = tokio::join!(first, again);
    assert!(!first.unwrap().is_duplicate() && again.unwrap().is_duplicate());
}
