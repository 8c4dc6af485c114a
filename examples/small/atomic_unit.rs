//! Commands on two aggregates, of which both happen or none: `cargo run --example atomic_unit`.
//!
//! It prints:
//!
//! ```text
//! moved 30: 70 gold in the mine, 30 in the vault
//! refused: there are 70 gold in the chest; take less
//! after that: 70 gold in the mine, 30 in the vault
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use aether_core::command::{Atomic, AtomicExecuted};
use aether_core::memory::MemoryStore;
use aether_core::{Aggregate, Context, Engine, Event, ExecuteError, Facts, Shape, id};
use serde::{Deserialize, Serialize};

id! { struct ChestId of Chest; }

#[derive(Serialize, Deserialize, Event)]
enum ChestEvent {
    Deposited { gold: u32 },
    Withdrawn { gold: u32 },
}

enum ChestCommand {
    Deposit { gold: u32 },
    Withdraw { gold: u32 },
}

#[derive(Default, Clone, Serialize, Deserialize, Shape)]
struct Chest {
    gold: u32,
}

#[derive(Debug, thiserror::Error)]
#[error("there are {0} gold in the chest; take less")]
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

/// The unit that moves gold. Nothing happens before it is committed.
fn transfer(engine: &Engine, from: ChestId, to: ChestId, gold: u32) -> Atomic {
    // the deposit is first, to show that it is not stored when the withdrawal is refused
    engine
        .atomic(Context::new())
        .command(to, ChestCommand::Deposit { gold })
        .command(from, ChestCommand::Withdraw { gold })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let engine = Engine::new(MemoryStore::new());
    let mine = ChestId::generate();
    let vault = ChestId::generate();
    engine.execute(mine, ChestCommand::Deposit { gold: 100 }).await?;

    transfer(&engine, mine, vault, 30).commit().await?;
    println!("moved 30: {}", contents(&engine, mine, vault).await?);

    match transfer(&engine, mine, vault, 500).commit().await {
        Err(ExecuteError::Rejected(refusal)) => println!("refused: {refusal}"),
        other => drop::<AtomicExecuted>(other?),
    }
    println!("after that: {}", contents(&engine, mine, vault).await?);
    Ok(())
}

async fn contents(engine: &Engine, mine: ChestId, vault: ChestId) -> anyhow::Result<String> {
    let mine = engine.load(mine).await?.state.gold;
    let vault = engine.load(vault).await?.state.gold;
    Ok(format!("{mine} gold in the mine, {vault} in the vault"))
}
