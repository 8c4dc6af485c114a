//! The cache in Redis: shared by all processes.

use std::sync::Arc;
use std::time::Duration;

use aether_core::cache::{
    Cache, CacheEntry, CacheKey, Codec, Generations, Invalidation, Lease, Leased, Lookup, Stored,
};
use aether_core::{BoxError, Result as CoreResult};
use async_trait::async_trait;
use fred::interfaces::HashesInterface as _;
use fred::types::Value;
use futures::future::join_all;
use metrics::Counter;

use super::{frame, message};
use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};
use crate::key_space::{Key, KeySpace};
use crate::script::Script;

static LEASE: Script = Script::new(include_str!("lease.lua")).measured_as(Family::Cache);
static PUT: Script = Script::new(include_str!("put.lua")).measured_as(Family::Cache);
static INVALIDATE: Script = Script::new(include_str!("invalidate.lua")).measured_as(Family::Cache);
static RELEASE: Script = Script::new(include_str!("release.lua")).measured_as(Family::Cache);

/// At most this many invalidations are under way at once.
const SIDE_BY_SIDE: usize = 64;

/// A [`Cache`] in Redis, for all processes with the same key space.
///
/// - Entries expire in Redis by themselves, at the end of their
///   [stale time](CacheEntry::stale_until).
/// - Values are compressed (LZ4) above a size, and refused above another one.
/// - What can not be read (another type under the key, another schema, damage) is not there, and is
///   replaced by the next fill. `aether_redis_cache_unreadable_total` counts it.
/// - A flushed, restarted or evicting Redis forgets leases with the entries: a load from before can not
///   fill. A full one (`noeviction`) still invalidates.
/// - The failover to a replica that was behind can bring back what was invalidated last, until it runs out:
///   replication is asynchronous.
///
/// Cost: [`get`](Cache::get) is one `HMGET`, [`lease`](Cache::lease), [`put`](Cache::put) and
/// [`release`](Cache::release) are one script each, [`invalidate`](Cache::invalidate) is one script per
/// target, all in one round trip (64 at a time).
///
/// Metrics: `aether_redis_cache_bytes_total{form="plain"|"stored"}` of what was put,
/// `aether_redis_cache_unreadable_total`.
///
/// ```no_run
/// use std::sync::Arc;
/// use aether_core::cache::CacheAside;
/// use aether_redis::{KeySpace, RedisCache, RedisClient};
///
/// # async fn run() -> Result<(), aether_redis::Error> {
/// let client = RedisClient::connect("redis://localhost").await?;
/// let cache = Arc::new(RedisCache::new(client, KeySpace::with_prefix("prod:")?));
/// let names = CacheAside::<String>::builder(cache, "player", "name").build();
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct RedisCache {
    client: RedisClient,
    keys: KeySpace,
    compress_above: usize,
    max_bytes: usize,
    remember: Duration,
    lease: Duration,
    fields: usize,
    /// Of the invalidations that went through this value and its clones.
    generations: Arc<Generations>,
    counts: Counts,
}

#[derive(Debug, Clone)]
struct Counts {
    plain: Counter,
    stored: Counter,
    unreadable: Counter,
}

