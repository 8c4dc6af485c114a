//! The circuit breaker: a Redis that does not answer is not asked for a while.
//!
//! It opens after [`threshold`](Limits::threshold) failures in a row (time-outs, broken connections)
//! within a window. While it is open nothing is sent but one `PING` after each pause, by a task of its own:
//! no caller is ever the one who tries whether Redis is back. The first answer closes it.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use metrics::Gauge;
use parking_lot::{Mutex, MutexGuard};

use super::health::Circuit;

/// Closed, and no failure since the last answer: all that a healthy call looks at.
const QUIET: u8 = 0;
/// Closed, with failures in a row.
const COUNTING: u8 = 1;
const HALF_OPEN: u8 = 2;
const OPEN: u8 = 3;

/// When to open, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// This many failures in a row; 0 for never.
    pub(super) threshold: u32,
    /// All of them within this time.
    pub(super) window: Duration,
    /// The time between two probes.
    pub(super) pause: Duration,
}

/// Counts failures and says whether calls may go through.
pub(super) struct Breaker {
    limits: Limits,
    state: AtomicU8,
    row: Mutex<Row>,
    /// What `probe_at` counts from.
    epoch: Instant,
    /// When the next probe is due, in nanoseconds since `epoch`.
    probe_at: AtomicU64,
    gauge: Gauge,
}

/// Failures without an answer in between.
struct Row {
    first: Instant,
    failures: u32,
}

impl Breaker {
    pub(super) fn new(limits: Limits, gauge: Gauge) -> Self {
        let epoch = Instant::now();
        gauge.set(0.0);
        Self {
            limits,
            state: AtomicU8::new(QUIET),
            row: Mutex::new(Row { first: epoch, failures: 0 }),
            epoch,
            probe_at: AtomicU64::new(0),
            gauge,
        }
    }

    pub(super) const fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether calls may go through; otherwise how long until the next probe. One relaxed load while all
    /// is well.
    pub(super) fn check(&self) -> Result<(), Duration> {
        if self.state.load(Ordering::Relaxed) <= COUNTING {
            return Ok(());
        }
        let due = self.epoch + Duration::from_nanos(self.probe_at.load(Ordering::Relaxed));
        Err(due.saturating_duration_since(Instant::now()))
    }

    /// Redis answered. One relaxed load while all is well.
    pub(super) fn answered(&self) {
        if self.state.load(Ordering::Relaxed) == COUNTING {
            let mut row = self.row();
            if self.state.load(Ordering::Relaxed) == COUNTING {
                row.failures = 0;
                self.state.store(QUIET, Ordering::Relaxed);
            }
        }
    }

    /// Redis did not answer. `true` for the one failure that opens the circuit: its caller starts the
    /// prober.
    pub(super) fn failed(&self) -> bool {
        let mut row = self.row();
        if self.limits.threshold == 0 || self.state.load(Ordering::Relaxed) > COUNTING {
            return false;
        }
        let now = Instant::now();
        if row.failures == 0 || now.duration_since(row.first) > self.limits.window {
            *row = Row { first: now, failures: 0 };
        }
        row.failures += 1;
        if row.failures < self.limits.threshold {
            self.state.store(COUNTING, Ordering::Relaxed);
            return false;
        }
        row.failures = 0;
        self.enter(OPEN);
        true
    }

    /// Stays open: the next probe comes after `pause`.
    pub(super) fn wait(&self, pause: Duration) {
        let due = self.epoch.elapsed() + pause;
        self.probe_at.store(u64::try_from(due.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.enter(OPEN);
    }

    /// A probe is under way.
    pub(super) fn probing(&self) {
        self.enter(HALF_OPEN);
    }

    /// Redis is back.
    pub(super) fn close(&self) {
        let mut row = self.row();
        row.failures = 0;
        self.enter(QUIET);
    }

    pub(super) fn circuit(&self) -> Circuit {
        match self.state.load(Ordering::Relaxed) {
            QUIET | COUNTING => Circuit::Closed,
            HALF_OPEN => Circuit::HalfOpen,
            _ => Circuit::Open,
        }
    }

    fn enter(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
        self.gauge.set(match self.circuit() {
            Circuit::Closed => 0.0,
            Circuit::HalfOpen => 1.0,
            Circuit::Open => 2.0,
        });
    }

    fn row(&self) -> MutexGuard<'_, Row> {
        self.row.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker(threshold: u32, window: Duration) -> Breaker {
        Breaker::new(Limits { threshold, window, pause: Duration::from_secs(1) }, Gauge::noop())
    }

    #[test]
    fn failures_in_a_row_open_it_once() {
        let breaker = breaker(3, Duration::from_secs(60));
        assert!(!breaker.failed());
        assert!(!breaker.failed());
        assert!(breaker.check().is_ok());
        assert!(breaker.failed(), "the third one opens it");
        breaker.wait(Duration::from_secs(1));
        assert!(breaker.check().unwrap_err() <= Duration::from_secs(1));
        assert!(!breaker.failed(), "late failures do not start a second prober");
        assert_eq!(breaker.circuit(), Circuit::Open);
    }

    #[test]
    fn an_answer_in_between_starts_the_row_again() {
        let breaker = breaker(2, Duration::from_secs(60));
        for _ in 0..10 {
            assert!(!breaker.failed());
            breaker.answered();
        }
        assert_eq!(breaker.circuit(), Circuit::Closed);
    }

    #[test]
    fn failures_that_lie_far_apart_are_no_row() {
        let breaker = breaker(2, Duration::ZERO);
        for _ in 0..10 {
            assert!(!breaker.failed());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn an_answer_to_an_old_call_does_not_close_it() {
        let breaker = breaker(1, Duration::from_secs(60));
        assert!(breaker.failed());
        breaker.answered();
        assert!(breaker.check().is_err());
        breaker.probing();
        assert!(breaker.check().is_err(), "nobody goes along with the probe");
        breaker.close();
        assert!(breaker.check().is_ok());
    }

    #[test]
    fn a_threshold_of_zero_switches_it_off() {
        let breaker = breaker(0, Duration::from_secs(60));
        assert!((0..100).all(|_| !breaker.failed()));
        assert!(breaker.check().is_ok());
    }
}
