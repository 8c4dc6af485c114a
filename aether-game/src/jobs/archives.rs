//! Moves what is over and old out of the tables that are asked all the time.

use std::time::Duration;

use aether_core::{BoxError, Job};
use aether_postgres::PgStore;
use chrono::{TimeDelta, Utc};
use sqlx::PgPool;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The archiving of a read model: rows move to a table with the same columns, in portions. Daily.
///
/// A rebuild makes the rows anew where they were, and the next run moves them again. Verification looks in both tables. Events have an
/// archive of their own: [`Archiving`](aether_postgres::Archiving).
#[derive(Debug, Clone)]
pub struct Archives {
    pool: PgPool,
    name: &'static str,
    older_than: Duration,
    batch: u32,
    sql: &'static str,
}

impl Archives {
    /// Combats that ended more than 30 days ago, with their participants, 1,000 in a transaction.
    #[must_use]
    pub fn combats(store: &PgStore) -> Self {
        let sql = include_str!("sql/archive_combats.sql");
        Self::new(store, "archives_combats", 30 * DAY, sql)
    }

    /// Trades that were settled, and made more than 90 days ago, 1,000 in a transaction.
    #[must_use]
    pub fn transactions(store: &PgStore) -> Self {
        let sql = include_str!("sql/archive_transactions.sql");
        Self::new(store, "archives_transactions", 90 * DAY, sql)
    }

    fn new(store: &PgStore, name: &'static str, older_than: Duration, sql: &'static str) -> Self {
        Self { pool: store.pool().clone(), name, older_than, batch: 1_000, sql }
    }

    /// How long ago it ended, at least.
    #[must_use]
    pub const fn older_than(mut self, age: Duration) -> Self {
        self.older_than = age;
        self
    }

    /// At most this many in one transaction. Default 1,000.
    #[must_use]
    pub fn batch(mut self, rows: u32) -> Self {
        self.batch = rows.max(1);
        self
    }
}

impl Job for Archives {
    fn name(&self) -> &str {
        self.name
    }

    fn every(&self) -> Duration {
        DAY
    }

    async fn run(&self) -> Result<String, BoxError> {
        let before = Utc::now() - TimeDelta::from_std(self.older_than)?;
        let mut moved = 0;
        loop {
            let query = sqlx::query(self.sql).bind(before).bind(i64::from(self.batch));
            match query.execute(&self.pool).await?.rows_affected() {
                0 => return Ok(format!("{moved} moved")),
                more => moved += more,
            }
        }
    }
}
