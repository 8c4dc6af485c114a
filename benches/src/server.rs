//! The PostgreSQL that is measured: found or started, and refused when its figures would be worthless.

use aether_postgres::PgStore;
use aether_servers::{Database, Postgres, PostgresOptions};
use anyhow::{Context as _, Result, ensure};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// A PostgreSQL whose commits wait for the disk.
#[derive(Debug)]
pub struct Server {
    postgres: Postgres,
    /// Its version, as `SHOW server_version` says.
    pub version: String,
    settings: Vec<(&'static str, String)>,
}

/// What makes a commit durable.
const DURABILITY: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

impl Server {
    /// Finds or starts it.
    ///
    /// # Errors
    ///
    /// When there is none, or one that answers before its commits are on the disk.
    pub async fn start() -> Result<Self> {
        let postgres = Postgres::start(PostgresOptions::default()).await?;
        let mut connection = PgConnection::connect(postgres.url()).await?;
        let mut settings = Vec::new();
        for name in DURABILITY {
            let value = show(&mut connection, name).await?;
            ensure!(
                value == "on",
                "{name} is {value}: no figures are taken from a server that may lose commits"
            );
            settings.push((name, value));
        }
        let version = show(&mut connection, "server_version").await?;
        connection.close().await?;
        Ok(Self { postgres, version, settings })
    }

    /// A fresh database with the tables of the store in it.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn database(&self) -> Result<Database> {
        let database = self.postgres.database().await?;
        let store = PgStore::builder().max_connections(2).connect(database.url()).await?;
        store.migrate().await.context("the store's tables could not be made")?;
        aether_core::backend::EventStore::close(&store).await;
        store.pool().close().await;
        Ok(database)
    }

    /// What a reader of the figures has to know of the server, as `name=value`.
    #[must_use]
    pub fn describe(&self) -> String {
        let settings = self.settings.iter().map(|(name, value)| format!("{name}={value}"));
        let settings: Vec<_> = settings.collect();
        format!("postgresql={:?} {}", self.version, settings.join(" "))
    }

    /// Kills it without a warning and starts it again.
    ///
    /// # Errors
    ///
    /// For a server that was not started here.
    pub async fn crash(&mut self) -> Result<()> {
        self.postgres.kill9().await?;
        Ok(self.postgres.restart().await?)
    }

    /// Stops it, if it was started here.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub async fn stop(self) -> Result<()> {
        Ok(self.postgres.stop().await?)
    }
}

/// A pool as both sides of a comparison get it: warm, and without a round trip before each use.
///
/// # Errors
///
/// When the database cannot be reached.
pub async fn pool(database: &Database, connections: u32) -> Result<PgPool> {
    let options: PgConnectOptions = database.url().parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// Writes dirty pages out, so that no work pays for the one before it.
///
/// # Errors
///
/// When the server refuses.
pub async fn checkpoint(pool: &PgPool) -> Result<()> {
    sqlx::raw_sql("CHECKPOINT").execute(pool).await?;
    Ok(())
}

async fn show(connection: &mut PgConnection, name: &str) -> Result<String> {
    let value = sqlx::query_scalar(AssertSqlSafe(format!("SHOW {name}")));
    Ok(value.fetch_one(connection).await?)
}
