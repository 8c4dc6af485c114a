//! How the server is run.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use axum::http::HeaderValue;
use clap::Args;

use super::{Options, either};
use crate::config::{Config, Secret};

/// How the server is run.
#[derive(Debug, Args)]
pub(super) struct ServeOptions {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", env = "ARENA_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Origins of pages that may call this server, as https://play.example; its own needs no mention
    #[arg(long = "origin", value_name = "ORIGIN", env = "ARENA_ORIGINS", value_delimiter = ',')]
    origins: Vec<HeaderValue>,
    /// Proxies in front of this server whose X-Forwarded-For is believed, counted from the right
    #[arg(long, value_name = "NUMBER", env = "ARENA_TRUSTED_PROXIES", default_value_t = 0)]
    trusted_proxies: u8,
    /// Clients come over TLS, which a proxy ends: cookies are `__Host-` ones, and HSTS is sent
    #[arg(long, env = "ARENA_HTTPS")]
    https: bool,
    /// Connections to PostgreSQL
    #[arg(long, value_name = "NUMBER", env = "ARENA_CONNECTIONS", default_value_t = 16)]
    connections: u32,
    /// What the names of all keys in Redis begin with
    #[arg(long, value_name = "PREFIX", env = "ARENA_REDIS_PREFIX", default_value = "")]
    redis_prefix: String,
    /// What each limit of requests is multiplied with: more than 1 where many clients share an address
    #[arg(long, value_name = "FACTOR", env = "ARENA_LIMITS", default_value_t = 1)]
    limits: u32,
    /// What a reader of /metrics shows as Bearer; without one, only this machine may
    #[arg(long, value_name = "TOKEN", env = "ARENA_METRICS_TOKEN", hide_env_values = true)]
    metrics_token: Option<Secret>,
    /// A file with that token
    #[arg(long, value_name = "FILE", env = "ARENA_METRICS_TOKEN_FILE")]
    metrics_token_file: Option<PathBuf>,
    /// How long the server stays open after SIGTERM, not ready, so that proxies notice; at most 5000
    #[arg(
        long,
        value_name = "MILLISECONDS",
        env = "ARENA_DRAIN",
        default_value_t = 5000,
        value_parser = clap::value_parser!(u64).range(0..=5000)
    )]
    drain: u64,
    /// How often sockets are told that the server is there, in milliseconds
    #[arg(
        long,
        value_name = "MS",
        env = "ARENA_BEAT",
        default_value_t = 15_000,
        value_parser = clap::value_parser!(u64).range(100..=60_000)
    )]
    beat: u64,
    /// Bring the database's schema up to date first
    #[arg(long, env = "ARENA_MIGRATE")]
    migrate: bool,
    /// Tell the schema of GraphQL to who asks for it; schema.graphql has it for everybody else
    #[arg(long, env = "ARENA_INTROSPECTION")]
    introspection: bool,
}

impl ServeOptions {
    pub(super) fn config(self, options: Options) -> anyhow::Result<Config> {
        let database = options.database.database_url.map(Secret::new);
        let database = database.context(
            "no database: say --database-url postgres://…, or set AETHER_DATABASE_URL or AETHER_DATABASE_URL_FILE",
        )?;
        let redis = options.redis_url.context(
            "no Redis: say --redis-url redis://…, or set AETHER_REDIS_URL or AETHER_REDIS_URL_FILE",
        )?;
        let token =
            either("--metrics-token", self.metrics_token, self.metrics_token_file.as_deref())?;
        Ok(Config {
            listen: self.listen,
            origins: self.origins,
            trusted_proxies: self.trusted_proxies,
            https: self.https,
            connections: self.connections,
            unprepared: options.database.unprepared,
            redis_prefix: self.redis_prefix,
            metrics_token: token,
            generosity: self.limits,
            drain: Duration::from_millis(self.drain),
            battement: Duration::from_millis(self.beat),
            migrate: self.migrate,
            introspection: self.introspection,
            ..Config::new(database, redis)
        })
    }
}
