//! How many frames a client may send: a bucket per socket.

use std::time::Instant;

/// Frames at once, and per second.
const BURST: f64 = 200.0;
const PER_SECOND: f64 = 50.0;

/// What is left.
#[derive(Debug)]
pub(super) struct Budget {
    frames: f64,
    at: Instant,
}

impl Budget {
    pub(super) fn new(now: Instant) -> Self {
        Self { frames: BURST, at: now }
    }

    /// Takes a frame; false if there is none.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * PER_SECOND;
        self.frames = (self.frames + gained).min(BURST);
        self.at = now;
        let has = self.frames >= 1.0;
        if has {
            self.frames -= 1.0;
        }
        has
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_socket_has_its_burst_and_then_what_comes() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        assert!((0..200).all(|_| budget.take(now)));
        assert!(!budget.take(now));
        assert!(budget.take(now + Duration::from_millis(20)));
        assert!(!budget.take(now + Duration::from_millis(20)));
    }
}
