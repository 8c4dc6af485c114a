//! A history in PostgreSQL.

use aether_core::{Aggregate, AggregateId, Engine};
use aether_game::competence::Apprentissage;
use aether_game::economie::Economie;
use aether_game::equipement::Equipement;
use aether_game::inventaire::Inventaire;
use aether_game::item::Item;
use aether_game::joueur::Joueur;
use aether_game::monde::Monde;
use aether_game::pnj::Pnj;
use aether_game::quete::Progres;
use aether_game::world::{History, World};
use aether_postgres::PgStore;

use super::replay::Replay;

/// The engine gives up to twenty aggregates of a type in the states that the history holds.
async fn loads_what_is_held<A: Aggregate + PartialEq + std::fmt::Debug>(
    engine: &Engine,
    replay: &Replay,
    history: &History,
) -> usize {
    let mut loaded = 0;
    for (id, _) in replay.of_type::<A>() {
        let id = AggregateId::new(id);
        let held = history.state::<A>(id);
        if loaded < 20 && *held != A::default() {
            assert_eq!(engine.load::<A>(id).await.unwrap().state, *held, "{} {id}", A::TYPE);
            loaded += 1;
        }
    }
    loaded
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_history_is_loaded_in_the_states_that_it_holds() {
    let server = aether_servers::shared_postgres().await.unwrap();
    let database = server.database().await.unwrap();
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let world = World::new(7);
    let mut history = world.history(20, 4_000);
    let replay = Replay::of(history.by_ref());
    let events = replay.streams().map(|(_, events)| events.len() as u64).sum::<u64>();

    let imported = world.history(20, 4_000).import(&store).await.unwrap();
    assert_eq!((imported.events, imported.passed_over), (events, 0));
    // once more: nothing is stored twice
    let again = world.history(20, 4_000).import(&store).await.unwrap();
    assert_eq!((again.events, again.passed_over), (0, events));

    let engine = Engine::new(store);
    let (e, r, h) = (&engine, &replay, &history);
    let loaded = [
        loads_what_is_held::<Joueur>(e, r, h).await,
        loads_what_is_held::<Inventaire>(e, r, h).await,
        loads_what_is_held::<Item>(e, r, h).await,
        loads_what_is_held::<Equipement>(e, r, h).await,
        loads_what_is_held::<Economie>(e, r, h).await,
        loads_what_is_held::<Progres>(e, r, h).await,
        loads_what_is_held::<Apprentissage>(e, r, h).await,
        loads_what_is_held::<Pnj>(e, r, h).await,
        loads_what_is_held::<Monde>(e, r, h).await,
    ];
    assert!(loaded.iter().all(|it| *it > 0), "{loaded:?}");
    engine.close().await;
}

/// A player's life goes on through the engine where the history has left it.
#[tokio::test(flavor = "multi_thread")]
async fn players_of_an_imported_history_live_on() {
    use aether_game::joueur::JoueurCommand;
    let server = aether_servers::shared_postgres().await.unwrap();
    let database = server.database().await.unwrap();
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let world = World::new(7);
    let mut history = world.history(5, 2_500);
    history.by_ref().for_each(drop);
    world.history(5, 2_500).import(&store).await.unwrap();
    let engine = Engine::new(store);
    let player = history.players().next().unwrap();
    let before = engine.load(player).await.unwrap();
    let done = engine.execute(player, JoueurCommand::Connecter).await.unwrap();
    assert_eq!(done.version(), before.version.plus(1));
    engine.close().await;
}
