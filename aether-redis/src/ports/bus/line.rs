//! Whether the bus is up, and why not.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use crate::error::Error;

/// How the connection that listens is: written by the driver, read by those who ask.
#[derive(Debug, Default)]
pub(super) struct Line {
    up: AtomicBool,
    failure: Mutex<Option<String>>,
}

impl Line {
    pub(super) fn is_up(&self) -> bool {
        self.up.load(Ordering::SeqCst)
    }

    pub(super) fn failure(&self) -> Option<String> {
        self.failure.lock().clone()
    }

    /// Whether it was down.
    pub(super) fn rises(&self) -> bool {
        *self.failure.lock() = None;
        !self.up.swap(true, Ordering::SeqCst)
    }

    /// Whether it was up.
    pub(super) fn falls(&self) -> bool {
        self.up.swap(false, Ordering::SeqCst)
    }

    /// Notes why it is down. What no retry heals is told once, as long as it is the same.
    pub(super) fn fails(&self, error: &Error) {
        let text = error.to_string();
        let before = self.failure.lock().replace(text.clone());
        if error.is_transient() {
            tracing::debug!(%error, "the bus is down; trying again");
        } else if before.as_ref() != Some(&text) {
            error.count();
            tracing::error!(%error, "the bus cannot come up");
        }
    }
}
