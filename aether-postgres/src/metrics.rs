//! The metrics of this crate, described for the recorder that a program installs.

use metrics::{Unit, describe_counter, describe_histogram};

/// Describes all metrics of this crate to the recorder that is installed. To be called once, right after that was. What each
/// one says, and the alert to set on it, is in `docs/metrics.md`.
pub fn describe() {
    describe_counter!(
        "aether_append_refused_total",
        Unit::Count,
        "Appends that a full queue did not take"
    );
    describe_histogram!(
        "aether_append_batch_requests",
        Unit::Count,
        "Requests that share a transaction"
    );
    describe_histogram!(
        "aether_append_batch_duration_seconds",
        Unit::Seconds,
        "How long a batch takes to be stored, its flush included"
    );
    describe_counter!(
        "aether_append_contended_total",
        Unit::Count,
        "Appends that waited for a transaction of somebody else"
    );
    describe_counter!(
        "aether_fences_refused_total",
        Unit::Count,
        "Writes of holders of a lock that came too late"
    );
}
