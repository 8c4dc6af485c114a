//! The cache in process: decoded values, bounded, on moka.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::Result;
use aether_core::backend::span::{CENTURY, later};
use aether_core::time::{Clock, SystemClock};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use moka::notification::RemovalCause;
use moka::ops::compute::Op;
use parking_lot::{Mutex, MutexGuard};

use super::codec::Codec;
use super::entry::{CacheEntry, Invalidation};
use super::generations::Generations;
use super::key::{CacheKey, OwnedKey};
use super::port::{Cache, CacheLease, Leased, Lookup, Stored};

mod group;

use group::Group;

/// Leads of loads that failed are cleared away when there are this many.
const LEADS: usize = 1024;

/// A [`Cache`] inside of this process: values stay as they are, a hit is a look-up and two reference counts.
/// Cloning gives another handle on the same cache.
///
/// It is bounded by the sum of what its entries [weigh](Codec::weigh), 1 each unless said otherwise, and
/// evicts what is used least. Evictions are counted as `aether_cache_evictions_total`.
///
/// Alone, it suits a single process, or data that is allowed to be as old as its time to live: invalidations
/// of other processes do not reach it. In front of Redis they do: see `TieredCache` in `aether-redis`.
#[derive(Clone)]
pub struct MemoryCache {
    inner: Arc<Inner>,
}

struct Inner {
    groups: moka::sync::Cache<String, Arc<Group>>,
    generations: Generations,
    leads: Mutex<HashMap<OwnedKey, (u64, DateTime<Utc>)>>,
    clock: Arc<dyn Clock>,
    remember: Duration,
}

/// Builds a [`MemoryCache`].
#[derive(Debug)]
pub struct MemoryCacheBuilder {
    capacity: u64,
    clock: Arc<dyn Clock>,
    remember: Duration,
    longest: Option<Duration>,
}

impl MemoryCacheBuilder {
    /// Reads the time here. Default: the machine's clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// For how long an invalidation refuses entries of a lower version: longer than the source lags.
    /// Default 30 seconds; zero for not at all.
    #[must_use]
    pub const fn remember_invalidations(mut self, span: Duration) -> Self {
        self.remember = span;
        self
    }

    /// Forgets entities this long after their last fill, whatever their entries say. Default: never.
    #[must_use]
    pub const fn longest_life(mut self, span: Duration) -> Self {
        self.longest = Some(span);
        self
    }

    /// The cache.
    #[must_use]
    pub fn build(self) -> MemoryCache {
        let evictions = metrics::counter!("aether_cache_evictions_total");
        let mut groups = moka::sync::Cache::builder()
            .max_capacity(self.capacity)
            .weigher(|_: &String, group: &Arc<Group>| group.weight())
            .expire_after(Ends(self.clock.clone()))
            .eviction_listener(move |_, _, cause| {
                if cause == RemovalCause::Size {
                    evictions.increment(1);
                }
            });
        if let Some(longest) = self.longest {
            groups = groups.time_to_live(longest.min(CENTURY));
        }
        let inner = Inner {
            groups: groups.build(),
            generations: Generations::default(),
            leads: Mutex::default(),
            clock: self.clock,
            remember: self.remember,
        };
        MemoryCache { inner: Arc::new(inner) }
    }
}

impl MemoryCache {
    /// Room for entries that weigh `capacity` together.
    #[must_use]
    pub fn new(capacity: u64) -> Self {
        Self::builder(capacity).build()
    }

    /// The same, with more to say.
    #[must_use]
    pub fn builder(capacity: u64) -> MemoryCacheBuilder {
        MemoryCacheBuilder {
            capacity,
            clock: Arc::new(SystemClock),
            remember: Duration::from_secs(30),
            longest: None,
        }
    }

    /// What the entries weigh together, after what is due for eviction is gone.
    #[must_use]
    pub fn weight(&self) -> u64 {
        self.inner.groups.run_pending_tasks();
        self.inner.groups.weighted_size()
    }

    /// The lease under which a key can be filled now.
    #[must_use]
    pub fn standing(&self, key: &CacheKey<'_>) -> CacheLease {
        CacheLease { token: self.inner.generations.of(key.group()), near: 0 }
    }

    /// Forgets everything, and refuses what is being loaded now.
    pub fn clear(&self) {
        self.inner.generations.raise_all();
        self.inner.groups.invalidate_all();
        self.leads().clear();
    }

