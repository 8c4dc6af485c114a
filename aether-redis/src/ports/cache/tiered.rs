//! The cache in process in front of the one in Redis.

use std::sync::Arc;
use std::time::Duration;

use aether_core::Result as CoreResult;
use aether_core::time::Clock;
use aether_realtime::cache::{
    Cache, CacheEntry, CacheKey, CacheLease, Codec, Invalidation, Leased, Lookup, MemoryCache,
    Stored,
};
use async_trait::async_trait;
use tokio::task::AbortHandle;

use super::redis::RedisCache;
use super::tracker::{Tracker, Watch};

/// Redis for all processes, and in front of it copies in this one: a hit takes well under a microsecond.
///
/// # How copies are kept right
///
/// Every invalidation is a message on a channel, published by the script that carries it out. This process listens
/// on a connection of its own and drops the copies it names; what is being read meanwhile is not kept. Copies are
/// served only as long as that connection is known to be alive: several times per
/// [silence](TieredCacheBuilder::silence) Redis has to answer on it, and answers come after all messages from
/// before. When the connection breaks, all copies go at once; until it stands again Redis answers alone. So a copy
/// is as current as a message is quick, and **never further behind than the silence** (1 second), whether Redis,
/// the network or this process stood still.
///
/// Channels rather than client tracking (RESP3), because a message says which version it is about, so that
/// newer copies stay; because one message covers an entity; because tracking in broadcast mode tells of
/// every fill and every expiry too; and because on a Cluster it would take a connection to every node,
/// while a channel reaches all of them. Between nodes of a Cluster a message can get lost when their link
/// breaks, unnoticed: [`longest_life`](TieredCacheBuilder::longest_life) bounds that.
///
/// A flush of Redis does not touch the copies: they are still right, and still tracked.
///
/// Metrics: those of [`RedisCache`], the gauge `aether_redis_cache_tracking` (1 while copies are served),
/// `aether_redis_cache_invalidations_total` (messages heard) and `aether_redis_cache_dropped_total` (all
/// copies dropped at once, tracking lost).
///
/// ```no_run
/// use std::sync::Arc;
/// use aether_realtime::cache::CacheAside;
/// use aether_redis::{KeySpace, RedisCache, RedisClient, TieredCache};
///
/// # async fn run() -> Result<(), aether_redis::Error> {
/// let client = RedisClient::connect("redis://localhost").await?;
/// let redis = RedisCache::new(client, KeySpace::new());
/// let cache = Arc::new(TieredCache::builder(redis).capacity(50_000).start());
/// let names = CacheAside::<String>::builder(cache, "player", "name").build();
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct TieredCache {
    near: MemoryCache,
    far: RedisCache,
    watch: Arc<Watch>,
    tracker: AbortHandle,
}

/// Builds a [`TieredCache`].
#[derive(Debug)]
#[must_use = "nothing runs before it is started"]
pub struct TieredCacheBuilder {
    far: RedisCache,
    capacity: u64,
    silence: Duration,
    longest_life: Duration,
    clock: Option<Arc<dyn Clock>>,
}

impl TieredCacheBuilder {
    /// What the copies may weigh together, 1 each unless said otherwise. Default 10 000.
    pub const fn capacity(mut self, weight: u64) -> Self {
        self.capacity = weight;
        self
    }

    /// For how long copies are served without a sign of life from Redis. Default 1 second.
    pub const fn silence(mut self, span: Duration) -> Self {
        self.silence = span;
        self
    }

    /// How long a copy is served at most, whatever its time to live. Default 1 minute.
    pub const fn longest_life(mut self, span: Duration) -> Self {
        self.longest_life = span;
        self
    }

