//! Processes in PostgreSQL keep every promise.

use std::sync::Arc;

use aether_core::EventStore;
use aether_postgres::{PgReadModels, PgStore};
use aether_testkit::processes::ProcessBackend;
use aether_testkit::servers::Database;
use async_trait::async_trait;

use crate::backend::database;

struct Pg(Database);

#[async_trait]
impl ProcessBackend for Pg {
    type Processes = PgReadModels;

    async fn open() -> Self {
        Self(database().await)
    }

    async fn connect(&self) -> (Arc<dyn EventStore>, Arc<PgReadModels>) {
        let store = PgStore::builder().max_connections(4).connect(self.0.url()).await.unwrap();
        let processes = Arc::new(store.read_models());
        (Arc::new(store), processes)
    }
}

aether_testkit::process_contract!(Pg);
