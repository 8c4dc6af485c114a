//! Errors for programs: what to do about one, and what it is called.

use crate::error::{Error, ExecuteError};

/// What to do about an error. For a door that has to answer something, and for a program that has to decide.
///
/// The example `examples/small/http` answers with problem details.
///
/// ```
/// # use aether_core::{ErrorKind, ExecuteError};
/// # fn status<E>(error: &ExecuteError<E>) -> u16 {
/// match error.kind() {
///     ErrorKind::Rejected => 422,
///     ErrorKind::Conflict => 409,
///     ErrorKind::NotFound => 404,
///     ErrorKind::Invalid => 400,
///     ErrorKind::Unavailable => 503,
///     _ => 500,
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A rule of the domain forbids it. Tell the caller.
    Rejected,
    /// Other writers were first, again and again. Ask for it again.
    Conflict,
    /// What was asked for is not there.
    NotFound,
    /// The request is wrong, and fails again however often it is sent. Correct it.
    Invalid,
    /// The store cannot be reached, is too slow or full, or is shut down. The same request may succeed later.
    Unavailable,
    /// Nobody knows whether the events were stored. Send it again with the same command id.
    OutcomeUnknown,
    /// Somebody else has taken over: another node runs the projection, or a later holder has the lock.
    TakenOver,
    /// Events, read models or code do not fit each other. An operator has to look.
    Mismatch,
    /// Anything else.
    Other,
}

impl Error {
    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Conflict { .. } => ErrorKind::Conflict,
            // what an inline projection keeps unique is a rule of the domain
            Self::InlineProjection { constraint: Some(_), .. } => ErrorKind::Rejected,
            Self::NotFound { .. } | Self::NoSuchProjection { .. } | Self::NoSuchJob { .. } => {
                ErrorKind::NotFound
            }
            Self::OutcomeUnknown { .. } => ErrorKind::OutcomeUnknown,
            Self::Closed => ErrorKind::Unavailable,
            Self::ShardTaken { .. } => ErrorKind::TakenOver,
            Self::IncompleteHistory { .. }
            | Self::Undecodable { .. }
            | Self::PositionAhead { .. }
            | Self::LogRewritten { .. }
            | Self::EventsLost { .. }
            | Self::CheckpointLost { .. }
            | Self::ModelMismatch { .. }
            | Self::InlineIncomplete { .. }
            | Self::TransactionEnded { .. }
            | Self::Parked { .. }
            | Self::TablesTaken { .. }
            | Self::Renamed { .. }
            | Self::InvalidEvents { .. }
            | Self::DuplicateName { .. } => ErrorKind::Mismatch,
            _ if self.is_transient() => ErrorKind::Unavailable,
            _ if self.is_invalid() => ErrorKind::Invalid,
            _ => ErrorKind::Other,
        }
    }

    /// The name of the error for programs and metrics, in `snake_case`. It stays when the message changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "conflict",
            Self::TypeMismatch { .. } => "type_mismatch",
            Self::NotFound { .. } => "not_found",
            Self::VersionAhead { .. } => "version_ahead",
            Self::IncompleteHistory { .. } => "incomplete_history",
            Self::CommandVoided { .. } => "command_voided",
            Self::CommandMismatch { .. } => "command_mismatch",
            Self::InvalidEvent { .. } => "invalid_event",
            Self::InvalidEvents { .. } => "invalid_events",
            Self::InvalidAppend { .. } => "invalid_append",
            Self::InvalidFilter { .. } => "invalid_filter",
            Self::TimeOutOfRange { .. } => "time_out_of_range",
            Self::Undecodable { .. } => "undecodable",
            Self::PositionAhead { .. } => "position_ahead",
            Self::LogRewritten { .. } => "log_rewritten",
            Self::EventsLost { .. } => "events_lost",
            Self::ShardTaken { .. } => "shard_taken",
            Self::CheckpointLost { .. } => "checkpoint_lost",
            Self::ModelMismatch { .. } => "model_mismatch",
            Self::TransactionEnded { .. } => "transaction_ended",
            Self::DuplicateName { .. } => "duplicate_name",
            Self::Parked { .. } => "parked",
            Self::TablesTaken { .. } => "tables_taken",
            Self::Renamed { .. } => "renamed",
            Self::NoRuntime => "no_runtime",
            Self::NoSuchProjection { .. } => "no_such_projection",
            Self::NoSuchJob { .. } => "no_such_job",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::InlineProjection { constraint: Some(_), .. } => "unique_violation",
            Self::InlineProjection { .. } => "inline_projection",
            Self::InlineIncomplete { .. } => "inline_incomplete",
            Self::Unavailable { .. } => "unavailable",
            Self::Timeout { .. } => "timeout",
            Self::StorageFull { .. } => "storage_full",
            Self::Closed => "closed",
            Self::Backend { .. } => "backend",
        }
    }
}

