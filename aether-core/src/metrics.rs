//! The metrics of this crate, described for the recorder that a program installs.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Describes all metrics of this crate to the recorder that is installed. To be called once, right after that was. What each
/// one says, and the alert to set on it, is in `docs/metrics.md`.
pub fn describe() {
    describe_histogram!(
        "aether_command_duration_seconds",
        Unit::Seconds,
        "How long commands take, retries included. A unit over several aggregates is aggregate='unit'"
    );
    describe_counter!(
        "aether_command_conflicts_total",
        Unit::Count,
        "Commands and units that were decided again, since another process had changed the aggregate"
    );
    describe_counter!(
        "aether_aggregate_cache_hits_total",
        Unit::Count,
        "Loads that the cache of aggregates answered"
    );
    describe_counter!(
        "aether_aggregate_cache_misses_total",
        Unit::Count,
        "Loads that went to the store"
    );
    describe_counter!(
        "aether_snapshots_left_out_total",
        Unit::Count,
        "Snapshots that were due and not taken, since others were being taken"
    );
    describe_counter!("aether_job_runs_total", Unit::Count, "Runs of maintenance jobs");
    describe_histogram!(
        "aether_process_task_duration_seconds",
        Unit::Seconds,
        "How long commands and timers of processes take"
    );
    describe_counter!(
        "event_handler_processed_total",
        Unit::Count,
        "Events that a projection or a live handler has taken"
    );
    describe_counter!(
        "event_handler_failed_total",
        Unit::Count,
        "Batches and events that a handler refused, each attempt counted"
    );
    describe_counter!(
        "event_handler_dlq_total",
        Unit::Count,
        "Events that were parked as dead letters"
    );
    describe_histogram!(
        "event_handler_processing_duration_seconds",
        Unit::Seconds,
        "How long a batch takes, with its transaction"
    );
    describe_gauge!(
        "projection_lag_events",
        Unit::Count,
        "How many positions a projection is behind the end of the log"
    );
    describe_gauge!(
        "projection_lag_seconds",
        Unit::Seconds,
        "How old the last event was when it was projected"
    );
}
