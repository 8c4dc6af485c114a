//! Read models: what the events add up to, kept for quick answers.

use async_trait::async_trait;

use crate::error::{BoxError, Error, Result};
use crate::event::{EventSet, Recorded};
use crate::ids::{AggregateId, Anchor, Incarnation, Position};
use crate::store::Filter;

mod anchor;
mod configured;
mod dead_letter;
mod delivery;
mod handler;
mod settings;
mod shard;

pub use configured::Configured;
pub use dead_letter::{DeadLetter, LetterState, Remedy};
pub use delivery::Delivery;
pub use handler::{Decoded, Handler, Undecoded};
pub use settings::{ProjectionSettings, Undecodable};
pub use shard::Shard;

/// Turns events into a read model. `Tx` is the transaction of the [`ReadModels`] it writes to.
///
/// Gets batches in the order of the log, and writes through the very transaction that moves its
/// checkpoint: each event has its effect exactly once, whatever crashes. Effects outside of that
/// transaction belong into [`committed`](Projection::committed).
///
/// Of an aggregate's events it sees each once, in order, unless one fails for good: then that one is
/// parked as a [`DeadLetter`], and the aggregate's later ones behind it. In
/// [several shards](ProjectionSettings::shards) it is called for several batches at the same time, of
/// different aggregates.
///
/// ```
/// use aether_core::{AggregateId, BoxError, Event, MemoryTx, Projection, Recorded};
///
/// #[derive(serde::Serialize, serde::Deserialize, Event)]
/// enum ChestEvent { Deposited { gold: u64 }, Emptied }
///
/// /// How much gold there is in each chest.
/// struct Treasury;
///
/// type Chests = MemoryTx<std::collections::BTreeMap<AggregateId, u64>>;
///
/// impl Projection<Chests> for Treasury {
///     type Events = ChestEvent;
///
///     fn name(&self) -> &'static str { "treasury" }
///
///     async fn project(&self, events: &[Recorded<ChestEvent>], chests: &mut Chests) -> Result<(), BoxError> {
///         for recorded in events {
///             let chest = chests.entry(recorded.aggregate_id).or_default();
///             match &recorded.event {
///                 ChestEvent::Deposited { gold } => *chest += gold,
///                 ChestEvent::Emptied => *chest = 0,
///             }
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Projection<Tx: Send>: Send + Sync + 'static {
    /// The events it listens to, as it gets them: an aggregate's events, an enum of several, a part of one, or
    /// [`AnyEvent`](crate::AnyEvent). The filter, old names and decoding follow from it.
    type Events: EventSet;

    /// Its name: what its checkpoint is kept under. Never changes.
    fn name(&self) -> &'static str;

    /// Which of the [set](Projection::Events)'s events it listens to: those of some aggregates, or of some aggregate
    /// types. By default all. Event types are for the set to say; only with [`AnyEvent`](crate::AnyEvent) they can
    /// stand here.
    fn filter(&self) -> Filter {
        Filter::all()
    }

    /// How it is run: in how many shards, in what batches, and what becomes of events that fail. By default with the
    /// default settings. Whoever runs it can say others by [`with`](Projection::with).
    fn settings(&self) -> ProjectionSettings {
        ProjectionSettings::default()
    }

    /// The same projection with other settings:
    /// `Node::builder(&engine).projection(models, Treasury.with(settings))`.
    fn with(self, settings: ProjectionSettings) -> Configured<Self, ProjectionSettings>
    where
        Self: Sized,
    {
        Configured::new(self, settings)
    }

    /// The tables of an SQL read model that it fills, by the names that its statements use, without a schema: nobody
    /// else fills them. A rebuild empties and fills them again, and a projection of
    /// another name that fills one of them is refused. By default none.
    fn tables(&self) -> &'static [&'static str] {
        &[]
    }

    /// The name that it had before, if it was renamed: see [`renamed_from`](Projection::renamed_from).
    fn formerly(&self) -> Option<&'static str> {
        None
    }

    /// The same projection, which had another name before: its checkpoint and its dead letters are taken over, once.
    /// Nodes that run it under the old name stop, and cannot start it again.
    fn renamed_from(self, name: &'static str) -> Configured<Self, &'static str>
    where
        Self: Sized,
    {
        Configured::new(self, name)
    }

    /// Applies a batch, all of it or none: on an error the transaction is rolled back.
    ///
    /// # Errors
    ///
    /// Whatever went wrong. An [`Error`](crate::Error) that
    /// [is transient](crate::Error::is_transient) is waited out. On any other the batch comes again in
    /// parts, down to the single event that fails: that one is tried
    /// [`ProjectionSettings::attempts`] times and then parked. An event that cannot be decoded does not come here: it
    /// is treated as [`ProjectionSettings::undecodable`] says.
    fn project(
        &self,
        events: &[Recorded<Self::Events>],
        tx: &mut Tx,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Called with what a transaction has just committed: the place for effects outside of it, a
    /// message for instance. At most once for each event, and never in a rebuild. What it does should be
    /// quick: the next batch waits for it.
    fn committed(&self, events: &[Recorded<Self::Events>]) -> impl Future<Output = ()> + Send {
        let _ = events;
        std::future::ready(())
    }
}

/// A place for read models, and for the checkpoints and dead letters beside them: a database.
#[async_trait]
pub trait ReadModels: Send + Sync + 'static {
    /// What a projection writes through.
    type Tx: Send;

    /// Registers a projection and returns its shard count, which the first registration fixed. What is kept under
    /// the name that it had before goes over to the new one.
    ///
    /// # Errors
    ///
    /// [`TablesTaken`](crate::Error::TablesTaken) if another projection fills one of its tables,
    /// [`Renamed`](crate::Error::Renamed) if it has another name now. Transient ones (retry).
    async fn register(&self, projection: &Registration<'_>) -> Result<u16>;

    /// Takes a shard over under an epoch: whoever ran it under a lower one is
    /// [told so](crate::Error::ShardTaken) off. Claiming again under the same epoch is harmless.
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

    /// Starts a transaction.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn begin(&self) -> Result<Self::Tx>;

    /// The database they are kept in, if it has a name: as [`EventStore::database`](crate::EventStore::database).
    /// Where both are the same, a backup of one is a backup of the other, and no [`Anchor`] is needed.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn database(&self) -> Result<Option<String>> {
        Ok(None)
    }

    /// What an error of a projection means. A [transient](crate::Error::is_transient) one says nothing about the
    /// events: it is waited out, and counts as no attempt. Nor does [`ModelMismatch`](crate::Error::ModelMismatch),
    /// which stops the shard. Everything else is a failure of the handler. By default as
    /// [`Error::of_handler`](crate::Error::of_handler).
    fn meaning(&self, error: BoxError) -> Error {
        Error::of_handler(error)
    }

    /// Takes back a transaction whose projection has failed. By default it is dropped.
    ///
    /// # Errors
    ///
    /// [`TransactionEnded`](crate::Error::TransactionEnded) if there is nothing to take back, since the projection
    /// has ended the transaction itself.
    async fn roll_back(&self, tx: Self::Tx, shard: &Shard) -> Result<()> {
        let _ = shard;
        drop(tx);
        Ok(())
    }

    /// Takes a step: moves the checkpoint, with its letters, and commits all of it together.
    ///
    /// # Errors
    ///
    /// [`ShardTaken`](crate::Error::ShardTaken) if the stored checkpoint is not [`Step::from`], or the log is not in
    /// [`Step::incarnation`] any more: nothing was committed, and nothing of this runner's will be.
    /// [`TransactionEnded`](crate::Error::TransactionEnded) if the projection has ended the transaction itself: the
    /// step was taken, apart from it. Transient ones: look at the [`checkpoint`](ReadModels::checkpoint) to see
    /// whether it was committed.
    async fn commit(&self, tx: Self::Tx, shard: &Shard, step: Step<'_>) -> Result<Checkpoint>;

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

    /// Orders a failed letter to be tried again or left out; whoever runs its shard does so within a
    /// second. `false`: there is no failed letter at this position.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn remedy(&self, projection: &str, position: Position, remedy: Remedy) -> Result<bool>;

    /// Pauses a projection, or lets it go on: whoever runs it follows within a second.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn pause(&self, projection: &str, paused: bool) -> Result<()>;

    /// Forgets a projection that no node runs any more: its registration, checkpoints and dead letters. The rows of
    /// its read model stay. Run again under this name it starts from the first event. `false`: nothing is kept of
    /// one of this name.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn forget(&self, projection: &str) -> Result<bool>;
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
    /// The [tables](Projection::tables) that it fills.
    pub tables: &'a [&'a str],
    /// The name that it had [before](Projection::renamed_from).
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
    /// The epoch of whoever may move it.
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
    /// What [`Step::anchor`] was when the checkpoint got there, if it was kept, and belongs to that very position.
    pub anchor: Option<Anchor>,
    /// Aggregates with letters that are not settled: their events wait.
    pub blocked: Vec<AggregateId>,
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

/// What operators want of a shard.
#[derive(Debug, Clone, Default)]
pub struct Orders {
    /// It shall stand still.
    pub paused: bool,
    /// Failed letters to try again or to leave out, in order of position.
    pub remedies: Vec<DeadLetter>,
}
