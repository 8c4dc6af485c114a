//! What a holder has in its hand.

use std::sync::Arc;

use aether_core::Error;
use aether_core::lock::{Fence, LockName};
use tokio::task::JoinHandle;

use crate::lock::LockError;
use crate::lock::hold::Hold;

/// A lock that was taken. It is renewed in the background until the guard is dropped, or released.
///
/// Dropping it frees the lock in the background, on the runtime that took it. If that runtime ends first, the
/// lease runs out.
#[derive(Debug)]
#[must_use = "the lock is free again as soon as its guard is dropped"]
pub struct LockGuard {
    hold: Arc<Hold>,
    /// Ends with what became of the lock. Taken by `release`.
    keeper: Option<JoinHandle<Result<(), LockError>>>,
}

impl LockGuard {
    pub(super) fn new(hold: Arc<Hold>, keeper: JoinHandle<Result<(), LockError>>) -> Self {
        Self { hold, keeper: Some(keeper) }
    }

    /// The lock.
    #[must_use]
    pub fn name(&self) -> &LockName {
        &self.hold.fence.lock
    }

    /// What a database checks, so that this holder can do no harm once there is a later one.
    #[must_use]
    pub fn fence(&self) -> &Fence {
        &self.hold.fence
    }

    /// Whether the lock is surely held now, by the holder's own monotonic clock, counted from before the
    /// last request that succeeded was sent. Once `false`, it stays so. Costs a look at the clock.
    ///
    /// The answer may be outdated when you act on it: see [`fence`](LockGuard::fence).
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.hold.left().is_some()
    }

    /// Waits until the lock is not held any more: lost, or given back. May be taken to another task.
    pub fn lost(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        self.hold.over.clone().cancelled_owned()
    }

    /// Runs `work` while the lock is held, and cancels it when the lock is lost. `Ok`: the lock was held
    /// from the beginning to the end.
    ///
    /// # Errors
    ///
    /// [`LockError::Lost`]. What `work` had done by then stays done.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> Result<T, LockError> {
        if !self.is_held() {
            return Err(self.hold.lost());
        }
        let done = tokio::select! {
            biased;
            () = self.hold.over.cancelled() => return Err(self.hold.lost()),
            done = work => done,
        };
        if self.is_held() { Ok(done) } else { Err(self.hold.lost()) }
    }

    /// Frees the lock, and tells whether it was held until now. One round trip.
    ///
    /// # Errors
    ///
    /// [`LockError::Lost`] if it was not. [`LockError::Store`] if the backend could not be asked: the lock
    /// is freed by the end of its lease at the latest.
    pub async fn release(mut self) -> Result<(), LockError> {
        self.hold.given_back.cancel();
        match self.keeper.take() {
            // the runtime that took the lock has ended
            Some(keeper) => keeper.await.map_err(|_| Error::Closed)?,
            None => Err(self.hold.lost()),
        }
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        self.hold.given_back.cancel();
    }
}
