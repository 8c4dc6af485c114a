//! One load: the right to fill, the source, the fill.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::backend::{Backoff, panic_text};
use aether_core::{BoxError, Result as CoreResult};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Either, select};

use super::{Answer, FetchError, Inner, decoded};
use crate::cache::entry::CacheEntry;
use crate::cache::flight::Pilot;
use crate::cache::key::CacheKey;
use crate::cache::port::{Leased, Lookup, Stored};
use crate::cache::sourced::Sourced;

/// How often others look for what one process loads, at the least.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

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
    /// Somebody else has filled it; when that was asked for.
    Served(Option<Arc<T>>, u64),
    /// Somebody else refreshes it.
    Theirs,
}

impl<T: Send + Sync + 'static> Inner<T> {
    /// What the cache says; `None` if it says nothing in time.
    pub(super) async fn look(&self, key: &CacheKey<'_>) -> Option<Lookup> {
        let started = Instant::now();
        let answer = self.cache.get(key, &*self.codec);
        let looked = match self.cache.answers_within() {
            Some(limit) if limit <= self.settings.patience => self.said("get", answer.await),
            _ => self.ask("get", answer).await,
        };
        self.counts.lookup_seconds.record(started.elapsed());
        looked
    }

    /// Loads and fills; `None` if it is somebody else's turn and nobody waits for this. What was not loaded comes with
    /// the moment at which it was asked for.
    pub(super) async fn bring(
        &self,
        pilot: &Pilot<Answer<T>>,
        key: &CacheKey<'_>,
        load: BoxFuture<'static, Result<Sourced<T>, BoxError>>,
        trip: Trip,
    ) -> Option<(Answer<T>, Option<u64>)> {
        let leased = match self.turn(key, trip).await {
            Turn::Ours(leased) => leased,
            Turn::Served(value, asked) => {
                self.counts.filled_elsewhere.one();
                return Some((Ok(value), Some(asked)));
            }
            Turn::Theirs => {
                // hits go on meanwhile, and would ask again at once
                self.clock.sleep(LOOK_AGAIN).await;
                return None;
            }
        };
        pilot.begin(leased.as_ref().map(|leased| leased.lease), self.cache.generation(key));
        if trip == Trip::Refresh {
            self.counts.refreshes.one();
        }
        let answer = match self.load(load).await {
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
        };
        Some((answer, None))
    }

    async fn turn(&self, key: &CacheKey<'_>, trip: Trip) -> Turn<T> {
        let lead_for = match trip {
            Trip::Fetch { guarded: false } => return Turn::Ours(None),
            Trip::Fetch { guarded: true } => self.settings.across,
            Trip::Refresh => Some(self.settings.load_timeout),
        };
        let mut left = self.settings.across.unwrap_or_default();
        let mut backoff = Backoff::new(Duration::from_millis(2), LOOK_AGAIN);
        loop {
            let asked = self.flights.now();
            let lease = self.cache.lease(key, lead_for, &*self.codec);
            let Some(leased) = self.ask("lease", lease).await else { return Turn::Ours(None) };
            if let Some(value) = self.filled(leased.entry.as_ref(), trip) {
                if leased.leads {
                    self.ask("release", self.cache.release(key, leased.lease)).await;
                }
                return Turn::Served(value, asked);
            }
            if trip == Trip::Refresh && !leased.leads {
                return Turn::Theirs;
            }
            if leased.leads || left.is_zero() {
                return Turn::Ours(Some(leased));
            }
            let pause = backoff.pause(&*self.random);
            self.clock.sleep(pause).await;
            left = left.saturating_sub(pause);
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
                Err(FetchError::Panicked { message: panic_text(panic.as_ref()) })
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
        match select(pin!(answer), self.clock.sleep(self.settings.patience)).await {
            Either::Left((answer, _)) => self.said(what, answer),
            Either::Right(_) => self.said(what, Err::<R, BoxError>("no answer in time".into())),
        }
    }

    fn said<R, E: Into<BoxError>>(&self, what: &str, answer: Result<R, E>) -> Option<R> {
        answer
            .map_err(|error| {
                let error: BoxError = error.into();
                self.counts.cache_errors.one();
                tracing::debug!(what, error, "the cache does not answer");
            })
            .ok()
    }
}
