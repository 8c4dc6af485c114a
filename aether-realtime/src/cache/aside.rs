//! Cache-aside for one kind of value: the front that programs use.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use aether_core::time::{Clock, Random};
use aether_core::{BoxError, Result as CoreResult};
use futures::future::BoxFuture;

use super::codec::Codec;
use super::entry::{CacheEntry, Invalidation};
use super::flight::{Boarding, Flights, Pilot};
use super::key::{CacheKey, OwnedKey, ShortText};
use super::port::{Cache, Stored};
use super::sourced::Sourced;
use super::stats::{CacheStats, Counts};

mod age;
mod builder;
mod error;
mod fill;

pub use builder::CacheAsideBuilder;
pub use error::FetchError;

use builder::Settings;
use fill::Trip;

/// Reads values of one kind from a [`Cache`], and from their source when they are not there.
///
/// - **One load.** Callers that miss the same key at the same time share one load, which runs as a task of
///   its own: a caller that goes away strands nobody, a panic is an error for those who waited and for
///   nobody after them. With [`single_flight_across`](CacheAsideBuilder::single_flight_across) processes
///   share it too.
/// - **Early refresh.** A hit near the end of its time starts a load in the background; callers go on
///   hitting. One process does it.
/// - **Stale on error.** When the source fails, a value that has just run out is served, within a bound.
/// - **Absence** is remembered like a value, for a time of its own.
/// - **The cache may fail.** It is given [little time](CacheAsideBuilder::patience); then the source
///   answers, and nothing is cached that could not be guarded.
///
/// Cost: a hit in process takes well under a microsecond and allocates nothing; a hit in Redis one round
/// trip; a miss there two before the load and one after it.
///
/// Cheap to clone. Metrics carry the label `cache="{kind}:{entry}"`: `aether_cache_hits_total`,
/// `…_misses_total`, `…_coalesced_total`, `…_filled_elsewhere_total`, `…_loads_total`,
/// `…_source_errors_total`, `…_fills_total`, `…_outdated_fills_total`, `…_oversized_total`,
/// `…_refreshes_total`, `…_stale_serves_total`, `…_errors_total`, and the histograms
/// `aether_cache_lookup_seconds` (look-ups that had to wait) and `aether_cache_load_seconds`. They go to the
/// recorder that is installed when the cache is built.
pub struct CacheAside<T> {
    inner: Arc<Inner<T>>,
}

type Answer<T> = Result<Option<Arc<T>>, FetchError>;

struct Inner<T> {
    cache: Arc<dyn Cache>,
    codec: Arc<dyn Codec>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    kind: String,
    entry: String,
    settings: Settings,
    flights: Arc<Flights<Answer<T>>>,
    counts: Counts,
    values: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> CacheAside<T> {
    /// A value from the cache, or from `load` if it is not there; `None` if the source has none.
    ///
    /// `load` runs at most once, and only if nobody else loads the same value already. It may return
    /// anything that turns into [`Sourced`]: an `Option<T>`, or better a value with the position it
    /// reflects. It must read the source, not another cache.
    ///
    /// # Errors
    ///
    /// [`FetchError`], if the source fails and no value is at hand that is recent enough: whatever the cache
    /// does is no error. All who shared the load get the same one. A retry helps when the source is back.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, where it has to load.
    pub async fn fetch<L, F, S, E>(&self, id: impl fmt::Display, load: L) -> Answer<T>
    where
        L: FnOnce() -> F + Send + 'static,
        F: Future<Output = Result<S, E>> + Send + 'static,
        S: Into<Sourced<T>> + 'static,
        E: Into<BoxError> + 'static,
    {
        let group = self.group(&id);
        self.fetch_key(&self.key(group.as_str(), &self.inner.entry), load).await
    }

    /// The same for one of several parts of the entry: a page, a language. Invalidations of the entity hit
    /// all parts; one of a single part names it `{entry}/{part}`.
    ///
    /// # Errors
    ///
    /// As [`fetch`](CacheAside::fetch).
    ///
    /// # Panics
    ///
    /// As [`fetch`](CacheAside::fetch).
    pub async fn fetch_part<L, F, S, E>(
        &self,
        id: impl fmt::Display,
        part: impl fmt::Display,
        load: L,
    ) -> Answer<T>
    where
        L: FnOnce() -> F + Send + 'static,
        F: Future<Output = Result<S, E>> + Send + 'static,
        S: Into<Sourced<T>> + 'static,
        E: Into<BoxError> + 'static,
    {
        let group = self.group(&id);
        let entry = ShortText::of(format_args!("{}/{part}", self.inner.entry));
        self.fetch_key(&self.key(group.as_str(), entry.as_str()), load).await
    }

    /// Keeps a value that the caller knows, without a load: for writers that put every change of it, in
    /// order. A version that is lower than what is there is refused.
    ///
    /// # Errors
    ///
    /// Transient ones of the cache: repeat it, or [`forget`](CacheAside::forget) what may be old now.
    pub async fn put(
        &self,
        id: impl fmt::Display,
        value: impl Into<Sourced<T>>,
    ) -> CoreResult<Stored> {
        let Sourced { value, version } = value.into();
        let group = self.group(&id);
        let key = self.key(group.as_str(), &self.inner.entry);
        let entry = self.inner.entry_of(value.map(Arc::new).as_ref(), version);
        self.inner.cache.put(&key, &entry, None, &*self.inner.codec).await
    }

    /// Forgets one value, in all processes; see [`Cache::invalidate`].
    ///
    /// # Errors
    ///
    /// Transient ones of the cache: repeat it, the old value may still be served.
    pub async fn forget(&self, id: impl fmt::Display) -> CoreResult<()> {
        self.inner.cache.invalidate(&[self.invalidation(id)]).await
    }

    /// The invalidation of one value, to be sent with others.
    #[must_use]
    pub fn invalidation(&self, id: impl fmt::Display) -> Invalidation {
        Invalidation::entry(&self.inner.kind, id, &self.inner.entry)
    }

    /// The cache behind it.
    #[must_use]
    pub fn cache(&self) -> &Arc<dyn Cache> {
        &self.inner.cache
    }

    /// What it has done so far.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        self.inner.counts.stats()
    }

