//! Arithmetic with settings that may be as long as `Duration::MAX`: it ends at the end of time, not in a panic.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// Longer than any process runs.
pub const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);

/// A time so much later, or the end of time.
#[must_use]
pub fn later(time: DateTime<Utc>, span: Duration) -> DateTime<Utc> {
    let span = TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
    time.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A moment so much later, or one that no process sees.
#[must_use]
pub fn moment(now: Instant, span: Duration) -> Instant {
    now + span.min(CENTURY)
}

/// A part of a span, or somewhat more than it.
#[must_use]
pub fn part(span: Duration, share: f64) -> Duration {
    Duration::try_from_secs_f64(span.as_secs_f64() * share).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_spans_end_at_the_end_of_time() {
        assert_eq!(later(DateTime::UNIX_EPOCH, Duration::MAX), DateTime::<Utc>::MAX_UTC);
        assert!(moment(Instant::now(), Duration::MAX) > Instant::now());
        for share in [0.5, 1.0, 1.25] {
            assert!(part(Duration::MAX, share) >= Duration::MAX / 2);
        }
        assert_eq!(part(Duration::from_secs(4), 0.5), Duration::from_secs(2));
    }
}
