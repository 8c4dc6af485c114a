//! What is counted and timed of commands, and of units as of commands.

use std::time::Instant;

use tracing::Span;

use crate::error::{ExecuteError, Result};
use crate::ids::Position;

/// What a unit over several aggregates is called where a command says its aggregate's type.
pub(super) const UNIT: &str = "unit";

/// Times a command that is over, whatever it came to.
pub(super) fn timed<T, E>(
    aggregate: &'static str,
    started: Instant,
    result: &Result<T, ExecuteError<E>>,
) {
    let outcome = match result {
        Ok(_) => "executed",
        Err(ExecuteError::Rejected(_)) => "rejected",
        Err(ExecuteError::Store(error)) if error.is_conflict() => "conflict",
        Err(ExecuteError::Store(_)) => "failed",
    };
    crate::meter::histogram!(
        "aether_command_duration_seconds", "aggregate" => aggregate, "outcome" => outcome
    )
    .record(started.elapsed());
}

/// Counts a conflict after which the command is decided again.
pub(super) fn conflicted(aggregate: &str) {
    crate::meter::counter!(
        "aether_command_conflicts_total", "aggregate" => aggregate.to_owned()
    )
    .increment(1);
}

/// Tells the span of a command where its events are: by that, those who hear of them belong to it.
pub(super) fn stored_at(position: Option<Position>) {
    if let Some(position) = position {
        Span::current().record("position", position.get());
    }
}
