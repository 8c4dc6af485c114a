//! What of the live side a node runs.

use aether_core::Module;
use aether_postgres::PgStore;
use aether_redis::RedisReadModels;

use super::classements::{ArenaBoardProjection, LevelBoardProjection};
use super::combat::LiveCombatProjection;
use super::compteurs::{DailyCountersProjection, OnlineJob};
use super::profil;
use super::recharges::LiveCooldownProjection;

/// Adds the live side to the game.
pub(crate) fn register(module: Module, store: &PgStore, redis: &RedisReadModels) -> Module {
    let client = || redis.client().clone();
    let keys = || redis.keys().clone();
    let profils = profil::invalidator(client(), keys());
    module
        .projection(redis.clone(), LiveCombatProjection)
        .projection(redis.clone(), LiveCooldownProjection)
        .projection(redis.clone(), LevelBoardProjection)
        .projection(redis.clone(), ArenaBoardProjection::new(store))
        .projection(redis.clone(), DailyCountersProjection)
        .projection(profils.checkpoints(store.read_models()), profils)
        .job(OnlineJob::new(client(), keys()))
}
