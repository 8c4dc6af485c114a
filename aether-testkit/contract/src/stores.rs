//! The promises of the [`EventStore`] port as tests: the same for every backend, mounted by one macro.
//!
//! A backend with transactions overrides the hooks for slow ones as well: only then do the promises about slow
//! writers meet a slow writer.
//!
//! ```
//! # use std::sync::Arc;
//! # use aether_core::backend::EventStore;
//! # use aether_core::memory::MemoryStore;
//! # use async_trait::async_trait;
//! # use aether_contract::Backend;
//! struct Memory(MemoryStore);
//!
//! #[async_trait]
//! impl Backend for Memory {
//!     type Handle = Arc<dyn EventStore>;
//!
//!     async fn open() -> Self { Self(MemoryStore::new()) }
//!
//!     async fn connect(&self) -> Arc<dyn EventStore> { Arc::new(self.0.clone()) }
//! }
//!
//! aether_contract::event_store_contract!(Memory);
//! # fn main() {}
//! ```
//!
//! Ids come from a generator with a fixed seed; `AETHER_CONTRACT_SEED` sets another one.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use aether_core::Result;
use aether_core::backend::EventStore;
use aether_core::log::{Append, Appended, Limits};
use async_trait::async_trait;
use futures::future::LocalBoxFuture;

use crate::{Backend, SlowAppend, suite};

pub mod append;
pub mod bad_input;
pub mod conditions;
pub mod crowds;
pub mod expectations;
pub mod filters;
pub mod fingerprints;
pub mod hot;
pub mod idempotency;
pub mod lifecycle;
pub mod loads;
pub mod nodes;
pub mod order;
mod reader;
pub mod reads;
#[cfg(test)]
mod sequenced;
pub mod slow_transactions;
pub mod snapshots;
mod source;
mod subject;
pub mod times;
pub mod values;
pub mod waits;

/// Where a promise is kept: a fresh store, and the backend it is of.
pub struct Stage {
    store: Arc<dyn EventStore>,
    backend: Arc<dyn Backend<Handle = Arc<dyn EventStore>>>,
}

impl Stage {
    /// A stage on a backend.
    pub async fn on<B: Backend<Handle = Arc<dyn EventStore>>>(backend: Arc<B>) -> Self {
        Self { store: backend.first().await, backend }
    }

    /// The store. Every call gives the same one.
    #[must_use]
    pub fn store(&self) -> Arc<dyn EventStore> {
        self.store.clone()
    }

    /// One more store on the same data, as a second process has it.
    pub async fn another(&self) -> Arc<dyn EventStore> {
        self.backend.connect().await
    }

    /// See [`Backend::limits`].
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.backend.limits()
    }

    /// See [`Backend::begin_slow_append`].
    pub async fn begin_slow_append(&self, append: Append) -> Box<dyn SlowAppend> {
        let slow = self.backend.begin_slow_append(append.clone()).await;
        slow.unwrap_or_else(|| self.ordinary(append))
    }

    /// See [`Backend::draw_numbers_without_inserting`].
    pub async fn draw_numbers_without_inserting(&self, append: Append) -> Box<dyn SlowAppend> {
        let slow = self.backend.draw_numbers_without_inserting(append.clone()).await;
        slow.unwrap_or_else(|| self.ordinary(append))
    }

    /// See [`Backend::open_unrelated_transaction`].
    pub async fn open_unrelated_transaction(&self, other_database: bool) -> Box<dyn Any + Send> {
        self.backend.open_unrelated_transaction(other_database).await
    }

    fn ordinary(&self, append: Append) -> Box<dyn SlowAppend> {
        Box::new(Ordinary { store: self.store(), append })
    }
}

/// The slow append of a backend without transactions: nothing is done before the commit.
struct Ordinary {
    store: Arc<dyn EventStore>,
    append: Append,
}

#[async_trait]
impl SlowAppend for Ordinary {
    async fn commit(self: Box<Self>) -> Result<Appended> {
        self.store.append(self.append).await
    }

    async fn rollback(self: Box<Self>) {}
}

/// Keeps one promise on a fresh store. What the macro calls.
#[doc(hidden)]
pub async fn keep<B: Backend<Handle = Arc<dyn EventStore>>>(
    _: PhantomData<B>,
    name: &str,
    promise: fn(&Stage) -> LocalBoxFuture<'_, ()>,
) {
    suite::keep(name, async |backend: Arc<B>| promise(&Stage::on(backend).await).await).await;
}

