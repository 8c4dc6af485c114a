//! Token buckets of this process: of a socket, and of everybody while Redis is away.

use std::time::{Duration, Instant};

use moka::sync::Cache;
use parking_lot::Mutex;
use std::sync::Arc;

/// Subjects that are remembered; those not seen for longest are forgotten.
const SUBJECTS: u64 = 10_000;
/// After that long a bucket is full again, whatever its limit.
const FULL: Duration = Duration::from_secs(600);

/// How full a bucket was, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    /// A full one.
    pub(crate) fn full(burst: u32, now: Instant) -> Self {
        Self { tokens: f64::from(burst), at: now }
    }

    /// Takes a token, or says when there is one.
    pub(crate) fn take(
        &mut self,
        burst: u32,
        per_second: f64,
        now: Instant,
    ) -> Result<(), Duration> {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * per_second;
        self.tokens = (self.tokens + gained).min(f64::from(burst));
        self.at = now;
        if self.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.tokens) / per_second));
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

/// Buckets by limit and subject.
pub(super) struct Buckets(Cache<String, Arc<Mutex<Bucket>>>);

impl Buckets {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(SUBJECTS).time_to_idle(FULL).build())
    }

    /// Takes a token, or says when there is one.
    pub(super) fn take(
        &self,
        key: String,
        burst: u32,
        per_second: f64,
        now: Instant,
    ) -> Result<(), Duration> {
        let bucket = self.0.get_with(key, || Arc::new(Mutex::new(Bucket::full(burst, now))));
        bucket.lock().take(burst, per_second, now)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> u64 {
        self.0.run_pending_tasks();
        self.0.entry_count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_what_comes() {
        let buckets = Buckets::new();
        let now = Instant::now();
        let take = |now| buckets.take("a".to_owned(), 3, 2.0, now);
        assert!((0..3).all(|_| take(now).is_ok()));
        assert_eq!(take(now), Err(Duration::from_millis(500)));
        assert_eq!(take(now + Duration::from_millis(500)), Ok(()));
        assert!(take(now + Duration::from_millis(500)).is_err());
        assert!(buckets.take("b".to_owned(), 3, 2.0, now).is_ok());
    }

    #[test]
    fn any_number_of_subjects_takes_bounded_room() {
        let buckets = Buckets::new();
        for subject in 0..30_000 {
            let _ = buckets.take(subject.to_string(), 1, 1.0, Instant::now());
        }
        assert!(buckets.len() <= SUBJECTS, "{}", buckets.len());
    }
}
