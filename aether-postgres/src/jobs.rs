//! Maintenance of the store, for the nodes to run when it is due.

use std::time::Duration;

use aether_core::log::Limits;
use aether_core::{BoxError, Job};
use chrono::{TimeDelta, Utc};
use sqlx::postgres::types::PgInterval;
use sqlx::{AssertSqlSafe, Row as _};
use uuid::Uuid;

use crate::store::PgStore;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes the partitions of the coming months, as many as
/// [`months_ahead`](crate::PgStoreBuilder::months_ahead) says. Daily.
///
/// Where no node runs it, [`PgStore::migrate`](crate::PgStore::migrate) makes them at each start, and
/// events of later months go to the DEFAULT partition, which the
/// [diagnostics](crate::Diagnostics::unforeseen_events) tell.
#[derive(Debug, Clone)]
pub struct PartitionsAhead(PgStore);

impl PartitionsAhead {
    /// The job for a store.
    #[must_use]
    pub fn new(store: &PgStore) -> Self {
        Self(store.clone())
    }
}

impl Job for PartitionsAhead {
    fn name(&self) -> &str {
        "partitions_ahead"
    }

    fn every(&self) -> Duration {
        DAY
    }

    async fn run(&self) -> Result<String, BoxError> {
        let made = self.0.ensure_partitions(self.0.months_ahead()).await?;
        // what a migration has left
        self.0.fill_heads(HOUR).await?;
        Ok(format!("{made} partitions made"))
    }
}

/// Moves old events to the archive, where they stay readable, and drops the partitions of months that it has emptied.
/// Daily.
#[derive(Debug, Clone)]
pub struct Archiving {
    store: PgStore,
    older_than: Duration,
    batch: u32,
}

impl Archiving {
    /// The job for a store: events that happened more than a year ago, 5000 in a transaction.
    #[must_use]
    pub fn new(store: &PgStore) -> Self {
        Self { store: store.clone(), older_than: 365 * DAY, batch: 5000 }
    }

    /// Which events: those that happened longer ago than this. Default 365 days.
    #[must_use]
    pub const fn older_than(mut self, age: Duration) -> Self {
        self.older_than = age;
        self
    }

    /// At most this many events in one transaction. Default 5000.
    #[must_use]
    pub fn batch(mut self, events: u32) -> Self {
        self.batch = events.max(1);
        self
    }
}

impl Job for Archiving {
    fn name(&self) -> &str {
        "archiving"
    }

    fn every(&self) -> Duration {
        DAY
    }

    async fn run(&self) -> Result<String, BoxError> {
        // as far as stores look back
        let age = TimeDelta::from_std(self.older_than).unwrap_or(TimeDelta::MAX);
        let before =
            Utc::now().checked_sub_signed(age).unwrap_or(Limits::EARLIEST).max(Limits::EARLIEST);
        let mut moved = 0;
        loop {
            match self.store.archive(before, self.batch).await? {
                0 => {
                    let dropped = self.store.drop_emptied_months().await?;
                    return Ok(format!("{moved} events archived, {dropped} months dropped"));
                }
                more => moved += more,
            }
        }
    }
}

/// Removes all but the newest snapshots of each aggregate. Daily.
///
/// Saving a snapshot removes the older ones of its aggregate; this is for those that were kept under a
/// more generous setting.
#[derive(Debug, Clone)]
pub struct SnapshotPruning {
    store: PgStore,
    keep: u32,
}

impl SnapshotPruning {
    /// The job for a store: 3 snapshots of each aggregate are kept.
    #[must_use]
    pub fn new(store: &PgStore) -> Self {
        Self { store: store.clone(), keep: 3 }
    }

    /// How many snapshots of an aggregate are kept. Default 3, at least 1.
    #[must_use]
    pub fn keep(mut self, snapshots: u32) -> Self {
        self.keep = snapshots.max(1);
        self
    }
}

