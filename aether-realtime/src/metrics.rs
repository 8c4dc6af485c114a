//! The metrics of this crate, described for the recorder that a program installs.

use metrics::{Unit, describe_counter, describe_histogram};

/// Describes all metrics of this crate to the recorder that is installed. To be called once, right after that was. What each
/// one says, and the alert to set on it, is in `docs/metrics.md`.
pub fn describe() {
    describe_counter!(
        "aether_bus_lagged_total",
        Unit::Count,
        "Listeners that were too slow, and missed messages of the bus"
    );
    describe_counter!(
        "aether_bus_published_total",
        Unit::Count,
        "Messages that the announcer has sent"
    );
    describe_counter!(
        "aether_bus_skipped_total",
        Unit::Count,
        "Messages that nobody was told, since no channel wanted them"
    );
    describe_counter!(
        "aether_feed_foreign_notices_total",
        Unit::Count,
        "Messages of another store or another definition of a channel"
    );
    describe_counter!(
        "aether_feed_messages_total",
        Unit::Count,
        "Messages that feeds have handed on, from the bus or from the store"
    );
    describe_counter!(
        "aether_feed_catch_ups_total",
        Unit::Count,
        "Times that a feed read the log for what it had missed"
    );
    describe_counter!(
        "aether_feed_store_reads_total",
        Unit::Count,
        "Reads of the log on behalf of feeds"
    );
    describe_histogram!(
        "aether_lock_wait_seconds",
        Unit::Seconds,
        "How long holders waited for a lock"
    );
    describe_counter!(
        "aether_lock_timeouts_total",
        Unit::Count,
        "Locks that were not taken in time"
    );
    describe_counter!("aether_locks_taken_total", Unit::Count, "Locks that were taken");
    describe_counter!(
        "aether_locks_lost_total",
        Unit::Count,
        "Locks that were lost while they were held"
    );
    describe_counter!("aether_cache_hits_total", Unit::Count, "Values that the cache had");
    describe_counter!(
        "aether_cache_misses_total",
        Unit::Count,
        "Values that the cache did not have"
    );
    describe_counter!(
        "aether_cache_coalesced_total",
        Unit::Count,
        "Look-ups that waited for a load of somebody else in this process"
    );
    describe_counter!(
        "aether_cache_filled_elsewhere_total",
        Unit::Count,
        "Look-ups that found what another process had just filled in"
    );
    describe_counter!("aether_cache_loads_total", Unit::Count, "Loads from the source");
    describe_counter!("aether_cache_source_errors_total", Unit::Count, "Loads that failed");
    describe_counter!("aether_cache_fills_total", Unit::Count, "Values that were filled in");
    describe_counter!(
        "aether_cache_outdated_fills_total",
        Unit::Count,
        "Values that were not filled in, since they had been invalidated meanwhile"
    );
    describe_counter!(
        "aether_cache_oversized_total",
        Unit::Count,
        "Values that were too large for the cache"
    );
    describe_counter!(
        "aether_cache_refreshes_total",
        Unit::Count,
        "Values that were loaded again before they ran out"
    );
    describe_counter!(
        "aether_cache_stale_serves_total",
        Unit::Count,
        "Old values that were served while the source was away"
    );
    describe_counter!(
        "aether_cache_errors_total",
        Unit::Count,
        "Calls of the cache that failed; the source was asked instead"
    );
    describe_histogram!("aether_cache_lookup_seconds", Unit::Seconds, "How long look-ups take");
    describe_histogram!(
        "aether_cache_load_seconds",
        Unit::Seconds,
        "How long loads from the source take"
    );
    describe_counter!(
        "aether_cache_evictions_total",
        Unit::Count,
        "Values that the cache in process has dropped for want of room"
    );
}
