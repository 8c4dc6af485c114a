//! What is waited for in a read model.

use crate::aggregate::Aggregate;
use crate::append::{Appended, Written};
use crate::engine::{AtomicExecuted, Executed};
use crate::ids::{AggregateId, Position};

/// What [`Node::wait_for`](crate::Node::wait_for) waits for: the events that a command has stored, or the one at a
/// position. A command that stored nothing is not waited for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Awaited {
    /// With the aggregate, where it is known.
    events: Vec<(Position, Option<AggregateId>)>,
}

impl Awaited {
    /// The events, with their aggregates where these are known.
    pub(super) fn events(&self) -> &[(Position, Option<AggregateId>)] {
        &self.events
    }

    /// The position of the last one.
    pub(super) fn last(&self) -> Option<Position> {
        self.events.iter().map(|(position, _)| *position).max()
    }

    fn of<'a>(id: AggregateId, positions: impl IntoIterator<Item = &'a Position>) -> Self {
        Self { events: positions.into_iter().map(|position| (*position, Some(id))).collect() }
    }
}

impl From<Position> for Awaited {
    fn from(position: Position) -> Self {
        Self::from(Some(position))
    }
}

impl From<Option<Position>> for Awaited {
    fn from(position: Option<Position>) -> Self {
        let position = position.filter(|position| *position > Position::START);
        Self { events: position.into_iter().map(|position| (position, None)).collect() }
    }
}

impl<A: Aggregate> From<&Executed<A>> for Awaited {
    fn from(done: &Executed<A>) -> Self {
        Self::of(done.aggregate_id(), &done.positions)
    }
}

impl From<&AtomicExecuted> for Awaited {
    fn from(done: &AtomicExecuted) -> Self {
        Self::from(done.appended())
    }
}

impl From<&Appended> for Awaited {
    fn from(done: &Appended) -> Self {
        let event =
            |written: &Written, position: &Position| (*position, Some(written.stream.aggregate_id));
        let events = done
            .writes
            .iter()
            .flat_map(|written| written.positions.iter().map(move |at| event(written, at)));
        Self { events: events.collect() }
    }
}
