//! The promises of caches as tests: the same for every backend of [`Cache`], mounted by one macro.
//!
//! The subject is [`CacheAside`] with the backend under it, on a clock that the suite moves, over a
//! [`Source`] that can be held, changed and broken. Two "processes" are two caches that share as little as
//! two processes would.
//!
//! ```
//! # use std::sync::Arc;
//! # use aether_core::time::{Clock as _, SystemClock};
//! # use aether_testkit::clock::ManualClock;
//! # use aether_realtime::cache::{Cache, MemoryCache};
//! # use async_trait::async_trait;
//! # use aether_contract::Backend;
//! struct Memory(MemoryCache, ManualClock);
//!
//! #[async_trait]
//! impl Backend for Memory {
//!     type Handle = Arc<dyn Cache>;
//!
//!     async fn open() -> Self {
//!         let clock = ManualClock::at(SystemClock.now());
//!         Self(MemoryCache::builder(10_000).clock(clock.clone()).build(), clock)
//!     }
//!
//!     async fn connect(&self) -> Arc<dyn Cache> { Arc::new(self.0.clone()) }
//!
//!     fn clock(&self) -> ManualClock { self.1.clone() }
//! }
//!
//! aether_contract::cache_contract!(Memory);
//! # fn main() {}
//! ```

#![allow(clippy::unwrap_used, reason = "a suite of tests: what is not as promised panics")]

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use aether_core::time::SystemClock;
use aether_realtime::cache::{Cache, CacheAside, CacheAsideBuilder};
use aether_testkit::clock::ManualClock;

use crate::{Backend, suite};

pub mod freshness;
pub mod invalidations;
pub mod loads;
mod source;
pub mod versions;

pub use source::{Gate, Source, SourceFailed};

/// Where a promise is kept.
#[derive(Clone)]
pub struct Stage {
    /// Stands still until a promise moves it.
    pub clock: ManualClock,
    backend: Arc<dyn Backend<Handle = Arc<dyn Cache>>>,
}

impl Stage {
    /// One more process.
    pub async fn process(&self) -> Arc<dyn Cache> {
        self.backend.connect().await
    }

    /// See [`Backend::is_immediate`].
    #[must_use]
    pub fn is_immediate(&self) -> bool {
        self.backend.is_immediate()
    }

    /// Profiles of players: 100 seconds to live, 50 more when the source fails, absence for 10; no jitter,
    /// no early refresh.
    pub fn profiles(&self, cache: &Arc<dyn Cache>) -> CacheAsideBuilder<String> {
        self.entries(cache, "profile")
    }

    /// The same under another name.
    pub fn entries(&self, cache: &Arc<dyn Cache>, entry: &str) -> CacheAsideBuilder<String> {
        CacheAside::builder(cache.clone(), "player", entry)
            .clock(self.clock.clone())
            .time_to_live(Duration::from_secs(100))
            .stale_on_error(Duration::from_secs(50))
            .negative(Duration::from_secs(10))
            .jitter(0.0)
            .refresh_ahead(1.0)
    }

    /// The same, shared by processes; its waits take real time.
    pub fn shared(&self, cache: &Arc<dyn Cache>, wait: Duration) -> CacheAside<String> {
        self.profiles(cache).clock(SystemClock).single_flight_across(wait).build()
    }

    /// Moves the clock.
    pub fn seconds_pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// The text of a value.
pub(crate) fn text<E: std::fmt::Debug>(fetched: Result<Option<Arc<String>>, E>) -> Option<String> {
    fetched.expect("the source or the cache has an answer").map(|value| value.to_string())
}

/// Keeps one promise on an empty cache. What the macro calls.
#[doc(hidden)]
pub async fn keep<B: Backend<Handle = Arc<dyn Cache>>, F: Future<Output = ()>>(
    _: PhantomData<B>,
    name: &str,
    promise: impl FnOnce(Stage) -> F,
) {
    let stage = |backend: Arc<B>| Stage { clock: backend.clock(), backend };
    suite::keep(name, |backend| promise(stage(backend))).await;
}

/// Mounts the suite: one `#[tokio::test]` for each promise of the [cache contract](crate::caches), for a
/// [`Backend`](crate::Backend) whose handle is an `Arc<dyn Cache>`.
#[macro_export]
macro_rules! cache_contract {
    ($backend:ty) => {
        $crate::suite_tests! { caches, $backend;
            loads {
                a_cold_key_is_loaded_once_for_200_callers
                a_cold_key_is_loaded_once_across_processes_when_asked
                callers_of_other_keys_do_not_wait
                a_cancelled_leader_strands_nobody
                a_load_ends_though_nobody_waits_any_more
                a_panicking_load_is_an_error_for_all_who_waited_and_no_more
                a_failing_load_is_an_error_for_all_who_waited_and_no_more
                a_load_that_never_ends_is_given_up
                a_leader_that_is_lost_is_waited_for_up_to_a_bound
                a_leader_that_fails_lets_another_one_load
            }
            freshness {
                a_value_is_loaded_once_while_it_is_fresh
                an_expired_value_is_loaded_again
                an_entry_is_refreshed_before_it_ends
                one_process_refreshes_for_all
                a_failed_refresh_leaves_the_value
                an_absent_value_is_remembered
                an_absent_value_is_asked_for_again_after_its_time
                a_stale_value_is_served_while_the_source_fails_within_the_bound
                after_the_bound_the_error_is_the_callers
                lifetimes_are_spread
                a_clock_set_back_makes_no_entry_live_longer
            }
            versions {
                a_slow_filler_never_overwrites_newer
                a_slow_filler_without_versions_never_overwrites_newer
                a_slow_filler_fills_nothing_after_an_invalidation
                what_a_lagging_source_says_is_not_kept
                an_older_value_never_replaces_a_newer_one
                a_put_is_seen_by_everybody
            }
            invalidations {
                an_invalidated_entry_is_gone_for_everybody
                an_entity_goes_with_all_its_entries
                other_entries_and_entities_stay
                an_old_invalidation_leaves_newer_values
                many_entities_are_invalidated_at_once
                a_remembered_absence_is_forgotten_too
                who_comes_after_an_invalidation_joins_no_older_load
                who_comes_after_an_invalidation_elsewhere_joins_no_older_load
                racing_fills_and_invalidations_leave_nothing_old
                an_id_may_be_any_text
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
            ("freshness", include_str!("caches/freshness.rs")),
            ("invalidations", include_str!("caches/invalidations.rs")),
            ("loads", include_str!("caches/loads.rs")),
            ("versions", include_str!("caches/versions.rs")),
        ];
        assert_all_mounted(include_str!("caches.rs"), "suite_tests", &themes);
    }
}
