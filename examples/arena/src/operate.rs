//! The operator's commands: `arena status`, `arena verify` … on a database of the studio.

use aether_cli::{Command, DatabaseOptions, Error, Host};
use aether_core::Module;
use aether_postgres::{Archiving, PartitionsAhead, PgStore, SnapshotPruning};
use aether_redis::{KeySpace, RedisClient, RedisReadModels, RedisSettings};

/// Carries a command out on the database that the options name.
pub(crate) async fn operate(
    command: Command,
    database: &DatabaseOptions,
    redis_url: Option<&str>,
) -> Result<(), Error> {
    let store = database.connect().await?;
    let redis = match redis_url {
        Some(url) => Some(live(url).await?),
        None => None,
    };
    let game = aether_game::module(&store, redis.as_ref());
    let host = Host::new(store.clone()).install(&game).install(&upkeep(&store));
    let done = aether_cli::run(command, &host).await;
    store.pool().close().await;
    done
}

/// What the store needs to have done now and then.
pub(crate) fn upkeep(store: &PgStore) -> Module {
    Module::new("store")
        .job(PartitionsAhead::new(store))
        .job(Archiving::new(store))
        .job(SnapshotPruning::new(store))
}

/// The live state in Redis. One that is away is told where it is asked for, and hides nothing else.
async fn live(url: &str) -> Result<RedisReadModels, Error> {
    let client = match RedisClient::connect(url).await {
        Err(error) if error.is_transient() => {
            RedisClient::connect(url).with(RedisSettings::new().lazy(true)).await
        }
        connected => connected,
    };
    let client = client.map_err(aether_core::Error::from)?;
    Ok(RedisReadModels::new(client, KeySpace::new()))
}
