//! Token buckets of this process, for while Redis is away.

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
struct Level {
    tokens: f64,
    at: Instant,
}

/// Buckets by limit and subject.
pub(super) struct Buckets(Cache<String, Arc<Mutex<Level>>>);

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
        let full = || Arc::new(Mutex::new(Level { tokens: f64::from(burst), at: now }));
        let level = self.0.get_with(key, full);
        let mut level = level.lock();
        let gained = now.saturating_duration_since(level.at).as_secs_f64() * per_second;
        let tokens = (level.tokens + gained).min(f64::from(burst));
        *level = Level { tokens, at: now };
        if tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - tokens) / per_second));
        }
        level.tokens -= 1.0;
        Ok(())
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
