//! The promises of process managers as tests: the same for every backend of
//! [`Processes`], mounted by one macro.
//!
//! The subject is a trade between two players, [`Sales`]: item and gold are set aside, then
//! moved, and any failure gives everything back. A test crashes the node at **every** call it makes to the
//! store or to the processes, before the call and after it, and lets a fresh node go on: the trade must be
//! done or undone as if nothing had happened.
//!
//! ```
//! # use std::sync::Arc;
//! # use aether_core::backend::EventStore;
//! # use aether_core::memory::{MemoryProcesses, MemoryStore};
//! # use async_trait::async_trait;
//! # use aether_contract::Backend;
//! #[derive(Default)]
//! struct Memory { store: MemoryStore, processes: MemoryProcesses }
//!
//! #[async_trait]
//! impl Backend for Memory {
//!     type Handle = (Arc<dyn EventStore>, MemoryProcesses);
//!
//!     async fn open() -> Self { Self::default() }
//!
//!     async fn connect(&self) -> Self::Handle {
//!         (Arc::new(self.store.clone()), self.processes.clone())
//!     }
//! }
//!
//! aether_contract::process_contract!(Memory);
//! # fn main() {}
//! ```

use std::marker::PhantomData;
use std::sync::Arc;

use aether_core::backend::{EventStore, Processes};

use crate::{Backend, suite};

pub mod clocks;
pub mod crashes;
pub mod crowds;
pub mod inputs;
mod journal;
mod node;
pub mod operators;
pub mod races;
pub mod trade;

pub use trade::Sales;

/// What a node talks to: the store, and where processes are kept.
pub type Handles<P> = (Arc<dyn EventStore>, P);

/// A backend whose nodes have a store and processes.
pub type Place<P> = dyn Backend<Handle = Handles<P>>;

/// Keeps one promise on a fresh database. What the macro calls.
#[doc(hidden)]
pub async fn keep<B, P, F>(_: PhantomData<B>, name: &str, promise: impl FnOnce(Arc<Place<P>>) -> F)
where
    B: Backend<Handle = Handles<P>>,
    P: Processes + Clone,
    F: Future<Output = ()>,
{
    suite::keep(name, |backend: Arc<B>| promise(backend)).await;
}

/// Mounts the suite: one `#[tokio::test]` for each promise of the [process contract](crate::processes), for a
/// [`Backend`](crate::Backend) whose handle is [`Handles`](crate::processes::Handles).
#[macro_export]
macro_rules! process_contract {
    ($backend:ty) => {
        $crate::suite_tests! { processes, $backend;
            crashes {
                a_trade_survives_a_crash_at_every_step
                a_poor_buyer_gets_everything_given_back_whatever_crashes
                a_full_bag_undoes_the_trade_whatever_crashes
                a_moved_item_is_taken_back_when_the_gold_cannot_move
                a_trade_without_a_buyer_expires_whatever_crashes
                a_process_that_is_killed_loses_and_doubles_nothing
            }
            races {
                a_refusal_is_final_under_a_paused_node
                having_had_nothing_to_do_is_final_under_a_paused_node
                a_node_paused_before_it_settles_changes_nothing
                two_nodes_at_once_do_no_harm
                a_lost_reply_doubles_nothing
            }
            crowds {
                settlements_that_all_pay_one_house_are_each_carried_out
            }
            inputs {
                an_ended_process_is_not_started_anew
                an_event_without_a_process_leaves_nothing
                one_batch_moves_many_processes
                commands_of_a_process_keep_their_order
                what_follows_carries_correlation_and_causation
                a_failed_reaction_leaves_nothing
            }
            clocks {
                a_timer_fires_once_when_its_time_has_come
                a_timer_that_was_set_again_fires_at_its_new_time
                a_cancelled_timer_never_fires
                a_timer_of_the_longest_span_fires_at_once_or_never
                a_clock_that_jumps_loses_and_doubles_nothing
                a_passing_failure_is_retried_as_long_as_it_lasts
                timers_come_first_and_in_the_order_of_their_time
            }
            operators {
                a_command_that_keeps_failing_waits_and_others_go_on
                a_stuck_command_can_be_retried
                a_stuck_command_can_be_given_up
                a_command_that_was_carried_out_cannot_be_given_up
                a_command_is_never_taken_for_another_under_its_id
                a_stuck_timer_can_be_retried_or_given_up
                a_panic_or_a_hang_counts_as_a_failure
                ended_processes_can_be_forgotten
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
            ("crashes", include_str!("processes/crashes.rs")),
            ("crowds", include_str!("processes/crowds.rs")),
            ("races", include_str!("processes/races.rs")),
            ("inputs", include_str!("processes/inputs.rs")),
            ("clocks", include_str!("processes/clocks.rs")),
            ("operators", include_str!("processes/operators.rs")),
        ];
        assert_all_mounted(include_str!("processes.rs"), "suite_tests", &themes);
    }
}
