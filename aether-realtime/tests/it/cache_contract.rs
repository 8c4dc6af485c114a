//! The cache in process keeps every promise of the port.

use std::sync::Arc;

use aether_contract::Backend;
use aether_core::time::{Clock as _, SystemClock};
use aether_realtime::cache::{Cache, MemoryCache};
use aether_testkit::clock::ManualClock;
use async_trait::async_trait;

struct Memory {
    cache: MemoryCache,
    clock: ManualClock,
}

#[async_trait]
impl Backend for Memory {
    type Handle = Arc<dyn Cache>;

    async fn open() -> Self {
        let clock = ManualClock::at(SystemClock.now());
        Self { cache: MemoryCache::builder(10_000).clock(clock.clone()).build(), clock }
    }

    async fn connect(&self) -> Arc<dyn Cache> {
        Arc::new(self.cache.clone())
    }

    fn clock(&self) -> ManualClock {
        self.clock.clone()
    }
}

aether_contract::cache_contract!(Memory);
