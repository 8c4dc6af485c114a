//! The shadow tables as read models: a step of the rebuild is a transaction that moves its state.

use std::time::Duration;

use aether_core::{AggregateId, Checkpoint, Error, Result};
use sqlx::postgres::PgConnection;
use sqlx::postgres::types::Oid;
use sqlx::{AssertSqlSafe, Row as _, SqlSafeStr as _};
use uuid::Uuid;

use crate::database::{Database, Mode};
use crate::error::{read_error, write_error};
use crate::read_models::{PgTx, begin_error, checkpoint};

use super::delivery::{Claim, DeadLetter, Shard, Step};
use super::shadow::Shadow;

/// Read models behind another search path, with the checkpoints in `aether_rebuilds`.
#[derive(Debug)]
pub(super) struct ShadowModels {
    database: Database,
    /// How a transaction begins: with the shadow tables in front of the live ones.
    begin: String,
    live: Vec<Oid>,
    lease: Duration,
}

impl ShadowModels {
    /// `live`: the tables that a step must not touch.
    pub(super) fn new(database: Database, shadow: &Shadow, live: Vec<Oid>, lease: Duration) -> Self {
        // a crash of the server takes rows and position back together; a process that stands still
        // loses its transaction, and with it its locks on what the tables refer to
        let begin = format!(
            "BEGIN; SET LOCAL synchronous_commit = off; \
             SET LOCAL idle_in_transaction_session_timeout = '60s'; {}",
            shadow.enter()
        );
        Self { database, begin, live, lease }
    }

    pub(super) async fn claim(&self, shard: &Shard, epoch: u64) -> Result<Claim> {
        let checkpoint = self.checkpoint(shard).await?;
        if checkpoint.epoch != epoch {
            return Err(Error::Fenced { projection: shard.projection().to_owned() });
        }
        let sql = "SELECT DISTINCT aggregate_id FROM aether_dead_letters
                   WHERE projection = $1 AND rebuild AND state <> 'skipped'";
        let mut tx = self.database.pool.begin().await.map_err(begin_error)?;
        let query = self.database.mode.query(sql).bind(shard.projection());
        let rows = query.fetch_all(&mut *tx).await.map_err(read_error)?;
        tx.rollback().await.map_err(read_error)?;
        let id = |row| Ok(AggregateId::new(sqlx::Row::try_get::<Uuid, _>(row, 0)?));
        let blocked = rows.iter().map(id).collect::<sqlx::Result<_>>().map_err(read_error)?;
        Ok(Claim { checkpoint, blocked })
    }

    pub(super) async fn checkpoint(&self, shard: &Shard) -> Result<Checkpoint> {
        let sql = "SELECT position, epoch FROM aether_rebuilds WHERE projection = $1";
        let mut tx = self.database.pool.begin().await.map_err(begin_error)?;
        let query = self.database.mode.query(sql).bind(shard.projection());
        let row = query.fetch_optional(&mut *tx).await.map_err(read_error)?;
        tx.rollback().await.map_err(read_error)?;
        // discarded: an epoch that nobody has
        let found = row.as_ref().map(checkpoint).transpose().map_err(read_error)?;
        Ok(found.unwrap_or_default())
    }

    pub(super) async fn begin(&self) -> Result<PgTx> {
        let begin = AssertSqlSafe(self.begin.clone()).into_sql_str();
        self.database.pool.begin_with(begin).await.map_err(begin_error)
    }

    pub(super) async fn commit(
        &self,
        mut tx: PgTx,
        shard: &Shard,
        step: Step<'_>,
    ) -> Result<Checkpoint> {
        let Step { from, to, parked, .. } = step;
        park(&mut tx, self.database.mode, shard.projection(), true, parked).await.map_err(read_error)?;
        let row = self
            .database
            .mode
            .query("SELECT aether_rebuild_move($1, $2, $3, $4, $5, $6)")
            .bind(shard.projection())
            .bind(from.position.get().cast_signed())
            .bind(from.epoch.cast_signed())
            .bind(to.get().cast_signed())
            .bind(i64::try_from(self.lease.as_millis()).unwrap_or(i64::MAX))
            .bind(&self.live)
            .fetch_one(&mut *tx)
            .await
            .map_err(crate::Error::of_rebuild)
            .map_err(crate::Error::into_core)?;
        if !row.try_get::<bool, _>(0).map_err(read_error)? {
            return Err(Error::Fenced { projection: shard.projection().to_owned() });
        }
        tx.commit().await.map_err(|error| match write_error(error) {
            Error::OutcomeUnknown { source } => Error::Unavailable { source },
            error => error,
        })?;
        Ok(Checkpoint { position: to, ..from })
    }
}

/// Keeps letters of a projection, those of a rebuild apart from the live ones.
pub(super) async fn park(
    on: &mut PgConnection,
    mode: Mode,
    projection: &str,
    rebuild: bool,
    letters: &[DeadLetter],
) -> sqlx::Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    macro_rules! column {
        (|$letter:ident| $value:expr) => {
            letters.iter().map(|$letter| $value).collect::<Vec<_>>()
        };
    }
    mode.query(include_str!("../sql/park_letters.sql"))
        .bind(projection)
        .bind(rebuild)
        .bind(column!(|letter| letter.position.get().cast_signed()))
        .bind(column!(|letter| letter.event_id.as_uuid()))
        .bind(column!(|letter| letter.event_type.to_string()))
        .bind(column!(|letter| letter.stream.aggregate_id.as_uuid()))
        .bind(column!(|letter| letter.stream.aggregate_type.to_string()))
        .bind(column!(|letter| letter.version.get().cast_signed()))
        .bind(column!(|letter| i32::from(letter.stream.aggregate_id.slice())))
        .bind(column!(|letter| letter.state.as_str()))
        .bind(column!(|letter| letter.error.clone()))
        .bind(column!(|letter| letter.attempts.cast_signed()))
        .bind(column!(|letter| letter.parked_at))
        .execute(on)
        .await?;
    Ok(())
}
