//! The aggregate of the hot works, a guild's bank, and the same bank by hand: a row per aggregate, and its events.

use aether_core::{Aggregate, Event, Facts, Shape};
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnection, PgPool};
use uuid::Uuid;

/// A bank that lends nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
pub(super) struct Bank {
    gold: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    Deposit(u64),
    Withdraw(u64),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(super) enum BankEvent {
    Deposited { gold: u64 },
    Withdrawn { gold: u64 },
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("there are {has} gold pieces, {wanted} are asked for")]
pub(super) struct TooLittle {
    has: u64,
    wanted: u64,
}

impl Aggregate for Bank {
    const TYPE: &'static str = "Bank";
    type Command = Order;
    type Event = BankEvent;
    type Error = TooLittle;

    fn decide(&self, order: &Order, _: &Facts) -> Result<Vec<BankEvent>, TooLittle> {
        match *order {
            Order::Deposit(gold) => Ok(vec![BankEvent::Deposited { gold }]),
            Order::Withdraw(wanted) if wanted > self.gold => {
                Err(TooLittle { has: self.gold, wanted })
            }
            Order::Withdraw(gold) => Ok(vec![BankEvent::Withdrawn { gold }]),
        }
    }

    fn apply(&mut self, event: &BankEvent) {
        match event {
            BankEvent::Deposited { gold } => self.gold += gold,
            BankEvent::Withdrawn { gold } => self.gold -= gold,
        }
    }
}

/// A row of a bank by hand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Row {
    pub(super) version: i32,
    pub(super) gold: i64,
}

/// How a transaction comes to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// It locks it first.
    Locked,
    /// It checks the version when it writes.
    Optimistic,
}

impl Row {
    /// Makes the table of banks.
    pub(super) async fn migrate(pool: &PgPool) -> sqlx::Result<()> {
        let table = "CREATE TABLE handwritten_banks (id UUID PRIMARY KEY, version INTEGER NOT NULL, gold BIGINT NOT NULL)";
        sqlx::query(table).execute(pool).await.map(drop)
    }

    /// Opens banks with this much gold.
    pub(super) async fn open(pool: &PgPool, ids: &[Uuid], gold: i64) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO handwritten_banks SELECT id, 0, $2 FROM unnest($1::uuid[]) AS id")
            .bind(ids)
            .bind(gold)
            .execute(pool)
            .await
            .map(drop)
    }

    pub(super) async fn find(
        connection: &mut PgConnection,
        id: Uuid,
        access: Access,
    ) -> sqlx::Result<Self> {
        let (version, gold) = sqlx::query_as(match access {
            Access::Locked => {
                "SELECT version, gold FROM handwritten_banks WHERE id = $1 FOR UPDATE"
            }
            Access::Optimistic => "SELECT version, gold FROM handwritten_banks WHERE id = $1",
        })
        .bind(id)
        .fetch_one(connection)
        .await?;
        Ok(Self { version, gold })
    }

    /// Moves gold, with an event, in one statement. `false`: the version is another one by now.
    pub(super) async fn change(
        self,
        connection: &mut PgConnection,
        id: Uuid,
        gold: i64,
        metadata: &str,
    ) -> sqlx::Result<bool> {
        let (name, count) = match gold {
            0.. => ("Deposited", gold),
            _ => ("Withdrawn", -gold),
        };
        let done = sqlx::query(
            "WITH raised AS (
                 UPDATE handwritten_banks SET version = version + 1, gold = gold + $3
                 WHERE id = $1 AND version = $2 RETURNING version
             )
             INSERT INTO handwritten_events
                 (event_id, event_type, aggregate_id, aggregate_type, version, payload, metadata, timestamp)
             SELECT $4, $5, $1, 'Bank', version, $6::jsonb, $7::jsonb, now() FROM raised",
        )
        .bind(id)
        .bind(self.version)
        .bind(gold)
        .bind(Uuid::now_v7())
        .bind(name)
        .bind(format!(r#"{{"gold": {count}}}"#))
        .bind(metadata)
        .execute(connection)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
