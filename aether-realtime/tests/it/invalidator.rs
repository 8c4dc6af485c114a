//! The invalidator: what events change is invalidated before its checkpoint moves, and not before the read model has it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use aether_core::backend::{Checkpoints as _, EventStore as _, ReadModels, Registration};
use aether_core::log::Read;
use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::projection::{Delivery, ProjectionSettings, Shard};
use aether_core::{
    AggregateId, BoxError, Engine, Error, Filter, Position, Projection, Recorded, Result,
};
use aether_realtime::cache::{
    Cache, CacheAside, CacheEntry, CacheKey, CacheLease, Codec, Invalidated, Invalidation,
    Invalidator, Leased, Lookup, MemoryCache, Sourced, Stored,
};
use async_trait::async_trait;
use parking_lot::Mutex;

use crate::chest::{Chest, ChestEvent, Deposit};

/// The gold of each chest, and the event that the row reflects.
type Rows = BTreeMap<AggregateId, (u32, u64)>;

struct Treasury;

impl Projection<MemoryTx<Rows>> for Treasury {
    type Events = ChestEvent;

    fn name(&self) -> &'static str {
        "treasury"
    }

    async fn project(
        &self,
        events: &[Recorded<ChestEvent>],
        rows: &mut MemoryTx<Rows>,
    ) -> Result<(), BoxError> {
        for event in events {
            let ChestEvent::Deposited { gold } = event.event;
            let row = rows.entry(event.aggregate_id).or_default();
            *row = (row.0 + gold, event.position.get());
        }
        Ok(())
    }
}

/// A cache that can be away, and remembers how far the invalidator had come at each invalidation.
#[derive(Debug, Default)]
struct Watched {
    memory: Option<MemoryCache>,
    models: MemoryReadModels<Rows>,
    is_away: AtomicBool,
    seen: Mutex<Vec<(Position, Vec<Invalidation>)>>,
}

#[async_trait]
impl Cache for Watched {
    async fn get(&self, key: &CacheKey<'_>, codec: &dyn Codec) -> Result<Lookup> {
        self.memory.as_ref().unwrap().get(key, codec).await
    }

    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        codec: &dyn Codec,
    ) -> Result<Leased> {
        self.memory.as_ref().unwrap().lease(key, lead_for, codec).await
    }

    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        codec: &dyn Codec,
    ) -> Result<Stored> {
        self.memory.as_ref().unwrap().put(key, entry, lease, codec).await
    }

    async fn release(&self, key: &CacheKey<'_>, lease: CacheLease) -> Result<()> {
        self.memory.as_ref().unwrap().release(key, lease).await
    }

    async fn invalidate(&self, targets: &[Invalidation]) -> Result<()> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(Error::Backend { source: "the cache is away".into() });
        }
        let reached = self.models.checkpoint(&Shard::whole(NAME)).await?.position;
        self.seen.lock().push((reached, targets.to_vec()));
        self.memory.as_ref().unwrap().invalidate(targets).await
    }
}

const NAME: &str = "chest-cache";

/// A treasury, and what of it is cached.
struct Stage {
    engine: Engine,
    models: MemoryReadModels<Rows>,
    cache: Arc<Watched>,
    chests: CacheAside<u32>,
}

impl Stage {
    fn new() -> Self {
        let models = MemoryReadModels::default();
        let memory = Some(MemoryCache::new(1000));
        let cache = Arc::new(Watched { memory, models: models.clone(), ..Watched::default() });
        let chests = CacheAside::builder(cache.clone(), "chest", "gold").build();
        Self { engine: Engine::new(MemoryStore::new()), models, cache, chests }
    }

    async fn deposit(&self, chest: AggregateId, gold: u32) -> Position {
        let done = self.engine.execute::<Chest>(chest, Deposit(gold)).await.unwrap();
        done.position().unwrap()
    }

    /// The gold in a chest as readers see it.
    async fn gold(&self, chest: AggregateId) -> u32 {
        let models = self.models.clone();
        let load = move || async move {
            let row = models.model().get(&chest).copied();
            Ok::<Sourced<u32>, std::io::Error>(row.into())
        };
        self.chests.fetch(chest, load).await.unwrap().map_or(0, |gold| *gold)
    }

    /// Brings a projection up to the end of the log.
    async fn run<R: ReadModels>(
        &self,
        models: R,
        projection: impl Projection<R::Tx>,
    ) -> Result<()> {
        static EPOCH: AtomicU64 = AtomicU64::new(1);
        let shard = Shard::whole(projection.name());
        let filter = Filter::all();
        let registration = Registration::new(shard.projection(), &filter, 1);
        models.checkpoints().register(&registration).await?;
        let settings = ProjectionSettings::default().patience(Duration::ZERO);
        let mut delivery = Delivery::new(models, projection.with(settings), shard);
        let from = delivery.claim(EPOCH.fetch_add(1, Ordering::SeqCst)).await?.position;
        let page = self.engine.store().read(Read::all().after(from)).await?;
        delivery.apply(&page.events, page.position).await
    }

