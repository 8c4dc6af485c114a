//! Backends behind an `Arc`: whatever a program chooses when it runs is taken by every builder.

use std::sync::Arc;

use aether_core::backend::{EventStore, LogIdentity, Processes, ReadModels};
use aether_core::log::Incarnation;
use aether_core::memory::{MemoryProcesses, MemoryReadModels, MemoryStore};
use aether_core::projection::{Message, Sink};
use aether_core::time::{Random, SeededRandom};
use aether_core::uuid::Uuid;
use aether_core::{BoxError, Engine, Job, Subscription};
use aether_testkit::chaos::{ChaosStore, Faults};

use crate::counting::CountingStore;
use crate::purse::{Purse, PurseCommand, purse};

/// Chosen by configuration.
fn chosen(kind: &str) -> Arc<dyn EventStore> {
    match kind {
        "safe" => Arc::new(MemoryStore::new()),
        _ => Arc::new(ChaosStore::wrap(MemoryStore::new(), Faults::none())),
    }
}

#[tokio::test]
async fn a_store_that_is_chosen_when_the_program_runs_is_a_store() {
    for kind in ["safe", "shaken"] {
        let store = chosen(kind);
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(7));
        let engine = Engine::builder(store.clone()).random(random).build();
        let id = purse();
        engine.execute::<Purse>(id, PurseCommand::Earn(5)).await.unwrap();
        assert_eq!(Engine::new(store.clone()).load::<Purse>(id).await.unwrap().state.gold, 5);
        let batch = Subscription::builder(store.clone()).start().next_batch().await.unwrap();
        assert_eq!(batch.events.len(), 1);
        engine.close().await;
    }
}

/// A default method that is not forwarded would be answered by the default: ports have none.
#[tokio::test]
async fn a_shared_store_is_asked_everything_itself() {
    let store = MemoryStore::new();
    let shared: Arc<dyn EventStore> = Arc::new(store.clone());
    let twice: Arc<dyn EventStore> = Arc::new(shared.clone());
    let identity = store.identity().await.unwrap();
    assert!(identity.is_some());
    assert_eq!(LogIdentity::identity(&twice).await.unwrap(), identity);
    let incarnation = Some(Incarnation::new(Uuid::from_u128(7)));
    let reborn = CountingStore { incarnation, ..CountingStore::of(store) };
    assert_eq!(LogIdentity::incarnation(&Arc::new(reborn)), incarnation);
}

struct Chore;

impl Job for Chore {
    fn name(&self) -> &str {
        "chore"
    }

    fn every(&self) -> std::time::Duration {
        std::time::Duration::from_secs(60)
    }

    async fn run(&self) -> Result<String, BoxError> {
        Ok("done".to_owned())
    }
}

struct Nowhere;

impl Sink for Nowhere {
    async fn deliver(&self, _: &[Message]) -> Result<(), BoxError> {
        Ok(())
    }
}

#[tokio::test]
async fn operators_orders_are_taken_in_memory() {
    aether_contract::orders::keep(&MemoryReadModels::<u64>::new()).await;
    aether_contract::orders::keep(&Arc::new(MemoryProcesses::new())).await;
}

/// Compiles, or not.
#[test]
fn read_models_processes_sinks_and_jobs_can_be_shared() {
    fn taken(_: impl ReadModels, _: impl Processes, _: impl Sink, _: impl Job) {}
    let models = Arc::new(MemoryReadModels::<u64>::new());
    taken(models, Arc::new(MemoryProcesses::new()), Arc::new(Nowhere), Arc::new(Chore));
}
