//! Why a command was not executed.

use crate::error::{BoxError, Error};
use crate::ids::StreamId;

/// The error of an aggregate that refused its command in a unit over several.
///
/// It reads as the aggregate's own error, and has its causes.
#[derive(Debug)]
pub struct Rejection {
    stream: StreamId,
    error: BoxError,
}

impl Rejection {
    pub(crate) fn new(stream: StreamId, error: impl Into<BoxError>) -> Self {
        Self { stream, error: error.into() }
    }

    /// The aggregate that refused.
    #[must_use]
    pub const fn stream(&self) -> &StreamId {
        &self.stream
    }

    /// Whether it refused with an error of this type.
    #[must_use]
    pub fn is<E: std::error::Error + 'static>(&self) -> bool {
        self.error.is::<E>()
    }

    /// The error that it refused with, if it is of this type.
    #[must_use]
    pub fn downcast_ref<E: std::error::Error + 'static>(&self) -> Option<&E> {
        self.error.downcast_ref()
    }
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// Why a command was not executed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError<E> {
    /// The aggregate refused: a rule of the domain. Nothing was stored.
    #[error(transparent)]
    Rejected(E),
    /// The store or the engine failed; its error is the [`source`](std::error::Error::source).
    #[error("the command failed")]
    Store(#[from] Error),
}

impl<E> ExecuteError<E> {
    /// The domain's own error, when a rule refused the command.
    pub const fn rejection(&self) -> Option<&E> {
        match self {
            Self::Rejected(error) => Some(error),
            Self::Store(_) => None,
        }
    }

    /// The store's error, when it was not a rule that refused.
    pub const fn store_error(&self) -> Option<&Error> {
        match self {
            Self::Rejected(_) => None,
            Self::Store(error) => Some(error),
        }
    }

    /// See [`Error::is_conflict`].
    pub fn is_conflict(&self) -> bool {
        self.store_error().is_some_and(Error::is_conflict)
    }

    /// See [`Error::is_transient`].
    pub fn is_transient(&self) -> bool {
        self.store_error().is_some_and(Error::is_transient)
    }

    /// See [`Error::is_command_mismatch`].
    pub fn is_command_mismatch(&self) -> bool {
        self.store_error().is_some_and(Error::is_command_mismatch)
    }

    /// See [`Error::constraint`].
    pub fn constraint(&self) -> Option<&str> {
        self.store_error()?.constraint()
    }

    /// The same error with another type of rejection.
    pub fn map_rejection<F>(self, map: impl FnOnce(E) -> F) -> ExecuteError<F> {
        match self {
            Self::Rejected(error) => ExecuteError::Rejected(map(error)),
            Self::Store(error) => ExecuteError::Store(error),
        }
    }
}
