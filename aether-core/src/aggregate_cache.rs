//! The states of aggregates that were used lately, so that a command needs no query.

use std::any::{Any, TypeId};
use std::sync::Arc;

use crate::aggregate::Aggregate;
use crate::ids::{AggregateId, EventId, Incarnation, Version};

/// The state of an aggregate and the version it has.
#[derive(Debug)]
#[non_exhaustive]
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

impl<A: Aggregate> Loaded<A> {
    /// What it becomes by events, of which the last one has this id.
    pub(crate) fn after(&self, events: &[A::Event], last_event: Option<EventId>) -> Self {
        let mut state = self.state.clone();
        events.iter().for_each(|event| state.apply(event));
        let version = self.version.plus(u32::try_from(events.len()).unwrap_or(u32::MAX));
        Self { state, version, last_event }
    }
}

/// An aggregate, by its type in this program. In order of id.
pub(crate) type Key = (AggregateId, TypeId);

/// What an entry takes besides its state: key, counts, links and the frequencies of a cache of its kind, rounded up.
const OVERHEAD: usize = 256;

/// Bounded by what its states weigh. A stale entry does no harm: the append checks version and last event, and
/// a conflict evicts. An entry of another incarnation of the log is not there.
#[derive(Clone, Debug)]
pub(crate) struct AggregateCache {
    entries: Option<moka::sync::Cache<Key, Kept>>,
}

/// A state with its aggregate's type left out, and the incarnation of the log as it was known before it was loaded.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) incarnation: Option<Incarnation>,
    loaded: Arc<dyn Any + Send + Sync>,
    weight: u32,
}

impl Kept {
    pub(crate) fn new<A: Aggregate>(
        loaded: Arc<Loaded<A>>,
        incarnation: Option<Incarnation>,
    ) -> Self {
        let weight = loaded.state.weigh().saturating_add(OVERHEAD);
        let weight = u32::try_from(weight).unwrap_or(u32::MAX);
        Self { incarnation, loaded, weight }
    }

    /// The state, if it is one of this type.
    pub(crate) fn loaded<A: Aggregate>(&self) -> Option<Arc<Loaded<A>>> {
        self.loaded.clone().downcast().ok()
    }
}

impl AggregateCache {
    pub(crate) fn new(bytes: u64) -> Self {
        let make = || {
            moka::sync::Cache::builder()
                .max_capacity(bytes)
                .weigher(|_, kept: &Kept| kept.weight)
                .build()
        };
        Self { entries: (bytes > 0).then(make) }
    }

    /// A state that was loaded in this incarnation of the log.
    pub(crate) fn get<A: Aggregate>(
        &self,
        id: AggregateId,
        incarnation: Option<Incarnation>,
    ) -> Option<Arc<Loaded<A>>> {
        let kept = self.entries.as_ref()?.get(&key::<A>(id))?;
        kept.loaded().filter(|_| kept.incarnation == incarnation)
    }

    /// Whether a look-up would be in vain, though a state that is put there would stay.
    pub(crate) fn lacks(&self, key: Key) -> bool {
        self.entries.as_ref().is_some_and(|entries| !entries.contains_key(&key))
    }

    pub(crate) fn put(&self, key: Key, kept: Kept) {
        if let Some(entries) = &self.entries {
            entries.insert(key, kept);
        }
    }

    pub(crate) fn evict(&self, key: Key) {
        if let Some(entries) = &self.entries {
            entries.invalidate(&key);
        }
    }
}

pub(crate) fn key<A: Aggregate>(id: AggregateId) -> Key {
    (id, TypeId::of::<A>())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::{Event, Facts, Shape};

    #[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
    struct Chest {
        items: Vec<u64>,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
    enum ChestEvent {
        ItemAdded { item: u64 },
    }

    impl Aggregate for Chest {
        const TYPE: &'static str = "Chest";
        type Command = u64;
        type Event = ChestEvent;
        type Error = Infallible;

        fn decide(&self, item: &u64, _: &Facts) -> Result<Vec<ChestEvent>, Infallible> {
            Ok(vec![ChestEvent::ItemAdded { item: *item }])
        }

        fn apply(&mut self, ChestEvent::ItemAdded { item }: &ChestEvent) {
            self.items.push(*item);
        }

        fn weigh(&self) -> usize {
            size_of::<Self>() + size_of_val(&*self.items)
        }
    }

    fn kept(bytes: u64, items: usize) -> usize {
        let cache = AggregateCache::new(bytes);
        let ids: Vec<_> = (0..100).map(|_| AggregateId::new(uuid::Uuid::new_v4())).collect();
        for id in &ids {
            let state = Chest { items: vec![7; items] };
            let loaded = Arc::new(Loaded { state, ..Loaded::default() });
            cache.put(key::<Chest>(*id), Kept::new(loaded, None));
        }
        cache.entries.as_ref().unwrap().run_pending_tasks();
        ids.iter().filter(|id| cache.get::<Chest>(**id, None).is_some()).count()
    }

    #[test]
    fn states_are_kept_up_to_what_they_weigh() {
        assert_eq!(kept(1 << 20, 1), 100);
        let large = kept(1 << 20, 16 << 10);
        assert!((1..=7).contains(&large), "{large} states of 128 KiB in 1 MiB");
        assert_eq!(kept(1 << 20, 1 << 20), 0, "one that is larger than all of it");
    }
}
