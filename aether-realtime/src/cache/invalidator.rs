//! Invalidates what events change: a projection whose read model is the cache.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{
    Checkpoint, Checkpoints, Maintenance, Patience, ReadModels, Step, forward,
};
use aether_core::projection::{Handler, Shard};
use aether_core::{BoxError, Error, EventSet, Position, Projection, Recorded, Result};
use async_trait::async_trait;

use super::entry::Invalidation;
use super::port::Cache;

/// What an event changes.
type Touches<S> = dyn Fn(&Recorded<S>) -> Vec<Invalidation> + Send + Sync;

/// How long it waits for a read model before the batch is tried again.
const PATIENCE: Duration = Duration::from_secs(10);

/// Invalidates the cached values that events change, whatever crashes: a projection as any other, over its own
/// [`checkpoints`](Invalidator::checkpoints).
///
/// A program that invalidates after a commit is quick, and loses it where it crashes in between: then the old value is
/// served for all of its time to live. The checkpoint of an invalidator moves only after the invalidations: what one node
/// has left out the next one does. Do both where readers should see their own writes at once; repeating an invalidation
/// is harmless.
///
/// Values that are loaded from a read model are invalidated when the model [has the events](Invalidator::after), so that
/// no load brings the old row back.
///
/// ```
/// # use aether_core::backend::ReadModels;
/// # use aether_core::{Engine, Event, Node, Recorded, Result};
/// # use aether_realtime::cache::{Cache, Invalidation, Invalidator};
/// # #[derive(serde::Serialize, serde::Deserialize, Event)] enum ChestEvent { Deposited { gold: u32 } }
/// # fn example(engine: &Engine, read_models: impl ReadModels, cache: impl Cache) -> Result<Node> {
/// // the profiles of chests are loaded from the rows of the projection "chests"
/// let invalidator = Invalidator::new("chest-cache", cache, |event: &Recorded<ChestEvent>| {
///     [Invalidation::entity("chest", event.aggregate_id)]
/// });
/// let invalidator = invalidator.after("chests");
/// let checkpoints = invalidator.checkpoints(read_models);
/// Node::builder(engine).projection(checkpoints, invalidator).start()
/// # }
/// ```
///
/// A batch costs one [`Cache::invalidate`] over the entities that it touches, each once, and a look at the checkpoints of
/// the read models. A cache that is away is waited for. A new invalidator goes through the whole log once.
pub struct Invalidator<S> {
    name: &'static str,
    cache: Arc<dyn Cache>,
    touched: Box<Touches<S>>,
    after: Vec<&'static str>,
}

impl<S: EventSet> Invalidator<S> {
    /// An invalidator under a name of its own (what its checkpoint is kept under). `touched` says what an event changes.
    ///
    /// An invalidation without a version hits whatever is there. With [`at`](Invalidation::at) the event's position it
    /// spares entries that reflect the event already: where entries carry positions.
    #[must_use]
    pub fn new<T>(
        name: &'static str,
        cache: impl Cache,
        touched: impl Fn(&Recorded<S>) -> T + Send + Sync + 'static,
    ) -> Self
    where
        T: IntoIterator<Item = Invalidation>,
    {
        Self {
            name,
            cache: Arc::new(cache),
            touched: Box::new(move |event| touched(event).into_iter().collect()),
            after: Vec::new(),
        }
    }

    /// Values are loaded from what this projection keeps: an event is invalidated when the projection has come past it.
    /// Its checkpoint is kept in the same place as the invalidator's. Without this, a load that finds the old row after
    /// the invalidation caches it again; values that are loaded from the log need none.
    #[must_use]
    pub fn after(mut self, projection: &'static str) -> Self {
        self.after.push(projection);
        self
    }

    /// The read models to run it with: its checkpoint is kept in `models`.
    #[must_use]
    pub fn checkpoints<R: ReadModels>(&self, models: R) -> Invalidated<R> {
        Invalidated {
            books: models.checkpoints(),
            models,
            cache: self.cache.clone(),
            after: self.after.clone(),
        }
    }
}

