//! A history read back: its streams, folded from what would be stored.

use std::collections::BTreeMap;

use aether_core::uuid::Uuid;
use aether_core::{Aggregate, Event as _};
use aether_game::world::WorldEvent;

/// The events of each stream, in order.
#[derive(Debug, Default)]
pub(crate) struct Replay(BTreeMap<Uuid, Vec<WorldEvent>>);

impl Replay {
    pub(crate) fn of(events: impl IntoIterator<Item = WorldEvent>) -> Self {
        let mut replay = Self::default();
        for event in events {
            let stream = replay.0.entry(event.stream.aggregate_id.as_uuid()).or_default();
            stream.push(event);
        }
        replay
    }

    pub(crate) fn streams(&self) -> impl Iterator<Item = (Uuid, &[WorldEvent])> {
        self.0.iter().map(|(id, events)| (*id, events.as_slice()))
    }

    /// The streams of this type whose first event is one of its own.
    pub(crate) fn of_type<A: Aggregate>(&self) -> impl Iterator<Item = (Uuid, A)> {
        let streams = self.streams().filter(|(_, events)| is_of::<A>(events));
        streams.map(|(id, events)| (id, fold(events)))
    }
}

/// Whether a stream is one of `A`: several aggregates share a stored type, but no event.
pub(crate) fn is_of<A: Aggregate>(events: &[WorldEvent]) -> bool {
    events.first().is_some_and(|first| {
        let named =
            |known: &aether_core::event::EventType| *known.name == **first.event.event_type();
        first.stream.aggregate_type == A::TYPE && A::Event::TYPES.iter().any(named)
    })
}

pub(crate) fn typed<A: Aggregate>(event: &WorldEvent) -> A::Event {
    let new = &event.event;
    A::Event::decode(new.event_type(), new.schema_version(), new.payload()).unwrap()
}

fn fold<A: Aggregate>(events: &[WorldEvent]) -> A {
    let mut state = A::default();
    events.iter().for_each(|event| state.apply(&typed::<A>(event)));
    state
}