/// Mounts the suite: one `#[tokio::test]` on two worker threads for each promise of the
/// [contract](crate::stores), for a [`Backend`](crate::Backend) whose handle is an `Arc<dyn EventStore>`.
#[macro_export]
macro_rules! event_store_contract {
    ($backend:ty) => {
        $crate::store_tests! { $backend;
            append {
                versions_start_at_one_and_have_no_gaps
                concurrent_appends_leave_no_gaps
                versions_go_beyond_sixteen_bits
                several_aggregates_are_stored_together
                several_aggregates_are_refused_together
                the_answer_has_one_entry_for_each_write
                a_stream_named_twice_sees_its_own_events
                opposite_orders_do_not_deadlock
                an_empty_append_changes_nothing
                a_load_never_sees_half_an_append
                two_handles_see_each_others_appends
            }
            expectations {
                one_of_many_appends_at_the_same_version_wins
                fifty_racers_create_a_stream_once
                racing_appends_report_no_more_than_was_stored
                exact_zero_means_no_stream
                no_stream_is_enforced
                stream_exists_needs_a_stream
                a_version_too_high_is_a_conflict
                a_version_too_low_is_a_conflict
                a_rejected_append_leaves_no_trace
                an_append_as_another_type_is_refused
                one_id_under_two_types_is_refused
                racing_types_share_no_id
            }
            conditions {
                a_condition_reads_without_writing
                a_failing_condition_refuses_everything
                a_condition_alone_is_checked
                a_condition_on_another_type_is_refused
                a_condition_does_not_create_a_stream
                conditions_on_each_other_cannot_both_hold
                conditions_on_missing_streams_cannot_both_hold
            }
            bad_input {
                an_oversized_payload_is_refused_by_name
                a_payload_at_the_limit_is_stored
                an_event_type_name_has_at_most_100_bytes
                an_aggregate_type_name_has_at_most_50_bytes
                empty_names_are_refused
                a_nul_in_a_name_is_refused
                too_many_events_in_one_append_are_refused
                too_many_bytes_in_one_append_are_refused
                one_bad_event_refuses_the_whole_append
                a_bad_request_never_fails_its_neighbours
            }
            order {
                positions_rise_within_and_across_appends
                the_order_of_an_aggregate_is_never_inverted
                readers_see_every_event_once_and_in_order
                filtered_readers_miss_nothing_while_others_write
            }
            slow_transactions {
                an_unfinished_append_is_not_seen
                a_late_commit_is_never_skipped
                numbers_drawn_but_not_inserted_are_never_skipped
                a_rolled_back_number_is_never_waited_for
                a_filtered_reader_skips_no_late_commit
                late_commits_in_any_order_are_all_seen
                an_unrelated_transaction_never_stalls_readers
                an_unrelated_transaction_in_another_database_never_stalls_readers
            }
            loads {
                a_missing_stream_has_an_empty_history
                a_load_keeps_order_and_contents
                unicode_comes_back_unchanged
                a_load_can_begin_behind_a_version
                a_load_can_end_at_a_version
                a_load_can_be_limited_on_both_sides
                a_version_that_was_not_reached_is_an_error
                a_load_can_end_at_a_time
                a_load_at_a_time_is_never_full_of_holes
                a_load_as_another_type_is_refused
                a_history_is_typed
            }
            reads {
                an_empty_log_is_read_to_its_end
                a_read_tells_the_same_as_a_load
                pages_hold_to_their_limit_and_continue
                a_page_has_at_least_one_and_at_most_ten_thousand_events
                a_page_holds_to_its_bytes
                a_page_ends_at_its_upper_bound
                caught_up_is_told_truly
                reading_behind_the_end_is_an_error
                the_end_is_where_a_reader_gets_to
                the_newest_event_up_to_a_position_is_found
            }
            filters {
                events_are_filtered_by_slice
                events_are_filtered_by_type
                events_are_filtered_by_aggregate_type
                events_are_filtered_by_aggregate
                events_are_filtered_by_correlation
                different_filters_must_all_match
                a_nul_in_a_filter_is_refused
                a_filtered_reader_advances_past_what_it_leaves_out
            }
            waits {
                a_wait_answers_at_once_when_there_is_something
                a_wait_wakes_after_an_append
                a_wait_wakes_after_an_append_of_another_process
                a_dropped_wait_loses_nothing
                many_waits_wake_together
            }
            idempotency {
                the_same_command_id_is_stored_once
                racers_under_one_command_id_all_get_the_first_result
                a_rejected_append_does_not_use_up_its_command_id
                another_append_under_a_used_command_id_gets_the_first_result
                a_command_id_covers_several_aggregates
                a_stored_command_is_found_and_an_unknown_one_is_not
                a_lost_reply_can_be_retried
                nothing_is_stored_under_a_voided_command_id
                a_stored_command_cannot_be_voided
                a_void_and_an_append_that_race_agree_on_who_was_first
            }
            fingerprints {
                another_request_under_a_used_command_id_is_refused
                without_a_fingerprint_nothing_is_compared
                a_fingerprint_is_kept_when_nothing_was_stored
                requests_that_race_under_one_command_id_are_told_apart
                a_crowd_keeps_each_fingerprint_beside_its_command
                commands_under_the_id_of_another_are_refused
            }
            snapshots {
                a_fitting_snapshot_shortens_a_load
                a_load_that_asks_for_no_snapshot_gets_none
                a_snapshot_of_another_shape_is_passed_over
                the_newest_snapshot_is_used
                only_the_newest_snapshots_are_kept
                an_older_snapshot_that_comes_late_displaces_no_newer_one
                a_snapshot_outside_the_range_is_ignored
                a_snapshot_can_be_saved_twice
                what_a_snapshot_holds_is_not_looked_at
            }
            values {
                every_value_comes_back_to_the_bit
                json_is_kept_as_the_same_text
                a_state_is_the_same_decided_or_loaded
                what_cannot_come_back_is_refused
            }
            times {
                a_time_is_kept_in_whole_microseconds
                a_stream_is_loaded_whole_whenever_it_happened
                a_load_ends_at_a_time_of_any_precision
                a_time_that_no_store_keeps_is_refused
            }
            crowds {
                a_crowd_of_appends_is_answered_one_by_one
                a_crowd_over_several_streams_is_stored_whole
                a_crowd_on_few_streams_is_stored_whole
                a_crowd_of_commands_is_stored_once
                a_crowd_of_loads_is_answered_one_by_one
            }
            hot {
                each_of_many_callers_is_decided_on_what_came_before
                the_first_to_come_is_the_first_to_be_decided
                what_another_process_gets_in_the_way_of_is_decided_again
                a_caller_that_goes_away_takes_nobody_along
                a_refusal_rests_on_what_is_stored
                a_repeated_command_takes_back_what_rests_on_it
                an_uncertain_result_takes_nobody_along
                a_hot_aggregate_delays_a_cold_one_by_a_batch_at_most
                a_full_line_refuses_at_once
                units_over_common_aggregates_never_deadlock
            }
            nodes {
                a_lease_has_one_holder
                a_silent_holder_loses_its_leases
                a_released_lease_is_free_at_once
                members_share_the_leases
                the_silent_have_no_share_of_what_is_free
                what_nobody_else_wants_is_no_surplus
                racing_members_never_hold_the_same_lease
                the_last_run_of_a_job_is_known
            }
            lifecycle {
                accepted_requests_are_finished_and_later_ones_refused
                nothing_is_stored_after_closing
                closing_ends_a_wait
                closing_twice_does_nothing_more
            }
        }
    };
}

