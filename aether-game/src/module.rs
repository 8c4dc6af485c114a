//! What the game registers.

use aether_core::projection::Verified;
use aether_core::{BoxError, Module};
use aether_postgres::PgStore;
use aether_redis::RedisReadModels;

use crate::combat::Combat;
use crate::competence::{Apprentissage, Barre, Competence};
use crate::economie::Economie;
use crate::equipement::Equipement;
use crate::inventaire::Inventaire;
use crate::item::Item;
use crate::joueur::Joueur;
use crate::live::LiveCombatProjection;
use crate::monde::Monde;
use crate::pnj::Pnj;
use crate::quete::{Progres, Quete};
use crate::read_models::{
    self, CombatProjection, ParticipantProjection, PlayerProjection, verify_combats, verify_joueurs,
};
use crate::reservation::Reservation;

/// Everything that the game runs in nodes and that operators look after, on a store and, if there is one, a Redis.
///
/// ```no_run
/// # use aether_core::{Engine, Node};
/// # async fn example(
/// #     engine: Engine, store: aether_postgres::PgStore, redis: aether_redis::RedisReadModels,
/// # ) -> aether_core::Result<()> {
/// let game = aether_game::module(&store, &redis);
/// game.migrate().await?;
/// let node = Node::builder(&engine).install(&game).start()?;
/// # Ok(()) }
/// ```
pub fn module<'a>(store: &PgStore, redis: impl Into<Option<&'a RedisReadModels>>) -> Module {
    let pool = store.pool().clone();
    let log = store.clone();
    let players = store.clone();
    let module = Module::new("game")
        .aggregate::<Joueur>()
        .aggregate::<Reservation>()
        .aggregate::<Combat>()
        .aggregate::<Inventaire>()
        .aggregate::<Item>()
        .aggregate::<Equipement>()
        .aggregate::<Quete>()
        .aggregate::<Progres>()
        .aggregate::<Competence>()
        .aggregate::<Apprentissage>()
        .aggregate::<Barre>()
        .aggregate::<Pnj>()
        .aggregate::<Economie>()
        .aggregate::<Monde>()
        .projection(store.read_models(), CombatProjection)
        .projection(store.read_models(), ParticipantProjection)
        .projection(store.read_models(), PlayerProjection)
        .migration("read models of the game", move || {
            let pool = pool.clone();
            async move { read_models::migrate(&pool).await }
        })
        .verifier("combats", move || {
            let log = log.clone();
            async move { verified(&log).await }
        })
        .verifier("joueurs", move || {
            let log = players.clone();
            async move { Ok::<Verified, BoxError>(verify_joueurs(&log).await?.into()) }
        });
    match redis.into() {
        Some(redis) => module.projection(redis.clone(), LiveCombatProjection),
        None => module,
    }
}

/// The read models against a fold of the events, which shares no code with the projections.
async fn verified(store: &PgStore) -> Result<Verified, BoxError> {
    let report = verify_combats(store.pool(), store).await?;
    let checked = format!("{} combats from {} events", report.combats, report.events);
    Ok(Verified::new(checked).differences(report.difference_count as u64, report.differences))
}
