//! The port that a projection writes through: one transaction for the rows and the checkpoint.

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::{BoxError, Error, Result};
use crate::ids::{Anchor, Incarnation, Position};

use super::{Checkpoint, Checkpoints, DeadLetter, Handler, Maintenance, Shard};

/// A place for read models: a database. [`Checkpoints`] are kept in the same place, so that one transaction moves both.
#[async_trait]
pub trait ReadModels: Send + Sync + 'static {
    /// What a projection writes through.
    type Tx: Send;

    /// Starts a transaction.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn begin(&self) -> Result<Self::Tx>;

    /// Takes a step: moves the checkpoint, with its letters, and commits all of it together.
    ///
    /// # Errors
    ///
    /// [`ShardTaken`](crate::Error::ShardTaken) if the stored checkpoint is not [`Step::from`], or the log is not in
    /// [`Step::incarnation`] any more: nothing was committed, and nothing of this runner's will be.
    /// [`TransactionEnded`](crate::Error::TransactionEnded) if the projection has ended the transaction itself: the
    /// step was taken, apart from it. Transient ones: look at the [`checkpoint`](Checkpoints::checkpoint) to see
    /// whether it was committed.
    async fn commit(&self, tx: Self::Tx, shard: &Shard, step: Step<'_>) -> Result<Checkpoint>;

    /// Takes back a transaction whose projection has failed.
    ///
    /// # Errors
    ///
    /// [`TransactionEnded`](crate::Error::TransactionEnded) if there is nothing to take back, since the projection
    /// has ended the transaction itself.
    async fn roll_back(&self, tx: Self::Tx, shard: &Shard) -> Result<()>;

    /// What an error of a projection means. A [transient](crate::Error::is_transient) one says nothing about the
    /// events: it is waited out, and counts as no attempt. Nor does [`ModelMismatch`](crate::Error::ModelMismatch),
    /// which stops the shard. Everything else is a failure of the handler. Where a database has no errors of its own:
    /// [`Error::of_handler`](crate::Error::of_handler).
    fn meaning(&self, error: BoxError) -> Error;

    /// The database they are kept in, if it has a name: as [`LogIdentity::database`](crate::backend::LogIdentity::database).
    /// Where both are the same, a backup of one is a backup of the other, and no [`Anchor`] is needed.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn database(&self) -> Result<Option<String>>;

    /// The checkpoints that [`commit`](ReadModels::commit) moves.
    fn checkpoints(&self) -> Arc<dyn Checkpoints>;

    /// What only these read models can do with a projection: rebuild and verify it. `None` if they cannot, or if it has
    /// effects that must not come again.
    fn maintenance(&self, projection: Handler<Self::Tx>) -> Option<Arc<dyn Maintenance>>;
}

/// What is committed together with a batch.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The checkpoint that must be stored.
    pub from: Checkpoint,
    /// Where it goes.
    pub to: Position,
    /// Kept with it; `None` where there is no need to, and the one before is forgotten.
    pub anchor: Option<Anchor>,
    /// Letters to keep; one that is there already is replaced.
    pub parked: &'a [DeadLetter],
    /// The letter that has been applied: it goes.
    pub settled: Option<Position>,
    /// The incarnation of the log that the events were read in, where read model and log share a database: in
    /// another one the step is not taken. `None`: not compared.
    pub incarnation: Option<Incarnation>,
    /// The incarnation of the log that the events were read in, wherever the read model is. Nothing is compared with
    /// it: it is for those who tell others of the events.
    pub read_in: Option<Incarnation>,
}

impl Step<'_> {
    /// One that moves a checkpoint and does nothing else.
    #[must_use]
    pub const fn new(from: Checkpoint, to: Position) -> Self {
        Self {
            from,
            to,
            anchor: None,
            parked: &[],
            settled: None,
            incarnation: None,
            read_in: None,
        }
    }
}
