//! The scribe holds the state of everything that lives, carries out units on it, and writes down what happens.
//!
//! It does what an engine does, without a store: a unit is decided leg by leg on the states as they are, all of its events are
//! applied, or none. States of what has ended are [forgotten](Scribe::forget), so that memory is bounded by what lives.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use aether_core::command::IdOf;
use aether_core::log::{Metadata, NewEvent, StreamId};
use aether_core::uuid::Uuid;
use aether_core::{Aggregate, AggregateId, EventId, Facts, Json, Version};
use chrono::{DateTime, Utc};

use super::hasard::Hasard;

mod unit;

use unit::Step;
pub(super) use unit::{Pen, Refused};

/// An event of a [`History`](super::History), and its place in its stream.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorldEvent {
    /// The stream.
    pub stream: StreamId,
    /// Its place there: 1, 2, 3 … without gaps.
    pub version: Version,
    /// The event.
    pub event: NewEvent,
}

/// What led to a unit: an event, and the request that it followed from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause {
    event: EventId,
    correlation: Uuid,
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Scribe(RefCell<Inner>);

#[derive(Debug)]
struct Inner {
    states: HashMap<Key, Held>,
    /// The legs of the unit that is being decided, each aggregate once.
    steps: Vec<Step>,
    facts: Facts,
    hasard: Hasard,
    written: VecDeque<WorldEvent>,
    events: u64,
    refusals: u64,
}

/// An aggregate: its type and its id.
type Key = (TypeId, Uuid);

/// The state of an aggregate, with its type left out.
#[derive(Debug)]
struct Held {
    state: Arc<dyn Any + Send + Sync>,
    version: Version,
}

fn key<A: Aggregate>(id: AggregateId) -> Key {
    (TypeId::of::<A>(), id.as_uuid())
}

impl Scribe {
    /// A scribe who has seen nothing yet.
    pub(super) fn new(hasard: Hasard, now: DateTime<Utc>) -> Self {
        Self(RefCell::new(Inner {
            states: HashMap::new(),
            steps: Vec::new(),
            facts: Facts::at(now),
            hasard,
            written: VecDeque::new(),
            events: 0,
            refusals: 0,
        }))
    }

    /// Everything from now on happens at this time.
    pub(super) fn turn_to(&self, now: DateTime<Utc>) {
        self.0.borrow_mut().facts = Facts::at(now);
    }

    /// What begins units that follow from nothing but somebody's wish.
    pub(super) const fn pen(&self) -> Pen<'_> {
        Pen::new(self, None)
    }

    /// What begins units that follow from an event.
    pub(super) const fn because(&self, cause: Option<Cause>) -> Pen<'_> {
        Pen::new(self, cause)
    }

    /// The state of an aggregate; that before its first event, if there was none.
    pub(super) fn state<A: Aggregate>(&self, id: impl IdOf<A>) -> Arc<A> {
        self.0.borrow().state::<A>(id.into()).0
    }

    /// Holds the state of an aggregate no longer: nothing will happen to it any more.
    pub(super) fn forget<A: Aggregate>(&self, id: impl IdOf<A>) {
        self.0.borrow_mut().states.remove(&key::<A>(id.into()));
    }

    /// The next event that nobody has taken yet.
    pub(super) fn take(&self) -> Option<WorldEvent> {
        self.0.borrow_mut().written.pop_front()
    }

    /// How many events have happened.
    pub(super) fn events(&self) -> u64 {
        self.0.borrow().events
    }

    /// How many units a rule has refused.
    pub(super) fn refusals(&self) -> u64 {
        self.0.borrow().refusals
    }
}

impl Inner {
    fn state<A: Aggregate>(&self, id: AggregateId) -> (Arc<A>, Version) {
        let held = self.states.get(&key::<A>(id));
        let state = held.and_then(|held| Some((held.state.clone().downcast().ok()?, held.version)));
        state.unwrap_or_default()
    }

    /// Carries out the unit that was decided; the cause that its last event is for what follows.
    fn commit(&mut self, cause: Option<Cause>) -> Option<Cause> {
        let now = self.facts.now();
        let correlation = cause.map_or_else(|| self.hasard.uuid(now), |cause| cause.correlation);
        let metadata = Metadata {
            correlation_id: Some(correlation),
            causation_id: cause.map(|cause| cause.event),
            ..Metadata::default()
        };
        let metadata = Json::encode(&metadata).unwrap_or_else(|_| Json::empty());
        let mut last = None;
        for step in std::mem::take(&mut self.steps) {
            let Step { key, stream, encoded, decided } = step;
            let held = self.states.entry(key).or_insert_with(|| decided.before_the_first());
            for event in encoded {
                held.version = held.version.plus(1);
                last = Some(event.event_id());
                let stream = stream.clone();
                let event = event.with_metadata(metadata.clone());
                self.written.push_back(WorldEvent { stream, version: held.version, event });
                self.events += 1;
            }
            decided.apply(held);
        }
        last.map(|event| Cause { event, correlation })
    }
}
