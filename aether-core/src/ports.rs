//! Time and chance as ports, so that tests drive them.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::watch;
use tokio::time::Instant;

/// Tells the time, and waits for it.
pub trait Clock: Send + Sync + Debug + 'static {
    /// Now. May go backwards: nothing in this library relies on it rising.
    fn now(&self) -> DateTime<Utc>;

    /// The time since some fixed moment of this process. Never goes backwards, whatever is done to
    /// [`now`](Clock::now), and goes on while the process stands still.
    fn monotonic(&self) -> Duration {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        ORIGIN.get_or_init(Instant::now).elapsed()
    }

    /// Waits until `span` has passed.
    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }

    fn monotonic(&self) -> Duration {
        (**self).monotonic()
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        (**self).sleep(span)
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still until a test moves it, and wakes whoever waits for the time it reaches.
/// Cloning gives another handle on the same clock.
///
/// ```
/// use aether_core::{Clock, ManualClock};
/// use chrono::TimeDelta;
///
/// let clock = ManualClock::at("2026-01-01T00:00:00Z".parse()?);
/// clock.advance(TimeDelta::hours(2));
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
        self.passed += u64::try_from(time.saturating_sub(self.now)).unwrap_or(0);
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

    /// Moves it, also backwards; [`monotonic`](Clock::monotonic) time then stands still. It stops at the ends of
    /// the calendar.
    pub fn advance(&self, by: TimeDelta) {
        let furthest = if by < TimeDelta::zero() { i64::MIN } else { i64::MAX };
        let by = by.num_microseconds();
        self.0.send_modify(|shown| {
            shown.move_to(by.map_or(furthest, |by| shown.now.saturating_add(by)));
        });
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

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        let mut time = self.0.subscribe();
        let span = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        let until = time.borrow().now.saturating_add(span);
        // a clock that nobody can move any more: the time has come
        Box::pin(async move { drop(time.wait_for(|shown| shown.now >= until).await) })
    }
}

/// Gives random numbers: for ids and for jitter, not for rules of the game.
pub trait Random: Send + Sync + Debug + 'static {
    /// 128 random bits.
    fn next(&self) -> u128;

    /// A number from 0 to 1.
    fn chance(&self) -> f64 {
        (self.next() >> 64) as u64 as f64 / u64::MAX as f64
    }
}

/// The operating system's randomness, through a generator per thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn next(&self) -> u128 {
        let mut rng = rand::rng();
        u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())
    }
}

/// The same numbers on every run: for tests.
#[derive(Debug)]
pub struct SeededRandom(Mutex<rand::rngs::SmallRng>);

impl SeededRandom {
    /// The sequence that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(rand::rngs::SmallRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn next(&self) -> u128 {
        let mut rng = self.0.lock();
        u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())
    }
}

/// A UUID of version 7 from the ports: sorted by time, unique by chance.
pub(crate) fn uuid_v7(clock: &dyn Clock, random: &dyn Random) -> uuid::Uuid {
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or(0);
    let bytes = random.next().to_be_bytes();
    let mut tail = [0_u8; 10];
    tail.copy_from_slice(&bytes[..10]);
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn a_clock_that_is_moved_by_the_longest_span_stops_at_the_end_of_the_calendar() {
        let clock = ManualClock::at(DateTime::UNIX_EPOCH);
        clock.advance(TimeDelta::MIN);
        assert_eq!(clock.now(), Limits::microseconds(DateTime::<Utc>::MIN_UTC));
        clock.advance(TimeDelta::MAX);
        assert_eq!(clock.now(), Limits::microseconds(DateTime::<Utc>::MAX_UTC));
    }
}
