//! The promises of locks as tests: the same for every backend of [`Locks`], mounted by one macro.
//!
//! ```
//! # use std::sync::Arc;
//! # use aether_core::{Locks, MemoryLocks};
//! # use async_trait::async_trait;
//! # use aether_testkit::locks::LockBackend;
//! struct Memory(MemoryLocks);
//!
//! #[async_trait]
//! impl LockBackend for Memory {
//!     async fn open() -> Self { Self(MemoryLocks::new()) }
//!
//!     async fn connect(&self) -> Arc<dyn Locks> { Arc::new(self.0.clone()) }
//! }
//!
//! aether_testkit::lock_contract!(Memory);
//! # fn main() {}
//! ```

use std::sync::Arc;
use std::time::Duration;

use aether_core::{Lock, LockName, Locker, Locks};
use async_trait::async_trait;

use crate::suite::within_limit;

pub mod exclusion;
pub mod leases;
mod unsteady;
pub mod waiting;

pub use unsteady::Unsteady;

/// What the suite needs of a backend: one value is one fresh set of locks.
#[async_trait]
pub trait LockBackend: Send + Sync + 'static {
    /// Locks that nobody else uses. Called once per promise.
    async fn open() -> Self
    where
        Self: Sized;

    /// Connects to them anew, as one more process would.
    async fn connect(&self) -> Arc<dyn Locks>;

    /// Called when the promise was kept.
    async fn finish(self)
    where
        Self: Sized,
    {
    }
}

/// A lease that does not run out while a test runs.
const LONG: Duration = Duration::from_secs(600);
/// A wait that ends before the test gives up, and later than anything that happens at all.
const PATIENCE: Duration = Duration::from_secs(30);

fn name() -> LockName {
    LockName::new("coffre", 7).part("serrure")
}

fn lock_for(lease: Duration) -> Lock {
    Lock::new(name(), lease)
}

async fn locker<B: LockBackend>(backend: &B) -> Locker {
    Locker::new(backend.connect().await)
}

/// Runs one promise against fresh locks. What the macro calls.
#[doc(hidden)]
pub async fn keep<B: LockBackend, F: Future<Output = ()>>(
    name: &str,
    promise: impl FnOnce(Arc<B>) -> F,
) {
    within_limit(name, async {
        let backend = Arc::new(B::open().await);
        promise(backend.clone()).await;
        if let Some(backend) = Arc::into_inner(backend) {
            backend.finish().await;
        }
    })
    .await;
}

/// Mounts the suite: one `#[tokio::test]` for each promise of the [lock contract](crate::locks), for a type
/// that implements [`LockBackend`](crate::locks::LockBackend).
#[macro_export]
macro_rules! lock_contract {
    ($backend:ty) => {
        $crate::suite_tests! { locks, $backend;
            exclusion {
                fifty_tasks_take_turns
                a_held_lock_is_refused_at_once
                different_locks_do_not_meet
                only_the_owner_releases
                only_the_owner_renews
                tokens_rise_with_every_acquisition
                the_same_owner_may_ask_again
            }
            leases {
                a_lease_that_ends_frees_the_lock
                renewal_keeps_a_lock_beyond_its_lease
                a_failed_renewal_is_tried_again
                a_holder_without_renewals_is_told_by_the_end_of_its_lease
                a_renewal_without_an_answer_is_a_loss_by_the_end_of_the_lease
                a_holder_that_stood_still_knows_at_once
                a_lock_that_went_to_another_is_noticed_and_left_alone
                work_is_cancelled_when_the_lock_is_lost
                work_gives_its_result_while_the_lock_is_held
            }
            waiting {
                a_waiter_gets_the_lock_after_its_release
                a_waiter_gets_the_lock_of_a_dead_holder
                a_wait_ends_at_its_deadline
                waiters_of_one_process_are_served_in_their_order
                a_dropped_guard_frees_the_lock
                a_dropped_wait_leaves_nothing_behind
                a_lost_answer_locks_nobody_out
                a_failed_attempt_gives_back_what_it_may_have_taken
                a_lost_release_is_made_again
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::suite::assert_all_mounted;

    #[test]
    fn every_promise_is_mounted() {
        let themes = [
            ("exclusion", include_str!("locks/exclusion.rs")),
            ("leases", include_str!("locks/leases.rs")),
            ("waiting", include_str!("locks/waiting.rs")),
        ];
        assert_all_mounted(include_str!("locks.rs"), "suite_tests", &themes);
    }
}
