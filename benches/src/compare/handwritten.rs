//! The other side: what a good engineer writes with sqlx alone.
//!
//! One autocommitted INSERT per append, prepared, the version checked by a unique index; one SELECT per
//! load; pages of the log by position. It has no idempotency, no heads, no guard against changes, and
//! its readers can miss events whose transaction commits late: it is given none of that to do.

use aether_core::Event;
use aether_game::combat::CombatEvent;
use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use sqlx::Row as _;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::types::Json;
use uuid::Uuid;

/// Events in a table of its own.
#[derive(Debug, Clone)]
pub(super) struct Handwritten {
    pub(super) pool: PgPool,
}

/// Events on their way into the table, column by column.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) aggregate_ids: Vec<Uuid>,
    pub(super) versions: Vec<i32>,
    event_ids: Vec<Uuid>,
    event_types: Vec<&'static str>,
    payloads: Vec<String>,
    metadata: Vec<String>,
    timestamps: Vec<DateTime<Utc>>,
}

impl Columns {
    pub(super) fn push(
        &mut self,
        aggregate_id: Uuid,
        version: i32,
        event: &CombatEvent,
        metadata: &str,
    ) -> Result<()> {
        self.aggregate_ids.push(aggregate_id);
        self.versions.push(version);
        self.event_ids.push(Uuid::now_v7());
        self.event_types.push(event.event_type().name);
        self.payloads.push(event.encode()?.as_str().to_owned());
        self.metadata.push(metadata.to_owned());
        self.timestamps.push(Utc::now());
        Ok(())
    }
}

/// A row of the log.
#[derive(Debug)]
#[allow(dead_code, reason = "a consumer looks at more than the event")]
pub(super) struct Entry {
    pub(super) position: i64,
    event_id: Uuid,
    aggregate_id: Uuid,
    pub(super) version: i32,
    pub(super) event: CombatEvent,
    metadata: Box<RawValue>,
    timestamp: DateTime<Utc>,
}

impl Handwritten {
    /// Makes its table.
    pub(super) async fn create(pool: PgPool) -> Result<Self> {
        sqlx::raw_sql(include_str!("handwritten.sql")).execute(&pool).await?;
        Ok(Self { pool })
    }

    /// Appends all events or none; their positions. A version that is taken is a unique violation.
    pub(super) async fn append(&self, columns: &Columns) -> sqlx::Result<Vec<i64>> {
        sqlx::query_scalar(
            "INSERT INTO handwritten_events
                 (event_id, event_type, aggregate_id, aggregate_type, version, payload, metadata,
                  timestamp)
             SELECT e.id, e.type, e.aggregate_id, 'Combat', e.version, e.payload::jsonb,
                    e.metadata::jsonb, e.time
             FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[], $5::text[], $6::text[],
                         $7::timestamptz[])
                  AS e(id, type, aggregate_id, version, payload, metadata, time)
             RETURNING position",
        )
        .bind(&columns.event_ids)
        .bind(&columns.event_types)
        .bind(&columns.aggregate_ids)
        .bind(&columns.versions)
        .bind(&columns.payloads)
        .bind(&columns.metadata)
        .bind(&columns.timestamps)
        .fetch_all(&self.pool)
        .await
    }

    /// Appends one event after whatever is there, in one statement. The second one between the
    /// look and the insert meets the unique index, and is to try again.
    pub(super) async fn append_behind(&self, columns: &Columns) -> sqlx::Result<i64> {
        sqlx::query_scalar(
            "INSERT INTO handwritten_events
                 (event_id, event_type, aggregate_id, aggregate_type, version, payload, metadata,
                  timestamp)
             SELECT $1, $2, $3, 'Combat', coalesce(max(version), 0) + 1, $4::jsonb, $5::jsonb, $6
             FROM handwritten_events WHERE aggregate_id = $3
             RETURNING position",
        )
        .bind(columns.event_ids[0])
        .bind(columns.event_types[0])
        .bind(columns.aggregate_ids[0])
        .bind(&columns.payloads[0])
        .bind(&columns.metadata[0])
        .bind(columns.timestamps[0])
        .fetch_one(&self.pool)
        .await
    }

    /// One aggregate's events, in order.
    pub(super) async fn load(&self, aggregate_id: Uuid) -> Result<Vec<Entry>> {
        let rows = sqlx::query(
            "SELECT position, event_id, event_type, aggregate_id, version, payload, metadata, timestamp
             FROM handwritten_events WHERE aggregate_id = $1 ORDER BY version",
        )
        .bind(aggregate_id)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(entry).collect()
    }

    /// The next 1000 events after a position.
    pub(super) async fn page(&self, after: i64) -> Result<Vec<Entry>> {
        let rows = sqlx::query(
            "SELECT position, event_id, event_type, aggregate_id, version, payload, metadata, timestamp
             FROM handwritten_events WHERE position > $1 ORDER BY position LIMIT 1000",
        )
        .bind(after)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(entry).collect()
    }
}

fn entry(row: &PgRow) -> Result<Entry> {
    let name: &str = row.try_get(2)?;
    let known = CombatEvent::TYPES.iter().find(|known| known.name == name);
    let known = known.with_context(|| format!("unknown event type {name}"))?;
    // straight from the answer's bytes; the binary form of JSONB is the text after a 1
    let payload = row.try_get_raw(5)?.as_bytes().map_err(|error| anyhow::anyhow!(error))?;
    let payload = std::str::from_utf8(payload.strip_prefix(&[1]).unwrap_or(payload))?;
    Ok(Entry {
        position: row.try_get(0)?,
        event_id: row.try_get(1)?,
        aggregate_id: row.try_get(3)?,
        version: row.try_get(4)?,
        event: CombatEvent::decode_current(known, payload)?,
        metadata: row.try_get::<Json<Box<RawValue>>, _>(6)?.0,
        timestamp: row.try_get(7)?,
    })
}
