//! Redis, and the cache in process in front of it, keep every promise of the cache, however Redis is deployed.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use aether_contract::Backend;
use aether_core::time::{Clock as _, SystemClock};
use aether_realtime::cache::Cache;
use aether_redis::{RedisCache, TieredCache};
use aether_testkit::clock::ManualClock;
use async_trait::async_trait;

use crate::probe::{Deployment, Place, suite_on_every_topology};

/// A client of its own for every process.
async fn process(place: &Place) -> RedisCache {
    RedisCache::new(place.another_client().await, place.keys.clone())
}

struct Redis<D>(Place, PhantomData<D>);

#[async_trait]
impl<D: Deployment> Backend for Redis<D> {
    type Handle = Arc<dyn Cache>;

    async fn open() -> Self {
        Self(D::place().await, PhantomData)
    }

    async fn connect(&self) -> Arc<dyn Cache> {
        Arc::new(process(&self.0).await)
    }
}

struct Tiered<D> {
    place: Place,
    clock: ManualClock,
    deployment: PhantomData<D>,
}

#[async_trait]
impl<D: Deployment> Backend for Tiered<D> {
    type Handle = Arc<dyn Cache>;

    async fn open() -> Self {
        let clock = ManualClock::at(SystemClock.now());
        Self { place: D::place().await, clock, deployment: PhantomData }
    }

    async fn connect(&self) -> Arc<dyn Cache> {
        let redis = process(&self.place).await;
        let cache = TieredCache::builder(redis).clock(self.clock.clone()).start();
        // the suite's own limit ends this
        while !cache.is_tracking() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Arc::new(cache)
    }

    fn clock(&self) -> ManualClock {
        self.clock.clone()
    }

    fn is_immediate(&self) -> bool {
        false
    }
}

mod redis {
    use super::{Redis, suite_on_every_topology};

    suite_on_every_topology!(cache_contract, Redis);
}

mod tiered {
    use super::{Tiered, suite_on_every_topology};

    suite_on_every_topology!(cache_contract, Tiered);
}
