//! The connection: opened, kept alive, and never waited for without a limit.

mod address;
mod breaker;
mod call;
mod config;
mod connect;
#[cfg(feature = "ephemeral")]
mod dedicated;
mod greeting;
mod health;
mod listening;
mod meters;
mod pulse;
mod redirect;
mod sentinel;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize};

use fred::clients::Pool;
use fred::interfaces::ClientLike as _;
use fred::types::config::{Config, ServerConfig};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};

use crate::error::{Error, Result};
use crate::key_space::{Key, KeySpace};
use crate::settings::RedisSettings;

use breaker::{Breaker, Limits};
use config::Purpose;
use meters::Meters;
use redirect::Redirects;

pub use connect::Connect;
pub use health::{Circuit, Health, Topology};
pub(crate) use meters::Family;

/// A pool of connections to one Redis: a single server, Sentinel or Cluster, as its address says.
/// Cheap to clone; share one per process. The last clone that is dropped closes it.
///
/// A lost connection is opened again in the background, for ever. Meanwhile every call is answered at
/// once with [`Error::Unreachable`]; nothing is queued behind the caller's back. Every call has the
/// [time limit](RedisSettings::command_timeout) of the settings.
///
/// # A Redis that does not answer
///
/// After [several](RedisSettings::breaker_threshold) calls in a row without an answer a circuit breaker
/// opens: calls are refused at once with [`Error::CircuitOpen`] and nothing is sent, so that a slow Redis
/// costs its callers microseconds rather than a time-out each. One `PING` per
/// [pause](RedisSettings::breaker_pause), sent by the client itself, finds out when Redis is back.
///
/// # Failing over
///
/// With Sentinel, a connection that is lost or that finds a replica at its end asks Sentinel for the master again.
/// One that is still well moves when Sentinel announces another master. On a Cluster, nodes that are not in the
/// address are learnt, and slots are followed where they move. While a master that died is being replaced its keys
/// (at times all keys) are unreachable. All of that is answered with [transient](Error::is_transient) errors and
/// heals by itself. What was acknowledged just before a failover may be lost: replication is asynchronous.
#[derive(Clone)]
pub struct RedisClient {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    /// How many commands were sent: says over which connection the next one goes.
    sent: AtomicUsize,
    /// A bit for each connection that leads to a master that was replaced: not to be used.
    astray: AtomicU64,
    config: Config,
    settings: RedisSettings,
    breaker: Breaker,
    meters: Meters,
    redirects: Redirects,
    /// Told whenever a connection was opened again.
    came_back: Arc<Notify>,
    /// What watches something for this client ends with it.
    alive: watch::Sender<()>,
    /// Where the client library's tasks run, and ours.
    runtime: Handle,
}

impl RedisClient {
    /// Connects, with the protocol RESP3, under default [`RedisSettings`] or [others](Connect::with):
    /// `RedisClient::connect(url).with(settings).await`. The address is one of
    ///
    /// - `redis://[[user:]password@]host[:port][/database]`
    /// - `redis-sentinel://[[user:]password@]host[:port][/database]?sentinelServiceName=master`, with
    ///   `&node=host:port` for each further sentinel; `&sentinelUsername=…&sentinelPassword=…` if
    ///   the sentinels want credentials
    /// - `redis-cluster://[[user:]password@]host[:port]`, with `?node=host:port` for further nodes to
    ///   ask; a few of them do
    ///
    /// and `rediss` in place of `redis` for TLS, checked against the roots of the system or
    /// [other ones](RedisSettings::root_certificates). An IPv6 address stands in brackets. In names and passwords, `%`
    /// and two hexadecimal digits stand for any byte; `#`, `/`, `?` and `%` have to be written so. What an address
    /// has beyond that is refused, never ignored.
    ///
    /// It is awaited within the tokio runtime that is to drive the connections.
    ///
    /// # Errors
    ///
    /// Those that a retry may heal: [`Error::Unreachable`] or [`Error::Timeout`] if nobody answers,
    /// [`Error::TooManyClients`], [`Error::NotReady`]. A client that connects [lazily](RedisSettings::lazy) waits for
    /// them to pass.
    ///
    /// The others:
    ///
    /// - [`Error::Address`]: the address cannot be read.
    /// - [`Error::Mismatch`]: its scheme does not fit the server.
    /// - [`Error::Unsupported`]: the server is too old.
    /// - [`Error::Certificates`].
    /// - [`Error::Denied`]: a wrong password, or a user that may not run scripts or `PING`.
    ///
    /// A full Redis is none: what is there can be read, freed and renewed.
    ///
    /// # Panics
    ///
    /// When it is awaited outside of a tokio runtime.
    pub fn connect(url: &str) -> Connect {
        Connect::to(url)
    }

