//! A combat and its players begin together.

use aether_core::memory::MemoryStore;
use aether_core::uuid::Uuid;
use aether_core::{Context, Engine, ExecuteError};
use aether_game::combat::*;
use aether_game::joueur::{self, Classe, JoueurRefus, NouveauJoueur};
use aether_game::values::{JoueurId, NomUtilisateur, Pseudo};
use tokio::task::JoinSet;

use super::fixtures::*;

async fn player(engine: &Engine, nom: &str) -> JoueurId {
    let joueur = JoueurId::generate();
    let nouveau = NouveauJoueur {
        username: NomUtilisateur::new(nom).unwrap(),
        pseudo: Pseudo::new(nom).unwrap(),
        classe: Classe::Archer,
    };
    joueur::creer(engine, Context::new(), joueur, nouveau).commit().await.unwrap();
    joueur
}

/// These players against a monster that is one of many of its kind. Each combat has participants of its own.
fn against_a_monster(joueurs: &[JoueurId]) -> Demarrer {
    let fresh =
        |it: Participant| with(it, |it| it.participant_id = ParticipantId::new(Uuid::now_v7()));
    let allies = joueurs.iter().zip(1..).map(|(joueur, n)| {
        with(fresh(ally(n)), |it| it.entite_id = EntiteId::new(joueur.as_uuid()))
    });
    demarrer(allies.chain([fresh(foe(99))]).collect())
}

#[tokio::test]
async fn a_combat_and_its_players_begin_in_one_append_or_not_at_all() {
    let engine = Engine::new(MemoryStore::new());
    let alba = player(&engine, "Alba").await;
    let berthe = player(&engine, "Berthe").await;
    let first = CombatId::generate();
    commencer(&engine, Context::new(), first, against_a_monster(&[alba])).commit().await.unwrap();
    assert_eq!(engine.load(alba).await.unwrap().state.combat(), Some(first));
    assert_eq!(engine.load(first).await.unwrap().state.etat(), EtatCombat::EnCours);

    let second = CombatId::generate();
    let both = against_a_monster(&[berthe, alba]);
    let refused = commencer(&engine, Context::new(), second, both).commit().await;
    let Err(ExecuteError::Rejected(refused)) = refused else { panic!("Alba fights already") };
    assert_eq!(refused.downcast_ref(), Some(&JoueurRefus::DejaEnCombat { combat: first }));
    assert!(engine.find(second).await.unwrap().is_none());
    assert_eq!(engine.load(berthe).await.unwrap().state.combat(), None);
}

#[tokio::test]
async fn nobody_fights_who_is_no_player() {
    let engine = Engine::new(MemoryStore::new());
    let combat = CombatId::generate();
    let nobody = against_a_monster(&[JoueurId::generate()]);
    let refused = commencer(&engine, Context::new(), combat, nobody).commit().await;
    let Err(ExecuteError::Rejected(refused)) = refused else { panic!("nobody fights") };
    assert_eq!(refused.downcast_ref(), Some(&JoueurRefus::JoueurInconnu));
    assert!(engine.find(combat).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_combats_that_start_with_one_player_one_begins() {
    let engine = Engine::new(MemoryStore::new());
    let alba = player(&engine, "Alba").await;
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let engine = engine.clone();
        tasks.spawn(async move {
            let combat = CombatId::generate();
            let unit = commencer(&engine, Context::new(), combat, against_a_monster(&[alba]));
            unit.commit().await.ok().map(|_| combat)
        });
    }
    let begun: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(begun.len(), 1);
    assert_eq!(engine.load(alba).await.unwrap().state.combat(), Some(begun[0]));
}
