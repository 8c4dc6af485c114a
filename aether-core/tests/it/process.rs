//! Processes in memory keep every promise.

use std::sync::Arc;

use aether_contract::Backend;
use aether_core::backend::EventStore;
use aether_core::memory::{MemoryProcesses, MemoryStore};
use async_trait::async_trait;

#[derive(Default)]
struct Memory {
    store: MemoryStore,
    processes: MemoryProcesses,
}

#[async_trait]
impl Backend for Memory {
    type Handle = (Arc<dyn EventStore>, MemoryProcesses);

    async fn open() -> Self {
        Self::default()
    }

    async fn connect(&self) -> Self::Handle {
        (Arc::new(self.store.clone()), self.processes.clone())
    }
}

aether_contract::process_contract!(Memory);
