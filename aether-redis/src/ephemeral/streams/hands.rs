//! The messages that a consumer has in hand.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

/// Ids of messages that were read and are not settled.
#[derive(Debug, Clone, Default)]
pub(super) struct Hands(Arc<Mutex<HashSet<String>>>);

/// One message in hand, until this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    hands: Hands,
    id: String,
}

impl Hands {
    /// Takes a message; `None` if it is in hand already.
    pub(super) fn take(&self, id: &str) -> Option<Held> {
        let new = self.ids().insert(id.to_owned());
        new.then(|| Held { hands: self.clone(), id: id.to_owned() })
    }

    /// What is in hand.
    pub(super) fn all(&self) -> Vec<String> {
        self.ids().iter().cloned().collect()
    }

    fn ids(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.hands.ids().remove(&self.id);
    }
}
