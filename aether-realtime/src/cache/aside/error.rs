//! What a fetch fails with.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use aether_core::backend::{Reason, SharedError};
use aether_core::{BoxError, ErrorKind};

/// Why there is no answer: the source gave none, and the cache had nothing recent enough. The cache's own
/// troubles are never the reason.
///
/// All who shared the load get a clone. A retry loads anew.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum FetchError {
    /// The source failed.
    Source(SharedError),
    /// The load panicked.
    Panicked {
        /// What it said.
        message: String,
    },
    /// The load took too long and was given up.
    TimedOut {
        /// How long it was given.
        limit: Duration,
    },
    /// The runtime that carried the load ended.
    Stopped,
}

impl FetchError {
    pub(super) fn source_failed(error: BoxError) -> Self {
        Self::Source(SharedError::new(error.into()))
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Source(_) | Self::Panicked { .. } => ErrorKind::Other,
            Self::TimedOut { .. } | Self::Stopped => ErrorKind::Unavailable,
        }
    }

    /// The name of the error for programs and metrics, in `snake_case`. It stays when the message changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Source(_) => "source_failed",
            Self::Panicked { .. } => "load_panicked",
            Self::TimedOut { .. } => "load_timed_out",
            Self::Stopped => "load_stopped",
        }
    }

    /// The source's own error, if it is of this type.
    #[must_use]
    pub fn source_as<E: StdError + 'static>(&self) -> Option<&E> {
        match self {
            Self::Source(error) => error.get().downcast_ref(),
            _ => None,
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => write!(f, "the source failed: {}", Reason(error)),
            Self::Panicked { message } => write!(f, "the load panicked: {message}"),
            Self::TimedOut { limit } => {
                write!(f, "the load was not done within {limit:?}; look for what it waits for")
            }
            Self::Stopped => f.write_str("the load was broken off with its runtime; fetch again"),
        }
    }
}

// the message tells what the source said; `source_as` has it
impl StdError for FetchError {}
