//! A store that counts conflicts on their way past.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use aether_core::Result;
use aether_core::backend::{CommandIds, EventStore, LogIdentity, Snapshots, forward};
use aether_core::log::{Append, Appended};
use async_trait::async_trait;

/// The store underneath, with a counter: the engine retries conflicts before anybody sees them.
#[derive(Clone)]
pub(crate) struct Counted {
    store: Arc<dyn EventStore>,
    conflicts: Arc<AtomicU64>,
}

impl Counted {
    pub(crate) fn new(store: impl EventStore) -> Self {
        Self { store: Arc::new(store), conflicts: Arc::default() }
    }

    /// How many there were.
    pub(crate) fn conflicts(&self) -> Arc<AtomicU64> {
        self.conflicts.clone()
    }
}

#[async_trait]
impl EventStore for Counted {
    forward! { |self| self.store; load, read, wait, end, newest, coordinator, close }

    async fn append(&self, append: Append) -> Result<Appended> {
        let result = self.store.append(append).await;
        if result.as_ref().is_err_and(aether_core::Error::is_conflict) {
            self.conflicts.fetch_add(1, Relaxed);
        }
        result
    }
}

impl LogIdentity for Counted {
    forward! { |self| self.store; database, incarnation, identity }
}

impl Snapshots for Counted {
    forward! { |self| self.store; save_snapshot }
}

impl CommandIds for Counted {
    forward! { |self| self.store; find_command, void_command }
}
