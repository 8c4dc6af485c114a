//! Read models in this process's memory.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::OwnedMutexGuard;

use crate::error::{Error, Result};
use crate::ids::Position;
use crate::projection::{Checkpoint, ReadModels};

/// A model of type `M` in memory, with the checkpoints of the projections that fill it.
///
/// A transaction works on a copy of the model that takes its place on commit, and transactions go one
/// after another: made for tests and small models. Cloning gives another handle on the same model.
#[derive(Debug, Clone, Default)]
pub struct MemoryReadModels<M> {
    shared: Arc<Mutex<Shared<M>>>,
    writer: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Shared<M> {
    model: Arc<M>,
    checkpoints: HashMap<String, Checkpoint>,
}

/// What a projection into a [`MemoryReadModels`] writes through: the model, by `Deref`.
#[derive(Debug)]
pub struct MemoryTx<M> {
    model: M,
    /// Held until the end: no other transaction starts from a copy without these changes.
    _writer: OwnedMutexGuard<()>,
}

impl<M> Deref for MemoryTx<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.model
    }
}

impl<M> DerefMut for MemoryTx<M> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.model
    }
}

impl<M: Default> MemoryReadModels<M> {
    /// An empty model.
    #[must_use]
    pub fn new() -> Self {
        Self { shared: Arc::default(), writer: Arc::default() }
    }
}

impl<M> MemoryReadModels<M> {
    /// The model as it is now.
    #[must_use]
    pub fn model(&self) -> Arc<M> {
        self.shared().model.clone()
    }

    fn shared(&self) -> MutexGuard<'_, Shared<M>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<M: Clone + Send + Sync + 'static> ReadModels for MemoryReadModels<M> {
    type Tx = MemoryTx<M>;

    async fn claim(&self, projection: &str) -> Result<Checkpoint> {
        let mut shared = self.shared();
        let checkpoint = shared.checkpoints.entry(projection.to_owned()).or_default();
        checkpoint.epoch += 1;
        Ok(*checkpoint)
    }

    async fn checkpoint(&self, projection: &str) -> Result<Checkpoint> {
        Ok(self.shared().checkpoints.get(projection).copied().unwrap_or_default())
    }

    async fn begin(&self) -> Result<MemoryTx<M>> {
        let writer = self.writer.clone().lock_owned().await;
        Ok(MemoryTx { model: M::clone(&self.shared().model), _writer: writer })
    }

    async fn commit(
        &self,
        tx: MemoryTx<M>,
        projection: &str,
        from: Checkpoint,
        to: Position,
    ) -> Result<Checkpoint> {
        let mut shared = self.shared();
        let stored = shared.checkpoints.entry(projection.to_owned()).or_default();
        if *stored != from {
            return Err(Error::Fenced { projection: projection.to_owned() });
        }
        stored.position = to;
        let reached = *stored;
        shared.model = Arc::new(tx.model);
        Ok(reached)
    }
}
