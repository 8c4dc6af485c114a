//! Why a lock was not had, or not kept.

use std::time::Duration;

use aether_core::lock::LockName;
use aether_core::{Error, ErrorKind};

/// What a [`Locker`](super::Locker) or a [`LockGuard`](super::LockGuard) answers when it cannot do what was
/// asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Somebody else had it all the time. The same call may succeed later.
    #[error("lock {name} was held by others for {waited:?}; try again later, or wait longer")]
    TimedOut {
        /// The lock.
        name: LockName,
        /// How long it was waited for.
        waited: Duration,
    },

    /// The lease ran out, or the lock went to somebody else, before its holder was done. What was done
    /// meanwhile was not protected, but for what checks the [fence](aether_core::lock::Fence). Take it again, and
    /// look again at what it protects.
    #[error("lock {name} was lost before its holder was done; take it again and look again")]
    Lost {
        /// The lock.
        name: LockName,
    },

    /// The backend failed; its error is the [`source`](std::error::Error::source).
    /// [`is_transient`](LockError::is_transient) tells whether the same call may succeed later. A lock that may have
    /// been taken is given back in the background, or runs out.
    #[error("the call to the locks failed")]
    Store(#[from] Error),
}

impl LockError {
    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::TimedOut { .. } => ErrorKind::Unavailable,
            Self::Lost { .. } => ErrorKind::TakenOver,
            Self::Store(error) => error.kind(),
        }
    }

    /// The name of the error for programs and metrics, in `snake_case`. It stays when the message changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TimedOut { .. } => "lock_timed_out",
            Self::Lost { .. } => "lock_lost",
            Self::Store(error) => error.code(),
        }
    }

    /// Somebody else had it until the end of the wait.
    #[must_use]
    pub const fn is_timed_out(&self) -> bool {
        matches!(self, Self::TimedOut { .. })
    }

    /// The lock was lost while it was needed.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }

    /// The same call may succeed later, unchanged.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::TimedOut { .. } => true,
            Self::Lost { .. } => false,
            Self::Store(error) => error.is_transient(),
        }
    }
}
