//! A chest of gold: the aggregate of the guides, and its read model in SQL.

use aether_core::{Aggregate, BoxError, Event, Facts, Module, Projection, Recorded, Shape, id};
use aether_postgres::{PgStore, PgTx, run_migrations, sqlx};
use serde::{Deserialize, Serialize};

id! {
    /// Identifies a chest.
    pub struct ChestId of Chest;
}

/// What happened to a chest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[expect(missing_docs, reason = "the fields are what they say")]
pub enum ChestEvent {
    /// Gold was put in.
    Deposited { gold: i64 },
    /// Gold was taken out.
    Withdrawn { gold: i64 },
}

/// What can be asked of a chest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are what they say")]
pub enum ChestCommand {
    /// Put gold in.
    Deposit { gold: i64 },
    /// Take gold out.
    Withdraw { gold: i64 },
}

/// The gold in a chest.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize, Shape)]
pub struct Chest {
    /// How much there is.
    pub gold: i64,
}

/// A chest refuses to give what it does not have.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("there are {0} gold in the chest; take less")]
pub struct NotEnoughGold(
    /// What there is.
    pub i64,
);

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

/// Keeps the table `chests`: the gold of each.
#[derive(Debug, Clone, Copy)]
pub struct Chests;

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
            let gold = match recorded.event {
                ChestEvent::Deposited { gold } => gold,
                ChestEvent::Withdrawn { gold } => -gold,
            };
            let add = sqlx::query(ADD).bind(recorded.aggregate_id.as_uuid()).bind(gold);
            add.execute(&mut **tx).await?;
        }
        Ok(())
    }
}

/// What a studio runs and looks after: the read model, and the migration that makes its table.
pub fn module(store: &PgStore) -> Module {
    const TABLES: &[(i64, &str, &str)] =
        &[(1, "chests", "CREATE TABLE chests (id UUID PRIMARY KEY, gold BIGINT NOT NULL)")];
    let pool = store.pool().clone();
    Module::new("treasury").aggregate::<Chest>().projection(store.read_models(), Chests).migration(
        "treasury",
        move || {
            let pool = pool.clone();
            async move { run_migrations(&pool, "treasury", TABLES).await }
        },
    )
}

/// A store in a database of its own, that is found or started, and dropped with the first value.
///
/// # Errors
///
/// There is no server, or it does not answer.
pub async fn store() -> anyhow::Result<(aether_servers::Database, PgStore)> {
    let database = aether_servers::shared_postgres().await?.database().await?;
    let store = PgStore::connect(database.url()).await?;
    store.migrate().await?;
    Ok((database, store))
}
