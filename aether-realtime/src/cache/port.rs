//! What a backend of the cache does.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use aether_core::Result;
use async_trait::async_trait;

use super::codec::Codec;
use super::entry::{CacheEntry, Invalidation};
use super::key::CacheKey;

/// A backend: keeps entries under keys, refuses what is outdated, forgets on demand.
///
/// It may forget anything at any time. What it must never do is give back an entry, or take one, that an
/// invalidation has hit. Freshness is not its business: it hands out entries up to their
/// [`stale_until`](CacheEntry::stale_until), and [`CacheAside`](super::CacheAside) decides.
///
/// Errors are those of the connection: transient ones ([`is_transient`](aether_core::Error::is_transient)) pass.
#[async_trait]
pub trait Cache: Send + Sync + Debug + 'static {
    /// What is at hand without waiting; `None` says nothing, ask [`get`](Cache::get). This is the hot path.
    fn peek(&self, key: &CacheKey<'_>) -> Option<CacheEntry> {
        let _ = key;
        None
    }

    /// A number that changes with every invalidation of the key's entity that this process knows of. It keeps
    /// callers apart while the backend does not answer. Default: it is not known.
    fn generation(&self, key: &CacheKey<'_>) -> u64 {
        let _ = key;
        0
    }

    /// How long [`get`](Cache::get) takes at most, if the backend sees to that: it can do so for many look-ups with
    /// one timer. Default: not known.
    fn answers_within(&self) -> Option<Duration> {
        None
    }

    /// The entry under a key, with the lease that stands there. What cannot be read (another type, another
    /// schema, garbage) is not there.
    async fn get(&self, key: &CacheKey<'_>, codec: &dyn Codec) -> Result<Lookup>;

    /// Takes the right to fill a key with what is read from the source from now on. All who ask between two
    /// invalidations share one lease.
    ///
    /// With `lead_for`, at most one of them leads for that long, in all processes together: it loads, the
    /// others wait for its entry. The lead ends with [`put`](Cache::put), [`release`](Cache::release) or an
    /// invalidation.
    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        codec: &dyn Codec,
    ) -> Result<Leased>;

    /// Keeps an entry, unless something newer was there: an entry or an invalidation of a higher version, or
    /// any invalidation since the lease was taken.
    ///
    /// Without a lease only versions are compared: for writers that put every change, in order.
    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        codec: &dyn Codec,
    ) -> Result<Stored>;

    /// Ends the lead without filling, so that somebody else may load.
    async fn release(&self, key: &CacheKey<'_>, lease: CacheLease) -> Result<()>;

    /// Forgets entries, everywhere, before it returns. Repeating it is safe and cheap.
    ///
    /// # Errors
    ///
    /// Some of it may have been done: repeat all of it. Until it has succeeded, old entries may be served.
    async fn invalidate(&self, targets: &[Invalidation]) -> Result<()>;
}

/// A cache that is shared, or chosen when the program runs, is a cache. Every method is handed on, those with a default
/// as well.
#[async_trait]
impl<C: Cache + ?Sized> Cache for Arc<C> {
    fn peek(&self, key: &CacheKey<'_>) -> Option<CacheEntry> {
        C::peek(self, key)
    }

    fn generation(&self, key: &CacheKey<'_>) -> u64 {
        C::generation(self, key)
    }

    fn answers_within(&self) -> Option<Duration> {
        C::answers_within(self)
    }

    async fn get(&self, key: &CacheKey<'_>, codec: &dyn Codec) -> Result<Lookup> {
        C::get(self, key, codec).await
    }

    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        codec: &dyn Codec,
    ) -> Result<Leased> {
        C::lease(self, key, lead_for, codec).await
    }

    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        codec: &dyn Codec,
    ) -> Result<Stored> {
        C::put(self, key, entry, lease, codec).await
    }

    async fn release(&self, key: &CacheKey<'_>, lease: CacheLease) -> Result<()> {
        C::release(self, key, lease).await
    }

    async fn invalidate(&self, targets: &[Invalidation]) -> Result<()> {
        C::invalidate(self, targets).await
    }
}

/// What is under a key.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// The entry, fresh or stale.
    pub entry: Option<CacheEntry>,
    /// The lease under which the key could be filled at that moment, if anybody has taken it.
    pub lease: Option<CacheLease>,
}

/// The right to fill a key: ended by the next invalidation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CacheLease {
    /// What the place where the entry is kept knows it by.
    pub token: u64,
    /// The [generation](super::Generations) of a nearer place that is filled along; 0 if there is none.
    pub near: u64,
}

/// A lease, and what was found when it was taken.
#[derive(Debug, Clone)]
pub struct Leased {
    /// The lease.
    pub lease: CacheLease,
    /// Whether the asker is the one that loads. `false` if no lead was asked for.
    pub leads: bool,
    /// The entry, as of this moment.
    pub entry: Option<CacheEntry>,
}

/// What became of a put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stored {
    /// It is there.
    Kept,
    /// Refused: it may be older than what is, or was, there.
    Outdated,
    /// Refused: it is larger than the backend takes. Whatever was there before is gone.
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}
