//! Partitions and the archive: months are made ahead, emptied into the archive, and dropped.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use aether_core::log::Limits;
use chrono::{DateTime, Months as Span, Utc};
use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use crate::error::Error;
use crate::months::Month;
use crate::store::PgStore;

/// How many events leave the DEFAULT partition in one transaction.
const PORTION: i32 = 5000;
/// For how long the queries that run are waited for before emptied months are dropped.
const PATIENCE: Duration = Duration::from_secs(10);

impl PgStore {
    /// Makes the partition for the month of `time`, if there is none. Events of that month that had
    /// gone to the DEFAULT partition move to the archive, in portions. Returns whether it was made now.
    ///
    /// # Errors
    ///
    /// [`Error::Database`]; a retry helps after a lock that was not free in time. [`Error::Store`] for a time that no
    /// store keeps.
    pub async fn ensure_partition(&self, time: DateTime<Utc>) -> Result<bool, Error> {
        let time = Limits::stored_time(time)?;
        self.clear_default(time).await?;
        let mut transaction = self.begin().await?;
        let row = self
            .mode()
            .query("SELECT aether_ensure_partition($1)")
            .bind(time)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(row.try_get(0)?)
    }

    /// Makes the partitions of last month, this one and the next `months`. Returns how many were made now.
    /// The store does so by itself, at the start and daily.
    ///
    /// # Errors
    ///
    /// [`Error::Database`]; a retry helps after a lock that was not free in time.
    pub async fn ensure_partitions(&self, months: u32) -> Result<u32, Error> {
        let months = months.min(1200);
        if self.has_unforeseen().await? {
            let last = Month::of(Utc::now()).previous().start();
            for month in 0..=months + 1 {
                self.clear_default(last + Span::new(month)).await?;
            }
        }
        let mut transaction = self.begin().await?;
        let row = self
            .mode()
            .query("SELECT aether_ensure_partitions($1)")
            .bind(months.cast_signed())
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(row.try_get::<i32, _>(0)?.cast_unsigned())
    }

    async fn has_unforeseen(&self) -> Result<bool, Error> {
        let query = self.mode().query("SELECT EXISTS (SELECT FROM evenements_default)");
        Ok(query.fetch_one(&mut *self.begin().await?).await?.try_get(0)?)
    }

    /// Moves nearly all events of a month without a partition from the DEFAULT partition to the archive.
    async fn clear_default(&self, time: DateTime<Utc>) -> Result<(), Error> {
        loop {
            let mut transaction = self.begin().await?;
            let row = self
                .mode()
                .query("SELECT aether_clear_default($1, $2)")
                .bind(time)
                .bind(PORTION)
                .fetch_one(&mut *transaction)
                .await?;
            transaction.commit().await?;
            if row.try_get::<i64, _>(0)? < i64::from(PORTION) {
                return Ok(());
            }
        }
    }

    /// Moves up to `limit` events that happened before `before` to the archive, those of the oldest month first. They
    /// stay readable. Returns how many were moved; call it again until it is 0.
    ///
    /// # Errors
    ///
    /// [`Error::Database`], or [`Error::Store`] for a time that no store keeps: nothing was moved.
    pub async fn archive(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, Error> {
        let before = Limits::stored_time(before)?;
        let mut transaction = self.begin().await?;
        let row = self
            .mode()
            .query("SELECT aether_archive($1, $2)")
            .bind(before)
            .bind(i32::try_from(limit).unwrap_or(i32::MAX))
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(row.try_get::<i64, _>(0)?.cast_unsigned())
    }

    /// Drops the partitions of months before the last one that have no events any more. Returns how many.
    ///
    /// A query that began before the last event of a month was moved still looks for it there. So the transactions
    /// that run are waited for, up to ten seconds; where they take longer, or somebody is archiving, fewer months are
    /// dropped, or none.
    ///
    /// # Errors
    ///
    /// [`Error::Database`]; a retry helps after a lock that was not free in time.
    pub async fn drop_emptied_months(&self) -> Result<u32, Error> {
        let mut dropped = 0;
        loop {
            match self.drop_some_months().await? {
                0 => return Ok(dropped),
                some => dropped += some,
            }
        }
    }

    async fn drop_some_months(&self) -> Result<u32, Error> {
        let mode = self.mode();
        let mut transaction = self.begin().await?;
        // nothing is moved from here on
        let alone = mode.query("SELECT pg_try_advisory_xact_lock(aether_lock_space() # 8, 0)");
        if !alone.fetch_one(&mut *transaction).await?.try_get::<bool, _>(0)? {
            return Ok(0);
        }
        let before = Month::of(Utc::now()).previous().start();
        let emptied = mode
            .query("SELECT aether_emptied_months($1)")
            .bind(before)
            .fetch_all(&mut *transaction)
            .await?;
        if emptied.is_empty() || !self.outlive_older(&mut transaction).await? {
            return Ok(0);
        }
        let mut dropped = 0;
        for row in emptied {
            let gone = mode
                .query("SELECT aether_drop_month($1)")
                .bind(row.try_get::<String, _>(0)?)
                .fetch_one(&mut *transaction)
                .await?;
            dropped += u32::from(gone.try_get::<bool, _>(0)?);
        }
        transaction.commit().await?;
        Ok(dropped)
    }

    /// Waits until the transactions that run now have ended; whether they have.
    async fn outlive_older(&self, connection: &mut PgConnection) -> Result<bool, Error> {
        let mut older = self.running(connection).await?;
        let deadline = Instant::now() + PATIENCE;
        while !older.is_empty() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let running = self.running(connection).await?;
            older.retain(|transaction| running.contains(transaction));
        }
        Ok(older.is_empty())
    }

    async fn running(&self, connection: &mut PgConnection) -> Result<HashSet<String>, Error> {
        let query = self.mode().query(include_str!("sql/older_transactions.sql"));
        let rows = query.fetch_all(connection).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?)
    }
}
