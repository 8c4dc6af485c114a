//! A store that counts conflicts on their way past.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use aether_core::{
    Anchor, Append, Appended, CommandId, Coordinator, EventStore, History, Load, Page, Position,
    Read, Result, Snapshot,
};
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
    async fn append(&self, append: Append) -> Result<Appended> {
        let result = self.store.append(append).await;
        if result.as_ref().is_err_and(aether_core::Error::is_conflict) {
            self.conflicts.fetch_add(1, Relaxed);
        }
        result
    }

    async fn load(&self, load: Load) -> Result<History> {
        self.store.load(load).await
    }

    async fn read(&self, read: Read) -> Result<Page> {
        self.store.read(read).await
    }

    async fn wait(&self, after: Position) -> Result<Position> {
        self.store.wait(after).await
    }

    async fn end(&self) -> Result<Position> {
        self.store.end().await
    }

    async fn newest(&self, until: Position) -> Result<Option<Anchor>> {
        self.store.newest(until).await
    }

    async fn database(&self) -> Result<Option<String>> {
        self.store.database().await
    }

    fn incarnation(&self) -> Option<aether_core::Incarnation> {
        self.store.incarnation()
    }

    async fn identity(&self) -> Result<Option<String>> {
        self.store.identity().await
    }

    fn coordinator(&self) -> Arc<dyn Coordinator> {
        self.store.coordinator()
    }

    async fn save_snapshot(&self, snapshot: Snapshot, keep: u32) -> Result<()> {
        self.store.save_snapshot(snapshot, keep).await
    }

    async fn find_command(&self, id: CommandId) -> Result<Option<Appended>> {
        self.store.find_command(id).await
    }

    async fn void_command(&self, id: CommandId) -> Result<Option<Appended>> {
        self.store.void_command(id).await
    }

    async fn close(&self) {
        self.store.close().await;
    }
}
