//! How many frames a client may send: a bucket per socket.

use std::time::Instant;

use crate::auth::buckets::Bucket;

/// Frames at once, and per second.
const BURST: u32 = 200;
const PER_SECOND: f64 = 50.0;

/// What is left.
#[derive(Debug)]
pub(super) struct Budget(Bucket);

impl Budget {
    pub(super) fn new(now: Instant) -> Self {
        Self(Bucket::full(BURST, now))
    }

    /// Takes a frame; false if there is none.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        self.0.take(BURST, PER_SECOND, now).is_ok()
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
