//! How fast a rebuild is.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use aether_core::Position;

/// Measures the pace over the last seconds.
#[derive(Debug, Default)]
pub(super) struct Pace {
    samples: VecDeque<(Instant, u64, Position)>,
}

impl Pace {
    const WINDOW: Duration = Duration::from_secs(10);

    /// Takes note, and tells events per second and the time until `target`.
    pub(super) fn note(
        &mut self,
        events: u64,
        position: Position,
        target: Position,
    ) -> (f64, Option<Duration>) {
        let now = Instant::now();
        while self.samples.len() > 1
            && self.samples.front().is_some_and(|(at, ..)| now - *at > Self::WINDOW)
        {
            self.samples.pop_front();
        }
        self.samples.push_back((now, events, position));
        let Some((begun, first, from)) = self.samples.front() else { return (0.0, None) };
        let seconds = (now - *begun).as_secs_f64();
        if seconds < 0.001 {
            return (0.0, None);
        }
        let speed = position.get().saturating_sub(from.get()) as f64 / seconds;
        let left = target.get().saturating_sub(position.get()) as f64;
        let eta = if left == 0.0 { Some(0.0) } else { (speed > 0.0).then(|| left / speed) };
        let eta = eta.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        ((events - first) as f64 / seconds, eta)
    }
}
