//! A treasure chest, event-sourced, in memory. Run it with `cargo run -p quickstart`.

#![allow(clippy::print_stdout, reason = "an example talks to those who run it")]

use aether_core::log::Until;
use aether_core::memory::MemoryStore;
use aether_core::{Aggregate, Engine, Event, Facts, Shape, Version, id};
use serde::{Deserialize, Serialize};

id! {
    /// Identifies a chest.
    struct ChestId of Chest;
}

/// What happened to a chest. These are stored, and nothing else is.
#[derive(Debug, Serialize, Deserialize, Event)]
enum ChestEvent {
    Deposited { gold: u32 },
    Withdrawn { gold: u32 },
}

/// What can be asked of it.
enum ChestCommand {
    Deposit { gold: u32 },
    Withdraw { gold: u32 },
}

/// What it has become: the sum of its events.
#[derive(Debug, Default, Clone, Serialize, Deserialize, Shape)]
struct Chest {
    gold: u32,
}

#[derive(Debug, thiserror::Error)]
#[error("only {0} gold in the chest; take less")]
struct NotEnoughGold(u32);

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = ChestCommand;
    type Event = ChestEvent;
    type Error = NotEnoughGold;

    fn decide(&self, command: &ChestCommand, _: &Facts) -> Result<Vec<ChestEvent>, NotEnoughGold> {
        match *command {
            ChestCommand::Deposit { gold } => Ok(vec![ChestEvent::Deposited { gold }]),
            ChestCommand::Withdraw { gold } if gold > self.gold => Err(NotEnoughGold(self.gold)),
            ChestCommand::Withdraw { gold } => Ok(vec![ChestEvent::Withdrawn { gold }]),
        }
    }

    fn apply(&mut self, event: &ChestEvent) {
        match event {
            ChestEvent::Deposited { gold } => self.gold += gold,
            ChestEvent::Withdrawn { gold } => self.gold -= gold,
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // for PostgreSQL: PgStore::connect(url).await? instead of MemoryStore::new()
    let engine = Engine::new(MemoryStore::new());
    let chest = ChestId::generate();

    engine.execute(chest, ChestCommand::Deposit { gold: 100 }).await?;
    let executed = engine.execute(chest, ChestCommand::Withdraw { gold: 30 }).await?;
    println!("{} gold at version {}", executed.state().gold, executed.version());

    if let Err(refusal) = engine.execute(chest, ChestCommand::Withdraw { gold: 500 }).await {
        println!("refused: {refusal}");
    }

    let before = engine.load_until(chest, Until::Version(Version::new(1))).await?;
    println!("after the first event it held {}", before.state.gold);
    Ok(())
}
