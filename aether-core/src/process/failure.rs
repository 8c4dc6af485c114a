//! Why something could not be settled, and whether that will pass.

use crate::error::{BoxError, Error};
use crate::projection::panic_text;

/// Whether an error goes away by itself: it says nothing about what was tried.
pub(super) fn is_passing(error: &BoxError) -> bool {
    error.downcast_ref::<Error>().is_some_and(|error| {
        error.is_transient()
            || error.is_conflict()
            || error.is_outcome_unknown()
            || matches!(error, Error::Closed)
    })
}

/// Whether it says that the command will never be carried out.
pub(super) fn is_voided(error: &BoxError) -> bool {
    error.downcast_ref::<Error>().is_some_and(Error::is_command_voided)
}

pub(super) fn panicked(what: &str, panic: &(dyn std::any::Any + Send)) -> BoxError {
    format!("{what} panicked: {}", panic_text(panic)).into()
}
