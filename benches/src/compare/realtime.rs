//! What the works on Redis share: one server, Aether's client and a bare one.

use aether_redis::{KeySpace, RedisClient};

use anyhow::{Context as _, Result};
use fred::clients::Pool;
use fred::interfaces::ClientLike as _;
use fred::prelude::{Builder, TcpConfig};
use fred::types::RespVersion;
use fred::types::config::Config;

/// How many connections each side has.
const CONNECTIONS: usize = 4;

/// Both sides on one Redis.
pub(super) struct Realtime {
    pub(super) url: String,
    pub(super) client: RedisClient,
    /// Keys that nobody else uses.
    pub(super) keys: KeySpace,
    pub(super) bare: Pool,
}

impl Realtime {
    pub(super) async fn open() -> Result<Self> {
        let redis = aether_servers::shared_redis().await?;
        let url = redis.url().to_owned();
        let settings = aether_redis::RedisSettings::new().pool_size(CONNECTIONS);
        let client = RedisClient::connect(&url).with(settings).await?;
        let keys = KeySpace::with_prefix(redis.prefix())?;
        let bare = builder(&url)?.build_pool(CONNECTIONS)?;
        drop(bare.init().await.context("a bare client")?);
        Ok(Self { url, client, keys, bare })
    }

    pub(super) async fn close(self) -> Result<()> {
        self.client.close().await;
        Ok(self.bare.quit().await?)
    }
}

/// The bare client, with the protocol and the socket options of ours.
pub(super) fn builder(url: &str) -> Result<Builder> {
    let mut config = Config::from_url(url)?;
    config.version = RespVersion::RESP3;
    let mut builder = Builder::from_config(config);
    builder.with_connection_config(|connection| {
        connection.tcp = TcpConfig { nodelay: Some(true), ..TcpConfig::default() };
    });
    Ok(builder)
}