    async fn project(&self) {
        self.run(self.models.clone(), Treasury).await.unwrap();
    }

    async fn invalidate(&self, invalidator: Invalidator<ChestEvent>) -> Result<()> {
        let checkpoints: Invalidated<_> = invalidator.checkpoints(self.models.clone());
        self.run(checkpoints, invalidator).await
    }

    fn invalidator(&self) -> Invalidator<ChestEvent> {
        Invalidator::new(NAME, self.cache.clone(), |event: &Recorded<ChestEvent>| {
            [Invalidation::entity("chest", event.aggregate_id)]
        })
    }

    /// The checkpoint of the invalidator.
    async fn reached(&self) -> Position {
        self.models.checkpoint(&Shard::whole(NAME)).await.unwrap().position
    }
}

#[tokio::test]
async fn each_entity_of_a_batch_is_invalidated_once_before_the_checkpoint_moves() {
    let stage = Stage::new();
    let [one, other] = [(); 2].map(|()| AggregateId::generate());
    for chest in [one, other, one, one] {
        stage.deposit(chest, 5).await;
    }
    stage.project().await;
    stage.invalidate(stage.invalidator()).await.unwrap();
    let seen = std::mem::take(&mut *stage.cache.seen.lock());
    let [(reached, targets)] = &seen[..] else { panic!("one batch: {seen:?}") };
    assert_eq!(*reached, Position::START, "a crash from here on invalidates again");
    assert_eq!(targets.len(), 2);
    for chest in [one, other] {
        assert!(targets.contains(&Invalidation::entity("chest", chest)), "{targets:?}");
    }
    assert_eq!(stage.reached().await, Position::new(4));

    // with positions, up to the last event of each
    let last = stage.deposit(other, 5).await;
    let first = stage.deposit(one, 5).await;
    let newest = stage.deposit(one, 5).await;
    assert!(first < newest);
    let invalidator =
        Invalidator::new(NAME, stage.cache.clone(), |event: &Recorded<ChestEvent>| {
            Some(Invalidation::entity("chest", event.aggregate_id).at(event.position.get()))
        });
    stage.project().await;
    stage.invalidate(invalidator).await.unwrap();
    let seen = std::mem::take(&mut *stage.cache.seen.lock());
    let [(_, targets)] = &seen[..] else { panic!("one batch: {seen:?}") };
    assert_eq!(targets.len(), 2);
    for (chest, at) in [(one, newest), (other, last)] {
        let target = Invalidation::entity("chest", chest).at(at.get());
        assert!(targets.contains(&target), "{targets:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_is_invalidated_when_the_read_model_has_it() {
    let stage = Stage::new();
    let chest = AggregateId::generate();
    let invalidator = || stage.invalidator().after("treasury");
    // a name that nobody runs under is told
    stage.deposit(chest, 5).await;
    let missing = stage.invalidate(invalidator()).await.unwrap_err();
    assert!(missing.is_transient() && missing.to_string().contains("treasury"), "{missing}");
    stage.project().await;
    stage.invalidate(invalidator()).await.unwrap();
    assert_eq!(stage.gold(chest).await, 5);

    stage.deposit(chest, 7).await;
    let early = stage.invalidate(invalidator()).await.unwrap_err();
    assert!(early.is_transient(), "{early}");
    // the old row is still the one that there is: it would have been cached again
    assert_eq!((stage.gold(chest).await, stage.reached().await), (5, Position::new(1)));
    assert_eq!(stage.cache.seen.lock().len(), 1);
    stage.project().await;
    assert_eq!(stage.gold(chest).await, 5, "nobody has invalidated it yet");
    stage.invalidate(invalidator()).await.unwrap();
    assert_eq!((stage.gold(chest).await, stage.reached().await), (12, Position::new(2)));
}

#[tokio::test]
async fn a_cache_that_is_away_keeps_the_checkpoint_and_parks_nothing() {
    let stage = Stage::new();
    let chest = AggregateId::generate();
    stage.deposit(chest, 5).await;
    stage.project().await;
    assert_eq!(stage.gold(chest).await, 5);
    stage.deposit(chest, 7).await;
    stage.project().await;
    stage.cache.is_away.store(true, Ordering::SeqCst);
    let away = stage.invalidate(stage.invalidator()).await.unwrap_err();
    assert!(away.is_transient(), "{away}");
    assert_eq!(stage.reached().await, Position::START);
    assert_eq!(stage.models.letters(NAME, None).await.unwrap().len(), 0);

    stage.cache.is_away.store(false, Ordering::SeqCst);
    stage.invalidate(stage.invalidator()).await.unwrap();
    assert_eq!(stage.gold(chest).await, 12);
}
