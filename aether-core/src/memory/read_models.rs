//! Read models in this process's memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::OwnedMutexGuard;

use crate::error::{BoxError, Error, Result};
use crate::ids::{AggregateId, Anchor, Position};
use crate::projection::{
    Checkpoint, Checkpoints, Claim, DeadLetter, Handler, LetterState, Maintenance, Order, Orders,
    ReadModels, Registration, Shard, Step, StoredProjection, StoredShard,
};

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
    projections: HashMap<String, Projected>,
}

/// What is kept of one projection.
#[derive(Debug, Default)]
struct Projected {
    /// 0 before it is registered.
    shards: u16,
    paused: bool,
    checkpoints: HashMap<u16, Checkpoint>,
    anchors: HashMap<u16, Anchor>,
    failures: HashMap<u16, String>,
    letters: BTreeMap<Position, DeadLetter>,
}

impl Projected {
    /// Takes an order; says how much it has changed.
    fn obey(&mut self, order: Order) -> u64 {
        match order {
            Order::Pause | Order::Resume => {
                let paused = order == Order::Pause;
                u64::from(std::mem::replace(&mut self.paused, paused) != paused)
            }
            Order::Letter(position, remedy) => match self.letters.get_mut(&position) {
                Some(letter) if letter.state.can_be_ordered() => {
                    letter.state = remedy.ordered();
                    1
                }
                _ => 0,
            },
            Order::Letters(remedy) => {
                let letters = self.letters.values_mut();
                let failed = letters.filter(|letter| letter.state == LetterState::Failed);
                failed.map(|letter| letter.state = remedy.ordered()).count() as u64
            }
            // everything goes with the entry itself
            Order::Forget => 0,
        }
    }

    /// The first letter of each aggregate that waits for something.
    fn heads(&self) -> impl Iterator<Item = &DeadLetter> {
        let mut seen = HashSet::new();
        self.letters
            .values()
            .filter(|letter| letter.state != LetterState::Skipped)
            .filter(move |letter| seen.insert(letter.stream.aggregate_id))
    }
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

    /// Why a shard stands still, if it does.
    #[must_use]
    pub fn failure(&self, shard: &Shard) -> Option<String> {
        self.shared().projections.get(shard.projection())?.failures.get(&shard.index()).cloned()
    }

    /// Ends a transaction well, without a checkpoint.
    pub(super) fn keep(&self, tx: MemoryTx<M>) {
        self.shared().model = Arc::new(tx.model);
    }

    fn shared(&self) -> MutexGuard<'_, Shared<M>> {
        self.shared.lock()
    }

    /// What is kept of a projection, made if there is nothing yet: for those who run it.
    fn projected<T>(&self, projection: &str, work: impl FnOnce(&mut Projected) -> T) -> T {
        work(self.shared().projections.entry(projection.to_owned()).or_default())
    }

    /// What is kept of a projection, if anything is: for those who look or order.
    fn known<T>(&self, projection: &str, look: impl FnOnce(&mut Projected) -> T) -> Option<T> {
        self.shared().projections.get_mut(projection).map(look)
    }
}

#[async_trait]
impl<M: Clone + Send + Sync + 'static> ReadModels for MemoryReadModels<M> {
    type Tx = MemoryTx<M>;

    async fn begin(&self) -> Result<MemoryTx<M>> {
        let writer = self.writer.clone().lock_owned().await;
        Ok(MemoryTx { model: M::clone(&self.shared().model), _writer: writer })
    }

    async fn commit(&self, tx: MemoryTx<M>, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        let mut shared = self.shared();
        let projected = shared.projections.entry(shard.projection().to_owned()).or_default();
        let stored = projected.checkpoints.entry(shard.index()).or_default();
        if *stored != step.from {
            return Err(fenced(shard));
        }
        stored.position = step.to;
        let reached = *stored;
        match step.anchor {
            Some(anchor) => drop(projected.anchors.insert(shard.index(), anchor)),
            None => drop(projected.anchors.remove(&shard.index())),
        }
        for letter in step.parked {
            projected.letters.insert(letter.position, letter.clone());
        }
        if let Some(settled) = step.settled {
            projected.letters.remove(&settled);
        }
        shared.model = Arc::new(tx.model);
        Ok(reached)
    }

    async fn roll_back(&self, tx: MemoryTx<M>, _: &Shard) -> Result<()> {
        drop(tx);
        Ok(())
    }

    fn meaning(&self, error: BoxError) -> Error {
        Error::of_handler(error)
    }

    /// Memory has no backups.
    async fn database(&self) -> Result<Option<String>> {
        Ok(None)
    }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        Arc::new(self.clone())
    }

    /// Memory is filled anew whenever the program starts.
    fn maintenance(&self, _: Handler<MemoryTx<M>>) -> Option<Arc<dyn Maintenance>> {
        None
    }
}