impl RedisCache {
    /// A cache under the keys of a key space.
    #[must_use]
    pub fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self {
            client,
            keys,
            compress_above: 1024,
            max_bytes: 4 * 1024 * 1024,
            remember: Duration::from_secs(30),
            lease: Duration::from_secs(30),
            fields: 1024,
            generations: Arc::default(),
            counts: Counts {
                plain: metrics::counter!("aether_redis_cache_bytes_total", "form" => "plain"),
                stored: metrics::counter!("aether_redis_cache_bytes_total", "form" => "stored"),
                unreadable: metrics::counter!("aether_redis_cache_unreadable_total"),
            },
        }
    }

    /// Above how many bytes values are compressed. Default 1024.
    #[must_use]
    pub const fn compress_above(mut self, bytes: usize) -> Self {
        self.compress_above = bytes;
        self
    }

    /// How many bytes a value may have, before compression. Larger ones are not cached: a
    /// [`put`](Cache::put) answers [`Stored::TooLarge`]. Default 4 MiB.
    #[must_use]
    pub const fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// For how long an invalidation refuses entries of a lower version: longer than the source lags.
    /// Default 30 seconds; zero for not at all.
    #[must_use]
    pub const fn remember_invalidations(mut self, span: Duration) -> Self {
        self.remember = span;
        self
    }

    /// How long the key of an entity without entries is kept for the leases in it: longer than loads take.
    /// Default 30 seconds.
    #[must_use]
    pub const fn lease_time(mut self, span: Duration) -> Self {
        self.lease = span;
        self
    }

    /// How many fields the hash of an entity may have, three to four per entry; one that has more is
    /// emptied. Default 1024.
    #[must_use]
    pub const fn fields_per_entity(mut self, fields: usize) -> Self {
        self.fields = fields;
        self
    }

    pub(super) const fn client(&self) -> &RedisClient {
        &self.client
    }

    pub(super) const fn keys(&self) -> &KeySpace {
        &self.keys
    }

    fn key(&self, key: &CacheKey<'_>) -> Key {
        self.keys.cache(key.kind(), key.id())
    }

    async fn run(&self, script: &Script, key: Key, arguments: Vec<Value>) -> Result<Value> {
        let connection = self.client.connection()?;
        script.run(&self.client, &connection, vec![key.to_string()], arguments).await
    }

    /// An entry from its bytes; what can not be read is not there.
    fn read(&self, key: &CacheKey<'_>, bytes: &Value, codec: &dyn Codec) -> Option<CacheEntry> {
        if bytes.is_null() {
            return None;
        }
        let bytes = bytes.as_bytes().ok_or_else(|| BoxError::from("it is no text"));
        match bytes.and_then(|bytes| frame::read(bytes, codec, self.max_bytes)) {
            Ok(entry) => Some(entry),
            Err(error) => {
                self.unreadable(key, &error);
                None
            }
        }
    }

    fn unreadable(&self, key: &CacheKey<'_>, error: &dyn std::fmt::Display) {
        self.counts.unreadable.increment(1);
        tracing::debug!(key = key.group(), entry = key.entry(), %error, "a cached entry can not be read");
    }

    async fn invalidate_one(&self, target: &Invalidation) -> Result<()> {
        let arguments = vec![
            target.entry_name().unwrap_or_default().into(),
            target.version().map(|version| version.to_string()).unwrap_or_default().into(),
            millis(self.remember),
            self.keys.cache_channel().as_str().into(),
            message::write(target).into(),
        ];
        let key = self.keys.cache(target.kind(), target.id());
        let done = self.run(&INVALIDATE, key, arguments).await.map(drop);
        self.generations.raise(&format!("{}:{}", target.kind(), target.id()));
        done
    }
}

#[async_trait]
impl Cache for RedisCache {
    fn generation(&self, key: &CacheKey<'_>) -> u64 {
        self.generations.of(key.group())
    }

