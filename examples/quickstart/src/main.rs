//! A treasure chest, event-sourced, in memory. Run it with `cargo run -p quickstart`.

#![allow(clippy::print_stdout, reason = "an example talks to whoever runs it")]

use aether_core::{
    Aggregate, AggregateId, Engine, Event, Facts, MemoryStore, Shape, Until, Version,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What happened to a chest. These are stored, and nothing else is.
#[derive(Debug, Serialize, Deserialize, Event)]
enum CoffreEvent {
    OrDepose { montant: u32 },
    OrRetire { montant: u32 },
}

/// What can be asked of it.
enum CoffreCommand {
    Deposer(u32),
    Retirer(u32),
}

/// What it has become: the sum of its events.
#[derive(Debug, Default, Clone, Serialize, Deserialize, Shape)]
struct Coffre {
    or: u32,
}

#[derive(Debug, thiserror::Error)]
#[error("only {0} gold in the chest; take less")]
struct PasAssezDOr(u32);

impl Aggregate for Coffre {
    const TYPE: &'static str = "Coffre";
    type Id = AggregateId;
    type Command = CoffreCommand;
    type Event = CoffreEvent;
    type Error = PasAssezDOr;

    fn decide(&self, command: &CoffreCommand, _: &Facts) -> Result<Vec<CoffreEvent>, PasAssezDOr> {
        match *command {
            CoffreCommand::Deposer(montant) => Ok(vec![CoffreEvent::OrDepose { montant }]),
            CoffreCommand::Retirer(montant) if montant > self.or => Err(PasAssezDOr(self.or)),
            CoffreCommand::Retirer(montant) => Ok(vec![CoffreEvent::OrRetire { montant }]),
        }
    }

    fn apply(&mut self, event: &CoffreEvent) {
        match event {
            CoffreEvent::OrDepose { montant } => self.or += montant,
            CoffreEvent::OrRetire { montant } => self.or -= montant,
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // for PostgreSQL: PgStore::connect(url).await? instead of MemoryStore::new()
    let engine = Engine::new(MemoryStore::new());
    let id = AggregateId::new(Uuid::now_v7());

    engine.execute::<Coffre>(id, &CoffreCommand::Deposer(100)).await?;
    let executed = engine.execute::<Coffre>(id, &CoffreCommand::Retirer(30)).await?;
    println!("{} gold at version {}", executed.state().or, executed.version());

    if let Err(refusal) = engine.execute::<Coffre>(id, &CoffreCommand::Retirer(500)).await {
        println!("refused: {refusal}");
    }

    let before = engine.load_until::<Coffre>(id, Until::Version(Version::new(1))).await?;
    println!("after the first event it held {}", before.state.or);
    Ok(())
}
