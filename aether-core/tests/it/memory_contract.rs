//! The in-memory backend keeps every promise of the port.

use std::sync::Arc;

use aether_contract::Backend;
use aether_core::backend::EventStore;
use aether_core::memory::MemoryStore;
use async_trait::async_trait;

struct MemoryBackend(MemoryStore);

#[async_trait]
impl Backend for MemoryBackend {
    type Handle = Arc<dyn EventStore>;

    async fn open() -> Self {
        Self(MemoryStore::new())
    }

    async fn connect(&self) -> Arc<dyn EventStore> {
        Arc::new(self.0.clone())
    }
}

aether_contract::event_store_contract!(MemoryBackend);
