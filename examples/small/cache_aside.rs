//! A cache in front of a read model, with invalidation: `cargo run --example cache_aside`.
//!
//! It prints:
//!
//! ```text
//! 100 gold; loads so far: 1
//! 100 gold; loads so far: 1
//! 120 gold; loads so far: 2
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;

use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::{
    Aggregate, AggregateId, BoxError, Engine, Event, Facts, Node, Projection, Recorded, Shape, id,
};
use aether_realtime::cache::{CacheAside, Invalidation, Invalidator, MemoryCache};
use serde::{Deserialize, Serialize};

id! { struct ChestId of Chest; }

#[derive(Serialize, Deserialize, Event)]
enum ChestEvent {
    Deposited { gold: u32 },
}

struct Deposit {
    gold: u32,
}

#[derive(Default, Clone, Serialize, Deserialize, Shape)]
struct Chest;

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = Deposit;
    type Event = ChestEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, deposit: &Deposit, _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> {
        Ok(vec![ChestEvent::Deposited { gold: deposit.gold }])
    }

    fn apply(&mut self, _: &ChestEvent) {}
}

/// The gold of each chest: the read model that the cache spares.
type Rows = BTreeMap<AggregateId, u32>;

struct Treasury;

impl Projection<MemoryTx<Rows>> for Treasury {
    type Events = ChestEvent;

    fn name(&self) -> &'static str {
        "treasury"
    }

    async fn project(
        &self,
        events: &[Recorded<ChestEvent>],
        rows: &mut MemoryTx<Rows>,
    ) -> Result<(), BoxError> {
        for recorded in events {
            let ChestEvent::Deposited { gold } = recorded.event;
            *rows.entry(recorded.aggregate_id).or_default() += gold;
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let engine = Engine::new(MemoryStore::new());
    let rows = MemoryReadModels::<Rows>::new();
    let cache = MemoryCache::new(10_000); // RedisCache where processes share it
    let chests = CacheAside::<u32>::builder(cache.clone(), "chest", "gold").build();

    // invalidates what events change, when the rows have it; its checkpoint makes up for a crash
    let invalidator = Invalidator::new("chest-cache", cache, |event: &Recorded<ChestEvent>| {
        [Invalidation::entity("chest", event.aggregate_id)]
    });
    let invalidator = invalidator.after("treasury");
    let checkpoints = invalidator.checkpoints(rows.clone());
    let node = Node::builder(&engine)
        .projection(rows.clone(), Treasury)
        .projection(checkpoints, invalidator)
        .start()?;

    let chest = ChestId::generate();
    let fetch = async || {
        let rows = rows.clone();
        let load =
            move || async move { Ok::<_, BoxError>(rows.model().get(&chest.into()).copied()) };
        let gold = chests.fetch(chest, load).await?.unwrap_or_default();
        anyhow::Ok(format!("{gold} gold; loads so far: {}", chests.stats().loads))
    };
    let done = engine.execute(chest, Deposit { gold: 100 }).await?;
    node.wait_for("chest-cache", &done).await?;
    println!("{}", fetch().await?);
    println!("{}", fetch().await?);
    let done = engine.execute(chest, Deposit { gold: 20 }).await?;
    node.wait_for("chest-cache", &done).await?;
    println!("{}", fetch().await?);
    engine.close().await;
    Ok(())
}