    /// [`put`](Cache::put), which never has to wait here.
    pub fn keep(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        codec: &dyn Codec,
    ) -> Stored {
        let weight = entry.value.as_ref().map_or(1, |value| codec.weigh(value));
        let now = self.inner.clock.now();
        let mut stored = Stored::Outdated;
        let group = self.inner.groups.entry_by_ref(key.group());
        group.and_compute_with(|found| {
            // in here nobody else changes the entity: an invalidation raises first and removes after us
            if lease.is_some_and(|lease| lease.token != self.inner.generations.of(key.group())) {
                return Op::Nop;
            }
            let group = found.map(moka::Entry::into_value);
            match Group::with(group.as_deref(), key.entry(), entry, weight, now) {
                Some(group) => {
                    stored = Stored::Kept;
                    Op::Put(Arc::new(group))
                }
                None => Op::Nop,
            }
        });
        stored
    }

    /// [`invalidate`](Cache::invalidate), which never has to wait here.
    pub fn forget(&self, targets: &[Invalidation]) {
        let now = self.inner.clock.now();
        for target in targets {
            let name = format!("{}:{}", target.kind(), target.id());
            self.inner.generations.raise(&name);
            self.leads().retain(|key, _| key.key().group() != name);
            let remember = target.version().filter(|_| !self.inner.remember.is_zero());
            let until = remember.map(|_| later(now, self.inner.remember));
            self.inner.groups.entry(name).and_compute_with(|found| {
                let group = found.map(moka::Entry::into_value);
                let group = Group::without(group.as_deref(), target, until, now);
                group.map_or(Op::Remove, |group| Op::Put(Arc::new(group)))
            });
        }
    }

    /// Whether the asker may load now.
    fn lead(&self, key: &CacheKey<'_>, token: u64, span: Duration) -> bool {
        let now = self.inner.clock.now();
        let mut leads = self.leads();
        if leads.len() >= LEADS {
            leads.retain(|_, (_, until)| *until > now);
        }
        let taken =
            leads.get(&OwnedKey::of(key)).is_some_and(|(by, until)| *by == token && *until > now);
        if !taken {
            leads.insert(OwnedKey::of(key), (token, later(now, span)));
        }
        !taken
    }

    fn leads(&self) -> MutexGuard<'_, HashMap<OwnedKey, (u64, DateTime<Utc>)>> {
        self.inner.leads.lock()
    }
}

#[async_trait]
impl Cache for MemoryCache {
    fn peek(&self, key: &CacheKey<'_>) -> Option<CacheEntry> {
        self.inner.groups.get(key.group())?.entry(key.entry()).cloned()
    }

    fn generation(&self, key: &CacheKey<'_>) -> u64 {
        self.inner.generations.of(key.group())
    }

    async fn get(&self, key: &CacheKey<'_>, _: &dyn Codec) -> Result<Lookup> {
        // first the number: an invalidation in between makes it old
        let lease = self.standing(key);
        Ok(Lookup { entry: self.peek(key), lease: Some(lease) })
    }

    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        _: &dyn Codec,
    ) -> Result<Leased> {
        let lease = self.standing(key);
        let leads = lead_for.is_some_and(|span| self.lead(key, lease.token, span));
        Ok(Leased { lease, leads, entry: self.peek(key) })
    }

    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        codec: &dyn Codec,
    ) -> Result<Stored> {
        let stored = self.keep(key, entry, lease, codec);
        if let Some(lease) = lease {
            self.release(key, lease).await?;
        }
        Ok(stored)
    }

    async fn release(&self, key: &CacheKey<'_>, lease: CacheLease) -> Result<()> {
        let mut leads = self.leads();
        let key = OwnedKey::of(key);
        if leads.get(&key).is_some_and(|(token, _)| *token == lease.token) {
            leads.remove(&key);
        }
        Ok(())
    }

    async fn invalidate(&self, targets: &[Invalidation]) -> Result<()> {
        self.forget(targets);
        Ok(())
    }
}

impl fmt::Debug for MemoryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache")
            .field("entities", &self.inner.groups.entry_count())
            .field("capacity", &self.inner.groups.policy().max_capacity())
            .finish_non_exhaustive()
    }
}

/// When an entity can be forgotten: when nothing in it can be served any more.
struct Ends(Arc<dyn Clock>);

impl Ends {
    fn left(&self, group: &Group) -> Option<Duration> {
        Some((group.ends() - self.0.now()).to_std().unwrap_or_default().min(CENTURY))
    }
}

impl moka::Expiry<String, Arc<Group>> for Ends {
    fn expire_after_create(&self, _: &String, group: &Arc<Group>, _: Instant) -> Option<Duration> {
        self.left(group)
    }

    fn expire_after_update(
        &self,
        _: &String,
        group: &Arc<Group>,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        self.left(group)
    }
}
