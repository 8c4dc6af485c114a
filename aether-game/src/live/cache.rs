//! A cache whose entries lie under the keys of the model: hashes, sets and strings that anybody can read, instead of one value
//! under a key of the cache's own.
//!
//! All keys of an entry change together, by [guarded writes](GuardedWrite). The guard's sequence is twice the version of the
//! entry, the position of the row's last event. An invalidation by the event at `v` has the sequence `2v - 1`: it removes
//! what is older, spares what reflects the event, and refuses older fills for as long as it is remembered. A fill is
//! an update: where Redis was flushed since its lease, the guard is gone, and so nothing is filled.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aether_core::Result as CoreResult;
use aether_realtime::cache::{
    Cache, CacheAside, CacheEntry, CacheKey, CacheLease, Codec, Invalidation, Leased, Lookup,
    Stored,
};
use aether_redis::{Entity, GuardedWrite, KeySpace, RedisClient, Result, Stamp};
use async_trait::async_trait;
use chrono::Utc;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How long an invalidation refuses what is older: longer than any load takes.
const REMEMBERED: Duration = Duration::from_secs(600);
/// How long somebody who loads may take.
const LEASE: Duration = Duration::from_secs(60);
/// How often an entry is read again because it changed meanwhile.
const ATTEMPTS: u32 = 5;

/// Values of one kind, cached for this long.
pub(super) fn aside<T: Cachee + Serialize + DeserializeOwned>(
    client: RedisClient,
    keys: KeySpace,
    kind: &str,
    entry: &str,
    life: Duration,
) -> CacheAside<T> {
    // the guard refuses what is not newer, so that a refresh ahead of time would change nothing
    CacheAside::builder(ModelCache::<T>::new(client, keys), kind, entry)
        .time_to_live(life)
        .stale_on_error(Duration::ZERO)
        .negative(Duration::ZERO)
        .refresh_ahead(1.0)
        .build()
}

/// A value that lies under keys of the model.
pub(super) trait Cachee: Send + Sync + Sized + 'static {
    /// What guards its keys.
    fn entity(keys: &KeySpace, id: &str) -> Entity;

    /// Adds all of it to a write.
    fn write(&self, entity: &Entity, write: GuardedWrite) -> GuardedWrite;

    /// Reads it; what is read at two moments is read again.
    fn read(client: &RedisClient, entity: &Entity) -> impl Future<Output = Result<Self>> + Send;
}

/// The cache of one kind of value.
pub(super) struct ModelCache<T> {
    client: RedisClient,
    keys: KeySpace,
    values: PhantomData<fn() -> T>,
}

impl<T: Cachee> ModelCache<T> {
    pub(super) const fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self { client, keys, values: PhantomData }
    }

    /// The entry as of one moment, and the sequence of its guard.
    async fn look(&self, entity: &Entity) -> Result<Lookup> {
        let mut sequence = self.client.sequence(entity).await?;
        for _ in 0..ATTEMPTS {
            let Some(before) = sequence else { break };
            let Some(version) = version(before) else { break };
            let left = self.client.time_to_live_of(entity);
            let (value, left) = futures::join!(T::read(&self.client, entity), left);
            sequence = self.client.sequence(entity).await?;
            if sequence == Some(before) {
                let entry = entry(value?, version, left?.unwrap_or_default());
                return Ok(Lookup { entry: Some(entry), lease: sequence.map(lease) });
            }
        }
        Ok(Lookup { entry: None, lease: sequence.map(lease) })
    }

    /// Sees to it that there is a guard.
    async fn prepare(&self, entity: &Entity) -> Result<()> {
        let nothing = GuardedWrite::put(entity, Stamp::new(1, SystemTime::now())).lifetime(LEASE);
        self.client.write([nothing]).await.map(drop)
    }

    async fn keep(&self, entity: &Entity, kept: &CacheEntry, leased: bool) -> Result<Stored> {
        let value = kept.value.as_ref().and_then(|value| value.downcast_ref::<T>());
        let (Some(value), 1..) = (value, kept.version) else { return Ok(Stored::Outdated) };
        let now = Utc::now();
        let stamp = Stamp::new(kept.version * 2, now.into());
        let write = match leased {
            true => GuardedWrite::update(entity, stamp),
            false => GuardedWrite::put(entity, stamp),
        };
        let life = (kept.fresh_until - now).to_std().unwrap_or_default();
        let write = value.write(entity, write.lifetime(life).delete_under(entity.root()));
        let outcome = self.client.write([write]).await?;
        Ok(if outcome.applied == 1 { Stored::Kept } else { Stored::Outdated })
    }

    async fn forget(&self, target: &Invalidation) -> Result<GuardedWrite> {
        let entity = T::entity(&self.keys, target.id());
        let sequence = match target.version() {
            Some(version) => before(version),
            // whatever is there
            None => (self.client.sequence(&entity).await?.unwrap_or_default() + 1) | 1,
        };
        Ok(removal(&entity, Stamp::new(sequence, SystemTime::now())))
    }
}

/// The write by which an event at a version invalidates an entry.
pub(super) fn forget<T: Cachee>(
    keys: &KeySpace,
    id: &str,
    version: u64,
    at: SystemTime,
) -> GuardedWrite {
    removal(&T::entity(keys, id), Stamp::new(before(version), at))
}

fn removal(entity: &Entity, stamp: Stamp) -> GuardedWrite {
    GuardedWrite::put(entity, stamp).lifetime(REMEMBERED).delete_under(entity.root())
}

/// The sequence of an invalidation at a version.
const fn before(version: u64) -> u64 {
    (version * 2).saturating_sub(1)
}

/// The version of an entry; none where an invalidation or a lease was last.
fn version(sequence: u64) -> Option<u64> {
    sequence.is_multiple_of(2).then_some(sequence / 2)
}

const fn lease(sequence: u64) -> CacheLease {
    CacheLease { token: sequence, near: 0 }
}

fn entry<T: Cachee>(value: T, version: u64, left: Duration) -> CacheEntry {
    let ends = Utc::now() + left;
    CacheEntry { value: Some(Arc::new(value)), version, fresh_until: ends, stale_until: ends }
}

#[async_trait]
impl<T: Cachee> Cache for ModelCache<T> {
    async fn get(&self, key: &CacheKey<'_>, _: &dyn Codec) -> CoreResult<Lookup> {
        Ok(self.look(&T::entity(&self.keys, key.id())).await?)
    }

    /// In each process one leads.
    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        _: &dyn Codec,
    ) -> CoreResult<Leased> {
        let entity = T::entity(&self.keys, key.id());
        self.prepare(&entity).await?;
        let Lookup { entry, lease: stands } = self.look(&entity).await?;
        let lease = stands.unwrap_or(lease(1));
        Ok(Leased { lease, leads: lead_for.is_some(), entry })
    }

    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        _: &dyn Codec,
    ) -> CoreResult<Stored> {
        let entity = T::entity(&self.keys, key.id());
        Ok(self.keep(&entity, entry, lease.is_some()).await?)
    }

    async fn release(&self, _: &CacheKey<'_>, _: CacheLease) -> CoreResult<()> {
        Ok(())
    }

    async fn invalidate(&self, targets: &[Invalidation]) -> CoreResult<()> {
        let mut writes = Vec::with_capacity(targets.len());
        for target in targets {
            writes.push(self.forget(target).await?);
        }
        self.client.write(writes).await?;
        Ok(())
    }
}

impl<T> fmt::Debug for ModelCache<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelCache").field("keys", &self.keys).finish_non_exhaustive()
    }
}
