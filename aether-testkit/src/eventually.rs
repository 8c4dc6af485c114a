//! Waiting for a condition with a deadline: what tests do instead of sleeping.

use std::time::{Duration, Instant};

/// How long [`eventually`] tries and [`within_deadline`] waits: far longer than anything takes that happens at all.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Asks again and again until the answer is `Some`, and returns what is inside.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// let asked = AtomicU32::new(0);
/// let third = aether_testkit::eventually("it was asked three times", async || {
///     let count = asked.fetch_add(1, Ordering::SeqCst) + 1;
///     (count == 3).then_some(count)
/// });
/// assert_eq!(third.await, 3);
/// # });
/// ```
///
/// # Panics
///
/// After [`DEADLINE`], with `what` was waited for. Outside of a tokio runtime with time.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let mut patience = Patience::new();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        patience.pause(what).await;
    }
}

/// The pauses between attempts and their end, for loops that [`eventually`] does not fit.
#[derive(Debug)]
pub struct Patience {
    begun: Instant,
    pause: Duration,
}

impl Patience {
    /// Waiting begins.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it begins when it is made")]
    pub fn new() -> Self {
        Self { begun: Instant::now(), pause: Duration::from_micros(200) }
    }

    /// Waits a little before the next attempt: 0.2 ms at first, 20 ms at most.
    ///
    /// # Panics
    ///
    /// After [`DEADLINE`], with `what` was waited for. Outside of a tokio runtime with time.
    pub async fn pause(&mut self, what: &str) {
        assert!(self.begun.elapsed() < DEADLINE, "waited {DEADLINE:?} in vain: {what}");
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(Duration::from_millis(20));
    }
}

/// Gives a future [`DEADLINE`] to finish.
///
/// # Panics
///
/// After [`DEADLINE`], with `what` was waited for. Outside of a tokio runtime with time.
pub async fn within_deadline<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(output) => output,
        Err(_) => panic!("waited {DEADLINE:?} in vain: {what}"),
    }
}
