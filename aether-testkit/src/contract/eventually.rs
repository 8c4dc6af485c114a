//! Waiting for a condition with a deadline: what tests do instead of sleeping.

use std::time::{Duration, Instant};

/// How long [`eventually`] tries: far longer than anything takes that happens at all.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Asks again and again until the answer is `Some`, and returns what is inside.
///
/// # Panics
///
/// After [`DEADLINE`], with `what` was waited for.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let mut patience = Patience::new();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        patience.pause(what).await;
    }
}

/// The pauses between attempts, and their end.
pub(crate) struct Patience {
    begun: Instant,
    pause: Duration,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), pause: Duration::from_micros(200) }
    }

    /// Waits a little before the next attempt; panics when there were enough.
    pub(crate) async fn pause(&mut self, what: &str) {
        assert!(self.begun.elapsed() < DEADLINE, "waited {DEADLINE:?} in vain: {what}");
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(Duration::from_millis(20));
    }
}

/// Gives a future [`DEADLINE`] to finish.
///
/// # Panics
///
/// After [`DEADLINE`], with `what` was waited for.
pub(crate) async fn within_deadline<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(output) => output,
        Err(_) => panic!("waited {DEADLINE:?} in vain: {what}"),
    }
}
