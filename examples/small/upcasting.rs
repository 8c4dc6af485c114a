//! Events that were stored by earlier releases: `cargo run --example upcasting`.
//!
//! One was renamed and has other fields today, one means nothing any more. It prints:
//!
//! ```text
//! version 1: 100 gold by nobody, stored as Filled {"amount": 100}
//! version 3: 20 gold by Aria, stored as Deposited {"by": "Aria", "gold": 20}
//! in the chest: 120 gold
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use aether_core::log::{Append, ExpectedVersion, NewEvent};
use aether_core::memory::MemoryStore;
use aether_core::{Aggregate, Engine, Event, EventId, Facts, Json, Shape, Upcasters, id};
use serde::{Deserialize, Serialize};

id! { struct ChestId of Chest; }

#[derive(Clone, Serialize, Deserialize, Event)]
#[event(upcasters = history)]
enum ChestEvent {
    #[event(version = 2)]
    Deposited { gold: u32, by: String },
}

/// What the events have been, so that today's code reads them. Stored events are never rewritten.
fn history() -> Upcasters {
    Upcasters::new()
        .rename("Filled", "Deposited")
        .upcast("Deposited", 1, |payload| {
            payload["gold"] = payload["amount"].take();
            payload["by"] = "nobody".into();
        })
        .obsolete("Dusted")
}

struct Deposit {
    gold: u32,
    by: String,
}

#[derive(Default, Clone, Serialize, Deserialize, Shape)]
struct Chest {
    gold: u32,
}

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = Deposit;
    type Event = ChestEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, deposit: &Deposit, _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> {
        Ok(vec![ChestEvent::Deposited { gold: deposit.gold, by: deposit.by.clone() }])
    }

    fn apply(&mut self, ChestEvent::Deposited { gold, .. }: &ChestEvent) {
        self.gold += gold;
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let engine = Engine::new(MemoryStore::new());
    let chest = ChestId::generate();

    // what an early release has stored
    let filled = Json::parse(r#"{"amount":100}"#)?;
    let early = [("Filled", filled), ("Dusted", Json::empty())].map(|(name, payload)| {
        NewEvent::from_json(name, payload, EventId::generate(), engine.now())
    });
    let append = Append::to(Chest::stream(chest), ExpectedVersion::NoStream, early.into());
    engine.store().append(append).await?;

    // today's release continues on it
    let done = engine.execute(chest, Deposit { gold: 20, by: "Aria".into() }).await?;
    for recorded in engine.history(chest).await? {
        let ChestEvent::Deposited { gold, by } = &recorded.event;
        println!(
            "version {}: {gold} gold by {by}, stored as {} {}",
            recorded.version, recorded.event_type, recorded.payload
        );
    }
    println!("in the chest: {} gold", done.state().gold);
    Ok(())
}
