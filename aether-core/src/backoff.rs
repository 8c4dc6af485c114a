//! Pauses between attempts.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, Result};
use crate::span::moment;

/// Growing pauses between attempts, up to a deadline.
#[derive(Debug)]
pub struct Patience {
    span: Duration,
    deadline: Instant,
    next: Duration,
}

impl Patience {
    /// From now on for this long; for ever with [`Duration::MAX`].
    #[must_use]
    pub fn new(span: Duration) -> Self {
        Self { span, deadline: moment(Instant::now(), span), next: Duration::from_millis(5) }
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
        if moment(Instant::now(), self.next) > self.deadline {
            return Err(error);
        }
        tracing::debug!(%error, pause = ?self.next, "the store is not available; waiting");
        tokio::time::sleep(self.next).await;
        self.next = (self.next * 2).min(Duration::from_secs(1));
        Ok(())
    }
}