impl Job for SnapshotPruning {
    fn name(&self) -> &str {
        "snapshot_pruning"
    }

    fn every(&self) -> Duration {
        DAY
    }

    async fn run(&self) -> Result<String, BoxError> {
        let mut transaction = self.store.begin().await?;
        let pruned = self
            .store
            .mode()
            .query(include_str!("sql/prune_snapshots.sql"))
            .bind(i64::from(self.keep))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(format!("{} snapshots removed", pruned.rows_affected()))
    }
}

/// Forgets the results of old commands. Daily.
///
/// A command id that is forgotten can be used again: an append under it is stored once more, and an id that was
/// [used up](aether_core::backend::CommandIds::void_command) is free. Make the age longer than anybody retries a command, messages
/// of brokers and backups of clients included. A command that a process has sent and not settled keeps its result
/// however old it is. A process manager whose checkpoint is reset sends its commands again: those that are forgotten
/// by then are carried out again.
#[derive(Debug, Clone)]
pub struct CommandPruning {
    store: PgStore,
    older_than: Duration,
}

impl CommandPruning {
    /// How many commands are looked at in one transaction.
    const PAGE: i32 = 10_000;

    /// The job for a store: commands that were carried out more than 90 days ago.
    #[must_use]
    pub fn new(store: &PgStore) -> Self {
        Self { store: store.clone(), older_than: 90 * DAY }
    }

    /// Which ones: those that were carried out longer ago than this, by the database's clock. Default 90 days.
    #[must_use]
    pub const fn older_than(mut self, age: Duration) -> Self {
        self.older_than = age;
        self
    }
}

impl Job for CommandPruning {
    fn name(&self) -> &str {
        "command_pruning"
    }

    fn every(&self) -> Duration {
        DAY
    }

    async fn run(&self) -> Result<String, BoxError> {
        let microseconds = i64::try_from(self.older_than.as_micros()).unwrap_or(i64::MAX);
        let age = || PgInterval { months: 0, days: 0, microseconds };
        let (mut after, mut pruned) = (Uuid::nil(), 0);
        loop {
            let mut transaction = self.store.begin().await?;
            let row = self
                .store
                .mode()
                .query(include_str!("sql/prune_commands.sql"))
                .bind(after)
                .bind(Self::PAGE)
                .bind(age())
                .fetch_one(&mut *transaction)
                .await?;
            transaction.commit().await?;
            pruned += row.try_get::<i64, _>(1)?;
            match row.try_get::<Option<Uuid>, _>(0)? {
                Some(last) => after = last,
                None => return Ok(format!("{pruned} commands forgotten")),
            }
        }
    }
}

/// Refreshes a materialized view, while it can be read. Hourly, if not told otherwise.
#[derive(Debug, Clone)]
pub struct ViewRefresh {
    store: PgStore,
    view: &'static str,
    name: String,
    every: Duration,
}

impl ViewRefresh {
    /// The job for a view of the store's database. The view needs a unique index over all its rows.
    #[must_use]
    pub fn new(store: &PgStore, view: &'static str) -> Self {
        Self { store: store.clone(), view, name: format!("refresh_{view}"), every: HOUR }
    }

    /// From one refresh to the next. Default: an hour.
    #[must_use]
    pub const fn every(mut self, span: Duration) -> Self {
        self.every = span;
        self
    }
}

impl Job for ViewRefresh {
    fn name(&self) -> &str {
        &self.name
    }

    fn every(&self) -> Duration {
        self.every
    }

    async fn run(&self) -> Result<String, BoxError> {
        let mut transaction = self.store.begin().await?;
        let row = self
            .store
            .mode()
            .query(include_str!("sql/refresh_statement.sql"))
            .bind(self.view)
            .fetch_one(&mut *transaction)
            .await?;
        let statement: String = row.try_get(0)?;
        // put together and quoted by the server itself
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(format!("{} refreshed", self.view))
    }
}
