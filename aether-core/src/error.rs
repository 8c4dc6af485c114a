//! What can go wrong, and whether trying again helps.

use chrono::{DateTime, Utc};

use crate::ids::{
    AggregateId, Anchor, CommandId, EventId, ExpectedVersion, Name, Position, StreamId, Version,
};
use crate::limits::Limits;
use crate::reason::{Because, Reason};

mod event;
mod execute;
mod kind;
mod shared;

pub use event::{DecodeError, InvalidEvent};
pub use execute::{ExecuteError, Rejection};
pub use kind::ErrorKind;
pub use shared::SharedError;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error from somewhere below: a driver, a decoder, a handler.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a store, a subscription or the engine answers when it cannot do what was asked.
///
/// A message that tells its cause is whole: the cause is then [`cause`](Error::cause), and not the
/// [`source`](std::error::Error::source), so that those who print chains say nothing twice.
///
/// Nothing was stored, except where [`Error::OutcomeUnknown`] says that nobody can know. Ask the
/// predicates rather than matching: [`is_conflict`](Error::is_conflict) (load again and decide
/// anew), [`is_transient`](Error::is_transient) (the same request may succeed later),
/// [`is_invalid`](Error::is_invalid) (it never will).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The aggregate is not at the version the append expected: somebody else was faster.
    #[error(
        "{stream} is at version {actual}, but {expected} was expected; load it again and retry"
    )]
    Conflict {
        /// The stream whose expectation failed.
        stream: StreamId,
        /// What the append expected.
        expected: ExpectedVersion,
        /// What the store found; [`Version::ZERO`] when the stream has no events.
        actual: Version,
    },

    /// The id belongs to an aggregate of another type.
    #[error("{aggregate_id} is a {actual}, not a {requested}; check where the id came from")]
    TypeMismatch {
        /// The id that was used.
        aggregate_id: AggregateId,
        /// The type it was used as.
        requested: Name,
        /// The type it has.
        actual: Name,
    },

    /// An aggregate that was to be loaded has no events.
    #[error(
        "{stream} has no events; check where the id came from, or use `Engine::find` if it may not exist"
    )]
    NotFound {
        /// The stream.
        stream: StreamId,
    },

    /// A load asked for a version the aggregate has not reached.
    #[error("{stream} has no version {requested}; it is at version {actual}")]
    VersionAhead {
        /// The stream.
        stream: StreamId,
        /// The version asked for.
        requested: Version,
        /// The version it has.
        actual: Version,
    },

    /// A history lacks events, or has some that are not its own, also when it is asked for again. Nothing was
    /// decided on it. A retry helps if events were just being moved.
    #[error(
        "the history of {stream} up to version {end} has {} where version {expected} belongs; load it again, \
         and if that does not help, let the log be verified",
        found.map_or_else(|| "nothing".to_owned(), |found| format!("version {found}"))
    )]
    IncompleteHistory {
        /// The stream.
        stream: StreamId,
        /// The version the history was to reach.
        end: Version,
        /// The version that belongs where something else was found.
        expected: Version,
        /// What was found there.
        found: Option<Version>,
    },

    /// The command id was [used up without a result](crate::backend::CommandIds::void_command): somebody has
    /// settled that the command is not carried out.
    #[error(
        "command {id} was given up before it was carried out; if it is wanted now, send it under a new id"
    )]
    CommandVoided {
        /// The command's id.
        id: CommandId,
    },

    /// The command id was used before, for another command: with another [fingerprint](crate::Context::fingerprint), or
    /// for another aggregate.
    #[error(
        "command {id} was used before for another command; send this one under an id of its own"
    )]
    CommandMismatch {
        /// The command's id.
        id: CommandId,
    },

    /// An event cannot be stored as it is.
    #[error("event {event_type} for {stream} cannot be stored: {reason}")]
    InvalidEvent {
        /// The stream it was meant for.
        stream: StreamId,
        /// The event's type name.
        event_type: Name,
        /// Why not.
        reason: InvalidEvent,
    },

    /// An append contradicts itself or is too large.
    #[error("the append cannot be stored: {reason}")]
    InvalidAppend {
        /// What is wrong with it, and what to do.
        reason: String,
    },

    /// A name that is asked for can be no name: it holds the NUL character.
    #[error("the name {name:?} contains NUL, which no stored name does; correct the filter")]
    InvalidFilter {
        /// The name.
        name: Name,
    },

    /// A time is before the earliest one that a store keeps.
    #[error(
        "{time} is before {}, the earliest time that a store keeps; correct it",
        Limits::EARLIEST
    )]
    TimeOutOfRange {
        /// The time.
        time: DateTime<Utc>,
    },

    /// A stored event cannot be read as the event type that was asked for.
    #[error(
        "event {event_type} ({event_id}, version {version} of {stream}) cannot be decoded: {reason}"
    )]
    Undecodable {
        /// The stream it belongs to.
        stream: StreamId,
        /// Its version in the stream.
        version: Version,
        /// Its id.
        event_id: EventId,
        /// Its stored type name.
        event_type: Name,
        /// Why not.
        reason: DecodeError,
    },

    /// A reader stands past the end of the log: the store was restored from an older backup, or
    /// the position belongs to another store.
    #[error(
        "position {requested} is past the end of the log ({last}); was the store restored from a backup? \
         rebuild from the start, or reset the checkpoint on purpose"
    )]
    PositionAhead {
        /// The position asked for.
        requested: Position,
        /// The last position of the log.
        last: Position,
    },

    /// The log is not the one that a read model was built from: it was restored from a backup, or failed over to
    /// a replica that was behind, and has gone on differently. Nothing was applied; trying again does not help.
    /// Build the read model again, from the start.
    #[error(
        "projection {projection} was built from another log: the newest event up to its checkpoint, \
         {checkpoint}, was {known}, and in this log it is {}; was the store restored from a backup? build the \
         read model again",
        found.map_or_else(|| "none".to_owned(), |found| found.to_string())
    )]
    LogRewritten {
        /// The projection's name.
        projection: String,
        /// How far it has come.
        checkpoint: Position,
        /// The newest event up to there, as the read model knows it.
        known: Anchor,
        /// The newest one that the log has.
        found: Option<Anchor>,
    },

    /// The log has lost events that a reader has seen: it was restored from a backup, or failed over to a standby that
    /// was behind. Nothing more is handed out; trying again does not help. What was made of the lost events has to be
    /// made again: read from the start, or from an event that both have.
    #[error(
        "the log lacks events that were read: of the {seen} up to {last} it has {found}; was the store restored \
         from a backup, or did it fail over? start again from the beginning, or from an event that is still there"
    )]
    EventsLost {
        /// The last event that was seen.
        last: Anchor,
        /// How many were looked for, that one included.
        seen: u64,
        /// How many there are in their place.
        found: u64,
    },

    /// Another runner of the same projection moved its checkpoint: this one has to stop.
    #[error("projection {projection} is run by somebody else now; this runner stops")]
    ShardTaken {
        /// The projection's name.
        projection: String,
    },

    /// A read model has lost its newest commits, or everything, and its checkpoint with them: a crash or
    /// a flush. The projection goes on from what is left.
    #[error("the read model of {projection} was set back; it is filled again")]
    CheckpointLost {
        /// The projection's name.
        projection: String,
        /// What was seen.
        #[source]
        source: BoxError,
    },

    /// A read model does not have the tables, columns or functions that a projection asks for: the projection's
    /// code is older or newer than they are. It says nothing about the events: none is parked. The shard stops, and
    /// is offered to nodes that may run code that fits.
    #[error(
        "{}; migrate it, or deploy the code that fits",
        Because("the read model is not the one this program was written for", &**source)
    )]
    ModelMismatch {
        /// What is missing.
        r#source: BoxError,
    },

    /// A projection has ended the transaction that it was given, by a COMMIT or ROLLBACK of its own. The transaction
    /// ends when the checkpoint has moved, which is not for the projection to do. Take the statement out.
    #[error(
        "projection {projection} ended its transaction itself: what it writes and its checkpoint would part; \
         take COMMIT and ROLLBACK out of it, rebuild its read model, then resume it"
    )]
    TransactionEnded {
        /// The projection's name.
        projection: String,
    },

    /// Two things that were registered have one name, in one module or in two. They would share one lease and one
    /// checkpoint, and one of them would get nothing. Nothing was started.
    #[error(
        "two {kind}s are called {name}; give one of them another name, or install and watch the module once"
    )]
    DuplicateName {
        /// What they are: `module`, `projection`, `job`, `verifier` or `migration`.
        kind: &'static str,
        /// The name.
        name: String,
    },

    /// A projection's set of events is not one that it can be given. Nothing was started.
    #[error("projection {projection} cannot listen to its events: {reason}")]
    InvalidEvents {
        /// The projection's name.
        projection: String,
        /// What is wrong with the set, and what to do.
        reason: String,
    },

    /// A node was asked for a projection that it was not built with.
    #[error("this node has no projection {projection}; it has: {known}")]
    NoSuchProjection {
        /// The name that was asked for.
        projection: String,
        /// The names it has.
        known: String,
    },

    /// A node was asked for a job that it was not built with.
    #[error("this node has no job {job}")]
    NoSuchJob {
        /// The name that was asked for.
        job: String,
    },

    /// A projection fills a table that another one fills as well. Under a new name it would start with the first event,
    /// and double every row. Nothing of it was run.
    #[error(
        "projection {projection} fills the table {table}, which belongs to projection {owner}; if it was renamed, say \
         `.renamed_from({owner:?})`; if {owner} is gone for good, forget it"
    )]
    TablesTaken {
        /// The projection's name.
        projection: String,
        /// A table of both.
        table: String,
        /// The projection that it belongs to.
        owner: String,
    },

    /// A projection was run under a name that it had before it was renamed: by a program that is older than the rename.
    /// Nothing of it was run.
    #[error("projection {projection} is called {now} now; run a program that knows the new name")]
    Renamed {
        /// The old name.
        projection: String,
        /// The new one.
        now: String,
    },

    /// An event that was waited for is not in the read model: the projection has parked it as a dead letter, or keeps it
    /// back after one of its aggregate. Mend what it failed at; then retry or skip the letter.
    #[error(
        "projection {projection} {}: {error}; mend that, then retry or skip the letter",
        parked(*position, *letter, stream)
    )]
    Parked {
        /// The projection's name.
        projection: String,
        /// The event that was waited for.
        position: Position,
        /// The dead letter that failed: that event, or an earlier one of its aggregate.
        letter: Position,
        /// The stream of both.
        stream: StreamId,
        /// What it failed with.
        error: String,
    },

    /// What needs a tokio runtime was called outside of one. Nothing was started.
    #[error("there is no tokio runtime here; call it inside of one")]
    NoRuntime,

    /// The connection broke and the store could not be asked whether the append had been stored.
    ///
    /// Retrying is safe with a [`CommandId`](crate::CommandId): the same id is never stored twice.
    #[error(
        "the store was lost before it answered; the events may or may not be stored: retry with the \
         same command id, or load the aggregate to see"
    )]
    OutcomeUnknown {
        /// What broke.
        #[source]
        source: BoxError,
    },

    /// A projection that runs inside of the append could not be applied. Nothing was stored; the same
    /// append fails again, unless the projection's rows change.
    #[error("the inline projection {projection} refused the append: {}", Reason(&**source))]
    InlineProjection {
        /// The projection's name.
        projection: String,
        /// The unique constraint that its rows would have violated, if that is why.
        constraint: Option<String>,
        /// What it failed with.
        r#source: BoxError,
    },

    /// A projection that is to run inside of appends has not seen events that it listens to: its rows, and what
    /// constraints say of them, would leave those out. Nothing was stored.
    #[error(
        "the inline projection {projection} has not seen the event at {position}, and perhaps later ones; rebuild it through \
         a store that does not run it inline, or say starts_empty() in its settings"
    )]
    InlineIncomplete {
        /// The projection's name.
        projection: String,
        /// The first event that it has not seen.
        position: Position,
    },

    /// The store cannot be reached, or refused for now. Nothing was stored.
    #[error("{}", Because("the store is not available", &**source))]
    Unavailable {
        /// What was seen.
        r#source: BoxError,
    },

    /// The store took longer than it was given. Nothing was stored.
    #[error("{}", Because("the store took too long", &**source))]
    Timeout {
        /// What was seen.
        r#source: BoxError,
    },

    /// The store has no room left. Nothing was stored; somebody has to make room.
    #[error("{}", Because("the store has no room left", &**source))]
    StorageFull {
        /// What was seen.
        r#source: BoxError,
    },

    /// The store or engine was shut down before it took the request. Nothing was stored.
    #[error("the store is shut down and takes no more requests")]
    Closed,

    /// Anything else a backend reports. Nothing was stored.
    #[error("{}", Because("the store failed", &**source))]
    Backend {
        /// What was seen.
        r#source: BoxError,
    },
}

