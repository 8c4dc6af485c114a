//! Ports for `Arc`: a backend that is shared, or chosen when the program runs, is a backend.
//!
//! Every method is handed on, those with a default as well.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

use crate::append::{Append, Appended};
use crate::coordination::Coordinator;
use crate::error::{BoxError, Error, Result};
use crate::ids::{AggregateId, Anchor, CommandId, Incarnation, Position};
use crate::process::{Backlog, Delay, ProcessChange, Processes, StoredProcess, Stuck, Task};
use crate::projection::{
    Checkpoint, Claim, DeadLetter, Orders, ReadModels, Registration, Remedy, Shard, Step,
    StoredProjection,
};
use crate::store::{EventStore, History, Load, Page, Read, Snapshot};

/// Hands calls on as they are: an `async fn` here would put a second box around each future, and calls on an
/// `Arc<dyn EventStore>` come by here.
macro_rules! handed_on {
    ($($name:ident($($argument:ident: $of:ty),*) -> $answer:ty;)*) => {$(
        fn $name<'life0, 'async_trait>(
            &'life0 self,
            $($argument: $of),*
        ) -> BoxFuture<'async_trait, $answer>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            S::$name(self, $($argument),*)
        }
    )*};
}

impl<S: EventStore + ?Sized> EventStore for Arc<S> {
    handed_on! {
        append(append: Append) -> Result<Appended>;
        load(load: Load) -> Result<History>;
        read(read: Read) -> Result<Page>;
        wait(after: Position) -> Result<Position>;
        end() -> Result<Position>;
        newest(until: Position) -> Result<Option<Anchor>>;
        database() -> Result<Option<String>>;
        identity() -> Result<Option<String>>;
        save_snapshot(snapshot: Snapshot, keep: u32) -> Result<()>;
        find_command(id: CommandId) -> Result<Option<Appended>>;
        void_command(id: CommandId) -> Result<Option<Appended>>;
        close() -> ();
    }

    fn incarnation(&self) -> Option<Incarnation> {
        S::incarnation(self)
    }

    fn coordinator(&self) -> Arc<dyn Coordinator> {
        S::coordinator(self)
    }
}

#[async_trait]
impl<R: ReadModels> ReadModels for Arc<R> {
    type Tx = R::Tx;

    async fn register(&self, projection: &Registration<'_>) -> Result<u16> {
        R::register(self, projection).await
    }

    async fn claim(&self, shard: &Shard, epoch: u64) -> Result<Claim> {
        R::claim(self, shard, epoch).await
    }

    async fn checkpoint(&self, shard: &Shard) -> Result<Checkpoint> {
        R::checkpoint(self, shard).await
    }

    async fn begin(&self) -> Result<R::Tx> {
        R::begin(self).await
    }

    async fn database(&self) -> Result<Option<String>> {
        R::database(self).await
    }

    fn meaning(&self, error: BoxError) -> Error {
        R::meaning(self, error)
    }

    async fn roll_back(&self, tx: R::Tx, shard: &Shard) -> Result<()> {
        R::roll_back(self, tx, shard).await
    }

    async fn commit(&self, tx: R::Tx, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        R::commit(self, tx, shard, step).await
    }

    async fn stored(&self, projection: &str) -> Result<Option<StoredProjection>> {
        R::stored(self, projection).await
    }

    async fn orders(&self, shard: &Shard) -> Result<Orders> {
        R::orders(self, shard).await
    }

    async fn report(&self, shard: &Shard, failure: Option<&str>) -> Result<()> {
        R::report(self, shard, failure).await
    }

    async fn letters(
        &self,
        projection: &str,
        aggregate: Option<AggregateId>,
    ) -> Result<Vec<DeadLetter>> {
        R::letters(self, projection, aggregate).await
    }

    async fn remedy(&self, projection: &str, position: Position, remedy: Remedy) -> Result<bool> {
        R::remedy(self, projection, position, remedy).await
    }

    async fn pause(&self, projection: &str, paused: bool) -> Result<()> {
        R::pause(self, projection, paused).await
    }

    async fn forget(&self, projection: &str) -> Result<bool> {
        R::forget(self, projection).await
    }
}

#[async_trait]
impl<R: Processes> Processes for Arc<R> {
    async fn open(
        &self,
        tx: &mut R::Tx,
        manager: &str,
        ids: &[Uuid],
    ) -> Result<Vec<StoredProcess>> {
        R::open(self, tx, manager, ids).await
    }

    async fn take(&self, tx: &mut R::Tx, manager: &str, task: &Task) -> Result<bool> {
        R::take(self, tx, manager, task).await
    }

    async fn save(
        &self,
        tx: &mut R::Tx,
        manager: &str,
        changes: &[ProcessChange],
        now: DateTime<Utc>,
    ) -> Result<()> {
        R::save(self, tx, manager, changes, now).await
    }

    async fn conclude(&self, tx: R::Tx) -> Result<()> {
        R::conclude(self, tx).await
    }

    async fn due(
        &self,
        manager: &str,
        now: DateTime<Utc>,
        latest: DateTime<Utc>,
        busy: &[Uuid],
        limit: usize,
    ) -> Result<Vec<Task>> {
        R::due(self, manager, now, latest, busy, limit).await
    }

    async fn put_off(&self, manager: &str, task: &Task, delay: &Delay) -> Result<()> {
        R::put_off(self, manager, task, delay).await
    }

    async fn backlog(&self, manager: &str, now: DateTime<Utc>) -> Result<Backlog> {
        R::backlog(self, manager, now).await
    }

    async fn stuck(&self, manager: &str) -> Result<Vec<Stuck>> {
        R::stuck(self, manager).await
    }

    async fn remedy_task(&self, manager: &str, id: Uuid, remedy: Remedy) -> Result<bool> {
        R::remedy_task(self, manager, id, remedy).await
    }

    async fn forget_ended(
        &self,
        manager: &str,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<u64> {
        R::forget_ended(self, manager, before, limit).await
    }
}