#[async_trait]
impl<M: Clone + Send + Sync + 'static> Checkpoints for MemoryReadModels<M> {
    /// There are no tables to be told apart.
    async fn register(&self, registration: &Registration<'_>) -> Result<u16> {
        if let Some(old) = registration.formerly {
            let projections = &mut self.shared().projections;
            if !projections.contains_key(registration.projection)
                && let Some(kept) = projections.remove(old)
            {
                projections.insert(registration.projection.to_owned(), kept);
            }
        }
        Ok(self.projected(registration.projection, |projected| {
            if projected.shards == 0 {
                projected.shards = registration.shards.clamp(1, Shard::MAX);
            }
            projected.shards
        }))
    }

    async fn claim(&self, shard: &Shard, epoch: u64) -> Result<Claim> {
        self.projected(shard.projection(), |projected| {
            let checkpoint = projected.checkpoints.entry(shard.index()).or_default();
            if checkpoint.epoch > epoch {
                return Err(fenced(shard));
            }
            checkpoint.epoch = epoch;
            let checkpoint = *checkpoint;
            let anchor = projected.anchors.get(&shard.index()).copied();
            let blocked = projected.heads().map(|letter| letter.stream.aggregate_id);
            let blocked = blocked.filter(|id| shard.contains(*id)).collect();
            Ok(Claim { checkpoint, anchor, blocked })
        })
    }

    async fn checkpoint(&self, shard: &Shard) -> Result<Checkpoint> {
        let stored = |projected: &mut Projected| projected.checkpoints.get(&shard.index()).copied();
        Ok(self.known(shard.projection(), stored).flatten().unwrap_or_default())
    }

    async fn stored(&self, projection: &str) -> Result<Option<StoredProjection>> {
        let stored = self.known(projection, |projected| {
            let shards = (0..projected.shards).map(|shard| StoredShard {
                checkpoint: projected.checkpoints.get(&shard).copied().unwrap_or_default(),
                failure: projected.failures.get(&shard).cloned(),
            });
            let shards: Vec<_> = shards.collect();
            let paused = projected.paused;
            (!shards.is_empty()).then_some(StoredProjection { paused, shards })
        });
        Ok(stored.flatten())
    }

    async fn orders(&self, shard: &Shard) -> Result<Orders> {
        let orders = self.known(shard.projection(), |projected| {
            let ordered = |letter: &&DeadLetter| {
                letter.state != LetterState::Failed && shard.contains(letter.stream.aggregate_id)
            };
            let remedies = projected.heads().filter(ordered).cloned().collect();
            Orders { paused: projected.paused, remedies }
        });
        Ok(orders.unwrap_or_default())
    }

    async fn report(&self, shard: &Shard, failure: Option<&str>) -> Result<()> {
        self.known(shard.projection(), |projected| match failure {
            Some(failure) => drop(projected.failures.insert(shard.index(), failure.to_owned())),
            None => drop(projected.failures.remove(&shard.index())),
        });
        Ok(())
    }

    async fn letters(
        &self,
        projection: &str,
        aggregate: Option<AggregateId>,
    ) -> Result<Vec<DeadLetter>> {
        let letters = self.known(projection, |projected| {
            let wanted =
                |letter: &&DeadLetter| aggregate.is_none_or(|id| letter.stream.aggregate_id == id);
            projected.letters.values().filter(wanted).cloned().collect()
        });
        Ok(letters.unwrap_or_default())
    }

    async fn order(&self, projection: &str, order: Order) -> Result<u64> {
        if order == Order::Forget {
            return Ok(self.shared().projections.remove(projection).is_some().into());
        }
        let changed = self.known(projection, |projected| projected.obey(order));
        Ok(changed.unwrap_or_default())
    }
}

fn fenced(shard: &Shard) -> Error {
    Error::ShardTaken { projection: shard.to_string() }
}
