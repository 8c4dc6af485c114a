//! What an operator asks the store: who holds readers back, how the pool and the partitions are.

use std::time::Duration;

use aether_core::{EventId, Position, RecordedEvent};
use serde::{Serialize, Serializer};
use sqlx::Row as _;

use crate::error::Error;
use crate::rows::{COLUMNS, RowReader};
use crate::store::PgStore;
use crate::tail::LogEnd;

/// The state of the store at one moment.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Diagnostics {
    /// Everything up to here can be read.
    pub horizon: Position,
    /// The last position that was given out.
    pub last: Position,
    /// Running appends that hold the horizon back, the oldest first.
    pub holders: Vec<HorizonHolder>,
    /// Connections of the pool.
    pub pool: PoolState,
    /// The partitions of the event table, by name.
    pub partitions: Vec<Partition>,
    /// How many events are in the DEFAULT partition, counted up to 100 000. It should be none: partitions
    /// were not made in time, or events have unforeseen timestamps.
    pub unforeseen_events: i64,
}

/// A transaction that has begun an append and not ended yet.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HorizonHolder {
    /// Its server process.
    pub pid: i32,
    /// Its user, if the server tells.
    pub user: Option<String>,
    /// What its client calls itself.
    pub application: Option<String>,
    /// What it does: `active`, `idle in transaction` …
    pub state: Option<String>,
    /// How long the transaction has been running; as JSON `ageSeconds`.
    #[serde(rename = "ageSeconds", serialize_with = "seconds")]
    pub age: Option<Duration>,
    /// Its current statement, cut at 200 characters.
    pub query: Option<String>,
    /// Where its client is, unless it is on the same machine.
    pub client: Option<String>,
    /// For how long it has been standing still between two statements; as JSON `idleSeconds`. A client that is paused
    /// or gone lets this grow: the server ends transactions of this crate then, those of callers only if their role
    /// sets `idle_in_transaction_session_timeout`.
    #[serde(rename = "idleSeconds", serialize_with = "seconds")]
    pub idle: Option<Duration>,
}

/// Connections of the pool.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PoolState {
    /// Open ones.
    pub size: u32,
    /// Open ones that nobody uses.
    pub idle: usize,
    /// How many there can be.
    pub max: u32,
}

/// A partition of the event table.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Partition {
    /// Its name, `evenements_2026_01` for instance.
    pub name: String,
    /// The months it is for, as PostgreSQL says it.
    pub bounds: String,
    /// About how many events it has; of the DEFAULT partition exactly, up to 100 000.
    pub events: i64,
    /// Its size with indexes.
    pub bytes: i64,
}

fn seconds<S: Serializer>(span: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    span.map(|span| span.as_secs_f64()).serialize(serializer)
}

impl PgStore {
    /// Looks at the store. Four short queries.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked.
    pub async fn diagnostics(&self) -> Result<Diagnostics, Error> {
        let LogEnd { horizon, last, .. } = self.tail().refresh().await?;
        let mut partitions = self.partitions().await?;
        let unforeseen = partitions.iter().find(|partition| partition.bounds == "DEFAULT");
        let unforeseen_events = unforeseen.map_or(0, |partition| partition.events);
        partitions.sort_by(|a, b| a.name.cmp(&b.name));
        let pool = PoolState {
            size: self.pool().size(),
            idle: self.pool().num_idle(),
            max: self.pool().options().get_max_connections(),
        };
        let holders = self.horizon_holders().await?;
        Ok(Diagnostics { horizon, last, holders, pool, partitions, unforeseen_events })
    }

    /// The running appends that readers wait for, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked.
    pub async fn horizon_holders(&self) -> Result<Vec<HorizonHolder>, Error> {
        let rows = self
            .mode()
            .query(
                "SELECT pid, usename::text, application_name, state,
                        (extract(epoch FROM age) * 1000)::bigint, query, client,
                        (extract(epoch FROM idle) * 1000)::bigint
                 FROM aether_horizon_holders ORDER BY age DESC NULLS LAST",
            )
            .fetch_all(&mut *self.begin().await?)
            .await?;
        let holder = |row: &sqlx::postgres::PgRow| {
            let span = |index| {
                let millis: Option<i64> = row.try_get(index)?;
                let millis = millis.map(|millis| u64::try_from(millis).unwrap_or(0));
                Ok::<_, sqlx::Error>(millis.map(Duration::from_millis))
            };
            Ok(HorizonHolder {
                pid: row.try_get::<Option<i32>, _>(0)?.unwrap_or(0),
                user: row.try_get(1)?,
                application: row.try_get(2)?,
                state: row.try_get(3)?,
                age: span(4)?,
                query: row.try_get(5)?,
                client: row.try_get(6)?,
                idle: span(7)?,
            })
        };
        rows.iter().map(holder).collect()
    }

    async fn partitions(&self) -> Result<Vec<Partition>, Error> {
        let rows = self
            .mode()
            .query(include_str!("sql/partitions.sql"))
            .fetch_all(&mut *self.begin().await?)
            .await?;
        let partition = |row: &sqlx::postgres::PgRow| {
            Ok(Partition {
                name: row.try_get(0)?,
                bounds: row.try_get(1)?,
                events: row.try_get(2)?,
                bytes: row.try_get(3)?,
            })
        };
        rows.iter().map(partition).collect()
    }

    /// Everything that followed from one event: itself, the events whose cause it is, theirs, and so
    /// on, in order of position. At most `limit` events.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked.
    pub async fn caused_by(&self, event: EventId, limit: u32) -> Result<Vec<RecordedEvent>, Error> {
        let sql = format!(
            "WITH RECURSIVE chain AS (
                 SELECT e.* FROM aether_log AS e WHERE e.event_id = $1
                 UNION
                 SELECT e.* FROM chain AS c
                 JOIN aether_log AS e ON e.metadata->>'causationId' = c.event_id::text
             )
             SELECT {COLUMNS} FROM chain AS e ORDER BY e.event_sequence LIMIT $2"
        );
        let rows = self
            .mode()
            .assembled(sql)
            .bind(event.as_uuid())
            .bind(i64::from(limit))
            .fetch_all(&mut *self.begin().await?)
            .await?;
        Ok(RowReader::events(&rows)?)
    }
}
