//! A store that counts what its readers take, and can fail them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aether_core::backend::{
    Beat, CommandIds, Coordinator, EventStore, JobRun, Lease, LogIdentity, Snapshots, forward,
};
use aether_core::log::{History, Incarnation, Load, Page, Read};
use aether_core::memory::MemoryStore;
use aether_core::{Error, Result};
use async_trait::async_trait;

/// A [`MemoryStore`] with counters.
pub(crate) struct CountingStore {
    pub(crate) inner: MemoryStore,
    /// Pages that were read.
    pub(crate) pages: AtomicUsize,
    /// How many heartbeats fail before one succeeds.
    pub(crate) failing_beats: Arc<AtomicUsize>,
    /// What becomes of the next histories, one after another.
    pub(crate) tears: Tears,
    /// The incarnation of its log, if it shall have one.
    pub(crate) incarnation: Option<Incarnation>,
}

/// What is done to histories before they are handed out.
pub(crate) type Tears = Arc<Mutex<VecDeque<fn(&mut History)>>>;

impl CountingStore {
    pub(crate) fn of(inner: MemoryStore) -> Self {
        Self {
            inner,
            pages: AtomicUsize::new(0),
            failing_beats: Arc::default(),
            tears: Arc::default(),
            incarnation: None,
        }
    }
}

#[async_trait]
impl EventStore for CountingStore {
    forward! { |self| self.inner; append, wait, end, newest, close }

    async fn load(&self, load: Load) -> Result<History> {
        let mut history = self.inner.load(load).await?;
        if let Some(tear) = self.tears.lock().unwrap().pop_front() {
            tear(&mut history);
        }
        Ok(history)
    }

    async fn read(&self, read: Read) -> Result<Page> {
        self.pages.fetch_add(1, Ordering::SeqCst);
        self.inner.read(read).await
    }

    fn coordinator(&self) -> Arc<dyn Coordinator> {
        let failing = self.failing_beats.clone();
        Arc::new(Faltering { inner: self.inner.coordinator(), failing })
    }
}

impl LogIdentity for CountingStore {
    forward! { |self| self.inner; database, identity }

    fn incarnation(&self) -> Option<Incarnation> {
        self.incarnation
    }
}

impl Snapshots for CountingStore {
    forward! { |self| self.inner; save_snapshot }
}

impl CommandIds for CountingStore {
    forward! { |self| self.inner; find_command, void_command }
}

struct Faltering {
    inner: Arc<dyn Coordinator>,
    failing: Arc<AtomicUsize>,
}

#[async_trait]
impl Coordinator for Faltering {
    async fn beat(&self, beat: Beat<'_>) -> Result<Vec<Lease>> {
        let left = |left: usize| left.checked_sub(1);
        if self.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
            return Err(Error::Unavailable { source: "a dead connection".into() });
        }
        self.inner.beat(beat).await
    }

    async fn leave(&self, node: uuid::Uuid) -> Result<()> {
        self.inner.leave(node).await
    }

    async fn last_run(&self, job: &str) -> Result<JobRun> {
        self.inner.last_run(job).await
    }

    async fn record_run(&self, job: &str, run: &JobRun) -> Result<()> {
        self.inner.record_run(job, run).await
    }
}
