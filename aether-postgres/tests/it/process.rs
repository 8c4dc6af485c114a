//! Processes in PostgreSQL keep every promise.

use std::sync::Arc;

use aether_contract::Backend;
use aether_core::Json;
use aether_core::backend::{EventStore, Processes as _, ReadModels as _};
use aether_core::process::ProcessChange;
use aether_postgres::{PgReadModels, PgStore};
use aether_servers::Database;
use async_trait::async_trait;
use uuid::Uuid;

use crate::backend::{connect, database};
use crate::pooler::Pooler;

struct Pg(Database);

#[async_trait]
impl Backend for Pg {
    type Handle = (Arc<dyn EventStore>, PgReadModels);

    async fn open() -> Self {
        Self(database().await)
    }

    async fn connect(&self) -> Self::Handle {
        let store = PgStore::builder().max_connections(4).connect(self.0.url()).await.unwrap();
        let processes = store.read_models();
        (Arc::new(store), processes)
    }
}

aether_contract::process_contract!(Pg);

/// The same behind a PgBouncer in transaction mode with three server connections.
struct Pooled {
    database: Database,
    pooler: Pooler,
}

#[async_trait]
impl Backend for Pooled {
    type Handle = (Arc<dyn EventStore>, PgReadModels);

    async fn open() -> Self {
        let database = database().await;
        Self { pooler: Pooler::start(database.url(), 3).await, database }
    }

    async fn connect(&self) -> Self::Handle {
        let url = self.pooler.url(self.database.url());
        let builder = PgStore::builder().unprepared().max_connections(4);
        let store = builder.connect(&url).await.unwrap();
        let processes = store.read_models();
        (Arc::new(store), processes)
    }
}

mod pooled {
    use super::Pooled;

    aether_contract::process_contract!(Pooled);
}

const MANAGER: &str = "Essai";

fn begun(id: Uuid) -> ProcessChange {
    let (state, commands, timers) = (Some(Json::empty()), Vec::new(), Vec::new());
    ProcessChange { id, new: true, state, commands, timers }
}

/// Two shards that hear the first event of one process at the same time: one has to try again, and then finds
/// what the other has stored.
#[tokio::test]
async fn a_process_that_two_transactions_begin_is_begun_once() {
    let database = database().await;
    let processes = connect(&database).await.read_models();
    let id = Uuid::new_v4();
    let now = chrono::Utc::now();
    let mut first = processes.begin().await.unwrap();
    let mut second = processes.begin().await.unwrap();
    for tx in [&mut first, &mut second] {
        assert_eq!(processes.open(tx, MANAGER, &[id]).await.unwrap().len(), 0);
    }
    processes.save(&mut first, MANAGER, &[begun(id)], now).await.unwrap();
    let other = processes.clone();
    let saving =
        tokio::spawn(async move { other.save(&mut second, MANAGER, &[begun(id)], now).await });
    processes.conclude(first).await.unwrap();
    let error = saving.await.unwrap().unwrap_err();
    assert!(error.is_transient(), "{error}");
    let mut again = processes.begin().await.unwrap();
    assert_eq!(processes.open(&mut again, MANAGER, &[id]).await.unwrap().len(), 1);
}

/// What a process has heard of its commands is nowhere else: its transaction waits for the disk, where other
/// read models do not.
#[tokio::test]
async fn a_transaction_that_changes_a_process_waits_for_the_disk() {
    let database = database().await;
    let processes = connect(&database).await.read_models();
    let mut tx = processes.begin().await.unwrap();
    let setting = "SELECT current_setting('synchronous_commit')";
    let before: String = sqlx::query_scalar(setting).fetch_one(&mut *tx).await.unwrap();
    let id = Uuid::new_v4();
    processes.save(&mut tx, MANAGER, &[begun(id)], chrono::Utc::now()).await.unwrap();
    let after: String = sqlx::query_scalar(setting).fetch_one(&mut *tx).await.unwrap();
    assert_eq!((before.as_str(), after.as_str()), ("off", "on"));
}
