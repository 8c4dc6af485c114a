//! What a cache counts, for its owner and for the exporter.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, Histogram};

/// What a [`CacheAside`](super::CacheAside) has done so far in this process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStats {
    /// Fetches answered from the cache.
    pub hits: u64,
    /// Fetches that found nothing fresh.
    pub misses: u64,
    /// Misses that shared the load of another one.
    pub coalesced: u64,
    /// Misses that another process filled while they waited for their turn.
    pub filled_elsewhere: u64,
    /// Loads from the source, whatever their outcome.
    pub loads: u64,
    /// Loads that failed, panicked or took too long.
    pub source_errors: u64,
    /// Values that were put into the cache.
    pub fills: u64,
    /// Fills that came too late: something newer had been there.
    pub outdated_fills: u64,
    /// Fills that were too large for the cache.
    pub oversized: u64,
    /// Loads ahead of time.
    pub refreshes: u64,
    /// Stale values that were served because the source failed.
    pub stale_serves: u64,
    /// Calls that the cache could not answer, or not in time: the source did.
    pub cache_errors: u64,
}

/// One counter, twice.
pub(super) struct Count {
    own: AtomicU64,
    exported: Counter,
}

impl Count {
    pub(super) fn one(&self) {
        self.own.fetch_add(1, Ordering::Relaxed);
        self.exported.increment(1);
    }

    fn get(&self) -> u64 {
        self.own.load(Ordering::Relaxed)
    }
}

/// Made once per cache: counting allocates nothing.
pub(super) struct Counts {
    pub(super) hits: Count,
    pub(super) misses: Count,
    pub(super) coalesced: Count,
    pub(super) filled_elsewhere: Count,
    pub(super) loads: Count,
    pub(super) source_errors: Count,
    pub(super) fills: Count,
    pub(super) outdated_fills: Count,
    pub(super) oversized: Count,
    pub(super) refreshes: Count,
    pub(super) stale_serves: Count,
    pub(super) cache_errors: Count,
    pub(super) lookup_seconds: Histogram,
    pub(super) load_seconds: Histogram,
}

impl Counts {
    pub(super) fn new(kind: &str, entry: &str) -> Self {
        let cache = format!("{kind}:{entry}");
        macro_rules! count {
            ($name:literal) => {
                Count {
                    own: AtomicU64::new(0),
                    exported: metrics::counter!($name, "cache" => cache.clone()),
                }
            };
        }
        Self {
            hits: count!("aether_cache_hits_total"),
            misses: count!("aether_cache_misses_total"),
            coalesced: count!("aether_cache_coalesced_total"),
            filled_elsewhere: count!("aether_cache_filled_elsewhere_total"),
            loads: count!("aether_cache_loads_total"),
            source_errors: count!("aether_cache_source_errors_total"),
            fills: count!("aether_cache_fills_total"),
            outdated_fills: count!("aether_cache_outdated_fills_total"),
            oversized: count!("aether_cache_oversized_total"),
            refreshes: count!("aether_cache_refreshes_total"),
            stale_serves: count!("aether_cache_stale_serves_total"),
            cache_errors: count!("aether_cache_errors_total"),
            lookup_seconds: metrics::histogram!("aether_cache_lookup_seconds", "cache" => cache.clone()),
            load_seconds: metrics::histogram!("aether_cache_load_seconds", "cache" => cache),
        }
    }

    pub(super) fn stats(&self) -> CacheStats {
        CacheStats {
            hits: self.hits.get(),
            misses: self.misses.get(),
            coalesced: self.coalesced.get(),
            filled_elsewhere: self.filled_elsewhere.get(),
            loads: self.loads.get(),
            source_errors: self.source_errors.get(),
            fills: self.fills.get(),
            outdated_fills: self.outdated_fills.get(),
            oversized: self.oversized.get(),
            refreshes: self.refreshes.get(),
            stale_serves: self.stale_serves.get(),
            cache_errors: self.cache_errors.get(),
        }
    }
}
