//! Projections without the engine: a loop that reads pages of the log and applies them.
//!
//! It is given the very handlers of the other side, and reads the same table with a plain SELECT. It
//! has no lease, no fence, no dead letters, no shards, and it can miss events whose transaction commits
//! late.

use std::time::Duration;

use aether_core::log::Name;
use aether_core::projection::Handler;
use aether_core::{Json, Position, RecordedEvent, Version};
use aether_postgres::PgTx;
use anyhow::{Result, ensure};
use sqlx::Row as _;
use sqlx::postgres::{PgPool, PgRow};

/// How many events are read at once.
const PAGE: i64 = 1000;

/// A projection, how many events it applies in one transaction, and where.
pub(super) struct ByHand {
    pub(super) pool: PgPool,
    pub(super) projection: Handler<PgTx>,
    pub(super) batch: usize,
}

impl ByHand {
    /// A checkpoint of its own, at the start of the log.
    pub(super) async fn reset(&self) -> Result<()> {
        let sql = "CREATE TABLE IF NOT EXISTS by_hand_checkpoints
                       (projection TEXT PRIMARY KEY, position BIGINT NOT NULL)";
        sqlx::raw_sql(sql).execute(&self.pool).await?;
        let sql = "INSERT INTO by_hand_checkpoints VALUES ($1, 0)
                   ON CONFLICT (projection) DO UPDATE SET position = 0";
        sqlx::query(sql).bind(self.projection.name()).execute(&self.pool).await?;
        Ok(())
    }

    /// Applies everything after a position up to the end of the log; where that is.
    pub(super) async fn catch_up(&self, mut after: i64) -> Result<i64> {
        loop {
            let page = self.page(after).await?;
            if page.is_empty() {
                return Ok(after);
            }
            for batch in page.chunks(self.batch) {
                after = self.apply(batch, after).await?;
            }
        }
    }

    /// Continues after a position for ever, with a look at the log every so often.
    pub(super) async fn follow(&self, mut after: i64, every: Duration) -> Result<()> {
        loop {
            after = self.catch_up(after).await?;
            tokio::time::sleep(every).await;
        }
    }

    async fn apply(&self, events: &[RecordedEvent], from: i64) -> Result<i64> {
        let to = events.last().map_or(from, |last| last.position.get().cast_signed());
        let mut tx = PgTx::from(self.pool.begin().await?);
        let decoded = self.projection.decode(events).map_err(|undecoded| undecoded.error)?;
        let applied = decoded.project(&mut tx, Duration::MAX).await;
        applied.map_err(|error| anyhow::anyhow!(error))?;
        let sql = "UPDATE by_hand_checkpoints SET position = $3
                   WHERE projection = $1 AND position = $2";
        let moved = sqlx::query(sql)
            .bind(self.projection.name())
            .bind(from)
            .bind(to)
            .execute(&mut *tx)
            .await?;
        ensure!(moved.rows_affected() == 1, "somebody else has moved the checkpoint");
        sqlx::Transaction::from(tx).commit().await?;
        Ok(to)
    }

    async fn page(&self, after: i64) -> Result<Vec<RecordedEvent>> {
        let rows = sqlx::query(
            "SELECT event_sequence, event_id, event_type, aggregate_id, aggregate_type,
                    aggregate_version, payload, metadata, timestamp, created_at, schema_version
             FROM evenements WHERE event_sequence > $1 ORDER BY event_sequence LIMIT $2",
        )
        .bind(after)
        .bind(PAGE)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(recorded).collect()
    }
}

fn recorded(row: &PgRow) -> Result<RecordedEvent> {
    Ok(RecordedEvent {
        position: Position::new(row.try_get::<i64, _>(0)?.cast_unsigned()),
        event_id: row.try_get::<uuid::Uuid, _>(1)?.into(),
        event_type: Name::from(row.try_get::<String, _>(2)?),
        aggregate_id: row.try_get::<uuid::Uuid, _>(3)?.into(),
        aggregate_type: Name::from(row.try_get::<String, _>(4)?),
        version: Version::new(row.try_get::<i32, _>(5)?.cast_unsigned()),
        payload: json(row, 6)?,
        metadata: json(row, 7)?,
        timestamp: row.try_get(8)?,
        recorded_at: row.try_get(9)?,
        schema_version: row.try_get::<i16, _>(10)?.cast_unsigned(),
    })
}

/// Straight from the answer's bytes; the binary form of JSONB is the text after a 1.
fn json(row: &PgRow, column: usize) -> Result<Json> {
    let bytes = row.try_get_raw(column)?.as_bytes().map_err(|error| anyhow::anyhow!(error))?;
    Ok(Json::from_stored(std::str::from_utf8(bytes.strip_prefix(&[1]).unwrap_or(bytes))?))
}
