//! A stored event that is made by hand, for tests.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::aggregate::Aggregate;
use crate::event::Event;
use crate::ids::{EventId, IdOf, Name, Position, Version};

use super::{Limits, NewEvent, RecordedEvent};

/// An event that has no aggregate yet: [`of`](Unplaced::of) says whose it is.
#[derive(Debug, Clone)]
#[must_use = "an event belongs to an aggregate: say which with `of`"]
pub struct Unplaced(NewEvent);

impl RecordedEvent {
    /// Makes an event as a store gives it back, for tests of what reads events.
    ///
    /// ```
    /// # use aether_core::{Aggregate, Event, Facts, Shape, id};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Default, Clone, Serialize, Deserialize, Shape)]
    /// # struct Chest;
    /// # #[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
    /// # enum ChestEvent { Deposited { gold: u32 } }
    /// # impl Aggregate for Chest {
    /// #     const TYPE: &'static str = "Chest";
    /// #     type Command = ();
    /// #     type Event = ChestEvent;
    /// #     type Error = std::convert::Infallible;
    /// #     fn decide(&self, _: &(), _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> { Ok(vec![]) }
    /// #     fn apply(&mut self, _: &ChestEvent) {}
    /// # }
    /// # id! { struct ChestId of Chest; }
    /// use aether_core::{Recorded, RecordedEvent};
    ///
    /// let chest = ChestId::generate();
    /// let noon = "2026-05-01T12:00:00Z".parse()?;
    /// let stored = RecordedEvent::build(&ChestEvent::Deposited { gold: 5 }).of(chest).version(3).at(noon);
    ///
    /// let read = Recorded::<ChestEvent>::read(stored)?.expect("one of a chest's events");
    /// assert_eq!(read.event, ChestEvent::Deposited { gold: 5 });
    /// assert_eq!((read.version.get(), read.timestamp), (3, noon));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Where nothing else is said it is version 1 of its aggregate, happened at the start of 1970, and has the position
    /// of its version. Its id follows from aggregate and version.
    ///
    /// # Panics
    ///
    /// If the event cannot be stored.
    pub fn build<E: Event>(event: &E) -> Unplaced {
        match NewEvent::encode(event, EventId::new(Uuid::nil()), DateTime::UNIX_EPOCH) {
            Ok(new) => Unplaced(new),
            Err(error) => {
                panic!("an event of type {} cannot be stored: {error}", event.event_type().name)
            }
        }
    }

    /// Sets its version, and with it its id and its position.
    #[must_use]
    pub fn version(self, version: u32) -> Self {
        Self {
            event_id: id_of(self.aggregate_id.as_uuid(), version),
            version: Version::new(version),
            ..self.position(version.into())
        }
    }

    /// Sets its place in the log.
    #[must_use]
    pub fn position(self, position: u64) -> Self {
        Self { position: Position::new(position), ..self }
    }

    /// Sets when it happened and was stored, in whole [microseconds](Limits::microseconds).
    #[must_use]
    pub fn at(self, time: DateTime<Utc>) -> Self {
        let time = Limits::microseconds(time);
        Self { timestamp: time, recorded_at: time, ..self }
    }
}

impl Unplaced {
    /// Says whose event it is. With a raw id the aggregate is named: `of::<Chest>(id)`.
    #[must_use]
    pub fn of<A: Aggregate>(self, id: impl IdOf<A>) -> RecordedEvent {
        let Self(new) = self;
        let aggregate_id = id.into();
        RecordedEvent {
            event_type: new.event_type,
            event_id: new.event_id,
            timestamp: new.timestamp,
            aggregate_id,
            aggregate_type: Name::from_static(A::TYPE),
            version: Version::new(1),
            payload: new.payload,
            metadata: new.metadata,
            position: Position::new(1),
            schema_version: new.schema_version,
            recorded_at: new.timestamp,
        }
        .version(1)
    }
}

/// Another one for each version of an aggregate, and the same whenever it is asked for.
fn id_of(aggregate: Uuid, version: u32) -> EventId {
    EventId::new(Uuid::from_u128(aggregate.as_u128() ^ (u128::from(version) << 64)))
}
