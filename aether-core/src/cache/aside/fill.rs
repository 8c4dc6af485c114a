//! One load: the right to fill, the source, the fill.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::{BoxFuture, Either, select};

use super::{Answer, FetchError, Inner, decoded};
use crate::cache::entry::CacheEntry;
use crate::cache::flight::Pilot;
use crate::cache::key::CacheKey;
use crate::cache::port::{Leased, Lookup, Stored};
use crate::cache::sourced::Sourced;
use crate::error::{BoxError, Result as CoreResult};

/// How often others look for what one process loads: soon at first.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(50));

/// Why a load is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trip {
    /// Somebody waits. `guarded`: the cache answered, so that it may be filled.
    Fetch { guarded: bool },
    /// Ahead of time.
    Refresh,
}

/// Whose turn it is.
enum Turn<T> {
    /// To load, and to fill under the lease if there is one.
    Ours(Option<Leased>),
    /// Somebody else has filled it.
    Served(Option<Arc<T>>),
    /// Somebody else refreshes it.
    Theirs,
}

impl<T: Send + Sync + 'static> Inner<T> {
    /// What the cache says; `None` if it says nothing in time.
    pub(super) async fn look(&self, key: &CacheKey<'_>) -> Option<Lookup> {
        let started = Instant::now();
        let looked = self.ask("get", self.cache.get(key, &*self.codec)).await;
        self.counts.lookup_seconds.record(started.elapsed());
        looked
    }

    /// Loads and fills; `None` if it is somebody else's turn and nobody waits for this.
    pub(super) async fn bring(
        &self,
        pilot: &Pilot<Answer<T>>,
        key: &CacheKey<'_>,
        load: BoxFuture<'static, Result<Sourced<T>, BoxError>>,
        trip: Trip,
    ) -> Option<Answer<T>> {
        let leased = match self.turn(key, trip).await {
            Turn::Ours(leased) => leased,
            Turn::Served(value) => {
                self.counts.filled_elsewhere.one();
                return Some(Ok(value));
            }
            Turn::Theirs => {
                // hits go on meanwhile, and would ask again at once
                self.clock.sleep(LOOK_AGAIN.1).await;
                return None;
            }
        };
        pilot.begin(leased.as_ref().map(|leased| leased.lease), self.cache.generation(key));
        if trip == Trip::Refresh {
            self.counts.refreshes.one();
        }
        Some(match self.load(load).await {
            Ok(Sourced { value, version }) => {
                let value = value.map(Arc::new);
                if let Some(leased) = leased {
                    self.fill(key, self.entry_of(value.as_ref(), version), &leased).await;
                }
                Ok(value)
            }
            Err(error) => {
                self.counts.source_errors.one();
                tracing::debug!(key = key.group(), %error, "a load failed");
                // after a failed refresh the lead stays until it lapses: that is the pause before the next
                if let Some(leased) = leased.filter(|leased| leased.leads && trip != Trip::Refresh)
                {
                    self.ask("release", self.cache.release(key, leased.lease)).await;
                }
                Err(error)
            }
        })
    }

    async fn turn(&self, key: &CacheKey<'_>, trip: Trip) -> Turn<T> {
        let lead_for = match trip {
            Trip::Fetch { guarded: false } => return Turn::Ours(None),
            Trip::Fetch { guarded: true } => self.settings.across,
            Trip::Refresh => Some(self.settings.load_timeout),
        };
        let mut left = self.settings.across.unwrap_or_default();
        let mut pause = LOOK_AGAIN.0;
        loop {
            let lease = self.cache.lease(key, lead_for, &*self.codec);
            let Some(leased) = self.ask("lease", lease).await else { return Turn::Ours(None) };
            if let Some(value) = self.filled(leased.entry.as_ref(), trip) {
                if leased.leads {
                    self.ask("release", self.cache.release(key, leased.lease)).await;
                }
                return Turn::Served(value);
            }
            if trip == Trip::Refresh && !leased.leads {
                return Turn::Theirs;
            }
            if leased.leads || left.is_zero() {
                return Turn::Ours(Some(leased));
            }
            self.clock.sleep(pause).await;
            left = left.saturating_sub(pause);
            pause = (pause * 2).min(LOOK_AGAIN.1);
        }
    }

    /// The value that somebody else has put there.
    fn filled(&self, entry: Option<&CacheEntry>, trip: Trip) -> Option<Option<Arc<T>>> {
        let entry = entry?;
        let age = self.age(entry);
        let newer = age.is_fresh() && !(age.is_due() && trip == Trip::Refresh);
        newer.then(|| decoded(entry)).flatten()
    }

    async fn load(
        &self,
        load: BoxFuture<'static, Result<Sourced<T>, BoxError>>,
    ) -> Result<Sourced<T>, FetchError> {
        let limit = self.settings.load_timeout;
        let started = Instant::now();
        self.counts.loads.one();
        let load = AssertUnwindSafe(load).catch_unwind();
        let result = match select(load, self.clock.sleep(limit)).await {
            Either::Left((Ok(Ok(sourced)), _)) => Ok(sourced),
            Either::Left((Ok(Err(error)), _)) => Err(FetchError::source_failed(error)),
            Either::Left((Err(panic), _)) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
                Err(FetchError::Panicked { message: text.unwrap_or("no message").to_owned() })
            }
            Either::Right(_) => Err(FetchError::TimedOut { limit }),
        };
        self.counts.load_seconds.record(started.elapsed());
        result
    }

    async fn fill(&self, key: &CacheKey<'_>, entry: CacheEntry, leased: &Leased) {
        if entry.fresh_until <= self.clock.now() {
            if leased.leads {
                self.ask("release", self.cache.release(key, leased.lease)).await;
            }
            return;
        }
        let put = self.cache.put(key, &entry, Some(leased.lease), &*self.codec);
        match self.ask("put", put).await {
            Some(Stored::Kept) => self.counts.fills.one(),
            Some(Stored::Outdated) => self.counts.outdated_fills.one(),
            Some(Stored::TooLarge { bytes, limit }) => {
                tracing::debug!(
                    key = key.group(),
                    bytes,
                    limit,
                    "a value is too large for the cache"
                );
                self.counts.oversized.one();
            }
            None => {}
        }
    }

    /// An answer of the cache, if there is one in time. Whatever is wrong with it is counted, and not the
    /// caller's business.
    async fn ask<R>(&self, what: &str, answer: impl Future<Output = CoreResult<R>>) -> Option<R> {
        let error: BoxError =
            match select(Box::pin(answer), self.clock.sleep(self.settings.patience)).await {
                Either::Left((Ok(answer), _)) => return Some(answer),
                Either::Left((Err(error), _)) => error.into(),
                Either::Right(_) => "no answer in time".into(),
            };
        self.counts.cache_errors.one();
        tracing::debug!(what, error, "the cache does not answer");
        None
    }
}
