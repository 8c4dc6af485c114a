//! Times, and what is said of them.

use std::time::Duration;

use hdrhistogram::Histogram;
use parking_lot::Mutex;

/// Some times in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

/// Times in microseconds: of the whole run, and since somebody last asked.
#[derive(Debug)]
pub(crate) struct Timer(Mutex<[Histogram<u64>; 2]>);

impl Default for Timer {
    fn default() -> Self {
        #[expect(clippy::unwrap_used, reason = "the bounds are constants")]
        let histogram = || Histogram::new_with_bounds(1, 600_000_000, 3).unwrap();
        Self(Mutex::new([histogram(), histogram()]))
    }
}

impl Timer {
    pub(crate) fn record(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.0.lock().iter_mut().for_each(|histogram| histogram.saturating_record(micros));
    }

    pub(crate) fn whole(&self) -> Times {
        Times::of(&self.0.lock()[0])
    }

    pub(crate) fn take_recent(&self) -> Times {
        let recent = &mut self.0.lock()[1];
        let times = Times::of(recent);
        recent.reset();
        times
    }
}

impl Times {
    fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1000.0;
        Self { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: histogram.max() as f64 / 1000.0 }
    }
}