    async fn get(&self, key: &CacheKey<'_>, codec: &dyn Codec) -> CoreResult<Lookup> {
        let name = &self.key(key);
        let fields = &[format!("e:{}", key.entry()), format!("l:{}", key.entry())];
        let found = self
            .client
            .call(Family::Cache, |redis| async move {
                redis.hmget(name.as_str(), fields.to_vec()).await
            })
            .await;
        let found: Vec<Value> = match found.map_err(|error| error.at(name, "hash")) {
            Ok(found) => found,
            Err(error @ Error::WrongType { .. }) => {
                self.unreadable(key, &error);
                return Ok(Lookup::default());
            }
            Err(error) => return Err(error.into()),
        };
        let [entry, lease] = &found[..] else { return Ok(Lookup::default()) };
        let token = lease.as_str().and_then(|lease| lease.split(' ').next()?.parse().ok());
        Ok(Lookup {
            entry: self.read(key, entry, codec),
            lease: token.map(|token| Lease { token, near: 0 }),
        })
    }

    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        codec: &dyn Codec,
    ) -> CoreResult<Leased> {
        let (token, _) = uuid::Uuid::new_v4().as_u64_pair();
        let arguments = vec![
            key.entry().into(),
            token.to_string().into(),
            millis(self.lease),
            millis(lead_for.unwrap_or_default()),
            self.fields.to_string().into(),
        ];
        let reply = self.run(&LEASE, self.key(key), arguments).await?.into_array();
        let token = reply.first().and_then(|token| token.as_str()?.parse().ok());
        let Some(token) = token else {
            return Err(Error::UnexpectedReply { reason: "a lease without a token".into() }.into());
        };
        Ok(Leased {
            lease: Lease { token, near: 0 },
            leads: reply.get(1).and_then(Value::as_i64) == Some(1),
            entry: reply.get(2).and_then(|entry| self.read(key, entry, codec)),
        })
    }

    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<Lease>,
        codec: &dyn Codec,
    ) -> CoreResult<Stored> {
        let frame = frame::write(entry, codec, self.compress_above)
            .map_err(|source| aether_core::Error::Backend { source })?;
        let too_large = frame.plain > self.max_bytes;
        // Redis counts the time from now on; what of it has passed is known to whoever made the entry
        let life = entry.stale_until - aether_core::chrono::Utc::now();
        let life = life.to_std().unwrap_or_default().max(self.lease);
        let (channel, message) = match lease {
            Some(_) => (String::new(), String::new()),
            // nobody was told of this change by an invalidation
            None => {
                let target =
                    Invalidation::entry(key.kind(), key.id(), key.entry()).at(entry.version);
                (self.keys.cache_channel().to_string(), message::write(&target))
            }
        };
        let (plain, stored) = (frame.plain, frame.bytes.len());
        let bytes = if too_large { Vec::new() } else { frame.bytes };
        let arguments = vec![
            key.entry().into(),
            lease.map(|lease| lease.token.to_string()).unwrap_or_default().into(),
            entry.version.to_string().into(),
            millis(life),
            self.fields.to_string().into(),
            Value::Bytes(bytes.into()),
            channel.into(),
            message.into(),
        ];
        let reply = self.run(&PUT, self.key(key), arguments).await?;
        match reply.as_str().as_deref() {
            Some("outdated") => Ok(Stored::Outdated),
            Some("kept") if too_large => {
                Ok(Stored::TooLarge { bytes: plain, limit: self.max_bytes })
            }
            Some("kept") => {
                self.counts.plain.increment(plain as u64);
                self.counts.stored.increment(stored as u64);
                Ok(Stored::Kept)
            }
            _ => Err(Error::UnexpectedReply { reason: "a put without an outcome".into() }.into()),
        }
    }

    async fn release(&self, key: &CacheKey<'_>, lease: Lease) -> CoreResult<()> {
        let arguments = vec![key.entry().into(), lease.token.to_string().into()];
        Ok(self.run(&RELEASE, self.key(key), arguments).await.map(drop)?)
    }

    async fn invalidate(&self, targets: &[Invalidation]) -> CoreResult<()> {
        // all are tried, whatever becomes of one
        let mut outcome = Ok(());
        for some in targets.chunks(SIDE_BY_SIDE) {
            let calls: Vec<_> = some.iter().map(|target| self.invalidate_one(target)).collect();
            for done in join_all(calls).await {
                outcome = outcome.and(done);
            }
        }
        Ok(outcome?)
    }
}

fn millis(span: Duration) -> Value {
    span.as_millis().to_string().into()
}
