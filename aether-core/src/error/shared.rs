//! One error for several callers.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// An error that several are told. It reads as the error itself, and has its causes.
#[derive(Clone)]
pub struct SharedError(Arc<dyn StdError + Send + Sync>);

impl SharedError {
    /// Shares an error.
    #[must_use]
    pub fn new(error: Arc<dyn StdError + Send + Sync>) -> Self {
        Self(error)
    }

    /// The error itself.
    #[must_use]
    pub fn get(&self) -> &(dyn StdError + 'static) {
        &*self.0
    }
}

impl fmt::Display for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for SharedError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
