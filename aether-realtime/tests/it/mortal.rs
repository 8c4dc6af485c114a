//! A store in memory whose server can be restarted, and whose log can be restored from a backup.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::backend::{CommandIds, Coordinator, EventStore, LogIdentity, Snapshot, Snapshots};
use aether_core::command::CommandFingerprint;
use aether_core::log::{
    Anchor, Append, Appended, ExpectedVersion, History, Incarnation, Load, NewEvent, Page, Read,
};
use aether_core::memory::MemoryStore;
use aether_core::{CommandId, Error, Position, RecordedEvent, Result};
use async_trait::async_trait;
use tokio::sync::watch;
use uuid::Uuid;

/// A [`MemoryStore`] with incarnations. Cloning gives another handle on the same store.
#[derive(Clone)]
pub(crate) struct MortalStore {
    now: watch::Sender<Life>,
    /// Pages that were read.
    pages: Arc<AtomicUsize>,
}

#[derive(Clone)]
struct Life {
    store: MemoryStore,
    incarnation: Incarnation,
}

impl Life {
    fn of(store: MemoryStore) -> Self {
        Self { store, incarnation: Incarnation::new(Uuid::now_v7()) }
    }
}

impl MortalStore {
    pub(crate) fn new() -> Self {
        let now = watch::Sender::new(Life::of(MemoryStore::new()));
        Self { now, pages: Arc::default() }
    }

    /// Another handle on the same store, that counts pages on its own.
    pub(crate) fn counting_apart(&self) -> Self {
        Self { now: self.now.clone(), pages: Arc::default() }
    }

    fn life(&self) -> Life {
        self.now.borrow().clone()
    }

    pub(crate) fn pages(&self) -> usize {
        self.pages.load(Ordering::SeqCst)
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        self.life().store.read(Read::all().limit(Read::MAX_LIMIT)).await.unwrap().events
    }

    /// The server is restarted, and has everything.
    pub(crate) fn restart(&self) {
        self.now.send_replace(Life::of(self.life().store));
    }

    /// The log is put back to its first events.
    pub(crate) async fn restore(&self, events: usize) {
        let backup = MemoryStore::new();
        for event in self.events().await.into_iter().take(events) {
            let stream = event.stream();
            let id = event.event_id;
            let kept = NewEvent::from_json(event.event_type, event.payload, id, event.timestamp);
            let append = Append::to(stream, ExpectedVersion::Any, vec![kept]);
            backup.append(append).await.unwrap();
        }
        self.now.send_replace(Life::of(backup));
    }
}

#[async_trait]
impl EventStore for MortalStore {
    async fn append(&self, append: Append) -> Result<Appended> {
        self.life().store.append(append).await
    }

    async fn load(&self, load: Load) -> Result<History> {
        self.life().store.load(load).await
    }

    async fn read(&self, read: Read) -> Result<Page> {
        self.pages.fetch_add(1, Ordering::SeqCst);
        let Life { store, incarnation } = self.life();
        let incarnation = Some(incarnation);
        Ok(Page { incarnation, ..store.read(read).await? })
    }

    async fn wait(&self, after: Position) -> Result<Position> {
        let mut now = self.now.subscribe();
        let Life { store, .. } = now.borrow_and_update().clone();
        tokio::select! {
            reached = store.wait(after) => reached,
            changed = now.changed() => changed.map(|()| Position::START).map_err(|_| Error::Closed),
        }
    }

    async fn end(&self) -> Result<Position> {
        self.life().store.end().await
    }

    async fn newest(&self, until: Position) -> Result<Option<Anchor>> {
        self.life().store.newest(until).await
    }

    fn coordinator(&self) -> Arc<dyn Coordinator> {
        self.life().store.coordinator()
    }

    async fn close(&self) {
        self.life().store.close().await;
    }
}

#[async_trait]
impl LogIdentity for MortalStore {
    async fn database(&self) -> Result<Option<String>> {
        Ok(None)
    }

    fn incarnation(&self) -> Option<Incarnation> {
        Some(self.life().incarnation)
    }

    async fn identity(&self) -> Result<Option<String>> {
        Ok(Some("mortal".to_owned()))
    }
}

#[async_trait]
impl Snapshots for MortalStore {
    async fn save_snapshot(&self, snapshot: Snapshot, keep: u32) -> Result<()> {
        self.life().store.save_snapshot(snapshot, keep).await
    }
}

#[async_trait]
impl CommandIds for MortalStore {
    async fn find_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        self.life().store.find_command(id, fingerprint).await
    }

    async fn void_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        self.life().store.void_command(id, fingerprint).await
    }
}
