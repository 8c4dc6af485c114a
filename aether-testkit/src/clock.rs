//! A clock that tests move.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aether_core::time::Clock;
use chrono::{DateTime, Utc};
use tokio::sync::watch;

/// A clock that stands still until a test moves it, and wakes those who wait for the time it reaches.
/// Cloning gives another handle on the same clock.
///
/// ```
/// use aether_core::time::Clock;
/// use aether_testkit::clock::ManualClock;
/// use std::time::Duration;
///
/// let clock = ManualClock::at("2026-01-01T00:00:00Z".parse()?);
/// clock.advance(Duration::from_hours(2));
/// assert_eq!(clock.now().to_rfc3339(), "2026-01-01T02:00:00+00:00");
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<watch::Sender<Shown>>);

/// In microseconds.
#[derive(Debug, Clone, Copy)]
struct Shown {
    now: i64,
    /// How far it was moved forward, all in all.
    passed: u64,
}

impl Shown {
    fn move_to(&mut self, time: i64) {
        let first = DateTime::<Utc>::MIN_UTC.timestamp_micros();
        let last = DateTime::<Utc>::MAX_UTC.timestamp_micros();
        let time = time.clamp(first, last);
        if time > self.now {
            self.passed = self.passed.saturating_add(time.abs_diff(self.now));
        }
        self.now = time;
    }
}

impl ManualClock {
    /// A clock that shows `time`, to the microsecond.
    #[must_use]
    pub fn at(time: DateTime<Utc>) -> Self {
        let shown = Shown { now: time.timestamp_micros(), passed: 0 };
        Self(Arc::new(watch::Sender::new(shown)))
    }

    /// Moves it forward. It stops at the end of the calendar.
    pub fn advance(&self, by: Duration) {
        self.0.send_modify(|shown| shown.move_to(shown.now.saturating_add_unsigned(micros(by))));
    }

    /// Moves it back; [`monotonic`](Clock::monotonic) time stands still then. It stops at the beginning of the calendar.
    pub fn set_back(&self, by: Duration) {
        self.0.send_modify(|shown| shown.move_to(shown.now.saturating_sub_unsigned(micros(by))));
    }

    /// Sets it.
    pub fn set(&self, time: DateTime<Utc>) {
        self.0.send_modify(|shown| shown.move_to(time.timestamp_micros()));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.borrow().now).unwrap_or_default()
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.0.borrow().passed)
    }

    fn sleep(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut time = self.0.subscribe();
        let until = time.borrow().now.saturating_add_unsigned(micros(span));
        // a clock that nobody can move any more: the time has come
        Box::pin(async move { drop(time.wait_for(|shown| shown.now >= until).await) })
    }
}

/// The whole calendar is less than the most that fits.
fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use aether_core::log::Limits;

    use super::*;

    #[test]
    fn a_clock_that_is_moved_by_the_longest_span_stops_at_the_end_of_the_calendar() {
        let clock = ManualClock::at(DateTime::UNIX_EPOCH);
        clock.set_back(Duration::MAX);
        assert_eq!(clock.now(), Limits::microseconds(DateTime::<Utc>::MIN_UTC));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Limits::microseconds(DateTime::<Utc>::MAX_UTC));
    }
}