impl<S> fmt::Debug for Invalidator<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invalidator")
            .field("name", &self.name)
            .field("cache", &self.cache)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

impl<S: EventSet> Projection<Touched> for Invalidator<S> {
    type Events = S;

    fn name(&self) -> &'static str {
        self.name
    }

    async fn project(&self, events: &[Recorded<S>], touched: &mut Touched) -> Result<(), BoxError> {
        for event in events {
            for target in (self.touched)(event) {
                touched.add(target, event.position);
            }
        }
        Ok(())
    }
}

/// What a batch touches, on its way to the cache.
#[derive(Debug, Default)]
pub struct Touched {
    /// Each target without its version, and the version.
    targets: HashMap<Invalidation, Option<u64>>,
    /// The last event that touches anything.
    last: Position,
}

impl Touched {
    fn add(&mut self, target: Invalidation, position: Position) {
        self.last = self.last.max(position);
        let (target, version) = target.split();
        let known = self.targets.entry(target).or_insert(version);
        // without a version it hits more than with any
        *known = known.zip(version).map(|(known, version)| known.max(version));
    }

    fn into_targets(self) -> Vec<Invalidation> {
        let joined = |(target, version): (Invalidation, Option<u64>)| match version {
            Some(version) => target.at(version),
            None => target,
        };
        self.targets.into_iter().map(joined).collect()
    }
}

/// Checkpoints of an [`Invalidator`], kept in the read models `R`; moving one invalidates first.
pub struct Invalidated<R> {
    models: R,
    books: Arc<dyn Checkpoints>,
    cache: Arc<dyn Cache>,
    after: Vec<&'static str>,
}

impl<R> Invalidated<R> {
    /// Waits until the read models have an event.
    async fn wait_for(&self, event: Position) -> Result<()> {
        for projection in &self.after {
            Patience::new(PATIENCE).retry(|| self.look(projection, event)).await?;
        }
        Ok(())
    }

    async fn look(&self, projection: &str, event: Position) -> Result<()> {
        let stored = self.books.stored(projection).await?;
        let shards = stored.as_ref().map(|stored| stored.shards.iter());
        let reached = shards.and_then(|shards| shards.map(|it| it.checkpoint.position).min());
        let why = match reached {
            Some(reached) if reached >= event => return Ok(()),
            Some(reached) => format!(
                "projection {projection} has come to {reached}; the event at {event} is invalidated when it is there"
            ),
            None => format!(
                "projection {projection} has no checkpoint here; run it, or correct its name in `Invalidator::after`"
            ),
        };
        Err(Error::Unavailable { source: why.into() })
    }
}

impl<R: fmt::Debug> fmt::Debug for Invalidated<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invalidated")
            .field("models", &self.models)
            .field("cache", &self.cache)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<R: ReadModels> ReadModels for Invalidated<R> {
    type Tx = Touched;

    forward! { |self| self.models; meaning, database, checkpoints }

    async fn begin(&self) -> Result<Touched> {
        Ok(Touched::default())
    }

    /// Invalidates, then moves the checkpoint: between the two a crash makes it invalidate again. A cache that fails is
    /// [unavailable](Error::Unavailable), whatever it says: it is no fault of the events.
    async fn commit(&self, tx: Touched, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        if !tx.targets.is_empty() {
            self.wait_for(tx.last).await?;
            let invalidated = self.cache.invalidate(&tx.into_targets()).await;
            invalidated.map_err(|error| Error::Unavailable { source: error.into() })?;
        }
        let inner = self.models.begin().await?;
        self.models.commit(inner, shard, step).await
    }

    async fn roll_back(&self, tx: Touched, _: &Shard) -> Result<()> {
        drop(tx);
        Ok(())
    }

    /// There is nothing to fill anew: what is not cached is loaded when it is asked for.
    fn maintenance(&self, _: Handler<Touched>) -> Option<Arc<dyn Maintenance>> {
        None
    }
}
