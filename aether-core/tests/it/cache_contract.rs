//! The cache in process keeps every promise of the port.

use std::sync::Arc;

use aether_core::{Cache, ManualClock, MemoryCache};
use aether_testkit::cache::CacheBackend;
use async_trait::async_trait;

struct Memory(MemoryCache);

#[async_trait]
impl CacheBackend for Memory {
    async fn open(clock: ManualClock) -> Self {
        Self(MemoryCache::builder(10_000).clock(clock).build())
    }

    async fn connect(&self) -> Arc<dyn Cache> {
        Arc::new(self.0.clone())
    }
}

aether_testkit::cache_contract!(Memory);
