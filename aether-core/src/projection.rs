//! Read models: what the events add up to, kept for quick answers.

use async_trait::async_trait;

use crate::envelope::RecordedEvent;
use crate::error::{BoxError, Result};
use crate::ids::Position;
use crate::store::Filter;

mod runner;

pub use runner::{Projector, ProjectorBuilder, ProjectorHandle};

/// Turns events into a read model. `Tx` is the transaction of the [`ReadModels`] it writes to.
///
/// Gets batches in the order of the log, and writes through the very transaction that moves its
/// checkpoint: each event has its effect exactly once, whatever crashes. Effects outside of that
/// transaction (a mail, a message) may happen again after a crash.
///
/// ```
/// use aether_core::{BoxError, Filter, MemoryTx, Projection, RecordedEvent};
///
/// /// Counts events per type.
/// struct Census;
///
/// type Counts = MemoryTx<std::collections::BTreeMap<String, u64>>;
///
/// #[async_trait::async_trait]
/// impl Projection<Counts> for Census {
///     fn name(&self) -> &'static str { "census" }
///
///     fn filter(&self) -> Filter { Filter::all() }
///
///     async fn project(&self, events: &[RecordedEvent], counts: &mut Counts) -> Result<(), BoxError> {
///         for event in events {
///             *counts.entry(event.event_type.to_string()).or_default() += 1;
///         }
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait Projection<Tx: Send>: Send + Sync + 'static {
    /// Its name: what its checkpoint is kept under. Never changes.
    fn name(&self) -> &'static str;

    /// The events it listens to.
    fn filter(&self) -> Filter;

    /// Applies a batch, all of it or none: on an error the transaction is rolled back, and the batch
    /// comes again.
    ///
    /// # Errors
    ///
    /// Whatever went wrong; the batch is tried again up to [`ProjectorBuilder::attempts`] times.
    async fn project(&self, events: &[RecordedEvent], tx: &mut Tx) -> Result<(), BoxError>;
}

/// A place for read models, and for the checkpoints beside them: a database.
#[async_trait]
pub trait ReadModels: Send + Sync + 'static {
    /// What a projection writes through.
    type Tx: Send;

    /// Takes a projection over: reads its checkpoint and raises its epoch, so that whoever ran it
    /// before is [fenced](crate::Error::Fenced) off.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn claim(&self, projection: &str) -> Result<Checkpoint>;

    /// The checkpoint as it is stored.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn checkpoint(&self, projection: &str) -> Result<Checkpoint>;

    /// Starts a transaction.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn begin(&self) -> Result<Self::Tx>;

    /// Moves the checkpoint from `from` to `to` and commits both together.
    ///
    /// # Errors
    ///
    /// [`Fenced`](crate::Error::Fenced) if the stored checkpoint is not `from`: nothing was committed,
    /// and nothing of this runner's will be. Transient ones: look at the
    /// [`checkpoint`](ReadModels::checkpoint) to see whether it was committed.
    async fn commit(
        &self,
        tx: Self::Tx,
        projection: &str,
        from: Checkpoint,
        to: Position,
    ) -> Result<Checkpoint>;
}

/// How far a projection has come, and who may move it on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Everything up to here is in the read model.
    pub position: Position,
    /// Raised each time a runner takes the projection over.
    pub epoch: u64,
}
