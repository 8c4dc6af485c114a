//! Redis, and the cache in process in front of it, keep every promise of the cache.

use std::sync::Arc;

use aether_core::{Cache, ManualClock};
use aether_redis::{KeySpace, RedisCache, TieredCache};
use aether_testkit::cache::CacheBackend;
use async_trait::async_trait;

use crate::probe::{connect, shared, shared_url};

/// A client of its own for every process.
async fn process(keys: &KeySpace) -> RedisCache {
    RedisCache::new(connect(shared_url().await).await, keys.clone())
}

struct Redis(KeySpace);

#[async_trait]
impl CacheBackend for Redis {
    async fn open(_: ManualClock) -> Self {
        Self(shared().await.1)
    }

    async fn connect(&self) -> Arc<dyn Cache> {
        Arc::new(process(&self.0).await)
    }
}

/// With the names that a Cluster needs.
struct HashTags(KeySpace);

#[async_trait]
impl CacheBackend for HashTags {
    async fn open(_: ManualClock) -> Self {
        Self(shared().await.1.hash_tags(true))
    }

    async fn connect(&self) -> Arc<dyn Cache> {
        Arc::new(process(&self.0).await)
    }
}

struct Tiered {
    keys: KeySpace,
    clock: ManualClock,
}

#[async_trait]
impl CacheBackend for Tiered {
    async fn open(clock: ManualClock) -> Self {
        Self { keys: shared().await.1, clock }
    }

    async fn connect(&self) -> Arc<dyn Cache> {
        let redis = process(&self.keys).await;
        let cache = TieredCache::builder(redis).clock(self.clock.clone()).start();
        // the suite's own limit ends this
        while !cache.is_tracking() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        Arc::new(cache)
    }

    fn is_immediate(&self) -> bool {
        false
    }
}

mod redis {
    use super::Redis;

    aether_testkit::cache_contract!(Redis);
}

mod redis_with_hash_tags {
    use super::HashTags;

    aether_testkit::cache_contract!(HashTags);
}

mod tiered {
    use super::Tiered;

    aether_testkit::cache_contract!(Tiered);
}
