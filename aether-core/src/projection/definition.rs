//! The trait of a read model's projection.

use crate::error::BoxError;
use crate::event::{EventSet, Recorded};
use crate::store::Filter;

use super::{Configured, ProjectionSettings};

/// Turns events into a read model. `Tx` is the transaction of the [`ReadModels`](crate::backend::ReadModels) it writes to.
///
/// Gets batches in the order of the log, and writes through the very transaction that moves its
/// checkpoint: each event has its effect exactly once, whatever crashes. Effects outside of that
/// transaction belong into [`committed`](Projection::committed).
///
/// Of an aggregate's events it sees each once, in order, unless one fails for good: then that one is
/// parked as a [`DeadLetter`](super::DeadLetter), and the aggregate's later ones behind it. In
/// [several shards](ProjectionSettings::shards) it is called for several batches at the same time, of
/// different aggregates.
///
/// ```
/// use aether_core::memory::MemoryTx;
/// use aether_core::{AggregateId, BoxError, Event, Projection, Recorded};
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
    /// default settings. Where it is registered, others are set by [`with`](Projection::with).
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
