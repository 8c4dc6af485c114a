//! SQL read models, and the checkpoints that move with them.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{Checkpoint, Checkpoints, Maintenance, ReadModels, Step};
use aether_core::log::Incarnation;
use aether_core::projection::{Handler, Shard};
use aether_core::{BoxError, Error, Position, Result};
use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgPool, PgRow};

use crate::database::{Database, Mode, Terms};
use crate::error::{Error as PgError, SqlError, read_error, step_error, write_error};
use crate::home::Home;
use crate::letters::{self, Owner};
use crate::rebuild::PgMaintenance;
use crate::tx::PgTx;

/// Read models in a PostgreSQL database: the one of the event store, or another that has been
/// [migrated](crate::PgStore::migrate) too.
///
/// The checkpoint is a row that the projection's own transaction moves, `WHERE position = … AND epoch
/// = …`: each event has its effect exactly once, and a runner that was paused while another took over
/// cannot write. Commits do not wait for the disk: a crash of the server takes back rows and checkpoint
/// together, and the projection goes on from there.
///
/// The server ends a transaction whose runner says nothing for 5 seconds (it was paused, or its handler
/// waits for something else): it is rolled back, and others can go on.
///
/// A projection never ends its transaction: after a COMMIT or ROLLBACK of its own the shard stops with
/// [`TransactionEnded`](aether_core::Error::TransactionEnded). It stops with
/// [`ModelMismatch`](aether_core::Error::ModelMismatch) where a table, column, function, type or schema is missing.
#[derive(Debug, Clone)]
pub struct PgReadModels {
    pub(crate) database: Database,
}

impl PgReadModels {
    /// Read models behind `pool`, for the tokio runtime that this is called in: once that has ended, or stands still,
    /// calls fail and say so.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self { database: Database::new(pool, Mode::Prepared, Home::if_any()) }
    }

    /// Prepares no statements of its own: for poolers in transaction mode. Projections have to mind
    /// theirs: `sqlx::query(…).persistent(false)`.
    #[must_use]
    pub fn unprepared(self) -> Self {
        Self { database: Database::new(self.database.pool, Mode::Unprepared, self.database.home) }
    }

    pub(crate) const fn mode(&self) -> Mode {
        self.database.mode
    }

    /// Runs a call that is a transaction of its own.
    pub(crate) async fn run<T>(
        &self,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T> + Clone,
    ) -> Result<T> {
        Ok(self.database.run(call).await?)
    }

    /// Runs a call whose effect an operator or a node relies on.
    pub(crate) async fn run_durably<T>(
        &self,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T> + Clone,
    ) -> Result<T> {
        Ok(self.database.run_durably(call).await?)
    }
}

#[async_trait]
impl ReadModels for PgReadModels {
    type Tx = PgTx;

    async fn begin(&self) -> Result<PgTx> {
        self.database.begin_with(Terms::READ_MODEL).await.map_err(begin_error)
    }

    async fn database(&self) -> Result<Option<String>> {
        self.database.name().await
    }

    /// An `sqlx::Error` that says that the database is away, or had to roll back, is transient, also inside of
    /// other errors.
    fn meaning(&self, error: BoxError) -> Error {
        PgError::of_handler(error)
    }

    async fn roll_back(&self, tx: PgTx, shard: &Shard) -> Result<()> {
        roll_back(tx, self.mode(), shard).await
    }

    async fn commit(&self, mut tx: PgTx, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        let owner = Owner { projection: shard.projection(), rebuild: false };
        letters::park(&mut tx, self.mode(), owner, step.parked).await.map_err(step_error)?;
        if let Some(position) = step.settled {
            letters::settle(&mut tx, self.mode(), owner, position).await.map_err(step_error)?;
        }
        let moved = self
            .mode()
            .query(include_str!("sql/move_checkpoint.sql"))
            .bind(shard.projection().to_owned())
            .bind(i32::from(shard.index()))
            .bind(step.from.position.get().cast_signed())
            .bind(step.from.epoch.cast_signed())
            .bind(step.to.get().cast_signed())
            .bind(step.anchor.map(|anchor| anchor.position.get().cast_signed()))
            .bind(step.anchor.map(|anchor| anchor.event_id.as_uuid()))
            .bind(step.incarnation.map(Incarnation::as_uuid))
            .fetch_optional(&mut *tx)
            .await
            .map_err(step_error)?;
        let Some(moved) = moved else {
            return Err(Error::ShardTaken { projection: shard.to_string() });
        };
        let intact = moved.try_get(0).map_err(read_error)?;
        commit(tx).await?;
        if intact {
            Ok(Checkpoint { position: step.to, ..step.from })
        } else {
            Err(Error::TransactionEnded { projection: shard.to_string() })
        }
    }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        Arc::new(self.clone())
    }

    fn maintenance(&self, projection: Handler<PgTx>) -> Option<Arc<dyn Maintenance>> {
        Some(Arc::new(PgMaintenance::new(self.clone(), projection)))
    }
}

/// Rolls back, and asks before whether there is anything to roll back. A handler that was cut off in the middle of a
/// statement has left a connection that does not answer: nobody waits for that.
pub(crate) async fn roll_back(mut tx: PgTx, mode: Mode, shard: &Shard) -> Result<()> {
    const LIMIT: Duration = Duration::from_secs(1);
    let query = mode.query("SELECT coalesce(current_setting('aether.step', true) = 'open', false)");
    // an error comes from a transaction that has failed, and is still there
    let asked = tokio::time::timeout(LIMIT, query.fetch_one(&mut *tx)).await;
    match asked.map(|row| row.and_then(|row| row.try_get(0))) {
        Ok(Ok(false)) => Err(Error::TransactionEnded { projection: shard.to_string() }),
        _ => Ok(()),
    }
}

/// Commits a step. After a lost answer, the caller looks at the checkpoint.
pub(crate) async fn commit(tx: PgTx) -> Result<()> {
    tx.commit().await.map_err(|error| match write_error(error) {
        Error::OutcomeUnknown { source } => Error::Unavailable { source },
        error => error,
    })
}

/// Whatever kept a transaction from being begun: nothing was done in it.
pub(crate) fn begin_error(error: sqlx::Error) -> Error {
    match error {
        error @ (sqlx::Error::Io(_) | sqlx::Error::Protocol(_)) => {
            Error::Unavailable { source: SqlError::from(error).into() }
        }
        error => read_error(error),
    }
}

pub(crate) fn checkpoint(row: &PgRow) -> sqlx::Result<Checkpoint> {
    Ok(Checkpoint {
        position: Position::new(row.try_get::<i64, _>(0)?.cast_unsigned()),
        epoch: row.try_get::<i64, _>(1)?.cast_unsigned(),
    })
}
