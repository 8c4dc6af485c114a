//! What a backend of locks has to do.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::error::Result;
use crate::lock::LockName;

/// Where locks are kept. Users take them through a [`Locker`](crate::Locker).
///
/// A backend keeps, by name, an owner and the end of its lease by the backend's own clock, and gives out
/// tokens. `aether_contract::lock_contract!` is its tests.
#[async_trait]
pub trait Locks: Send + Sync + 'static {
    /// Takes the lock for `lease` if it is free, or has been this owner's already: then the lease begins
    /// anew, so that a call whose answer was lost can be made again. `None`: somebody else has it.
    ///
    /// The token is higher than every one that was given out for this name before. It has to stay so when
    /// the backend loses its data: derive it from the time, and never give out less than before.
    ///
    /// # Errors
    ///
    /// Transient ones. The lock may be taken: ask again as the same owner, or release it.
    async fn acquire(
        &self,
        name: &LockName,
        owner: Uuid,
        lease: Duration,
    ) -> Result<Option<FencingToken>>;

    /// Lets the lease begin anew if the lock is the owner's. `false`: it is not.
    ///
    /// # Errors
    ///
    /// Transient ones (retry, until the lease has run out).
    async fn renew(&self, name: &LockName, owner: Uuid, lease: Duration) -> Result<bool>;

    /// Frees the lock if it is the owner's. `false`: it is not.
    ///
    /// # Errors
    ///
    /// Transient ones (retry). If it is not repeated, the lease runs out by itself.
    async fn release(&self, name: &LockName, owner: Uuid) -> Result<bool>;
}

#[async_trait]
impl<L: Locks + ?Sized> Locks for Arc<L> {
    async fn acquire(
        &self,
        name: &LockName,
        owner: Uuid,
        lease: Duration,
    ) -> Result<Option<FencingToken>> {
        (**self).acquire(name, owner, lease).await
    }

    async fn renew(&self, name: &LockName, owner: Uuid, lease: Duration) -> Result<bool> {
        (**self).renew(name, owner, lease).await
    }

    async fn release(&self, name: &LockName, owner: Uuid) -> Result<bool> {
        (**self).release(name, owner).await
    }
}

/// A number that rises with every acquisition of a lock.
///
/// Comparable between holders of one lock only. At most `i64::MAX`; those of this library are microseconds
/// since 1970, or a little more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FencingToken(u64);

impl FencingToken {
    /// The token with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for FencingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One acquisition of a lock, as a database can check it: after a later holder has written, an earlier one
/// is refused.
///
/// A plain value: another process that writes on the holder's behalf can make it from the token's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The lock.
    pub lock: LockName,
    /// Which acquisition.
    pub token: FencingToken,
}
