//! The connection: opened, kept alive, and never waited for without a limit.

use std::sync::Arc;

use fred::clients::{Client, Pool, WithOptions};
use fred::error::{Error as FredError, ErrorKind};
use fred::interfaces::ClientLike as _;
use fred::prelude::TcpConfig;
use fred::types::config::{
    Config, ConnectionConfig, Options, PerformanceConfig, ReconnectPolicy, UnresponsiveConfig,
};
use fred::types::{Builder, RespVersion};

use crate::error::{Error, Result};
use crate::settings::Settings;

/// A pool of connections to one Redis: a single server, Sentinel or Cluster, as its address says.
/// Cheap to clone; share one per process.
///
/// A lost connection is opened again in the background, for ever. Meanwhile every call is answered at
/// once with [`Error::Unreachable`]; nothing is queued behind the caller's back. Every call has the
/// [time limit](Settings::command_timeout) of the settings.
#[derive(Clone)]
pub struct RedisClient {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    settings: Settings,
}

impl RedisClient {
    /// Connects with default [`Settings`].
    ///
    /// # Errors
    ///
    /// As [`connect_with`](RedisClient::connect_with).
    pub async fn connect(url: &str) -> Result<Self> {
        Self::connect_with(url, Settings::default()).await
    }

    /// Connects to `redis://` (or `rediss://` for TLS, `redis-cluster://`, `redis-sentinel://`), with
    /// the protocol RESP3: Redis 6 or newer; the scripts of this crate need Redis 7.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] if the address can not be read; [`Error::Unreachable`] or
    /// [`Error::Timeout`] if there is no Redis (retry, or connect [lazily](Settings::lazy));
    /// [`Error::Denied`].
    pub async fn connect_with(url: &str, settings: Settings) -> Result<Self> {
        let limit = settings.connect_timeout;
        check_scheme(url)?;
        let mut config =
            Config::from_url(url).map_err(|source| Error::Address { source: source.into() })?;
        config.version = RespVersion::RESP3;
        config.fail_fast = !settings.lazy;
        let pool = builder(config, &settings)
            .build_pool(settings.pool_size.max(1))
            .map_err(|error| Error::of(error, limit))?;
        if settings.lazy {
            // runs until `close`
            drop(pool.connect());
        } else {
            // connecting takes the greeting too: twice the time of one connection is always enough
            let connected = tokio::time::timeout(limit * 2, pool.init()).await;
            drop(
                connected
                    .map_err(|_| Error::Timeout { limit })?
                    .map_err(|error| Error::of(error, limit))?,
            );
        }
        Ok(Self { inner: Arc::new(Inner { pool, settings }) })
    }

    /// Whether at least one connection stands.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.inner.pool.clients().iter().any(|client| client.is_connected())
    }

    /// Asks Redis for a sign of life.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn ping(&self) -> Result<()> {
        self.connection()?.ping(None).await.map_err(self.error())
    }

    /// Closes all connections; later calls fail with [`Error::Unreachable`].
    pub async fn close(&self) {
        let quit =
            tokio::time::timeout(self.inner.settings.command_timeout, self.inner.pool.quit());
        if !matches!(quit.await, Ok(Ok(()))) {
            tracing::debug!("redis did not say goodbye");
        }
    }

    /// A connection that stands, with limits on everything that is sent through it.
    pub(crate) fn connection(&self) -> Result<WithOptions<Client>> {
        let client = self.inner.pool.next_connected();
        if !client.is_connected() {
            let source = FredError::new(ErrorKind::IO, "not connected");
            return Err(Error::Unreachable { source: source.into() });
        }
        let options = Options {
            timeout: Some(self.inner.settings.command_timeout),
            max_attempts: Some(1),
            fail_fast: true,
            ..Options::default()
        };
        Ok(client.with_options(&options))
    }

    /// A client that listens to channels. Not connected yet.
    pub(crate) fn subscriber(&self) -> Result<fred::clients::SubscriberClient> {
        let client = self.inner.pool.next();
        Builder::from_config(client.client_config())
            .set_connection_config(client.connection_config().clone())
            .set_performance_config(client.perf_config())
            .set_policy(client.client_reconnect_policy().unwrap_or_default())
            .build_subscriber_client()
            .map_err(self.error())
    }

    /// A connection for commands that wait at the server.
    pub(crate) async fn dedicated(&self, timeout: std::time::Duration) -> Result<Client> {
        let client = self.inner.pool.next().clone_new();
        client.update_perf_config(PerformanceConfig {
            default_command_timeout: timeout,
            ..client.perf_config()
        });
        let limit = self.inner.settings.connect_timeout;
        let connected = tokio::time::timeout(limit * 2, client.init()).await;
        connected.map_err(|_| Error::Timeout { limit })?.map_err(self.error())?;
        Ok(client)
    }

    /// Gives an error of the client library its meaning.
    pub(crate) fn error(&self) -> impl Fn(FredError) -> Error + Copy {
        let limit = self.inner.settings.command_timeout;
        move |error| Error::of(error, limit)
    }
}

impl std::fmt::Debug for RedisClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisClient")
            .field("connected", &self.is_connected())
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

/// The client library takes any scheme for `redis`.
fn check_scheme(url: &str) -> Result<()> {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    let known = ["redis", "rediss", "valkey", "valkeys"].iter().any(|family| {
        scheme
            .strip_prefix(family)
            .is_some_and(|kind| matches!(kind, "" | "-cluster" | "-sentinel"))
    });
    if known {
        return Ok(());
    }
    Err(Error::Address { source: format!("its scheme is {scheme:?}").into() })
}

fn builder(config: Config, settings: &Settings) -> Builder {
    let millis =
        |duration: std::time::Duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
    let mut builder = Builder::from_config(config);
    builder
        .set_connection_config(ConnectionConfig {
            connection_timeout: settings.connect_timeout,
            internal_command_timeout: settings.connect_timeout,
            max_command_attempts: 1,
            unresponsive: UnresponsiveConfig {
                max_timeout: Some(settings.unresponsive_after),
                interval: settings.unresponsive_after / 4,
            },
            tcp: TcpConfig { nodelay: Some(true), ..TcpConfig::default() },
            ..ConnectionConfig::default()
        })
        .set_performance_config(PerformanceConfig {
            default_command_timeout: settings.command_timeout,
            broadcast_channel_capacity: settings.broadcast_capacity,
            ..PerformanceConfig::default()
        })
        .set_policy(ReconnectPolicy::new_exponential(
            0,
            millis(settings.reconnect_pause),
            millis(settings.reconnect_pause_max),
            2,
        ));
    builder
}