/// What [`event_store_contract!`] expands to.
#[doc(hidden)]
#[macro_export]
macro_rules! store_tests {
    ($backend:ty; $($theme:ident { $($promise:ident)* })*) => {
        $(mod $theme {
            #[allow(unused_imports, reason = "the backend may be named by a full path")]
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::stores::keep(
                    ::std::marker::PhantomData::<$backend>,
                    concat!(stringify!($theme), "::", stringify!($promise)),
                    |stage| Box::pin($crate::stores::$theme::$promise(stage)),
                )
                .await;
            })*
        })*
    };
}

#[cfg(test)]
mod tests {
    use crate::suite::assert_all_mounted;

    #[test]
    fn every_promise_is_mounted() {
        let themes = [
            ("append", include_str!("stores/append.rs")),
            ("bad_input", include_str!("stores/bad_input.rs")),
            ("conditions", include_str!("stores/conditions.rs")),
            ("crowds", include_str!("stores/crowds.rs")),
            ("expectations", include_str!("stores/expectations.rs")),
            ("filters", include_str!("stores/filters.rs")),
            ("fingerprints", include_str!("stores/fingerprints.rs")),
            ("hot", include_str!("stores/hot.rs")),
            ("idempotency", include_str!("stores/idempotency.rs")),
            ("lifecycle", include_str!("stores/lifecycle.rs")),
            ("nodes", include_str!("stores/nodes.rs")),
            ("loads", include_str!("stores/loads.rs")),
            ("order", include_str!("stores/order.rs")),
            ("reads", include_str!("stores/reads.rs")),
            ("slow_transactions", include_str!("stores/slow_transactions.rs")),
            ("snapshots", include_str!("stores/snapshots.rs")),
            ("times", include_str!("stores/times.rs")),
            ("values", include_str!("stores/values.rs")),
            ("waits", include_str!("stores/waits.rs")),
        ];
        let count = assert_all_mounted(include_str!("stores.rs"), "store_tests", &themes);
        assert!(count >= 55, "{count} promises");
    }
}
