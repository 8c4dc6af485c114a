//! What is asked of a store when events are to be added, and what it answers.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::envelope::{NewEvent, check_name};
use crate::error::{Error, InvalidEvent, Result};
use crate::ids::{
    CommandFingerprint, CommandId, ExpectedVersion, Name, Position, StreamId, Version,
};
use crate::limits::Limits;

/// One atomic addition to the log: events for one or several streams, and conditions on others.
///
/// Everything is stored or nothing. Streams are visited in the order they were named: if one stream
/// is named twice, the second expectation sees the events of the first.
///
/// ```
/// # use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
/// # use aether_core::Version;
/// # fn example(guild: StreamId, player: StreamId, joined: NewEvent, season: StreamId) {
/// let append = Append::to(guild, ExpectedVersion::Exact(Version::new(7)), vec![joined.clone()])
///     .and(player, ExpectedVersion::StreamExists, vec![joined])
///     .provided(season, ExpectedVersion::Exact(Version::new(1)));
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Append {
    writes: Vec<Write>,
    command_id: Option<CommandId>,
    fingerprint: Option<CommandFingerprint>,
}

/// What an [`Append`] does to one stream. Without events: a condition only.
#[derive(Debug, Clone)]
pub struct Write {
    /// The stream.
    pub stream: StreamId,
    /// What must hold of it.
    pub expected: ExpectedVersion,
    /// The events to add, in order.
    pub events: Vec<NewEvent>,
}

impl Append {
    /// Adds events to one stream.
    #[must_use]
    pub fn to(stream: StreamId, expected: ExpectedVersion, events: Vec<NewEvent>) -> Self {
        Self::default().and(stream, expected, events)
    }

    /// Adds events to one more stream.
    #[must_use]
    pub fn and(
        mut self,
        stream: StreamId,
        expected: ExpectedVersion,
        events: Vec<NewEvent>,
    ) -> Self {
        self.writes.push(Write { stream, expected, events });
        self
    }

    /// Stores only if this holds of a stream that is not written to.
    #[must_use]
    pub fn provided(self, stream: StreamId, expected: ExpectedVersion) -> Self {
        self.and(stream, expected, Vec::new())
    }

    /// Stores at most once under this id: the same id again changes nothing and returns the first
    /// result, whatever else the append says but for its [fingerprint](Append::with_fingerprint).
    #[must_use]
    pub const fn with_command_id(mut self, id: CommandId) -> Self {
        self.command_id = Some(id);
        self
    }

    /// What is asked for under the command id: the same id with another fingerprint is
    /// [`CommandMismatch`](Error::CommandMismatch). Means nothing without a command id.
    #[must_use]
    pub const fn with_fingerprint(mut self, fingerprint: CommandFingerprint) -> Self {
        self.fingerprint = Some(fingerprint);
        self
    }

    /// What is done to each stream, in order.
    #[must_use]
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// The id it is stored at most once under.
    #[must_use]
    pub const fn command_id(&self) -> Option<CommandId> {
        self.command_id
    }

    /// What is asked for under the command id. `None` without one.
    #[must_use]
    pub fn fingerprint(&self) -> Option<CommandFingerprint> {
        self.fingerprint.filter(|_| self.command_id.is_some())
    }

    /// How many events it adds.
    #[must_use]
    pub fn event_count(&self) -> usize {
        self.writes.iter().map(|write| write.events.len()).sum()
    }

