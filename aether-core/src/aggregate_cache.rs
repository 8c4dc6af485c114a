//! The states of aggregates that were used lately, so that a command needs no query.

use std::any::{Any, TypeId};
use std::sync::Arc;

use crate::aggregate::Aggregate;
use crate::ids::{AggregateId, EventId, Incarnation, Version};

/// The state of an aggregate and the version it has.
#[derive(Debug)]
pub struct Loaded<A> {
    /// The state.
    pub state: A,
    /// How many events it was folded from; [`Version::ZERO`] if there are none.
    pub version: Version,
    /// The id of the last of them, if it is known: the version alone does not tell a lost event from the one that has
    /// taken its place.
    pub(crate) last_event: Option<EventId>,
}

impl<A: Default> Default for Loaded<A> {
    fn default() -> Self {
        Self { state: A::default(), version: Version::ZERO, last_event: None }
    }
}

impl<A> Loaded<A> {
    /// Whether the aggregate has any event.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.version > Version::ZERO
    }
}

type Key = (TypeId, AggregateId);

/// Bounded by the number of aggregates. A stale entry does no harm: the append checks version and last event, and
/// a conflict evicts. An entry of another incarnation of the log is not there.
#[derive(Clone, Debug)]
pub(crate) struct AggregateCache {
    entries: Option<moka::sync::Cache<Key, Entry>>,
}

#[derive(Clone, Debug)]
struct Entry {
    incarnation: Option<Incarnation>,
    loaded: Arc<dyn Any + Send + Sync>,
}

impl AggregateCache {
    pub(crate) fn new(capacity: u64) -> Self {
        Self { entries: (capacity > 0).then(|| moka::sync::Cache::new(capacity)) }
    }

    /// A state that was loaded in this incarnation of the log.
    pub(crate) fn get<A: Aggregate>(
        &self,
        id: AggregateId,
        incarnation: Option<Incarnation>,
    ) -> Option<Arc<Loaded<A>>> {
        let entry = self.entries.as_ref()?.get(&key::<A>(id))?;
        entry.loaded.downcast().ok().filter(|_| entry.incarnation == incarnation)
    }

    /// `incarnation`: as it was known before the state was loaded.
    pub(crate) fn put<A: Aggregate>(
        &self,
        id: AggregateId,
        loaded: Arc<Loaded<A>>,
        incarnation: Option<Incarnation>,
    ) {
        if let Some(entries) = &self.entries {
            entries.insert(key::<A>(id), Entry { incarnation, loaded });
        }
    }

    pub(crate) fn evict<A: Aggregate>(&self, id: AggregateId) {
        if let Some(entries) = &self.entries {
            entries.invalidate(&key::<A>(id));
        }
    }
}

fn key<A: Aggregate>(id: AggregateId) -> Key {
    (TypeId::of::<A>(), id)
}
