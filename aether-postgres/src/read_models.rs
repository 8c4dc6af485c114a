//! SQL read models, and the checkpoints that move with them.

use aether_core::{Checkpoint, Error, Position, ReadModels, Result};
use async_trait::async_trait;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::{Postgres, Row as _};

use crate::database::Mode;
use crate::error::{read_error, write_error};

/// A crash of the server may take back the last commits of a read model, but always rows and checkpoint
/// together, and the events are still there: no need to wait for the disk, which appends wait for.
const BEGIN: &str = "BEGIN; SET LOCAL synchronous_commit = off";

/// What a projection writes its SQL read model through.
pub type PgTx = sqlx::Transaction<'static, Postgres>;

/// Read models in a PostgreSQL database: the one of the event store, or another that has been
/// [migrated](crate::PgStore::migrate) too.
///
/// The checkpoint is a row that the projection's own transaction moves, `WHERE position = … AND epoch
/// = …`: each event has its effect exactly once, and a runner that was paused while another took over
/// can not write. Commits do not wait for the disk: a crash of the server takes back rows and checkpoint
/// together, and the projection goes on from there.
#[derive(Debug, Clone)]
pub struct PgReadModels {
    pool: PgPool,
    mode: Mode,
}

impl PgReadModels {
    /// Read models behind `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool, mode: Mode::Prepared }
    }

    /// Prepares no statements of its own: for poolers in transaction mode. Projections have to mind
    /// theirs: `sqlx::query(…).persistent(false)`.
    #[must_use]
    pub const fn unprepared(mut self) -> Self {
        self.mode = Mode::Unprepared;
        self
    }
}

#[async_trait]
impl ReadModels for PgReadModels {
    type Tx = PgTx;

    async fn claim(&self, projection: &str) -> Result<Checkpoint> {
        // this one does wait for the disk: an epoch that a crash took back would be given out twice
        let mut tx = self.pool.begin().await.map_err(begin_error)?;
        let row = self
            .mode
            .query(include_str!("sql/claim_checkpoint.sql"))
            .bind(projection)
            .fetch_one(&mut *tx)
            .await
            .map_err(read_error)?;
        let checkpoint = checkpoint(&row).map_err(read_error)?;
        // a claim whose answer is lost is claimed again: nothing depends on how often
        tx.commit().await.map_err(read_error)?;
        Ok(checkpoint)
    }

    async fn checkpoint(&self, projection: &str) -> Result<Checkpoint> {
        let mut tx = self.begin().await?;
        let row = self
            .mode
            .query("SELECT position, epoch FROM aether_checkpoints WHERE projection = $1")
            .bind(projection)
            .fetch_optional(&mut *tx)
            .await
            .map_err(read_error)?;
        let found = row.as_ref().map(checkpoint).transpose().map_err(read_error)?;
        tx.rollback().await.map_err(read_error)?;
        Ok(found.unwrap_or_default())
    }

    async fn begin(&self) -> Result<PgTx> {
        self.pool.begin_with(BEGIN).await.map_err(begin_error)
    }

    async fn commit(
        &self,
        mut tx: PgTx,
        projection: &str,
        from: Checkpoint,
        to: Position,
    ) -> Result<Checkpoint> {
        let moved = self
            .mode
            .query(include_str!("sql/move_checkpoint.sql"))
            .bind(projection)
            .bind(from.position.get().cast_signed())
            .bind(from.epoch.cast_signed())
            .bind(to.get().cast_signed())
            .execute(&mut *tx)
            .await
            .map_err(read_error)?;
        if moved.rows_affected() == 0 {
            return Err(Error::Fenced { projection: projection.to_owned() });
        }
        // after a lost answer the projector looks at the checkpoint
        tx.commit().await.map_err(|error| match write_error(error) {
            Error::OutcomeUnknown { source } => Error::Unavailable { source },
            error => error,
        })?;
        Ok(Checkpoint { position: to, ..from })
    }
}

/// Whatever kept a transaction from being begun: nothing was done in it.
fn begin_error(error: sqlx::Error) -> Error {
    match error {
        error @ (sqlx::Error::Io(_) | sqlx::Error::Protocol(_)) => {
            Error::Unavailable { source: error.into() }
        }
        error => read_error(error),
    }
}

fn checkpoint(row: &PgRow) -> sqlx::Result<Checkpoint> {
    Ok(Checkpoint {
        position: Position::new(row.try_get::<i64, _>(0)?.cast_unsigned()),
        epoch: row.try_get::<i64, _>(1)?.cast_unsigned(),
    })
}
