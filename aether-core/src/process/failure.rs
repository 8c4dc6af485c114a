//! Why something could not be settled, and whether that will pass.

use crate::backend::panic_text;
use crate::error::{BoxError, Error};
use crate::reason::Reason;

/// Whether an error goes away by itself: it says nothing about what was tried.
pub(super) fn is_passing(error: &BoxError) -> bool {
    below(error).any(|error| {
        error.is_transient()
            || error.is_conflict()
            || error.is_outcome_unknown()
            || matches!(error, Error::Closed)
    })
}

/// Whether it says that the command will never be carried out.
pub(super) fn is_voided(error: &BoxError) -> bool {
    below(error).any(Error::is_command_voided)
}

/// The engine's errors in the whole chain: a manager may tell what it has met in words of its own.
fn below(error: &BoxError) -> impl Iterator<Item = &Error> {
    Reason(&**error).causes().filter_map(|cause| cause.downcast_ref())
}

pub(super) fn panicked(what: &str, panic: &(dyn std::any::Any + Send)) -> BoxError {
    format!("{what} panicked: {}", panic_text(panic)).into()
}