    /// Reads the time here. Default: the machine's clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The cache. It listens in a task of its own until it is dropped; whether Redis is there or not does
    /// not matter.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start(self) -> TieredCache {
        // messages name what changed: near copies need no memory of invalidations, leases do
        let near = MemoryCache::builder(self.capacity)
            .remember_invalidations(Duration::ZERO)
            .longest_life(self.longest_life);
        let near = match self.clock {
            Some(clock) => near.clock(clock),
            None => near,
        };
        let near = near.build();
        let watch = Arc::new(Watch::default());
        let tracker = Tracker {
            client: self.far.client().clone(),
            channel: self.far.keys().cache_channel(),
            beat: self.far.keys().cache_beat(),
            near: near.clone(),
            watch: watch.clone(),
            silence: self.silence,
        };
        let tracker = tokio::spawn(tracker.run()).abort_handle();
        TieredCache { near, far: self.far, watch, tracker }
    }
}

impl TieredCache {
    /// A cache in front of this one.
    pub const fn builder(redis: RedisCache) -> TieredCacheBuilder {
        TieredCacheBuilder {
            far: redis,
            capacity: 10_000,
            silence: Duration::from_secs(1),
            longest_life: Duration::from_secs(60),
            clock: None,
        }
    }

    /// Whether copies are served: invalidations of other processes are heard.
    #[must_use]
    pub fn is_tracking(&self) -> bool {
        self.watch.stands()
    }

    /// Keeps a copy of what Redis has, unless an invalidation came by since `generation`. Whether it did.
    fn copy(
        &self,
        key: &CacheKey<'_>,
        entry: Option<&CacheEntry>,
        generation: CacheLease,
        codec: &dyn Codec,
    ) -> bool {
        entry.is_some_and(|entry| {
            self.watch.stands()
                && self.near.keep(key, entry, Some(generation), codec) == Stored::Kept
        })
    }
}

#[async_trait]
impl Cache for TieredCache {
    fn peek(&self, key: &CacheKey<'_>) -> Option<CacheEntry> {
        if self.watch.stands() { self.near.peek(key) } else { None }
    }

    fn generation(&self, key: &CacheKey<'_>) -> u64 {
        self.near.generation(key)
    }

    fn answers_within(&self) -> Option<Duration> {
        self.far.answers_within()
    }

    async fn get(&self, key: &CacheKey<'_>, codec: &dyn Codec) -> CoreResult<Lookup> {
        let generation = self.near.standing(key);
        let mut found = self.far.get(key, codec).await?;
        self.copy(key, found.entry.as_ref(), generation, codec);
        if let Some(lease) = &mut found.lease {
            lease.near = generation.token;
        }
        Ok(found)
    }

    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        codec: &dyn Codec,
    ) -> CoreResult<Leased> {
        let generation = self.near.standing(key);
        let mut leased = self.far.lease(key, lead_for, codec).await?;
        // somebody else may have refreshed it
        self.copy(key, leased.entry.as_ref(), generation, codec);
        leased.lease.near = generation.token;
        Ok(leased)
    }

    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        codec: &dyn Codec,
    ) -> CoreResult<Stored> {
        let generation = match lease {
            Some(lease) => CacheLease { token: lease.near, near: 0 },
            None => self.near.standing(key),
        };
        let stored = self.far.put(key, entry, lease, codec).await?;
        let copied = match stored {
            Stored::Kept => self.copy(key, Some(entry), generation, codec),
            // what is newer is told to us, too
            Stored::Outdated => true,
            // too large: Redis has nothing any more
            _ => false,
        };
        if !copied {
            // the copy that is here is old, and the message that says so still on its way
            self.near.forget(&[Invalidation::entry(key.kind(), key.id(), key.entry())]);
        }
        Ok(stored)
    }

    async fn release(&self, key: &CacheKey<'_>, lease: CacheLease) -> CoreResult<()> {
        self.far.release(key, lease).await
    }

    async fn invalidate(&self, targets: &[Invalidation]) -> CoreResult<()> {
        let done = self.far.invalidate(targets).await;
        // not before: what is read from Redis up to then may be old. And in any case.
        self.near.forget(targets);
        done
    }
}

impl Drop for TieredCache {
    fn drop(&mut self) {
        self.tracker.abort();
    }
}
