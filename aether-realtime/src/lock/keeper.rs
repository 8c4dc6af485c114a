//! The task behind a guard: renews the lock, notices its loss, and releases it.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::jittered;
use aether_core::time::{Clock, Random};

use crate::lock::hold::Hold;
use crate::lock::turns::Turn;
use crate::lock::{LockError, Locks};

/// How often a release is tried. After that the lease runs out by itself.
const RELEASE_ATTEMPTS: u32 = 2;
/// The longest pause before a failed renewal is tried again.
const RETRY_PAUSE_MAX: Duration = Duration::from_millis(500);

pub(super) struct Keeper {
    pub(super) hold: Arc<Hold>,
    pub(super) locks: Arc<dyn Locks>,
    pub(super) random: Arc<dyn Random>,
    pub(super) lease: Duration,
    /// The next in this process has its turn when it is dropped.
    pub(super) turn: Turn,
}

/// Why a lock is not renewed any more.
enum End {
    /// The guard was dropped or released while it held.
    GivenBack,
    /// No renewal came through in time.
    RanOut,
    /// The backend says that it is not ours.
    Gone,
}

impl Keeper {
    /// Keeps the lock to its end. `Ok`: it was held until it was given back.
    pub(super) async fn run(self) -> Result<(), LockError> {
        let end = self.renew_until_the_end().await;
        self.hold.over.cancel();
        let why = match end {
            End::GivenBack => return self.release().await,
            End::RanOut => "ran_out",
            End::Gone => "gone",
        };
        let kind = self.hold.fence.lock.kind();
        metrics::counter!("aether_locks_lost_total", "kind" => kind, "why" => why).increment(1);
        tracing::warn!(lock = %self.hold.fence.lock, why, "a lock was lost before it was given back");
        let (hold, locks) = (self.hold, self.locks);
        drop(self.turn);
        if matches!(end, End::RanOut) {
            // a renewal that was given up may still have reached the backend
            drop(locks.release(&hold.fence.lock, hold.owner).await);
        }
        Err(hold.lost())
    }

    async fn renew_until_the_end(&self) -> End {
        loop {
            if let Some(end) = self.pause(self.lease / 3).await {
                return end;
            }
            if let Some(end) = self.renew().await {
                return end;
            }
        }
    }

    /// Tries until the lease has begun anew. `Some`: it did not.
    async fn renew(&self) -> Option<End> {
        let Hold { fence, owner, clock, .. } = &*self.hold;
        loop {
            let Some(left) = self.hold.left() else { return Some(self.end()) };
            let asked_at = clock.monotonic();
            let renewed = tokio::select! {
                biased;
                () = self.hold.given_back.cancelled() => return Some(self.end()),
                renewed = self.locks.renew(&fence.lock, *owner, self.lease) => renewed,
                () = clock.sleep(left) => return Some(End::RanOut),
            };
            match renewed {
                Ok(true) => {
                    self.hold.renewed(asked_at, self.lease);
                    return None;
                }
                Ok(false) => return Some(End::Gone),
                Err(error) => {
                    tracing::debug!(lock = %fence.lock, %error, "a lock was not renewed, trying again");
                }
            }
            let pause = jittered((self.lease / 20).min(RETRY_PAUSE_MAX), &*self.random);
            if let Some(end) = self.pause(pause.min(left)).await {
                return Some(end);
            }
        }
    }

    /// `Some` if the hold ends meanwhile.
    async fn pause(&self, span: Duration) -> Option<End> {
        tokio::select! {
            biased;
            () = self.hold.given_back.cancelled() => Some(self.end()),
            // somebody has looked at the clock
            () = self.hold.over.cancelled() => Some(End::RanOut),
            () = self.hold.clock.sleep(span) => None,
        }
    }

    /// How a hold ends that was given back, or whose time is over.
    fn end(&self) -> End {
        if self.hold.left().is_some() { End::GivenBack } else { End::RanOut }
    }

    async fn release(&self) -> Result<(), LockError> {
        let Hold { fence, owner, .. } = &*self.hold;
        let mut attempt = 1;
        loop {
            match self.locks.release(&fence.lock, *owner).await {
                Ok(true) => return Ok(()),
                // the answer to the first attempt was lost
                Ok(false) if attempt > 1 => return Ok(()),
                Ok(false) => return Err(self.hold.lost()),
                Err(error) if error.is_transient() && attempt < RELEASE_ATTEMPTS => attempt += 1,
                Err(error) => {
                    tracing::warn!(lock = %fence.lock, %error, "a lock was not released; its lease runs out");
                    return Err(error.into());
                }
            }
        }
    }
}
