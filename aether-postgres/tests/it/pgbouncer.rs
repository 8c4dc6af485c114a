//! The store behind a PgBouncer in transaction mode, with fewer server connections than callers.

use std::any::Any;
use std::collections::HashSet;
use std::sync::Arc;

use aether_contract::Backend;
use aether_core::backend::EventStore;
use aether_core::projection::ProjectionSettings;
use aether_core::{
    AnyEvent, BoxError, Engine, Filter, Node, Position, Projection, Recorded, Subscription,
};
use aether_postgres::{PgStore, PgTx};
use aether_servers::Database;
use async_trait::async_trait;
use futures::future::join_all;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::backend::database;
use crate::census::{Census, number, run};
use crate::pooler::Pooler;
use crate::samples::{any, assert_versions, positions, read, stream, streams};

/// A store behind a pooler of its own with three server connections.
struct Pooled {
    store: PgStore,
    pooler: Pooler,
    database: Database,
}

impl Pooled {
    async fn more(&self) -> PgStore {
        connect(&self.pooler, &self.database).await
    }
}

async fn connect(pooler: &Pooler, database: &Database) -> PgStore {
    PgStore::builder()
        .unprepared()
        .max_connections(8)
        .connect(&pooler.url(database.url()))
        .await
        .unwrap()
}

#[async_trait]
impl Backend for Pooled {
    type Handle = Arc<dyn EventStore>;

    async fn open() -> Self {
        let database = database().await;
        let pooler = Pooler::start(database.url(), 3).await;
        Self { store: connect(&pooler, &database).await, pooler, database }
    }

    async fn first(&self) -> Arc<dyn EventStore> {
        Arc::new(self.store.clone())
    }

    async fn connect(&self) -> Arc<dyn EventStore> {
        Arc::new(self.more().await)
    }

    async fn open_unrelated_transaction(&self, other_database: bool) -> Box<dyn Any + Send> {
        let url = match other_database {
            true => aether_servers::shared_postgres().await.unwrap().url().to_owned(),
            false => self.database.url().to_owned(),
        };
        let mut connection = PgConnection::connect(&url).await.unwrap();
        connection.execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
        Box::new(connection)
    }

    async fn finish(self) {
        self.store.close().await;
        self.store.pool().close().await;
    }
}

aether_contract::event_store_contract!(Pooled);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_share_few_server_connections() {
    let pooled = Pooled::open().await;
    let store = &pooled.store;
    let (own, shared) = (streams(64), stream());
    let tasks = join_all(own.iter().map(|stream| {
        let (store, stream, shared) = (store.clone(), stream.clone(), shared.clone());
        tokio::spawn(async move {
            for _ in 0..5 {
                store
                    .append(any(&stream, 1).and(
                        shared.clone(),
                        aether_core::log::ExpectedVersion::Any,
                        crate::samples::events(1),
                    ))
                    .await
                    .unwrap();
            }
        })
    }));
    for task in tasks.await {
        task.unwrap();
    }
    for stream in &own {
        assert_versions(store, stream, 5).await;
    }
    assert_versions(store, &shared, 320).await;
    let log = positions(&read(store, Filter::all()).await);
    assert_eq!(log.len(), 640);
    assert!(log.windows(2).all(|pair| pair[0] < pair[1]));
    let servers = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()
                     AND backend_type = 'client backend'"; // autovacuum comes when it likes
    assert!(number(pooled.database.url(), servers).await <= 3, "the pooler pools");
    Census::take(pooled.database.url()).await;
    pooled.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_is_woken_by_polling_and_by_a_direct_listener() {
    let pooled = Pooled::open().await;
    let listening = PgStore::builder()
        .unprepared()
        .listen_at(pooled.database.url().parse().unwrap())
        .connect(&pooled.pooler.url(pooled.database.url()))
        .await
        .unwrap();
    for reader in [pooled.more().await, listening] {
        let mut subscription = Subscription::builder(Arc::new(reader.clone())).start();
        let mut seen = HashSet::new();
        let before = read(&pooled.store, Filter::all()).await.len();
        for more in 1..=3 {
            pooled.store.append(any(&stream(), 2)).await.unwrap();
            while seen.len() < before + 2 * more {
                let batch = subscription.next_batch().await.unwrap();
                seen.extend(batch.events.iter().map(|event| event.event_id));
            }
        }
        reader.close().await;
    }
    pooled.finish().await;
}

/// Counts events per type, unprepared.
struct Census64;

impl Projection<PgTx> for Census64 {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "recensement"
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        for event in events {
            sqlx::query("INSERT INTO recensement VALUES ($1)")
                .persistent(false)
                .bind(event.event_id.as_uuid())
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_projection_runs_through_the_pooler() {
    let pooled = Pooled::open().await;
    run(pooled.database.url(), "CREATE TABLE recensement (event_id UUID PRIMARY KEY)").await;
    let store = &pooled.store;
    let settings = ProjectionSettings::default().batch_size(8);
    let node = Node::builder(&Engine::new(store.clone()))
        .projection(store.read_models(), Census64.with(settings))
        .start()
        .unwrap();
    let mut last = Position::START;
    for _ in 0..30 {
        last = store.append(any(&stream(), 2)).await.unwrap().position().unwrap();
    }
    node.wait_for_all(last).await.unwrap();
    let counted = "SELECT count(*) FROM recensement";
    assert_eq!(number(pooled.database.url(), counted).await, 60);
    node.stop().await.unwrap();
    pooled.finish().await;
}
