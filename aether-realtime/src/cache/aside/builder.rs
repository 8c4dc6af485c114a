//! How a cache-aside is set up.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use aether_core::time::{Clock, Random, SystemClock, SystemRandom};

use super::{CacheAside, Inner};
use crate::cache::codec::{Codec, JsonCodec};
use crate::cache::flight::Flights;
use crate::cache::port::Cache;
use crate::cache::stats::Counts;

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) time_to_live: Duration,
    pub(super) jitter: f64,
    pub(super) refresh_ahead: f64,
    pub(super) stale_on_error: Duration,
    pub(super) negative: Duration,
    pub(super) across: Option<Duration>,
    pub(super) load_timeout: Duration,
    pub(super) patience: Duration,
}

/// Builds a [`CacheAside`]. Values are stored as JSON where they leave the process, unless by another
/// [codec](CacheAsideBuilder::codec).
#[derive(Debug)]
#[must_use = "nothing is cached before it is built"]
pub struct CacheAsideBuilder<T, C = JsonCodec<T>> {
    cache: Arc<dyn Cache>,
    codec: C,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    kind: String,
    entry: String,
    settings: Settings,
    values: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> CacheAside<T> {
    /// A cache of `entry` (`"profile"`) for entities of `kind` (`"player"`).
    ///
    /// Everything that is kept about one entity is invalidated together, in one step; in Redis it lives
    /// under one key.
    pub fn builder(cache: impl Cache, kind: &str, entry: &str) -> CacheAsideBuilder<T> {
        CacheAsideBuilder {
            cache: Arc::new(cache),
            codec: JsonCodec::new(0),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            kind: kind.to_owned(),
            entry: entry.to_owned(),
            settings: Settings {
                time_to_live: Duration::from_secs(600),
                jitter: 0.1,
                refresh_ahead: 0.8,
                stale_on_error: Duration::from_secs(60),
                negative: Duration::from_secs(30),
                across: None,
                load_timeout: Duration::from_secs(10),
                patience: Duration::from_millis(250),
            },
            values: PhantomData,
        }
    }
}

impl<T: Send + Sync + 'static, C> CacheAsideBuilder<T, C> {
    /// Another [`Codec`]: another format, a [schema](Codec::schema) number, a [weight](Codec::weigh).
    pub fn codec<D: Codec>(self, codec: D) -> CacheAsideBuilder<T, D> {
        let Self { cache, clock, random, kind, entry, settings, values, .. } = self;
        CacheAsideBuilder { cache, codec, clock, random, kind, entry, settings, values }
    }

    /// How long a value is served at most before it is loaded anew. Default 10 minutes.
    pub const fn time_to_live(mut self, span: Duration) -> Self {
        self.settings.time_to_live = span;
        self
    }

    /// By which part of it lifetimes are shortened at random, so that what was filled together does not
    /// end together. From 0 to 1; default 0.1.
    pub const fn jitter(mut self, part: f64) -> Self {
        self.settings.jitter = part.clamp(0.0, 1.0);
        self
    }

    /// After which part of the time to live a hit starts a load in the background. From 0 to 1; default
    /// 0.8; at 1 never.
    pub const fn refresh_ahead(mut self, part: f64) -> Self {
        self.settings.refresh_ahead = part.clamp(0.0, 1.0);
        self
    }

    /// How long after its time to live a value is served if the source fails. Default 1 minute; zero for
    /// never.
    pub const fn stale_on_error(mut self, span: Duration) -> Self {
        self.settings.stale_on_error = span;
        self
    }

    /// How long it is remembered that the source has no such value. Default 30 seconds; zero for not at all.
    pub const fn negative(mut self, span: Duration) -> Self {
        self.settings.negative = span;
        self
    }

    /// Lets one process load what several miss at the same time. The others look for its value again and
    /// again, for up to `wait`; then they load on their own. Default: each process loads.
    pub const fn single_flight_across(mut self, wait: Duration) -> Self {
        self.settings.across = Some(wait);
        self
    }

    /// How long a load may take. Default 10 seconds. Loads that take longer than the backend's leases (30
    /// seconds in Redis) are not cached.
    pub const fn load_timeout(mut self, limit: Duration) -> Self {
        self.settings.load_timeout = limit;
        self
    }

    /// How long the cache may take for one answer before the source is asked. Default 250 ms.
    pub const fn patience(mut self, limit: Duration) -> Self {
        self.settings.patience = limit;
        self
    }

    /// Reads the time here. Default: the machine's clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Draws the jitter here. Default: the operating system's randomness.
    pub fn random(mut self, random: impl Random) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// The cache-aside.
    #[must_use]
    pub fn build(self) -> CacheAside<T>
    where
        C: Codec,
    {
        let counts = Counts::new(&self.kind, &self.entry);
        let inner = Inner {
            cache: self.cache,
            codec: Arc::new(self.codec),
            clock: self.clock,
            random: self.random,
            kind: self.kind,
            entry: self.entry,
            settings: self.settings,
            flights: Flights::new(),
            counts,
            values: PhantomData,
        };
        CacheAside { inner: Arc::new(inner) }
    }
}
