//! The cache in Redis: shared by all processes.

use std::sync::Arc;
use std::time::Duration;

use aether_core::Result as CoreResult;
use aether_realtime::cache::{
    Cache, CacheEntry, CacheKey, CacheLease, Codec, Generations, Invalidation, Leased, Lookup,
    Stored,
};
use async_trait::async_trait;
use fred::bytes::Bytes;
use fred::types::Value;
use futures::future::join_all;
use metrics::Counter;

use super::frame::{self, Record};
use super::look_ups::LookUps;
use super::message;
use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};
use crate::key_space::{CacheKeys, KeySpace};
use crate::script::Script;

/// A script with what all of them need in front.
macro_rules! script {
    ($flags:literal, $text:literal) => {
        Script::new(concat!($flags, "\n", include_str!("record.lua"), include_str!($text)))
            .measured_as(Family::Cache)
    };
}

static LEASE: Script = script!("#!lua", "lease.lua");
static PUT: Script = script!("#!lua", "put.lua");
// a Redis that has no memory left must still be able to forget
static INVALIDATE: Script = script!("#!lua flags=allow-oom", "invalidate.lua");
static RELEASE: Script = script!("#!lua flags=allow-oom", "release.lua");

/// At most this many invalidations are under way at once.
const SIDE_BY_SIDE: usize = 64;

/// A [`Cache`] in Redis, for all processes with the same key space.
///
/// - Entries expire in Redis by themselves, at the end of their
///   [stale time](CacheEntry::stale_until).
/// - Values are compressed (LZ4) above a size, and refused above another one.
/// - What cannot be read (another type under the key, another schema, damage) is not there, and is
///   replaced by the next fill. `aether_redis_cache_unreadable_total` counts it.
/// - A flushed, restarted or evicting Redis forgets leases with the entries, and entries with what guards them: a
///   load from before cannot fill, and nothing comes back. A full one (`noeviction`) still invalidates.
/// - The failover to a replica that was behind can bring back what was invalidated last, until it runs out:
///   replication is asynchronous.
///
/// Cost: [`get`](Cache::get) is one `MGET` of two keys, and shares it with up to 63 others of the same time (on a
/// Cluster each goes alone); [`lease`](Cache::lease), [`put`](Cache::put) and [`release`](Cache::release) are one
/// script each, [`invalidate`](Cache::invalidate) is one script per target, all in one round trip (64 at a time).
///
/// Metrics: `aether_redis_cache_bytes_total{form="plain"|"stored"}` of what was put,
/// `aether_redis_cache_unreadable_total`.
///
/// ```no_run
/// use std::sync::Arc;
/// use aether_realtime::cache::CacheAside;
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
    look_ups: LookUps,
    keys: KeySpace,
    compress_above: usize,
    max_bytes: usize,
    remember: Duration,
    lease: Duration,
    patience: Duration,
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
            look_ups: LookUps::new(client.clone()),
            client,
            keys,
            compress_above: 1024,
            max_bytes: 4 * 1024 * 1024,
            remember: Duration::from_secs(30),
            lease: Duration::from_secs(30),
            patience: Duration::from_millis(250),
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

    /// How long a lease is kept where there is no entry: longer than loads take.
    /// Default 30 seconds.
    #[must_use]
    pub const fn lease_time(mut self, span: Duration) -> Self {
        self.lease = span;
        self
    }

    /// How long a look-up waits for an answer. Default 250 ms, as with
    /// [`CacheAside`](aether_realtime::cache::CacheAsideBuilder::patience). What Redis says later is of no use to the
    /// one who asked, but counts for the
    /// [circuit breaker](RedisClient#a-redis-that-does-not-answer).
    #[must_use]
    pub const fn patience(mut self, span: Duration) -> Self {
        self.patience = span;
        self
    }

    pub(super) const fn client(&self) -> &RedisClient {
        &self.client
    }

    pub(super) const fn keys(&self) -> &KeySpace {
        &self.keys
    }

    fn keys_of(&self, key: &CacheKey<'_>) -> CacheKeys {
        self.keys.cache_keys(key.kind(), key.id(), key.entry())
    }

    async fn run(&self, script: &Script, keys: &[&str], arguments: Vec<Value>) -> Result<Value> {
        let connection = self.client.connection()?;
        let keys = keys.iter().map(|&key| key.to_owned()).collect();
        script.run(&self.client, &connection, keys, arguments).await
    }

    /// What is under the keys of an entry; what cannot be read is not there.
    fn read(
        &self,
        key: &CacheKey<'_>,
        entry: Option<&[u8]>,
        seal: Option<&[u8]>,
        codec: &dyn Codec,
    ) -> Lookup {
        let record = Record::of(entry, seal).unwrap_or_else(|error| {
            self.unreadable(key, &error);
            Record::default()
        });
        let entry = record.entry(codec, self.max_bytes).unwrap_or_else(|error| {
            self.unreadable(key, &error);
            None
        });
        Lookup { entry, lease: record.lease.map(|token| CacheLease { token, near: 0 }) }
    }

    fn unreadable(&self, key: &CacheKey<'_>, error: &dyn std::fmt::Display) {
        self.counts.unreadable.increment(1);
        tracing::debug!(key = key.group(), entry = key.entry(), %error, "a cached entry cannot be read");
    }

    async fn invalidate_one(&self, target: &Invalidation) -> Result<()> {
        let (kind, id) = (target.kind(), target.id());
        let (scope, key) = match target.entry_name() {
            Some(entry) => ("entry", self.keys.cache_keys(kind, id, entry).entry().to_owned()),
            None => ("entity", self.keys.cache_seal(kind, id).to_string()),
        };
        let arguments = vec![
            scope.into(),
            token(),
            target.version().map_or(Value::Bytes(Bytes::new()), number),
            millis(self.remember),
            self.keys.cache_channel().as_str().into(),
            message::write(target).into(),
        ];
        let done = self.run(&INVALIDATE, &[&key], arguments).await.map(drop);
        self.generations.raise(&format!("{kind}:{id}"));
        done
    }
}

