//! A store and processes whose calls are steps.

use std::fmt;
use std::sync::Arc;

use aether_core::backend::{
    Checkpoint, Checkpoints, Claim, CommandIds, EventStore, LogIdentity, Processes, ReadModels,
    Registration, Snapshot, Snapshots, Step, forward,
};
use aether_core::command::CommandFingerprint;
use aether_core::log::{Append, Appended, History, Load, Page, Read};
use aether_core::process::{Delay, ProcessChange, StoredProcess, Task};
use aether_core::projection::Shard;
use aether_core::uuid::Uuid;
use aether_core::{CommandId, Result};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Steps;

/// A store whose calls are steps.
#[derive(Clone)]
pub struct SteppedStore {
    pub(super) inner: Arc<dyn EventStore>,
    pub(super) steps: Steps,
}

#[async_trait]
impl EventStore for SteppedStore {
    forward! { |self| self.inner; wait, end, newest, coordinator, close }

    async fn append(&self, append: Append) -> Result<Appended> {
        self.steps.call("append", self.inner.append(append)).await
    }

    async fn load(&self, load: Load) -> Result<History> {
        self.steps.call("load", self.inner.load(load)).await
    }

    async fn read(&self, read: Read) -> Result<Page> {
        self.steps.call("read", self.inner.read(read)).await
    }
}

impl LogIdentity for SteppedStore {
    forward! { |self| self.inner; database, incarnation, identity }
}

#[async_trait]
impl Snapshots for SteppedStore {
    async fn save_snapshot(&self, snapshot: Snapshot, keep: u32) -> Result<()> {
        self.steps.call("save_snapshot", self.inner.save_snapshot(snapshot, keep)).await
    }
}

#[async_trait]
impl CommandIds for SteppedStore {
    async fn find_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        self.steps.call("find_command", self.inner.find_command(id, fingerprint)).await
    }

    async fn void_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        self.steps.call("void_command", self.inner.void_command(id, fingerprint)).await
    }
}

/// Processes whose calls are steps.
#[derive(Clone)]
pub struct SteppedProcesses<R> {
    pub(super) inner: R,
    pub(super) steps: Steps,
}

#[async_trait]
impl<R: Processes> ReadModels for SteppedProcesses<R> {
    forward! { |self| self.inner; meaning, database, maintenance }

    type Tx = R::Tx;

    async fn begin(&self) -> Result<R::Tx> {
        self.steps.call("begin", self.inner.begin()).await
    }

    async fn roll_back(&self, tx: R::Tx, shard: &Shard) -> Result<()> {
        self.steps.call("roll_back", self.inner.roll_back(tx, shard)).await
    }

    async fn commit(&self, tx: R::Tx, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        self.steps.call("commit", self.inner.commit(tx, shard, step)).await
    }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        let inner = self.inner.checkpoints();
        Arc::new(SteppedCheckpoints { inner, steps: self.steps.clone() })
    }
}

/// Checkpoints whose calls are steps.
struct SteppedCheckpoints {
    inner: Arc<dyn Checkpoints>,
    steps: Steps,
}

#[async_trait]
impl Checkpoints for SteppedCheckpoints {
    forward! { |self| self.inner; stored, orders, report, letters, order }

    async fn register(&self, projection: &Registration<'_>) -> Result<u16> {
        self.steps.call("register", self.inner.register(projection)).await
    }

    async fn claim(&self, shard: &Shard, epoch: u64) -> Result<Claim> {
        self.steps.call("claim", self.inner.claim(shard, epoch)).await
    }

    async fn checkpoint(&self, shard: &Shard) -> Result<Checkpoint> {
        self.steps.call("checkpoint", self.inner.checkpoint(shard)).await
    }
}

#[async_trait]
impl<R: Processes> Processes for SteppedProcesses<R> {
    forward! { |self| self.inner; operations }

    async fn open(
        &self,
        tx: &mut R::Tx,
        manager: &str,
        ids: &[Uuid],
    ) -> Result<Vec<StoredProcess>> {
        self.steps.call("open", self.inner.open(tx, manager, ids)).await
    }

    async fn take(&self, tx: &mut R::Tx, manager: &str, task: &Task) -> Result<bool> {
        self.steps.call("take", self.inner.take(tx, manager, task)).await
    }

    async fn save(
        &self,
        tx: &mut R::Tx,
        manager: &str,
        changes: &[ProcessChange],
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.steps.call("save", self.inner.save(tx, manager, changes, now)).await
    }

    async fn conclude(&self, tx: R::Tx) -> Result<()> {
        self.steps.call("conclude", self.inner.conclude(tx)).await
    }

    async fn due(
        &self,
        manager: &str,
        now: DateTime<Utc>,
        latest: DateTime<Utc>,
        busy: &[Uuid],
        limit: usize,
    ) -> Result<Vec<Task>> {
        self.steps.call("due", self.inner.due(manager, now, latest, busy, limit)).await
    }

    async fn put_off(&self, manager: &str, task: &Task, delay: &Delay) -> Result<()> {
        self.steps.call("put_off", self.inner.put_off(manager, task, delay)).await
    }
}

impl fmt::Debug for SteppedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteppedStore").field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for SteppedProcesses<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteppedProcesses").field("steps", &self.steps).finish_non_exhaustive()
    }
}
