//! The states of aggregates that were used lately, so that a command needs no query.

use std::any::{Any, TypeId};
use std::sync::Arc;

use crate::aggregate::Aggregate;
use crate::ids::{AggregateId, Version};

/// The state of an aggregate and the version it has.
#[derive(Debug)]
pub struct Loaded<A> {
    /// The state.
    pub state: A,
    /// How many events it was folded from; [`Version::ZERO`] if there are none.
    pub version: Version,
}

impl<A> Loaded<A> {
    /// Whether the aggregate has any event.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.version > Version::ZERO
    }
}

type Key = (TypeId, AggregateId);

/// Bounded by the number of aggregates. A stale entry does no harm: the append checks the version, and
/// a conflict evicts.
#[derive(Clone, Debug)]
pub(crate) struct AggregateCache {
    entries: Option<moka::sync::Cache<Key, Arc<dyn Any + Send + Sync>>>,
}

impl AggregateCache {
    pub(crate) fn new(capacity: u64) -> Self {
        Self { entries: (capacity > 0).then(|| moka::sync::Cache::new(capacity)) }
    }

    pub(crate) fn get<A: Aggregate>(&self, id: AggregateId) -> Option<Arc<Loaded<A>>> {
        self.entries.as_ref()?.get(&key::<A>(id))?.downcast().ok()
    }

    pub(crate) fn put<A: Aggregate>(&self, id: AggregateId, loaded: Arc<Loaded<A>>) {
        if let Some(entries) = &self.entries {
            entries.insert(key::<A>(id), loaded);
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
