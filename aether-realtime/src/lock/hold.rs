//! What a holder knows about its lock: until when it is surely its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aether_core::lock::Fence;
use aether_core::time::Clock;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::lock::LockError;

/// One acquisition, shared by the guard and the task that renews it.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) fence: Fence,
    pub(super) owner: Uuid,
    pub(super) clock: Arc<dyn Clock>,
    /// By the clock's monotonic time, in microseconds.
    until: AtomicU64,
    /// The guard wants to be rid of it.
    pub(super) given_back: CancellationToken,
    /// It is not held any more, for whatever reason. Never taken back.
    pub(super) over: CancellationToken,
}

/// How long a lease surely lasts that was asked for at a moment: a hundredth less, since no two clocks run
/// at the same pace.
pub(super) fn sure(lease: Duration) -> Duration {
    lease - lease / 100
}

impl Hold {
    /// A hold that was asked for at `asked_at`, by the clock's monotonic time.
    pub(super) fn new(
        fence: Fence,
        owner: Uuid,
        clock: Arc<dyn Clock>,
        asked_at: Duration,
        lease: Duration,
    ) -> Self {
        Self {
            fence,
            owner,
            clock,
            until: AtomicU64::new(micros(asked_at.saturating_add(sure(lease)))),
            given_back: CancellationToken::new(),
            over: CancellationToken::new(),
        }
    }

    /// How long it is surely held from now on; `None` if it is not, and never again.
    pub(super) fn left(&self) -> Option<Duration> {
        if self.over.is_cancelled() {
            return None;
        }
        let until = Duration::from_micros(self.until.load(Ordering::Acquire));
        let left = until.saturating_sub(self.clock.monotonic());
        if left.is_zero() {
            self.over.cancel();
            return None;
        }
        Some(left)
    }

    /// Notes a renewal that was asked for at `asked_at`.
    pub(super) fn renewed(&self, asked_at: Duration, lease: Duration) {
        self.until.store(micros(asked_at.saturating_add(sure(lease))), Ordering::Release);
    }

    pub(super) fn lost(&self) -> LockError {
        LockError::Lost { name: self.fence.lock.clone() }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
