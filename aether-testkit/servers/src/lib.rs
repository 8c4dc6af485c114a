#![doc = include_str!("../README.md")]

mod account;
mod backing;
#[cfg(feature = "docker")]
mod container;
#[cfg(not(feature = "docker"))]
#[path = "no_container.rs"]
mod container;
mod database;
mod discovery;
mod error;
mod local;
mod postgres;
mod process;
mod redis;
mod selection;
mod template;
mod watchdog;

pub use backing::Origin;
pub use database::Database;
pub use discovery::doctor;
pub use error::ServersError;
pub use postgres::{Postgres, PostgresOptions};
pub use redis::{
    Cluster, Migration, Redis, RedisCluster, RedisGroup, RedisOptions, RedisSentinel, Sentinel,
    shared_redis_cluster, shared_redis_sentinel,
};
pub use selection::{
    BinFolder, Choice, DATABASE_URL, PG_BIN, REDIS_CLUSTER_URL, REDIS_SENTINEL_URL, REDIS_URL,
    Surroundings,
};

use tokio::sync::OnceCell;

/// Both servers.
#[derive(Debug)]
#[non_exhaustive]
pub struct Servers {
    /// The PostgreSQL.
    pub postgres: Postgres,
    /// The Redis.
    pub redis: Redis,
}

/// How both servers are started.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// For PostgreSQL.
    pub postgres: PostgresOptions,
    /// For Redis.
    pub redis: RedisOptions,
}

impl Options {
    /// Options for tests: see [`PostgresOptions::for_tests`].
    pub fn for_tests() -> Self {
        Options { postgres: PostgresOptions::for_tests(), redis: RedisOptions::default() }
    }
}

impl Servers {
    /// Finds or starts both, at the same time.
    ///
    /// # Errors
    ///
    /// The first error of either; the other server is then stopped.
    pub async fn start(options: Options) -> Result<Servers, ServersError> {
        let (postgres, redis) =
            tokio::try_join!(Postgres::start(options.postgres), Redis::start(options.redis))?;
        Ok(Servers { postgres, redis })
    }

    /// Stops those that were started and returns when they are gone.
    ///
    /// # Errors
    ///
    /// [`ServersError::Io`] when the system refuses.
    pub async fn stop(self) -> Result<(), ServersError> {
        tokio::try_join!(self.postgres.stop(), self.redis.stop()).map(drop)
    }
}

/// The PostgreSQL that all tests of this process share, started with
/// [`PostgresOptions::for_tests`] by the first that asks.
///
/// # Errors
///
/// Those of [`Postgres::start`]; the next caller tries again.
pub async fn shared_postgres() -> Result<&'static Postgres, ServersError> {
    static SHARED: OnceCell<Postgres> = OnceCell::const_new();
    SHARED.get_or_try_init(|| Postgres::start(PostgresOptions::for_tests())).await
}

/// The Redis that all tests of this process share, started by the first that asks. Take a
/// [prefix](Redis::prefix) for your keys.
///
/// # Errors
///
/// Those of [`Redis::start`]; the next caller tries again.
pub async fn shared_redis() -> Result<&'static Redis, ServersError> {
    static SHARED: OnceCell<Redis> = OnceCell::const_new();
    SHARED.get_or_try_init(|| Redis::start(RedisOptions::default())).await
}
