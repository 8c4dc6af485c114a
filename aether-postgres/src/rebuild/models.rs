//! The shadow tables as read models: a step of the rebuild is a transaction that moves its state.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{
    Checkpoint, Checkpoints, Claim, Maintenance, Order, Orders, ReadModels, Registration, Step,
    StoredProjection,
};
use aether_core::log::Incarnation;
use aether_core::projection::{DeadLetter, Handler, Shard};
use aether_core::{AggregateId, BoxError, Error, Result};
use async_trait::async_trait;
use parking_lot::Mutex;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::postgres::types::Oid;

use crate::database::{Database, Terms};
use crate::error::{Error as PgError, read_error, step_error};
use crate::letters::{self, Owner};
use crate::read_models::{begin_error, checkpoint, commit, roll_back};
use crate::tx::PgTx;

use super::shadow::Shadow;
use super::state;

/// Read models behind another search path, with their checkpoints in `aether_rebuilds` and their dead letters
/// apart from the live ones.
#[derive(Debug)]
pub(super) struct ShadowModels {
    database: Database,
    /// How a transaction begins: with the shadow tables in front of the live ones.
    terms: Terms,
    live: Vec<Oid>,
    lease: Duration,
    /// Why the rebuild cannot go on, where the port has no word for it.
    refusal: Mutex<Option<PgError>>,
}

impl ShadowModels {
    /// `live`: the tables that a step must not touch.
    pub(super) fn new(
        database: Database,
        shadow: &Shadow,
        live: Vec<Oid>,
        lease: Duration,
    ) -> Self {
        // as a live one begins: a crash of the server takes rows and position back together, and one that stands
        // still loses its locks
        let terms = Terms::READ_MODEL.then(shadow.enter());
        Self { database, terms, live, lease, refusal: Mutex::default() }
    }

    /// The reason behind an error of a delivery, if the port had no word for it.
    pub(super) fn reason(&self, error: Error) -> PgError {
        let refusal = self.refusal.lock().take();
        refusal.unwrap_or_else(|| error.into())
    }

    /// The error of a step that was not taken. What is wrong with the tables is not wrong with the events:
    /// nothing is parked for it.
    fn refused(&self, error: sqlx::Error, shard: &Shard) -> Error {
        match PgError::of_rebuild(error) {
            PgError::Database(error) => step_error(error),
            refusal => {
                *self.refusal.lock() = Some(refusal);
                Error::ShardTaken { projection: shard.to_string() }
            }
        }
    }
}

#[async_trait]
impl ReadModels for ShadowModels {
    type Tx = PgTx;

    async fn begin(&self) -> Result<PgTx> {
        self.database.begin_with(self.terms.clone()).await.map_err(begin_error)
    }

    fn meaning(&self, error: BoxError) -> Error {
        PgError::of_handler(error)
    }

    async fn roll_back(&self, tx: PgTx, shard: &Shard) -> Result<()> {
        roll_back(tx, self.database.mode, shard).await
    }

    async fn commit(&self, mut tx: PgTx, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        let mode = self.database.mode;
        let owner = Owner { projection: shard.projection(), rebuild: true };
        letters::park(&mut tx, mode, owner, step.parked).await.map_err(step_error)?;
        let row = mode
            .query(include_str!("../sql/move_rebuild.sql"))
            .bind(shard.projection().to_owned())
            .bind(step.from.position.get().cast_signed())
            .bind(step.from.epoch.cast_signed())
            .bind(step.to.get().cast_signed())
            .bind(state::millis(self.lease))
            .bind(&self.live)
            .bind(step.incarnation.map(Incarnation::as_uuid))
            .fetch_optional(&mut *tx)
            .await
            .map_err(|error| self.refused(error, shard))?;
        // none: the log is in another incarnation
        let read = |row: &PgRow| Ok((row.try_get::<bool, _>(0)?, row.try_get::<bool, _>(1)?));
        let moved = row.as_ref().map(read).transpose().map_err(read_error)?;
        let Some((true, intact)) = moved else {
            return Err(Error::ShardTaken { projection: shard.to_string() });
        };
        commit(tx).await?;
        if intact {
            Ok(Checkpoint { position: step.to, ..step.from })
        } else {
            Err(Error::TransactionEnded { projection: shard.to_string() })
        }
    }

    /// They are in the database of the live ones.
    async fn database(&self) -> Result<Option<String>> {
        self.database.name().await
    }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        Arc::new(ShadowCheckpoints { database: self.database.clone() })
    }

    /// They are a rebuild.
    fn maintenance(&self, _: Handler<PgTx>) -> Option<Arc<dyn Maintenance>> {
        None
    }
}

/// How far rebuilds have come.
struct ShadowCheckpoints {
    database: Database,
}

#[async_trait]
impl Checkpoints for ShadowCheckpoints {
    /// The live one is [registered](super::Rebuild::start) before a rebuild begins.
    async fn register(&self, registration: &Registration<'_>) -> Result<u16> {
        Ok(registration.shards)
    }

    async fn claim(&self, shard: &Shard, epoch: u64) -> Result<Claim> {
        let checkpoint = self.checkpoint(shard).await?;
        if checkpoint.epoch != epoch {
            return Err(Error::ShardTaken { projection: shard.to_string() });
        }
        let owner = Owner { projection: shard.projection(), rebuild: true };
        let blocked = self
            .database
            .run(async |connection, mode| {
                letters::blocked(connection, mode, owner, shard.slices()).await
            })
            .await?;
        Ok(Claim { checkpoint, anchor: None, blocked })
    }

    async fn checkpoint(&self, shard: &Shard) -> Result<Checkpoint> {
        let sql = "SELECT position, epoch FROM aether_rebuilds WHERE projection = $1";
        let row = self
            .database
            .run(async |connection, mode| {
                mode.query(sql).bind(shard.projection().to_owned()).fetch_optional(connection).await
            })
            .await?;
        // discarded: an epoch that nobody has
        let found = row.as_ref().map(checkpoint).transpose().map_err(read_error)?;
        Ok(found.unwrap_or_default())
    }

    /// As [`state`] tells it.
    async fn stored(&self, _projection: &str) -> Result<Option<StoredProjection>> {
        Ok(None)
    }

    /// Operators give orders to live ones.
    async fn orders(&self, _shard: &Shard) -> Result<Orders> {
        Ok(Orders::default())
    }

    async fn report(&self, _shard: &Shard, _failure: Option<&str>) -> Result<()> {
        Ok(())
    }

    async fn letters(
        &self,
        _projection: &str,
        _aggregate: Option<AggregateId>,
    ) -> Result<Vec<DeadLetter>> {
        Ok(Vec::new())
    }

    /// [`discard`](super::Rebuild::discard) ends a rebuild.
    async fn order(&self, _projection: &str, _order: Order) -> Result<u64> {
        Ok(0)
    }
}
