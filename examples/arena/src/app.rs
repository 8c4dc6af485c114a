//! The server: what its handlers share, its routes, and what each request goes through.

mod headers;
mod layers;
mod limits;
mod negotiation;

pub(crate) use negotiation::json_only;

use std::sync::Arc;
use std::time::Duration;

use aether_cli::Host;
use aether_core::{Engine, Module, Node};
use aether_postgres::PgStore;
use aether_redis::{KeySpace, RedisBus, RedisClient, RedisReadModels};
use anyhow::Context as _;
use axum::Router;

use crate::auth::{Auth, credentials};
use crate::compte::Compte;
use crate::config::Config;
use crate::drain::Drain;
use crate::ops::Console;
use crate::realtime::Hub;
use crate::{metrics, operate, rest};

/// How long a request waits for a connection to the database.
const POOL_PATIENCE: Duration = Duration::from_secs(2);

/// A server that is open. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    config: Config,
    store: PgStore,
    redis: RedisClient,
    auth: Auth,
    hub: Hub,
    engine: Engine,
    node: Node,
    drain: Drain,
    host: Host,
}

impl App {
    /// Opens a server: connects, registers what the game runs, and begins to run it.
    ///
    /// # Errors
    ///
    /// What could not be reached or is not as expected, in one sentence. A Redis that is away is no error.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        metrics::recorder();
        let store = connect(&config).await?;
        let redis = operate::redis(config.redis_url.expose()).await?;
        let keys = KeySpace::with_prefix(&config.redis_prefix)?;
        let live = RedisReadModels::new(redis.clone(), keys.clone());
        let game = aether_game::module(&store, &live);
        let accounts = accounts(&store);
        if config.migrate {
            migrate(&store, [&game, &accounts]).await?;
        }
        let auth = Auth::new(&redis, &keys, config.generosity)?;
        let hub = Hub::new(&store, RedisBus::new(redis.clone(), keys.clone())?);
        let engine = Engine::new(store.clone());
        let builder = Node::builder(&engine).install(&game).install(&accounts);
        let builder = builder.install(&operate::upkeep(&store));
        let node = builder.start()?;
        let drain = Drain::default();
        let host = Host::new(store.clone()).install(&game).install(&accounts);
        Ok(Self(Arc::new(Parts { config, store, redis, auth, hub, engine, node, drain, host })))
    }

    /// All routes, with all that requests go through.
    pub fn router(&self) -> Router {
        layers::around(rest::router(self), self)
    }

    /// Ends what runs: batches and appends are finished.
    ///
    /// # Errors
    ///
    /// Those of [`Node::stop`].
    pub async fn close(&self) -> anyhow::Result<()> {
        self.0.hub.close();
        let stopped = self.0.node.stop().await;
        self.0.engine.close().await;
        self.0.redis.close().await;
        self.0.store.pool().close().await;
        Ok(stopped?)
    }

    /// What runs commands.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// What runs projections.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.0.node
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn store(&self) -> &PgStore {
        &self.0.store
    }

    pub(crate) fn redis(&self) -> &RedisClient {
        &self.0.redis
    }

    pub(crate) fn auth(&self) -> &Auth {
        &self.0.auth
    }

    pub(crate) fn host(&self) -> &Host {
        &self.0.host
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.0.hub
    }

    pub(crate) fn drain(&self) -> &Drain {
        &self.0.drain
    }
}

async fn connect(config: &Config) -> anyhow::Result<PgStore> {
    let builder =
        PgStore::builder().max_connections(config.connections).acquire_timeout(POOL_PATIENCE);
    let builder = if config.unprepared { builder.unprepared() } else { builder };
    builder.connect(config.database_url.expose()).await.context("the database")
}

/// What the server registers beside the game.
pub(crate) fn accounts(store: &PgStore) -> Module {
    let pool = store.pool().clone();
    Module::new("arena").aggregate::<Compte>().aggregate::<Console>().migration(
        "passwords of accounts",
        move || {
            let pool = pool.clone();
            async move { credentials::migrate(&pool).await }
        },
    )
}

async fn migrate(store: &PgStore, modules: [&Module; 2]) -> anyhow::Result<()> {
    store.migrate().await.context("the schema of the store")?;
    for module in modules {
        module.migrate().await.with_context(|| format!("the schema of {}", module.name()))?;
    }
    Ok(())
}
