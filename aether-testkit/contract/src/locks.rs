//! The promises of locks as tests: the same for every backend of [`Locks`], mounted by one macro.
//!
//! ```
//! # use std::sync::Arc;
//! # use aether_realtime::lock::{Locks, MemoryLocks};
//! # use async_trait::async_trait;
//! # use aether_contract::Backend;
//! struct Memory(MemoryLocks);
//!
//! #[async_trait]
//! impl Backend for Memory {
//!     type Handle = Arc<dyn Locks>;
//!
//!     async fn open() -> Self { Self(MemoryLocks::new()) }
//!
//!     async fn connect(&self) -> Arc<dyn Locks> { Arc::new(self.0.clone()) }
//! }
//!
//! aether_contract::lock_contract!(Memory);
//! # fn main() {}
//! ```

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use aether_core::lock::LockName;
use aether_realtime::lock::{Lock, Locker, Locks};

use crate::{Backend, suite};

pub mod exclusion;
pub mod leases;
mod unsteady;
pub mod waiting;

pub use unsteady::Unsteady;

/// A backend whose processes have locks.
pub type Place = dyn Backend<Handle = Arc<dyn Locks>>;

/// A lease that does not run out while a test runs.
const LONG: Duration = Duration::from_secs(600);
/// A wait that ends before the test gives up, and later than anything that happens at all.
const PATIENCE: Duration = Duration::from_secs(30);

fn name() -> LockName {
    LockName::new("chest", 7).part("bolt")
}

fn lock_for(lease: Duration) -> Lock {
    Lock::new(name(), lease)
}

async fn locker(backend: &Place) -> Locker {
    Locker::new(backend.connect().await)
}

/// Keeps one promise on fresh locks. What the macro calls.
#[doc(hidden)]
pub async fn keep<B: Backend<Handle = Arc<dyn Locks>>, F: Future<Output = ()>>(
    _: PhantomData<B>,
    name: &str,
    promise: impl FnOnce(Arc<Place>) -> F,
) {
    suite::keep(name, |backend: Arc<B>| promise(backend)).await;
}

/// Mounts the suite: one `#[tokio::test]` for each promise of the [lock contract](crate::locks), for a
/// [`Backend`](crate::Backend) whose handle is an `Arc<dyn Locks>`.
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
