//! The works `hot-command` and `hot-command-retry`: every task withdraws from one and the same bank, which lends nothing.
//!
//! By hand, `hot-command`: `SELECT … FOR UPDATE` in a transaction. `hot-command-retry`: the version is checked by the
//! statement that writes, and one that meets another begins again.

use aether_core::{AggregateId, Context, Engine};
use anyhow::{Result, ensure};
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::Bench;
use super::bank::{self, Access, Bank, Order};
use super::load::Client;
use super::row::Row;
use crate::fights::metadata;
use crate::server::checkpoint;

/// More than is withdrawn.
const GOLD: i64 = 1 << 40;

pub(super) async fn measure(bench: &Bench, row: &mut Row, access: Access) -> Result<()> {
    let engine = Engine::new(bench.store.clone());
    let id = Uuid::new_v4();
    let deposit = Order::Deposit(GOLD.unsigned_abs());
    engine.execute::<Bank>(AggregateId::new(id), deposit).await?;
    let pool = &bench.handwritten.pool;
    bank::Row::migrate(pool).await?;
    bank::Row::open(pool, &[id], GOLD).await?;
    let aether: Vec<_> = (0..bench.concurrency)
        .map(|_| Aether { engine: engine.clone(), id: AggregateId::new(id) })
        .collect();
    let by_hand: Vec<_> =
        (0..bench.concurrency).map(|_| ByHand { pool: pool.clone(), id, access }).collect();
    checkpoint(bench.pool()).await?;
    bench.in_turns(row, aether, by_hand).await
}

struct Aether {
    engine: Engine,
    id: AggregateId,
}

impl Client for Aether {
    async fn step(&mut self) -> Result<u64> {
        let context = Context::new().metadata(metadata());
        let executed =
            self.engine.execute::<Bank>(self.id, Order::Withdraw(1)).with(&context).await?;
        Ok(executed.events.len() as u64)
    }
}

struct ByHand {
    pool: PgPool,
    id: Uuid,
    access: Access,
}

impl Client for ByHand {
    async fn step(&mut self) -> Result<u64> {
        let metadata = serde_json::to_string(&metadata())?;
        loop {
            let stored = match self.access {
                Access::Locked => {
                    let mut transaction = self.pool.begin().await?;
                    let stored = self.try_once(&mut transaction, &metadata).await?;
                    transaction.commit().await?;
                    stored
                }
                Access::Optimistic => {
                    self.try_once(&mut *self.pool.acquire().await?, &metadata).await?
                }
            };
            if stored {
                return Ok(1);
            }
        }
    }
}

impl ByHand {
    async fn try_once(&self, connection: &mut sqlx::PgConnection, metadata: &str) -> Result<bool> {
        let bank = bank::Row::find(&mut *connection, self.id, self.access).await?;
        ensure!(bank.gold >= 1, "the bank is empty");
        Ok(bank.change(connection, self.id, -1, metadata).await?)
    }
}