impl Error {
    /// The error from below that the message has told, for looking at its type.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InvalidEvent { reason, .. } => Some(reason),
            Self::Undecodable { reason, .. } => Some(reason),
            Self::InlineProjection { source, .. }
            | Self::Unavailable { source }
            | Self::Timeout { source }
            | Self::StorageFull { source }
            | Self::ModelMismatch { source }
            | Self::Backend { source } => Some(&**source),
            _ => None,
        }
    }

    /// The error of a handler, which may hide what matters in its chain of sources: that the store or the read model
    /// [is away for now](Error::is_transient), or [is another one](Error::ModelMismatch). Everything else is
    /// [`Backend`](Error::Backend), unless it is an `Error` itself.
    #[must_use]
    pub fn of_handler(source: BoxError) -> Self {
        let source = match source.downcast::<Self>() {
            Ok(error) => return *error,
            Err(source) => source,
        };
        let found = Reason(&*source).causes().find_map(|error| error.downcast_ref::<Self>());
        let meaning: fn(BoxError) -> Self = match found {
            Some(Self::Unavailable { .. }) => |source| Self::Unavailable { source },
            Some(Self::Timeout { .. }) => |source| Self::Timeout { source },
            Some(Self::StorageFull { .. }) => |source| Self::StorageFull { source },
            Some(Self::ModelMismatch { .. }) => |source| Self::ModelMismatch { source },
            _ => |source| Self::Backend { source },
        };
        meaning(source)
    }

    /// A stored event cannot be read by this code, which may be too old for it. Looks through the chain of sources.
    #[must_use]
    pub fn is_undecodable(&self) -> bool {
        Reason(self).causes().any(|error| {
            error.is::<DecodeError>()
                || matches!(error.downcast_ref(), Some(Self::Undecodable { .. }))
        })
    }

    /// Somebody else appended first: load again, decide again. The engine does so by itself, up to
    /// its limit.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// The same request may succeed later, unchanged.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Timeout { .. } | Self::StorageFull { .. })
    }

    /// The log is not the one that was read before: it was restored, or failed over, and has lost events.
    #[must_use]
    pub const fn is_log_rewritten(&self) -> bool {
        matches!(
            self,
            Self::LogRewritten { .. } | Self::EventsLost { .. } | Self::PositionAhead { .. }
        )
    }

    /// The request itself is wrong: it fails again however often it is sent.
    #[must_use]
    pub const fn is_invalid(&self) -> bool {
        matches!(
            self,
            Self::TypeMismatch { .. }
                | Self::VersionAhead { .. }
                | Self::InvalidEvent { .. }
                | Self::InvalidAppend { .. }
                | Self::InvalidFilter { .. }
                | Self::TimeOutOfRange { .. }
                | Self::CommandVoided { .. }
                | Self::CommandMismatch { .. }
        )
    }

    /// The name of the unique constraint that an [inline projection](Error::InlineProjection) would have violated: by it
    /// a door tells that a name is taken.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::InlineProjection { constraint, .. } => constraint.as_deref(),
            _ => None,
        }
    }

    /// An aggregate that was to be loaded has no events.
    #[must_use]
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// The command id was used up without a result.
    #[must_use]
    pub const fn is_command_voided(&self) -> bool {
        matches!(self, Self::CommandVoided { .. })
    }

    /// The command id was used before, for another command.
    #[must_use]
    pub const fn is_command_mismatch(&self) -> bool {
        matches!(self, Self::CommandMismatch { .. })
    }

    /// Nobody knows whether the events were stored.
    #[must_use]
    pub const fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. })
    }
}

/// What became of an event that is waited for.
fn parked(position: Position, letter: Position, stream: &StreamId) -> String {
    if position == letter {
        format!("has parked the event at {position}, of {stream}, as a dead letter")
    } else {
        format!(
            "keeps the event at {position}, of {stream}, back after the dead letter at {letter}"
        )
    }
}