    fn group(&self, id: &impl fmt::Display) -> ShortText {
        ShortText::of(format_args!("{}:{id}", self.inner.kind))
    }

    fn key<'k>(&self, group: &'k str, entry: &'k str) -> CacheKey<'k> {
        CacheKey::new(group, self.inner.kind.len(), entry)
    }

    async fn fetch_key<L, F, S, E>(&self, key: &CacheKey<'_>, load: L) -> Answer<T>
    where
        L: FnOnce() -> F + Send + 'static,
        F: Future<Output = Result<S, E>> + Send + 'static,
        S: Into<Sourced<T>> + 'static,
        E: Into<BoxError> + 'static,
    {
        let inner = &self.inner;
        let mut load = Some(load);
        if let Some(entry) = inner.cache.peek(key)
            && let Some(value) = inner.hit(key, &entry, &mut load)
        {
            return Ok(value);
        }
        let since = inner.flights.now();
        let looked = inner.look(key).await;
        let entry = looked.as_ref().and_then(|looked| looked.entry.as_ref());
        if let Some(entry) = entry
            && let Some(value) = inner.hit(key, entry, &mut load)
        {
            return Ok(value);
        }
        inner.counts.misses.one();
        let boarding = Boarding {
            since,
            seen: looked.as_ref().map(|looked| looked.lease),
            generation: inner.cache.generation(key),
        };
        let result = inner.load_shared(&OwnedKey::of(key), &boarding, load).await;
        match (result, entry.and_then(|entry| inner.stale(entry))) {
            (Err(error), Some(value)) => {
                tracing::debug!(key = key.group(), %error, "the source failed: a stale value is served");
                inner.counts.stale_serves.one();
                Ok(value)
            }
            (result, _) => result,
        }
    }
}

impl<T: Send + Sync + 'static> Inner<T> {
    /// The value of an entry that is fresh. Near its end, a refresh is started with `load`.
    fn hit<L, F, S, E>(
        self: &Arc<Self>,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        load: &mut Option<L>,
    ) -> Option<Option<Arc<T>>>
    where
        L: FnOnce() -> F + Send + 'static,
        F: Future<Output = Result<S, E>> + Send + 'static,
        S: Into<Sourced<T>> + 'static,
        E: Into<BoxError> + 'static,
    {
        let age = self.age(entry);
        if !age.is_fresh() {
            return None;
        }
        let value = decoded(entry)?;
        self.counts.hits.one();
        if age.is_due() {
            let generation = self.cache.generation(key);
            let key = OwnedKey::of(key);
            if let Some(pilot) = self.flights.start(&key, generation)
                && let Some(load) = load.take()
            {
                self.take_off(pilot, key, load, Trip::Refresh);
            }
        }
        Some(value)
    }

    /// Joins the load of a key, or begins it.
    async fn load_shared<L, F, S, E>(
        self: &Arc<Self>,
        key: &OwnedKey,
        boarding: &Boarding,
        mut load: Option<L>,
    ) -> Answer<T>
    where
        L: FnOnce() -> F + Send + 'static,
        F: Future<Output = Result<S, E>> + Send + 'static,
        S: Into<Sourced<T>> + 'static,
        E: Into<BoxError> + 'static,
    {
        loop {
            let (flight, pilot) = self.flights.board(key, boarding);
            match pilot {
                None => self.counts.coalesced.one(),
                Some(pilot) => {
                    let Some(load) = load.take() else { return Err(FetchError::Stopped) };
                    let trip = Trip::Fetch { guarded: boarding.seen.is_some() };
                    self.take_off(pilot, key.clone(), load, trip);
                }
            }
            match flight.result(boarding).await {
                Some(result) => return result,
                // somebody else's refresh gave way, what it found may be too old, or the runtime that carried it
                // ended: go oneself
                None if load.is_some() => {}
                None => return Err(FetchError::Stopped),
            }
        }
    }

    /// Loads in a task of its own: it ends when it ends, no matter who waits.
    fn take_off<L, F, S, E>(
        self: &Arc<Self>,
        pilot: Pilot<Answer<T>>,
        key: OwnedKey,
        load: L,
        trip: Trip,
    ) where
        L: FnOnce() -> F + Send + 'static,
        F: Future<Output = Result<S, E>> + Send + 'static,
        S: Into<Sourced<T>> + 'static,
        E: Into<BoxError> + 'static,
    {
        let inner = self.clone();
        let load: BoxFuture<'static, Result<Sourced<T>, BoxError>> =
            Box::pin(async move { load().await.map(Into::into).map_err(Into::into) });
        tokio::spawn(async move {
            if let Some((result, asked)) = inner.bring(&pilot, &key.key(), load, trip).await {
                pilot.land(result, asked);
            }
        });
    }
}

/// The value of an entry, if it is of this type: two kinds of values may not share a name.
fn decoded<T: Send + Sync + 'static>(entry: &CacheEntry) -> Option<Option<Arc<T>>> {
    match &entry.value {
        None => Some(None),
        Some(value) => value.clone().downcast().ok().map(Some),
    }
}

impl<T> Clone for CacheAside<T> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<T> fmt::Debug for CacheAside<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheAside")
            .field("kind", &self.inner.kind)
            .field("entry", &self.inner.entry)
            .field("cache", &self.inner.cache)
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}
