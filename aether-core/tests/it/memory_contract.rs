//! The in-memory backend keeps every promise of the port.

use std::sync::Arc;

use aether_core::{EventStore, MemoryStore};
use aether_testkit::contract::Backend;
use async_trait::async_trait;

struct MemoryBackend(MemoryStore);

#[async_trait]
impl Backend for MemoryBackend {
    async fn open() -> Self {
        Self(MemoryStore::new())
    }

    fn store(&self) -> Arc<dyn EventStore> {
        Arc::new(self.0.clone())
    }

    async fn another(&self) -> Arc<dyn EventStore> {
        self.store()
    }
}

aether_testkit::event_store_contract!(MemoryBackend);
