//! Races: of many that spend the same gold, or start the same fight, one wins.

use aether_core::memory::MemoryStore;
use aether_core::{Context, Engine, ExecuteError};
use aether_game::joueur::{JoueurCommand, JoueurRefus, creer};
use aether_game::values::JoueurId;
use aether_postgres::PgStore;
use tokio::task::JoinSet;

use super::fixtures::*;

/// Asks all at once; how many were carried out. The others were refused by a rule.
async fn at_once(
    engines: &[Engine],
    joueur: JoueurId,
    commands: impl IntoIterator<Item = JoueurCommand>,
) -> (usize, Vec<JoueurRefus>) {
    let mut tasks = JoinSet::new();
    for (command, engine) in commands.into_iter().zip(engines.iter().cycle()) {
        let engine = engine.clone();
        tasks.spawn(async move { engine.execute(joueur, command).await.map(drop) });
    }
    let results = tasks.join_all().await;
    let total = results.len();
    let refused: Vec<_> = results
        .into_iter()
        .filter_map(Result::err)
        .map(|error| match error {
            ExecuteError::Rejected(refus) => refus,
            other => panic!("not a refusal: {other:?}"),
        })
        .collect();
    (total - refused.len(), refused)
}

async fn two_spends_never_both_win(engines: &[Engine]) {
    let joueur = JoueurId::generate();
    creer(&engines[0], Context::new(), joueur, nouveau("Alba")).commit().await.unwrap();
    let (won, refused) = at_once(engines, joueur, (0..64).map(|_| debite(60))).await;
    assert_eq!(won, 1);
    let refus = JoueurRefus::OrInsuffisant { demande: montant(60), disponible: or(40) };
    assert!(refused.iter().all(|it| *it == refus), "{refused:?}");
    let loaded = engines[0].load(joueur).await.unwrap();
    assert_eq!((loaded.state.or(), loaded.version.get()), (or(40), 2));
}

async fn a_player_joins_one_of_many_combats(engines: &[Engine]) {
    let joueur = JoueurId::generate();
    creer(&engines[0], Context::new(), joueur, nouveau("Berthe")).commit().await.unwrap();
    let joins = (0..16).map(|n| JoueurCommand::RejoindreCombat { combat: combat(n) });
    let (won, _) = at_once(engines, joueur, joins).await;
    assert_eq!(won, 1);
    assert!(engines[0].load(joueur).await.unwrap().state.combat().is_some());
}

async fn orders_are_counted_exactly(engines: &[Engine]) {
    let joueur = JoueurId::generate();
    creer(&engines[0], Context::new(), joueur, nouveau("Céleste")).commit().await.unwrap();
    let (won, refused) =
        at_once(engines, joueur, (0..120).map(|n| JoueurCommand::CompterVente { ordre: ordre(n) }))
            .await;
    assert_eq!((won, refused.len()), (100, 20));
    assert!(refused.iter().all(|it| *it == JoueurRefus::TropDOrdres { maximum: 100 }));
}

async fn all(engines: &[Engine]) {
    two_spends_never_both_win(engines).await;
    a_player_joins_one_of_many_combats(engines).await;
    orders_are_counted_exactly(engines).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_that_spend_sixty_of_a_hundred_gold_one_wins_in_memory() {
    let store = MemoryStore::new();
    all(&[Engine::new(store.clone()), Engine::new(store)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_that_spend_sixty_of_a_hundred_gold_one_wins_in_postgres() {
    let server = aether_servers::shared_postgres().await.unwrap();
    let database = server.database().await.unwrap();
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let other = PgStore::connect(database.url()).await.unwrap();
    let engines = [Engine::new(store), Engine::new(other)];
    all(&engines).await;
    for engine in engines {
        engine.close().await;
    }
}
