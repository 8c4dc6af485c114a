//! A fresh database per test, and transactions that stay open as long as a test wants.

use std::any::Any;
use std::sync::Arc;

use aether_contract::{Backend, SlowAppend};
use aether_core::backend::EventStore;
use aether_core::log::{Append, Appended};
use aether_core::{Error, Result};
use aether_postgres::PgStore;
use aether_servers::{Database, Postgres, PostgresOptions};
use async_trait::async_trait;
use sqlx::{Connection as _, Executor as _, PgConnection};

/// A migrated database of its own, and a store on it.
pub(crate) struct PgBackend {
    pub(crate) store: PgStore,
    pub(crate) database: Database,
}

/// A fresh, migrated database.
pub(crate) async fn database() -> Database {
    database_on(aether_servers::shared_postgres().await.unwrap()).await
}

/// A server that a test may kill or pause. What it has committed is on the disk.
pub(crate) async fn own_server() -> Postgres {
    Postgres::start(PostgresOptions::default().own()).await.unwrap()
}

/// A fresh, migrated database of a server.
pub(crate) async fn database_on(postgres: &Postgres) -> Database {
    postgres
        .database_from("aether_postgres", async |url: String| {
            let store = PgStore::connect(&url).await?;
            store.migrate().await?;
            store.close().await;
            store.pool().close().await;
            Ok::<_, aether_postgres::Error>(())
        })
        .await
        .unwrap()
}

pub(crate) async fn connect(database: &Database) -> PgStore {
    PgStore::builder().max_connections(8).connect(database.url()).await.unwrap()
}

#[async_trait]
impl Backend for PgBackend {
    type Handle = Arc<dyn EventStore>;

    async fn open() -> Self {
        let database = database().await;
        Self { store: connect(&database).await, database }
    }

    async fn first(&self) -> Arc<dyn EventStore> {
        Arc::new(self.store.clone())
    }

    async fn connect(&self) -> Arc<dyn EventStore> {
        Arc::new(connect(&self.database).await)
    }

    async fn begin_slow_append(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        let mut slow = self.slow(append).await;
        slow.execute().await.unwrap();
        Some(Box::new(slow))
    }

    async fn draw_numbers_without_inserting(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        let mut slow = self.slow(append).await;
        slow.connection.execute("SELECT aether_enter()").await.unwrap();
        slow.connection.execute("SELECT nextval('aether_event_sequence')").await.unwrap();
        Some(Box::new(slow))
    }

    async fn open_unrelated_transaction(&self, other_database: bool) -> Box<dyn Any + Send> {
        let url = match other_database {
            true => aether_servers::shared_postgres().await.unwrap().url().to_owned(),
            false => self.database.url().to_owned(),
        };
        let mut connection = PgConnection::connect(&url).await.unwrap();
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
        connection.execute("SELECT pg_current_xact_id()").await.unwrap();
        Box::new(connection)
    }

    async fn finish(self) {
        self.store.close().await;
        self.store.pool().close().await;
    }
}

impl PgBackend {
    async fn slow(&self, append: Append) -> SlowTransaction {
        let mut connection = PgConnection::connect(self.database.url()).await.unwrap();
        connection.execute("BEGIN").await.unwrap();
        SlowTransaction { store: self.store.clone(), connection, append, done: None }
    }
}

/// An append in a transaction that is still open.
struct SlowTransaction {
    store: PgStore,
    connection: PgConnection,
    append: Append,
    done: Option<Appended>,
}

impl SlowTransaction {
    async fn execute(&mut self) -> Result<Appended> {
        if let Some(done) = &self.done {
            return Ok(done.clone());
        }
        let done = self.store.append_in(&mut self.connection, self.append.clone()).await?;
        self.done = Some(done.clone());
        Ok(done)
    }
}

#[async_trait]
impl SlowAppend for SlowTransaction {
    async fn commit(mut self: Box<Self>) -> Result<Appended> {
        let done = self.execute().await?;
        self.connection
            .execute("COMMIT")
            .await
            .map_err(|error| Error::Backend { source: error.into() })?;
        Ok(done)
    }

    async fn rollback(mut self: Box<Self>) {
        self.connection.execute("ROLLBACK").await.unwrap();
    }
}
