//! The metrics of this crate, described for the recorder that a program installs.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Describes all metrics of this crate to the recorder that is installed. To be called once, right after that was. What each
/// one says, and the alert to set on it, is in `docs/metrics.md`.
pub fn describe() {
    describe_counter!(
        "aether_redis_bus_received_total",
        Unit::Count,
        "Messages that the bus has received"
    );
    describe_counter!(
        "aether_redis_bus_missed_total",
        Unit::Count,
        "Messages that were lost on the way"
    );
    describe_counter!(
        "aether_redis_bus_interruptions_total",
        Unit::Count,
        "Times that the connection of the bus broke"
    );
    describe_gauge!(
        "aether_redis_bus_channels",
        Unit::Count,
        "Channels that this process listens to"
    );
    describe_counter!("aether_redis_bus_sent_total", Unit::Count, "Messages that were sent");
    describe_counter!(
        "aether_redis_sessions_created_total",
        Unit::Count,
        "Sessions that were begun"
    );
    describe_counter!(
        "aether_redis_sessions_revoked_total",
        Unit::Count,
        "Sessions that were ended before their time"
    );
    describe_counter!(
        "aether_redis_cache_bytes_total",
        Unit::Count,
        "Bytes of cached values, plain and as they are stored"
    );
    describe_counter!(
        "aether_redis_cache_unreadable_total",
        Unit::Count,
        "Cached values that could not be read, and were loaded again"
    );
    describe_gauge!(
        "aether_redis_cache_tracking",
        Unit::Count,
        "1 while Redis tells this process of invalidations, else 0"
    );
    describe_counter!(
        "aether_redis_cache_dropped_total",
        Unit::Count,
        "Times that the near cache was emptied, since invalidations may have been missed"
    );
    describe_counter!(
        "aether_redis_cache_invalidations_total",
        Unit::Count,
        "Entries that other processes have invalidated"
    );
    describe_gauge!(
        "aether_redis_breaker_state",
        Unit::Count,
        "0 closed, 1 half open, 2 open: calls fail at once"
    );
    describe_counter!("aether_redis_errors_total", Unit::Count, "Errors of Redis");
    describe_counter!(
        "aether_redis_writes_total",
        Unit::Count,
        "Guarded writes of live state: applied, stale or missing"
    );
    describe_gauge!("aether_redis_presence_online", Unit::Count, "Players that are online");
    describe_histogram!(
        "aether_redis_command_duration_seconds",
        Unit::Seconds,
        "How long calls of Redis take"
    );
    describe_gauge!("aether_redis_connections", Unit::Count, "Connections that stand");
    describe_counter!(
        "aether_redis_reconnects_total",
        Unit::Count,
        "Connections that had to be made again"
    );
    describe_counter!("aether_redis_rate_limit_total", Unit::Count, "Questions to rate limits");
    describe_counter!(
        "aether_redis_cooldowns_total",
        Unit::Count,
        "Cooldowns that were started or refused"
    );
    describe_counter!(
        "aether_redis_stream_handled_total",
        Unit::Count,
        "Messages of streams that were handled"
    );
    describe_counter!(
        "aether_redis_stream_failed_total",
        Unit::Count,
        "Attempts to handle a message that failed"
    );
    describe_counter!(
        "aether_redis_stream_buried_total",
        Unit::Count,
        "Messages that were given up, as dead messages"
    );
    describe_counter!(
        "aether_redis_stream_claimed_total",
        Unit::Count,
        "Messages that were taken over from a consumer that is silent"
    );
    describe_gauge!("aether_redis_stream_pending", Unit::Count, "Messages that are being handled");
    describe_gauge!(
        "aether_redis_stream_unread",
        Unit::Count,
        "Messages that no consumer has read yet"
    );
    describe_counter!("aether_redis_stream_added_total", Unit::Count, "Messages that were added");
    describe_counter!(
        "aether_redis_stream_doubles_total",
        Unit::Count,
        "Messages that were there already, and left out"
    );
    describe_counter!(
        "aether_redis_stream_trimmed_total",
        Unit::Count,
        "Messages that were cut off the end"
    );
    describe_counter!(
        "aether_redis_stream_trimmed_unread_total",
        Unit::Count,
        "Cuts that took messages which a group had not read"
    );
    describe_counter!(
        "aether_redis_leaderboard_rebuilds_total",
        Unit::Count,
        "Rebuilds of leaderboards"
    );
    describe_counter!(
        "aether_redis_leaderboard_changes_total",
        Unit::Count,
        "Changes of leaderboards: applied, stale or late"
    );
}