    async fn open(url: &str, settings: RedisSettings) -> Result<Self> {
        let limit = settings.connect_timeout;
        let config = config::config(url, &settings)?;
        let pool = config::builder(config.clone(), &settings, Purpose::Pool)
            .build_pool(settings.pool_size.max(1))
            .map_err(|error| Error::of(error, limit))?;
        let lazy = settings.lazy;
        if lazy {
            // runs until `close`
            drop(pool.connect());
        } else {
            // connecting takes the greeting too: twice the time of one connection is always enough
            let connected = tokio::time::timeout(limit * 2, pool.init()).await;
            let connected = match connected {
                Ok(connected) => connected.map_err(|error| Error::of(error, limit)),
                Err(_) => Err(Error::Timeout { limit }),
            };
            if let Err(error) = connected {
                return Err(greeting::explain(error, &config, &settings).await);
            }
        }
        let limits = Limits {
            threshold: settings.breaker_threshold,
            window: settings.breaker_window,
            pause: settings.breaker_pause,
        };
        let inner = Arc::new(Inner {
            pool,
            sent: AtomicUsize::new(0),
            astray: AtomicU64::new(0),
            config,
            breaker: Breaker::new(limits, metrics::gauge!("aether_redis_breaker_state")),
            settings,
            meters: Meters::new(),
            redirects: Redirects::default(),
            came_back: Arc::new(Notify::new()),
            alive: watch::Sender::new(()),
            runtime: Handle::current(),
        });
        inner.watch_connections();
        inner.watch_sentinels();
        let client = Self { inner };
        match lazy {
            true => client.greet_later(),
            false => client.greet().await?,
        }
        Ok(client)
    }

    /// Whether at least one connection stands.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.inner.standing() > 0
    }

    /// How Redis is deployed, as the address says.
    #[must_use]
    pub fn topology(&self) -> Topology {
        match self.inner.config.server {
            ServerConfig::Clustered { .. } => Topology::Cluster,
            ServerConfig::Sentinel { .. } => Topology::Sentinel,
            _ => Topology::Single,
        }
    }

    /// Whether the address is one of a Redis Cluster, where key spaces need
    /// [hash tags](KeySpace::hash_tags).
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        self.topology() == Topology::Cluster
    }

    /// The client at this moment, for readiness probes. Sends nothing; see [`ping`](RedisClient::ping) for
    /// a round trip.
    #[must_use]
    pub fn health(&self) -> Health {
        Health {
            topology: self.topology(),
            connected: self.inner.standing(),
            pool_size: self.inner.pool.size(),
            circuit: self.inner.breaker.circuit(),
            retry_after: self.inner.breaker.check().err(),
        }
    }

    /// Asks Redis for a sign of life.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn ping(&self) -> Result<()> {
        self.call(Family::Ping, |redis| async move { redis.ping(None).await }).await
    }

    /// Closes all connections; later calls fail with [`Error::Unreachable`].
    pub async fn close(&self) {
        self.inner.alive.send_replace(());
        self.inner.redirects.end(&self.inner.runtime);
        let quit =
            tokio::time::timeout(self.inner.settings.command_timeout, self.inner.pool.quit());
        if !matches!(quit.await, Ok(Ok(()))) {
            tracing::debug!("redis did not say goodbye");
        }
        self.inner.meters.connections(0);
    }

    /// Whether `keys` fit the topology: on a Cluster they need hash tags, so that all keys of an entity
    /// lie in one slot. What is made with a key space asks here once, rather than fail at some call.
    ///
    /// # Errors
    ///
    /// [`Error::HashTagsNeeded`].
    pub fn check_keys(&self, keys: &KeySpace) -> Result<()> {
        match self.is_cluster() && !keys.has_hash_tags() {
            true => Err(Error::HashTagsNeeded { prefix: keys.prefix().to_owned() }),
            false => Ok(()),
        }
    }

    /// Runs something where the connections are driven.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(self.inner.runtime.spawn(task));
    }

    /// Whether a value of this size may be sent.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`].
    pub(crate) fn check_size(&self, key: &Key, bytes: usize) -> Result<()> {
        let limit = self.inner.settings.max_value_bytes;
        match bytes > limit {
            true => Err(Error::TooLarge { key: key.to_string(), bytes, limit }),
            false => Ok(()),
        }
    }
}

impl std::fmt::Debug for RedisClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisClient")
            .field("health", &self.health())
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    /// The client library's tasks would go on for ever.
    fn drop(&mut self) {
        self.redirects.end(&self.runtime);
        self.meters.connections(0);
        let pool = self.pool.clone();
        self.runtime.spawn(async move { pool.quit().await });
    }
}
