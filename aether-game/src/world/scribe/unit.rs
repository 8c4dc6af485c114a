//! A unit while it is being decided, leg by leg.

use std::any::Any;
use std::sync::Arc;

use aether_core::command::IdOf;
use aether_core::log::{NewEvent, StreamId};
use aether_core::{Aggregate, AggregateId, BoxError, Context, Version};

use super::{Cause, Held, Inner, Key, Scribe, key};
use crate::unite::{Unite, Unites};

/// Begins units. A scribe decides one at a time: beginning the next drops what was not committed.
#[derive(Debug, Clone, Copy)]
pub(in crate::world) struct Pen<'a> {
    scribe: &'a Scribe,
    cause: Option<Cause>,
}

/// A unit that is being decided.
#[derive(Debug)]
pub(in crate::world) struct Deciding<'a> {
    pen: Pen<'a>,
    refused: Option<BoxError>,
}

/// A rule refused a unit; nothing happened.
#[derive(Debug)]
pub(in crate::world) struct Refused;

impl<'a> Pen<'a> {
    pub(super) const fn new(scribe: &'a Scribe, cause: Option<Cause>) -> Self {
        Self { scribe, cause }
    }

    /// A unit of one command, carried out.
    pub(in crate::world) fn execute<A: Aggregate>(
        &self,
        id: impl IdOf<A>,
        command: impl Into<A::Command>,
    ) -> Result<Option<Cause>, Refused> {
        self.atomic(Context::new()).command(id, command).commit()
    }
}

impl<'a> Unites for Pen<'a> {
    type Unite = Deciding<'a>;

    fn atomic(&self, _: Context) -> Deciding<'a> {
        self.scribe.0.borrow_mut().steps.clear();
        Deciding { pen: *self, refused: None }
    }
}

impl Deciding<'_> {
    /// Carries it out; the cause that it is for what follows from it, if anything happened.
    pub(in crate::world) fn commit(self) -> Result<Option<Cause>, Refused> {
        let mut inner = self.pen.scribe.0.borrow_mut();
        match self.refused {
            None => Ok(inner.commit(self.pen.cause)),
            Some(_) => {
                inner.refuse();
                Err(Refused)
            }
        }
    }
}

impl Unite for Deciding<'_> {
    fn command<A: Aggregate>(mut self, id: impl IdOf<A>, command: impl Into<A::Command>) -> Self {
        if self.refused.is_none() {
            let decided = self.pen.scribe.0.borrow_mut().decide::<A>(id.into(), &command.into());
            self.refused = decided.err();
        }
        self
    }

    fn provided<A: Aggregate>(
        mut self,
        id: impl IdOf<A>,
        check: impl Fn(&A) -> Result<(), A::Error> + Send + Sync + 'static,
    ) -> Self {
        if self.refused.is_none() {
            let state = self.pen.scribe.0.borrow_mut().ahead::<A>(id.into());
            self.refused = check(&state).err().map(Into::into);
        }
        self
    }
}

/// What a unit does to an aggregate.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) key: Key,
    pub(super) stream: StreamId,
    pub(super) encoded: Vec<NewEvent>,
    pub(super) decided: Box<dyn Decided>,
}

/// The events of a step, with their aggregate's type left out.
pub(super) trait Decided: Any + Send + std::fmt::Debug {
    /// The state that the first event is applied to.
    fn before_the_first(&self) -> Held;
    /// Applies them.
    fn apply(self: Box<Self>, held: &mut Held);
}

struct Events<A: Aggregate> {
    events: Vec<A::Event>,
    /// The state that they lead to, once a later leg has asked for it.
    ahead: Option<Arc<A>>,
}

impl<A: Aggregate> std::fmt::Debug for Events<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").field("events", &self.events.len()).finish_non_exhaustive()
    }
}

impl<A: Aggregate> Decided for Events<A> {
    fn before_the_first(&self) -> Held {
        Held { state: Arc::new(A::default()), version: Version::ZERO }
    }

    fn apply(self: Box<Self>, held: &mut Held) {
        if let Some(ahead) = self.ahead {
            held.state = ahead;
            return;
        }
        let own = Arc::get_mut(&mut held.state).and_then(|state| state.downcast_mut::<A>());
        if let Some(state) = own {
            self.events.iter().for_each(|event| state.apply(event));
        } else if let Some(shared) = held.state.downcast_ref::<A>() {
            let mut state = shared.clone();
            self.events.iter().for_each(|event| state.apply(event));
            held.state = Arc::new(state);
        }
    }
}

impl Inner {
    fn decide<A: Aggregate>(
        &mut self,
        id: AggregateId,
        command: &A::Command,
    ) -> Result<(), BoxError> {
        let state = self.ahead::<A>(id);
        let facts = self.facts.clone().with_version(self.version_ahead::<A>(id));
        let events = state.decide(command, &facts)?;
        let now = facts.now();
        let mut encoded = Vec::with_capacity(events.len());
        for event in &events {
            encoded.push(NewEvent::encode(event, self.hasard.uuid(now).into(), now)?);
        }
        drop(state);
        self.add::<A>(id, events, encoded);
        Ok(())
    }

    /// The state of an aggregate as the legs so far leave it.
    fn ahead<A: Aggregate>(&mut self, id: AggregateId) -> Arc<A> {
        let (state, _) = self.state::<A>(id);
        let step = self.steps.iter_mut().find(|step| step.key == key::<A>(id));
        let Some(events) = step.and_then(|step| step.events::<A>()) else { return state };
        let ahead = events.ahead.get_or_insert_with(|| {
            let mut ahead = A::clone(&state);
            events.events.iter().for_each(|event| ahead.apply(event));
            Arc::new(ahead)
        });
        ahead.clone()
    }

    fn version_ahead<A: Aggregate>(&self, id: AggregateId) -> Version {
        let key = key::<A>(id);
        let version = self.states.get(&key).map_or(Version::ZERO, |held| held.version);
        let step = self.steps.iter().find(|step| step.key == key);
        version.plus(step.map_or(0, |step| step.encoded.len() as u32))
    }

    fn add<A: Aggregate>(
        &mut self,
        id: AggregateId,
        events: Vec<A::Event>,
        encoded: Vec<NewEvent>,
    ) {
        let key = key::<A>(id);
        let Some(step) = self.steps.iter_mut().find(|step| step.key == key) else {
            if !events.is_empty() {
                let stream = A::stream(id);
                let decided = Events::<A> { events, ahead: None };
                self.steps.push(Step { key, stream, encoded, decided: Box::new(decided) });
            }
            return;
        };
        step.encoded.extend(encoded);
        if let Some(known) = step.events::<A>() {
            if let Some(ahead) = &mut known.ahead {
                let ahead = Arc::make_mut(ahead);
                events.iter().for_each(|event| ahead.apply(event));
            }
            known.events.extend(events);
        }
    }

    fn refuse(&mut self) {
        self.steps.clear();
        self.refusals += 1;
    }
}

impl Step {
    fn events<A: Aggregate>(&mut self) -> Option<&mut Events<A>> {
        let decided: &mut dyn Any = self.decided.as_mut();
        decided.downcast_mut()
    }
}
