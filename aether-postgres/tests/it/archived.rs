//! The contract, kept while everything that is stored moves to the archive.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use aether_contract::{Backend, SlowAppend};
use aether_core::backend::EventStore;
use aether_core::log::Append;
use async_trait::async_trait;
use tokio::task::JoinHandle;

use crate::backend::{PgBackend, connect};

aether_contract::event_store_contract!(Archived);

/// A store whose events are archived a few at a time, all the time.
struct Archived {
    inner: PgBackend,
    archiver: JoinHandle<()>,
}

#[async_trait]
impl Backend for Archived {
    type Handle = Arc<dyn EventStore>;

    async fn open() -> Self {
        let inner = PgBackend::open().await;
        let store = connect(&inner.database).await;
        let archiver = tokio::spawn(async move {
            let all = "9999-01-01T00:00:00Z".parse().unwrap();
            loop {
                if store.archive(all, 3).await.unwrap_or(0) == 0 {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
        });
        Self { inner, archiver }
    }

    async fn first(&self) -> Arc<dyn EventStore> {
        self.inner.first().await
    }

    async fn connect(&self) -> Arc<dyn EventStore> {
        self.inner.connect().await
    }

    async fn begin_slow_append(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        self.inner.begin_slow_append(append).await
    }

    async fn draw_numbers_without_inserting(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        self.inner.draw_numbers_without_inserting(append).await
    }

    async fn open_unrelated_transaction(&self, other_database: bool) -> Box<dyn Any + Send> {
        self.inner.open_unrelated_transaction(other_database).await
    }

    async fn finish(self) {
        self.archiver.abort();
        self.inner.finish().await;
    }
}