#[async_trait]
impl Cache for RedisCache {
    fn generation(&self, key: &CacheKey<'_>) -> u64 {
        self.generations.of(key.group())
    }

    fn answers_within(&self) -> Option<Duration> {
        Some(self.patience)
    }

    async fn get(&self, key: &CacheKey<'_>, codec: &dyn Codec) -> CoreResult<Lookup> {
        let found = self.look_ups.find(self.keys_of(key), self.patience).await?;
        Ok(self.read(key, found.entry.as_deref(), found.seal.as_deref(), codec))
    }

    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        codec: &dyn Codec,
    ) -> CoreResult<Leased> {
        let arguments =
            vec![token(), token(), millis(self.lease), millis(lead_for.unwrap_or_default())];
        let keys = self.keys_of(key);
        let reply = self.run(&LEASE, &[keys.entry(), keys.seal()], arguments).await?.into_array();
        let bytes = |at: usize| reply.get(at).and_then(Value::as_bytes);
        let Some(token) = bytes(0).and_then(|token| token.try_into().ok()) else {
            return Err(Error::UnexpectedReply { reason: "a lease without a token".into() }.into());
        };
        Ok(Leased {
            lease: CacheLease { token: u64::from_be_bytes(token), near: 0 },
            leads: reply.get(1).and_then(Value::as_i64) == Some(1),
            entry: self.read(key, bytes(2), bytes(3), codec).entry,
        })
    }

    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        codec: &dyn Codec,
    ) -> CoreResult<Stored> {
        let frame = frame::write(entry, codec, self.compress_above)
            .map_err(|source| aether_core::Error::Backend { source })?;
        let too_large = frame.plain > self.max_bytes;
        // Redis counts the time from now on; how much has passed is known to the maker of the entry
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
            lease.map_or(Value::Bytes(Bytes::new()), |lease| number(lease.token)),
            token(),
            number(entry.version),
            millis(life),
            Value::Bytes(bytes.into()),
            channel.into(),
            message.into(),
        ];
        let keys = self.keys_of(key);
        let reply = self.run(&PUT, &[keys.entry(), keys.seal()], arguments).await?;
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

    async fn release(&self, key: &CacheKey<'_>, lease: CacheLease) -> CoreResult<()> {
        let keys = self.keys_of(key);
        Ok(self.run(&RELEASE, &[keys.entry()], vec![number(lease.token)]).await.map(drop)?)
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

/// As the scripts take it.
fn number(number: u64) -> Value {
    Value::Bytes(number.to_be_bytes().to_vec().into())
}

/// A new token: 62 random bits, and never the one that stands for none.
fn token() -> Value {
    number(uuid::Uuid::new_v4().as_u64_pair().1)
}