impl<E> ExecuteError<E> {
    /// What to do about it.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Rejected(_) => ErrorKind::Rejected,
            Self::Store(error) => error.kind(),
        }
    }

    /// The name of the error for programs and metrics: `rejected`, or that of the [store's error](Error::code).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "rejected",
            Self::Store(error) => error.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::BoxError;
    use crate::error::Rejection;
    use crate::ids::AggregateId;
    use crate::ids::StreamId;
    use crate::reason::Reason;

    fn store(error: Error) -> ExecuteError<std::fmt::Error> {
        ExecuteError::Store(error)
    }

    fn away() -> Error {
        Error::Unavailable { source: std::io::Error::other("connection refused").into() }
    }

    #[test]
    fn a_failure_of_the_store_is_in_the_chain_and_each_sentence_is_told_once() {
        let error = store(away());
        let source = error.source().and_then(|source| source.downcast_ref::<Error>());
        assert!(source.is_some_and(Error::is_transient), "{error:?}");
        let told = "the command failed: the store is not available: connection refused";
        assert_eq!(Reason(&error).to_string(), told);
        let first: &(dyn std::error::Error + 'static) = &error;
        let chain = std::iter::successors(Some(first), |&error| error.source());
        let chain: Vec<_> = chain.map(ToString::to_string).collect();
        assert_eq!(chain.join(": "), told);
    }

    #[test]
    fn a_refusal_reads_as_the_error_of_the_aggregate() {
        let stream = StreamId::new("Chest", AggregateId::generate());
        let locked: BoxError = std::io::Error::other("the chest is locked").into();
        let refused = ExecuteError::Rejected(Rejection::new(stream, locked));
        assert_eq!(Reason(&refused).to_string(), "the chest is locked");
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Rejected, "rejected"));
        assert!(refused.rejection().is_some_and(Rejection::is::<std::io::Error>));
    }

    #[test]
    fn kinds_say_what_to_do_and_codes_stay() {
        let stream = StreamId::new("Chest", AggregateId::generate());
        let unknown = Error::OutcomeUnknown { source: "gone".into() };
        let invalid = Error::InvalidAppend { reason: "too large".into() };
        let used = Error::CommandMismatch { id: uuid::Uuid::from_u128(7).into() };
        assert!(used.is_command_mismatch() && used.is_invalid());
        for (error, kind, code) in [
            (away(), ErrorKind::Unavailable, "unavailable"),
            (Error::Closed, ErrorKind::Unavailable, "closed"),
            (Error::NotFound { stream }, ErrorKind::NotFound, "not_found"),
            (unknown, ErrorKind::OutcomeUnknown, "outcome_unknown"),
            (invalid, ErrorKind::Invalid, "invalid_append"),
            (used, ErrorKind::Invalid, "command_mismatch"),
            (Error::Backend { source: "odd".into() }, ErrorKind::Other, "backend"),
        ] {
            assert_eq!((error.kind(), error.code()), (kind, code));
            let error = store(error);
            assert_eq!((error.kind(), error.code()), (kind, code));
        }
    }
}
