//! The port that keeps how far projections have come, and what operators want of them.

use async_trait::async_trait;

use crate::error::Result;
use crate::ids::{AggregateId, Anchor, Position};
use crate::store::Filter;

use super::{DeadLetter, Remedy, Shard};

/// Keeps the checkpoints and dead letters of projections, and the orders of operators. It knows nothing of the rows that
/// a projection writes: those are the business of the [`ReadModels`](super::ReadModels), which move checkpoints.
///
/// Object-safe. Programs for operators need nothing else.
#[async_trait]
pub trait Checkpoints: Send + Sync + 'static {
    /// Registers a projection and returns its shard count, which the first registration fixed. What is kept under
    /// the name that it had before goes over to the new one.
    ///
    /// # Errors
    ///
    /// [`TablesTaken`](crate::Error::TablesTaken) if another projection fills one of its tables,
    /// [`Renamed`](crate::Error::Renamed) if it has another name now. Transient ones (retry).
    async fn register(&self, projection: &Registration<'_>) -> Result<u16>;

    /// Takes a shard over under an epoch: a runner with a lower one is [told](crate::Error::ShardTaken) with its next
    /// commit. Claiming again under the same epoch is harmless.
    ///
    /// # Errors
    ///
    /// [`ShardTaken`](crate::Error::ShardTaken) if a higher epoch was here already. Transient ones (retry).
    async fn claim(&self, shard: &Shard, epoch: u64) -> Result<Claim>;

    /// The checkpoint as it is stored.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn checkpoint(&self, shard: &Shard) -> Result<Checkpoint>;

    /// What is stored of a projection: for operators. `None` if nobody has registered it.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn stored(&self, projection: &str) -> Result<Option<StoredProjection>>;

    /// What operators want of a shard.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn orders(&self, shard: &Shard) -> Result<Orders>;

    /// Tells operators why a shard stands still; `None`: it runs.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn report(&self, shard: &Shard, failure: Option<&str>) -> Result<()>;

    /// The dead letters of a projection, in order of position: all of them, or those of one aggregate.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn letters(
        &self,
        projection: &str,
        aggregate: Option<AggregateId>,
    ) -> Result<Vec<DeadLetter>>;

    /// Takes an operator's order. The runner of a shard looks for orders about once a second. Returns how much the
    /// order has changed: 1 or 0, and for [`Order::Letters`] the number of letters.
    ///
    /// # Errors
    ///
    /// Transient ones (retry: an order given twice is one order).
    async fn order(&self, projection: &str, order: Order) -> Result<u64>;
}

/// What operators can order about a projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// It is to stand still. No change: it is paused already, or not registered.
    Pause,
    /// It is to continue. No change: it is not paused.
    Resume,
    /// The failed event at this position is to be tried again or left out. An order that was not carried out yet can be
    /// changed. No change: there is no letter at this position, it waits for an earlier one, or it was left out already.
    Letter(Position, Remedy),
    /// The same for all failed events that no order names yet.
    Letters(Remedy),
    /// Its registration, checkpoints and dead letters are forgotten: no node runs it any more. The rows of its read model
    /// stay. Run again under this name it starts from the first event. No change: nothing is kept of it.
    Forget,
}

/// What operators want of a shard.
#[derive(Debug, Clone, Default)]
pub struct Orders {
    /// It shall stand still.
    pub paused: bool,
    /// Failed letters to try again or to leave out, in order of position.
    pub remedies: Vec<DeadLetter>,
}

/// What is to be known of a projection before it runs.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    /// Its name.
    pub projection: &'a str,
    /// The events it listens to: for the lag that operators see.
    pub filter: &'a Filter,
    /// Into how many shards it is cut if it is new.
    pub shards: u16,
    /// The [tables](super::Projection::tables) that it fills.
    pub tables: &'a [&'a str],
    /// The name that it had [before](super::Projection::renamed_from).
    pub formerly: Option<&'a str>,
}

impl<'a> Registration<'a> {
    /// Of a projection that fills no tables and had no other name.
    #[must_use]
    pub const fn new(projection: &'a str, filter: &'a Filter, shards: u16) -> Self {
        Self { projection, filter, shards, tables: &[], formerly: None }
    }
}

/// How far a projection has come, and who may move it on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Everything up to here is in the read model, or parked.
    pub position: Position,
    /// The epoch in which it may be moved.
    pub epoch: u64,
}

/// What is stored of a projection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredProjection {
    /// Whether an operator has paused it.
    pub paused: bool,
    /// Its shards, by index.
    pub shards: Vec<StoredShard>,
}

/// What is stored of a shard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredShard {
    /// How far it has come.
    pub checkpoint: Checkpoint,
    /// Why it stands still, if it does.
    pub failure: Option<String>,
}

/// What a runner finds when it takes a shard over.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// Where to go on.
    pub checkpoint: Checkpoint,
    /// What [`Step::anchor`](super::Step::anchor) was when the checkpoint got there, if it was kept, and belongs to that very position.
    pub anchor: Option<Anchor>,
    /// Aggregates with letters that are not settled: their events wait.
    pub blocked: Vec<AggregateId>,
}
