//! Processes in memory keep every promise.

use std::sync::Arc;

use aether_core::{EventStore, MemoryProcesses, MemoryStore};
use aether_testkit::processes::ProcessBackend;
use async_trait::async_trait;

#[derive(Default)]
struct Memory {
    store: MemoryStore,
    processes: MemoryProcesses,
}

#[async_trait]
impl ProcessBackend for Memory {
    type Processes = MemoryProcesses;

    async fn open() -> Self {
        Self::default()
    }

    async fn connect(&self) -> (Arc<dyn EventStore>, MemoryProcesses) {
        (Arc::new(self.store.clone()), self.processes.clone())
    }
}

aether_testkit::process_contract!(Memory);
