//! Locks with leases: how processes take turns, and the token that keeps a late one from doing harm.
//!
//! Begin with the example `examples/small/fenced_lock.rs`.
//!
//! `port.rs` is what a backend implements, `locker.rs` takes locks, `guard.rs` is what a holder has in its
//! hand, `keeper.rs` the task that renews and releases it.

use std::time::Duration;

use aether_core::lock::LockName;

mod error;
mod guard;
mod hold;
mod keeper;
mod locker;
mod memory;
mod port;
mod turns;

pub use error::LockError;
pub use guard::LockGuard;
pub use locker::Locker;
pub use memory::MemoryLocks;
pub use port::Locks;

/// A lock to be taken: its name, and for how long it outlives the last sign of life of its holder.
///
/// A short lease frees the lock soon after its holder has died; it has to be long enough that a renewal,
/// tried from a third of it on, gets through. Work may take longer than the lease: it is renewed for as long
/// as the guard lives.
///
/// ```
/// use std::time::Duration;
/// use aether_core::lock::LockName;
/// use aether_realtime::lock::Lock;
///
/// let lock = Lock::new(LockName::new("guild", 7), Duration::from_secs(10));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    name: LockName,
    lease: Duration,
}

impl Lock {
    /// The longest lease: a year.
    pub const MAX_LEASE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    /// The lock with this name. The lease counts in whole milliseconds, at least one, and is held to
    /// [`Lock::MAX_LEASE`].
    #[must_use]
    pub const fn new(name: LockName, lease: Duration) -> Self {
        let too_long = lease.as_secs() >= Self::MAX_LEASE.as_secs();
        let lease = if too_long { Self::MAX_LEASE } else { lease };
        Self { name, lease }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &LockName {
        &self.name
    }

    /// Its lease.
    #[must_use]
    pub const fn lease(&self) -> Duration {
        self.lease
    }
}
