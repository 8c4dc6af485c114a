//! A read model in SQL that is read right after a command: `cargo run --example read_your_writes`.
//!
//! It finds or starts a PostgreSQL, and prints:
//!
//! ```text
//! version 1: the table says 100 gold
//! version 2: the table says 120 gold
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use aether_core::{
    Aggregate, BoxError, Engine, Event, Facts, Node, Projection, Recorded, Shape, id,
};
use aether_postgres::{PgStore, PgTx, sqlx};
use serde::{Deserialize, Serialize};

id! { struct ChestId of Chest; }

#[derive(Serialize, Deserialize, Event)]
enum ChestEvent {
    Deposited { gold: i64 },
}

struct Deposit {
    gold: i64,
}

#[derive(Default, Clone, Serialize, Deserialize, Shape)]
struct Chest {
    gold: i64,
}

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = Deposit;
    type Event = ChestEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, deposit: &Deposit, _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> {
        Ok(vec![ChestEvent::Deposited { gold: deposit.gold }])
    }

    fn apply(&mut self, ChestEvent::Deposited { gold }: &ChestEvent) {
        self.gold += gold;
    }
}

/// One row per chest. It is written in the transaction that moves the checkpoint: each event counts once.
struct Chests;

impl Projection<PgTx> for Chests {
    type Events = ChestEvent;

    fn name(&self) -> &'static str {
        "chests"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["chests"]
    }

    async fn project(
        &self,
        events: &[Recorded<ChestEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        const ADD: &str = "INSERT INTO chests (id, gold) VALUES ($1, $2) \
            ON CONFLICT (id) DO UPDATE SET gold = chests.gold + excluded.gold";
        for recorded in events {
            let ChestEvent::Deposited { gold } = recorded.event;
            let add = sqlx::query(ADD).bind(recorded.aggregate_id).bind(gold);
            add.execute(&mut **tx).await?;
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let database = aether_servers::shared_postgres().await?.database().await?;
    let store = PgStore::connect(database.url()).await?;
    store.migrate().await?;
    let table = "CREATE TABLE chests (id uuid PRIMARY KEY, gold bigint NOT NULL)";
    sqlx::query(table).execute(store.pool()).await?;

    let engine = Engine::new(store.clone());
    let node = Node::builder(&engine).projection(store.read_models(), Chests).start()?;
    let chest = ChestId::generate();
    for gold in [100, 20] {
        let done = engine.execute(chest, Deposit { gold }).await?;
        node.wait_for("chests", &done).await?;
        let read = sqlx::query_scalar("SELECT gold FROM chests WHERE id = $1").bind(chest);
        let gold: i64 = read.fetch_one(store.pool()).await?;
        println!("version {}: the table says {gold} gold", done.version());
    }
    engine.close().await; // stops the node, then the store
    Ok(())
}
