//! The operator's commands: `arena status`, `arena verify` … on a database of the studio.

mod livre;
mod world;

pub(crate) use livre::Livre;
pub(crate) use world::World;

use aether_cli::{Command, DatabaseOptions, Error, Host};
use aether_core::Module;
use aether_postgres::{Archiving, PartitionsAhead, PgStore, SnapshotPruning};
use aether_redis::{KeySpace, RedisClient, RedisReadModels, RedisSettings, Sessions};

use crate::app::accounts;
use crate::auth::grant::grant;
use crate::compte::Role;

/// Carries a command out on the database that the options name.
pub(crate) async fn operate(
    command: Command,
    database: &DatabaseOptions,
    redis_url: Option<&str>,
) -> Result<(), Error> {
    let store = database.connect().await?;
    let live = match redis_url {
        Some(url) => {
            let client = redis(url).await.map_err(aether_core::Error::from)?;
            Some(RedisReadModels::new(client, KeySpace::new()))
        }
        None => None,
    };
    let game = aether_game::module(&store, live.as_ref());
    let host =
        Host::new(store.clone()).install(&game).install(&accounts(&store)).install(&upkeep(&store));
    let done = aether_cli::run(command, &host).await;
    store.pool().close().await;
    done
}

/// Lets the holder of an account do something else, and ends the sessions that do not know of it.
pub(crate) async fn change_role(
    database: &DatabaseOptions,
    redis_url: &str,
    name: &str,
    role: Role,
    raison: String,
    prefix: &str,
) -> anyhow::Result<()> {
    let redis = RedisClient::connect(redis_url).await?;
    let store = database.connect().await?;
    let known = grant(&store, name, role, raison).await?;
    let sessions = Sessions::new(redis.clone(), KeySpace::with_prefix(prefix)?);
    sessions.revoke_all(known.id).await?;
    redis.close().await;
    store.pool().close().await;
    Ok(())
}

/// What the store needs to have done now and then.
pub(crate) fn upkeep(store: &PgStore) -> Module {
    Module::new("store")
        .job(PartitionsAhead::new(store))
        .job(Archiving::new(store))
        .job(SnapshotPruning::new(store))
}

/// The Redis at an address. One that is away is connected to in the background, and hides nothing else.
pub(crate) async fn redis(url: &str) -> Result<RedisClient, aether_redis::Error> {
    match RedisClient::connect(url).await {
        Err(error) if error.is_transient() => {
            RedisClient::connect(url).with(RedisSettings::new().lazy(true)).await
        }
        connected => connected,
    }
}
