//! A live feed that misses nothing: `cargo run --example live_feed`.
//!
//! A bus makes it quick and may lose messages; the log fills the gaps. It prints:
//!
//! ```text
//! over the bus: 10 gold
//! while the bus was cut: 20 gold
//! after it came back: 30 gold
//! while the client was away: 40 gold
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use aether_core::memory::{MemoryReadModels, MemoryStore};
use aether_core::{Aggregate, Engine, Event, Facts, Filter, Node, Position, Shape, id};
use aether_realtime::bus::{Announcer, Channels, Feeds, MemoryBus};
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

/// What clients are told.
#[derive(Serialize, Deserialize)]
struct Update {
    gold: u32,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let engine = Engine::new(MemoryStore::new());
    let bus = MemoryBus::new(); // RedisBus where processes share it
    // one channel for each chest
    let updates = Channels::new("chests", Filter::events::<ChestEvent>(), |event| {
        let ChestEvent::Deposited { gold } = event.decode()?;
        Ok(Some((format!("chest:{}", event.aggregate_id), Update { gold })))
    });
    let announcer = Announcer::new("announcer", bus.clone()).channels(&updates);
    let checkpoints = announcer.checkpoints(MemoryReadModels::<()>::new(), engine.store().clone());
    let node = Node::builder(&engine).projection(checkpoints, announcer).start()?;

    let chest = ChestId::generate();
    let feeds = Feeds::new(engine.store().clone(), bus.clone());
    let channel = updates.channel(format!("chest:{chest}"), Filter::all().aggregates([chest]));
    let mut feed = feeds.follow(&channel, Position::START).await?;

    engine.execute(chest, Deposit { gold: 10 }).await?;
    println!("over the bus: {} gold", feed.next().await?.message.gold);

    bus.cut();
    let lost = engine.execute(chest, Deposit { gold: 20 }).await?;
    node.wait_for("announcer", &lost).await?; // it was sent, and nobody heard it
    bus.mend();
    engine.execute(chest, Deposit { gold: 30 }).await?;
    println!("while the bus was cut: {} gold", feed.next().await?.message.gold);
    let last = feed.next().await?;
    println!("after it came back: {} gold", last.message.gold);

    drop(feed); // the client goes away with the last message that it has
    engine.execute(chest, Deposit { gold: 40 }).await?;
    let mut feed = feeds.resume(&channel, last.anchor()).await?;
    println!("while the client was away: {} gold", feed.next().await?.message.gold);
    engine.close().await;
    Ok(())
}
