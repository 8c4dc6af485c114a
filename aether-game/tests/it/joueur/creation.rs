//! A player and the name: both or neither.

use aether_core::memory::MemoryStore;
use aether_core::{Context, Engine, ExecuteError};
use aether_game::joueur::{JoueurRefus, creer};
use aether_game::refus::dans;
use aether_game::reservation::{ReservationCommand, ReservationRefus};
use aether_game::values::{JoueurId, NomUtilisateur, ReservationId};
use tokio::task::JoinSet;

use super::fixtures::nouveau;

fn name_of(nom: &str) -> ReservationId {
    ReservationId::du_nom(&NomUtilisateur::new(nom).unwrap().cle())
}

#[tokio::test]
async fn a_player_and_the_name_are_one_append() {
    let engine = Engine::new(MemoryStore::new());
    let alba = JoueurId::generate();
    let done = creer(&engine, Context::new(), alba, nouveau("Alba")).commit().await.unwrap();
    assert_eq!(done.version(alba).map(|it| it.get()), Some(1));
    assert_eq!(done.version(name_of("alba")).map(|it| it.get()), Some(2));
    let name = engine.load(name_of("ALBA")).await.unwrap();
    assert_eq!(name.state.tenue().map(|it| (it.joueur, it.expire_a)), Some((alba, None)));
}

#[tokio::test]
async fn a_taken_name_makes_no_player_and_a_created_player_takes_no_second_name() {
    let engine = Engine::new(MemoryStore::new());
    let alba = JoueurId::generate();
    creer(&engine, Context::new(), alba, nouveau("Alba")).commit().await.unwrap();

    let other = JoueurId::generate();
    for look_alike in ["alba", "a1ba", "A-l-b-a", "ＡＬＢＡ"] {
        let refused = creer(&engine, Context::new(), other, nouveau(look_alike)).commit().await;
        let Err(ExecuteError::Rejected(refused)) = refused else { panic!("{look_alike}") };
        assert_eq!(dans(&refused).unwrap().code(), "NOM_PRIS");
        assert!(refused.is::<ReservationRefus>());
    }
    assert!(engine.find(other).await.unwrap().is_none());

    let refused = creer(&engine, Context::new(), alba, nouveau("Berthe")).commit().await;
    let Err(ExecuteError::Rejected(refused)) = refused else { panic!("a second name") };
    assert_eq!(refused.downcast_ref(), Some(&JoueurRefus::JoueurDejaCree));
    assert!(engine.find(name_of("Berthe")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_name_that_was_reserved_becomes_the_name_of_that_player_only() {
    let engine = Engine::new(MemoryStore::new());
    let alba = JoueurId::generate();
    let nom = NomUtilisateur::new("Alba").unwrap();
    let reserve = ReservationCommand::Reserver { nom, joueur: alba };
    engine.execute(name_of("Alba"), reserve).await.unwrap();
    let other = JoueurId::generate();
    assert!(creer(&engine, Context::new(), other, nouveau("Alba")).commit().await.is_err());
    creer(&engine, Context::new(), alba, nouveau("Alba")).commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_players_ask_for_one_name_and_one_gets_it() {
    let engine = Engine::new(MemoryStore::new());
    let mut tasks = JoinSet::new();
    for n in 0..32 {
        let engine = engine.clone();
        let spelling = ["Alba", "alba", "ALBA", "aLba"][n % 4];
        tasks.spawn(async move {
            let joueur = JoueurId::generate();
            let done = creer(&engine, Context::new(), joueur, nouveau(spelling)).commit().await;
            (joueur, done.is_ok())
        });
    }
    let asked = tasks.join_all().await;
    let won: Vec<_> = asked.iter().filter(|(_, won)| *won).collect();
    assert_eq!(won.len(), 1);
    for (joueur, won) in &asked {
        assert_eq!(engine.find(*joueur).await.unwrap().is_some(), *won);
    }
}
