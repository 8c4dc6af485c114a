//! The part of the live side that a node runs.

use aether_core::Module;
use aether_postgres::PgStore;
use aether_redis::RedisReadModels;

use super::annonces::{Annonces, Publication};
use super::classements::{ArenaBoardProjection, LevelBoardProjection};
use super::combat::LiveCombatProjection;
use super::compteurs::{DailyCountersProjection, OnlineJob};
use super::monde::LiveWorldProjection;
use super::recharges::LiveCooldownProjection;
use super::{profil, sac};

/// Adds the live side to the game.
pub(crate) fn register(module: Module, store: &PgStore, redis: &RedisReadModels) -> Module {
    let client = || redis.client().clone();
    let keys = || redis.keys().clone();
    let profils = profil::invalidator(client(), keys());
    let sacs = sac::invalidator(client(), keys());
    let annonces = Annonces::new().announcer(Publication::new(redis));
    let told = annonces.checkpoints(store.read_models(), store.clone());
    module
        .projection(redis.clone(), LiveCombatProjection)
        .projection(redis.clone(), LiveCooldownProjection)
        .projection(redis.clone(), LevelBoardProjection)
        .projection(redis.clone(), ArenaBoardProjection::new(store))
        .projection(redis.clone(), DailyCountersProjection)
        .projection(redis.clone(), LiveWorldProjection)
        .projection(profils.checkpoints(store.read_models()), profils)
        .projection(sacs.checkpoints(store.read_models()), sacs)
        .projection(told, annonces)
        .job(OnlineJob::new(client(), keys()))
}
