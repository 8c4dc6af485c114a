//! Pauses between attempts.
//!
//! Of our own, and not from a crate, for two things: chance comes from [`Random`], so that a seeded run repeats itself,
//! and a [`Patience`] counts the time that attempts take, not only that of the pauses.

use std::time::Duration;

use tokio::time::Instant;

use crate::backend::span::{moment, part};
use crate::error::{Error, Result};
use crate::ports::{Random, SystemRandom};

/// Growing pauses: each twice as long as the one before, up to a longest, and [jittered].
///
/// ```
/// use std::time::Duration;
/// use aether_core::backend::Backoff;
/// use aether_core::time::SeededRandom;
///
/// let random = SeededRandom::new(7);
/// let mut backoff = Backoff::new(Duration::from_millis(10), Duration::from_secs(1));
/// assert!((5..=10).contains(&backoff.pause(&random).as_millis()));
/// assert!((10..=20).contains(&backoff.pause(&random).as_millis()));
/// backoff.reset();
/// assert!((5..=10).contains(&backoff.pause(&random).as_millis()));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    pauses: u32,
}

impl Backoff {
    /// Pauses from `first` to `longest`.
    #[must_use]
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, pauses: 0 }
    }

    /// Pauses that begin with `first` and are doubled ten times.
    #[must_use]
    pub const fn doubling(first: Duration) -> Self {
        Self::new(first, first.saturating_mul(1 << 10))
    }

    /// Continues where this many pauses have been made: for attempts that are counted elsewhere.
    #[must_use]
    pub const fn after(self, pauses: u32) -> Self {
        Self { pauses, ..self }
    }

    /// How long to wait before the next attempt.
    pub fn pause(&mut self, random: &dyn Random) -> Duration {
        let factor = 1_u32.checked_shl(self.pauses).unwrap_or(u32::MAX);
        self.pauses = self.pauses.saturating_add(1);
        jittered(self.first.saturating_mul(factor).min(self.longest), random)
    }

    /// Begins with the first pause again.
    pub const fn reset(&mut self) {
        self.pauses = 0;
    }
}

/// Between half of a span and all of it, so that many who wait do not come back in step.
pub fn jittered(span: Duration, random: &dyn Random) -> Duration {
    part(span, 0.5 + random.chance() / 2.0)
}

/// Growing pauses between attempts that fail because the store is away, up to a deadline.
#[derive(Debug)]
pub struct Patience {
    span: Duration,
    deadline: Instant,
    backoff: Backoff,
}

impl Patience {
    /// From now on for this long; for ever with [`Duration::MAX`].
    #[must_use]
    pub fn new(span: Duration) -> Self {
        let backoff = Backoff::new(Duration::from_millis(5), Duration::from_secs(1));
        Self { span, deadline: moment(Instant::now(), span), backoff }
    }

    /// Begins anew, after an attempt that has come further.
    pub fn renew(&mut self) {
        *self = Self::new(self.span);
    }

    /// Waits after a failed attempt.
    ///
    /// # Errors
    ///
    /// The error itself, when the patience is at its end.
    pub async fn after(&mut self, error: Error) -> Result<()> {
        let pause = self.backoff.pause(&SystemRandom);
        if moment(Instant::now(), pause) > self.deadline {
            return Err(error);
        }
        tracing::debug!(%error, ?pause, "the store is not available; waiting");
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Makes a call again until it succeeds, fails for good, or the patience is at its end.
    ///
    /// # Errors
    ///
    /// That of the last call.
    pub async fn retry<T, F>(mut self, mut call: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        loop {
            match call().await {
                Err(error) if error.is_transient() => self.after(error).await?,
                result => return result,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::SeededRandom;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_double_up_to_the_longest_and_never_pass_it() {
        let random = SeededRandom::new(1);
        let mut backoff = Backoff::new(SECOND, SECOND * 60);
        for full in [1, 2, 4, 8, 16, 32, 60, 60].map(|seconds| SECOND * seconds) {
            let pause = backoff.pause(&random);
            assert!(full / 2 <= pause && pause <= full, "{pause:?} of {full:?}");
        }
        for pauses in [31, 32, u32::MAX] {
            let pause = Backoff::new(SECOND, Duration::MAX).after(pauses).pause(&random);
            assert!(pause >= SECOND * (1 << 30), "{pause:?} after {pauses}");
        }
    }

    #[test]
    fn a_seeded_run_makes_the_same_pauses_again_and_they_differ_from_each_other() {
        let pauses = || {
            let (random, mut backoff) = (SeededRandom::new(3), Backoff::new(SECOND, SECOND));
            std::array::from_fn::<_, 8, _>(|_| backoff.pause(&random))
        };
        assert_eq!(pauses(), pauses());
        assert!(pauses().windows(2).all(|two| two[0] != two[1]));
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_at_its_deadline_and_begins_anew_after_progress() {
        let away = || Error::Unavailable { source: "away".into() };
        let begun = Instant::now();
        let mut patience = Patience::new(SECOND * 10);
        let mut renewed = false;
        loop {
            match patience.after(away()).await {
                Ok(()) => {}
                Err(_) if !renewed => {
                    assert!(begun.elapsed() <= SECOND * 10 && begun.elapsed() >= SECOND * 9);
                    patience.renew();
                    renewed = true;
                }
                Err(error) => {
                    assert!(error.is_transient());
                    break;
                }
            }
        }
        assert!(begun.elapsed() >= SECOND * 18);
    }
}
