//! What a backend of locks has to do.

use std::sync::Arc;
use std::time::Duration;

use aether_core::Result;
use aether_core::lock::{FencingToken, LockName};
use async_trait::async_trait;
use uuid::Uuid;

/// Where locks are kept. Users take them through a [`Locker`](super::Locker).
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
