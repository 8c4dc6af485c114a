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
use crate::jobs;
use crate::joueur::Joueur;
use crate::live;
use crate::monde::Monde;
use crate::pnj::Pnj;
use crate::processes::{CombatLifecycle, EvenementMondial, ProgressionQuete, TransactionMarche};
use crate::quete::{Progres, Quete};
use crate::read_models::{
    self, ArenaProjection, CombatProjection, EconomyProjection, EquipmentProjection,
    InventoryProjection, ItemProjection, LedgerProjection, ParticipantProjection, PlayerProjection,
    QuestProjection, SkillProjection, WorldProjection, verify_arene, verify_combats,
    verify_competences, verify_economie, verify_equipement, verify_flux, verify_inventaires,
    verify_items, verify_joueurs, verify_monde, verify_participants, verify_quetes,
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
    let module = processes(tables(aggregates(Module::new("game")), store), store);
    let module = jobs::register(module, store);
    match redis.into() {
        Some(redis) => live::register(module, store, redis),
        None => module,
    }
}

fn aggregates(module: Module) -> Module {
    module
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
}

fn processes(module: Module, store: &PgStore) -> Module {
    let processes = store.read_models();
    module
        .process_manager(processes.clone(), CombatLifecycle)
        .process_manager(processes.clone(), TransactionMarche)
        .process_manager(processes.clone(), ProgressionQuete)
        .process_manager(processes, EvenementMondial)
}

/// The tables, what fills them, and the proof of each against a fold of the events.
fn tables(module: Module, store: &PgStore) -> Module {
    let pool = store.pool().clone();
    let models = store.read_models();
    let module = module
        .migration("read models of the game", move || {
            let pool = pool.clone();
            async move { read_models::migrate(&pool).await }
        })
        .projection(models.clone(), CombatProjection)
        .projection(models.clone(), ParticipantProjection)
        .projection(models.clone(), PlayerProjection)
        .projection(models.clone(), ItemProjection)
        .projection(models.clone(), InventoryProjection)
        .projection(models.clone(), EquipmentProjection)
        .projection(models.clone(), EconomyProjection)
        .projection(models.clone(), QuestProjection)
        .projection(models.clone(), SkillProjection)
        .projection(models.clone(), WorldProjection)
        .projection(models.clone(), ArenaProjection)
        .projection(models, LedgerProjection);
    let module =
        verified(module, "combats", store, |log| async move { verify_combats(&log).await });
    let module =
        verified(
            module,
            "participants",
            store,
            |log| async move { verify_participants(&log).await },
        );
    let module =
        verified(module, "joueurs", store, |log| async move { verify_joueurs(&log).await });
    let module = verified(module, "items", store, |log| async move { verify_items(&log).await });
    let module =
        verified(module, "inventaires", store, |log| async move { verify_inventaires(&log).await });
    let module =
        verified(module, "equipement", store, |log| async move { verify_equipement(&log).await });
    let module =
        verified(module, "economie", store, |log| async move { verify_economie(&log).await });
    let module = verified(module, "monde", store, |log| async move { verify_monde(&log).await });
    let module = verified(module, "quetes", store, |log| async move { verify_quetes(&log).await });
    let module =
        verified(module, "competences", store, |log| async move { verify_competences(&log).await });
    let module = verified(module, "arene", store, |log| async move { verify_arene(&log).await });
    verified(module, "flux", store, |log| async move { verify_flux(&log).await })
}

fn verified<V, E, F>(
    module: Module,
    name: &'static str,
    store: &PgStore,
    verify: fn(PgStore) -> F,
) -> Module
where
    V: Into<Verified>,
    E: Into<BoxError>,
    F: Future<Output = Result<V, E>> + Send + 'static,
{
    let store = store.clone();
    module.verifier(name, move || {
        let found = verify(store.clone());
        async move { found.await.map(Into::into).map_err(Into::into) }
    })
}