    /// How many bytes it counts as: those of [its events](NewEvent::bytes), and [`Limits::EVENT_BYTES`] for each write.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let events = self.writes.iter().flat_map(|write| &write.events);
        self.writes.len() * Limits::EVENT_BYTES + events.map(NewEvent::bytes).sum::<usize>()
    }

    /// Whether it adds nothing and asks nothing: a defined no-op, answered with
    /// [`Appended::default`].
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.iter().all(|w| w.events.is_empty() && w.expected == ExpectedVersion::Any)
    }

    /// Checks sizes and names, as every store does before it touches anything.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEvent`], [`Error::InvalidAppend`], or [`Error::TypeMismatch`] if one id stands
    /// under two types; trying again does not help.
    pub fn check(&self, limits: &Limits) -> Result<()> {
        let count = self.event_count();
        if count > limits.events_per_append {
            return Err(Error::InvalidAppend {
                reason: format!(
                    "{count} events are more than the limit of {}; split them, or use an import",
                    limits.events_per_append
                ),
            });
        }
        let bytes = self.bytes();
        if bytes > limits.append_bytes {
            return Err(Error::InvalidAppend {
                reason: format!(
                    "its events have {bytes} bytes, more than the limit of {}; split them, or use an import",
                    limits.append_bytes
                ),
            });
        }
        let mut types = HashMap::new();
        for write in &self.writes {
            let StreamId { aggregate_type, aggregate_id } = &write.stream;
            let first: &mut &Name = types.entry(aggregate_id).or_insert(aggregate_type);
            if *first != aggregate_type {
                return Err(write.type_mismatch((*first).clone()));
            }
            let invalid = |event_type: &str, reason| Error::InvalidEvent {
                stream: write.stream.clone(),
                event_type: event_type.to_owned().into(),
                reason,
            };
            if let Err(reason) =
                check_name(&write.stream.aggregate_type, Limits::AGGREGATE_TYPE_BYTES)
            {
                let first = write.events.first().map_or("", |event| event.event_type.as_str());
                return Err(invalid(first, reason));
            }
            for event in &write.events {
                event.check(limits).map_err(|reason| invalid(&event.event_type, reason))?;
            }
        }
        Ok(())
    }
}

impl Append {
    /// Under the command id of a context, and with its fingerprint.
    pub(crate) fn under(self, context: &Context) -> Self {
        Self { command_id: context.command_id, fingerprint: context.fingerprint, ..self }
    }

    /// With its events' JSON as PostgreSQL gives it back, to the byte.
    pub(crate) fn into_kept(mut self) -> Result<Self> {
        for write in &mut self.writes {
            let events = std::mem::take(&mut write.events).into_iter().map(|event| {
                let event_type = event.event_type.clone();
                event.into_kept().map_err(|reason| Error::InvalidEvent {
                    stream: write.stream.clone(),
                    event_type,
                    reason: reason.into(),
                })
            });
            write.events = events.collect::<Result<_>>()?;
        }
        Ok(self)
    }
}

impl Write {
    /// The error for a write that would count beyond [`Version::MAX`].
    #[must_use]
    pub fn version_overflow(&self) -> Error {
        Error::InvalidEvent {
            stream: self.stream.clone(),
            event_type: self.events.first().map_or("".into(), |event| event.event_type.clone()),
            reason: InvalidEvent::VersionOverflow,
        }
    }

    /// The error for a stream that is not as expected.
    #[must_use]
    pub fn conflict(&self, actual: Version) -> Error {
        Error::Conflict { stream: self.stream.clone(), expected: self.expected, actual }
    }

    /// The error for a stream that belongs to an aggregate of another type.
    #[must_use]
    pub fn type_mismatch(&self, actual: Name) -> Error {
        Error::TypeMismatch {
            aggregate_id: self.stream.aggregate_id,
            requested: self.stream.aggregate_type.clone(),
            actual,
        }
    }
}

/// What a store says of a stored [`Append`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appended {
    /// One entry for each of [`Append::writes`], conditions included, in the same order.
    pub writes: Vec<Written>,
    /// The command id had been stored before: this is the first result, nothing was added now.
    pub duplicate: bool,
}

/// What became of one [`Write`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The stream.
    pub stream: StreamId,
    /// Its version after this write.
    pub version: Version,
    /// The positions of the events in the log, in order. Empty for a condition.
    pub positions: Vec<Position>,
}

impl Appended {
    /// The position of the last event that was added: wait for it to read your own writes.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.writes.iter().flat_map(|write| write.positions.iter().copied()).max()
    }
}
