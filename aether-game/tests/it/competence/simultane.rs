//! Skills on a store: rests that outlive a node, and places on a bar.

use aether_core::memory::MemoryStore;
use aether_core::{Context, Engine, ExecuteError};
use aether_game::competence::barre::unites::placer;
use aether_game::competence::*;
use aether_game::joueur::{self, Classe, JoueurCommand, NouveauJoueur, RaisonExperience};
use aether_game::values::*;
use aether_testkit::clock::ManualClock;

use super::fixtures::*;

fn apprentissage_id() -> ApprentissageId {
    ApprentissageId::du_joueur(competence_id(1), joueur())
}

fn node(store: &MemoryStore, clock: &ManualClock) -> Engine {
    Engine::builder(store.clone()).clock(clock.clone()).build()
}

#[tokio::test]
async fn a_rest_outlives_a_log_out_and_the_node() {
    let store = MemoryStore::new();
    let clock = ManualClock::at(at(0));
    let first = node(&store, &clock);
    first.execute(apprentissage_id(), apprendre(fiche())).await.unwrap();
    first.execute(apprentissage_id(), UTILISER).await.unwrap();
    drop(first);

    clock.set(at(59));
    let other = node(&store, &clock);
    let refused = other.execute(apprentissage_id(), UTILISER).await.unwrap_err();
    let rests = ApprentissageRefus::AuRepos { jusqu_a: at(60) };
    assert!(matches!(refused, ExecuteError::Rejected(refus) if refus == rests));
    clock.set(at(60));
    other.execute(apprentissage_id(), UTILISER).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_skill_that_sixteen_use_at_once_is_used_once() {
    let store = MemoryStore::new();
    let clock = ManualClock::at(at(0));
    node(&store, &clock).execute(apprentissage_id(), apprendre(fiche())).await.unwrap();
    let nodes: Vec<_> = (0..4).map(|_| node(&store, &clock)).collect();
    let callers = (0..16).map(|n| {
        let engine = nodes[n % 4].clone();
        tokio::spawn(async move { engine.execute(apprentissage_id(), UTILISER).await.is_ok() })
    });
    let callers: Vec<_> = callers.collect();
    let mut used = 0;
    for caller in callers {
        used += usize::from(caller.await.unwrap());
    }
    assert_eq!(used, 1);
    let state = nodes[0].load(apprentissage_id()).await.unwrap();
    assert_eq!(state.state.experience(), Apprentissage::EXPERIENCE_PAR_USAGE);
}

/// A player, who begins at level 1.
async fn player(engine: &Engine) {
    let nouveau = NouveauJoueur {
        username: NomUtilisateur::new("Alba").unwrap(),
        pseudo: Pseudo::new("Alba").unwrap(),
        classe: Classe::Mage,
    };
    let unit = aether_game::joueur::creer(engine, Context::new(), joueur(), nouveau);
    unit.commit().await.unwrap();
}

async fn points(engine: &Engine) -> u32 {
    engine.load(joueur()).await.unwrap().state.points_competence()
}

#[tokio::test]
async fn a_skill_costs_points_and_is_not_learned_without_them() {
    let engine = Engine::new(MemoryStore::new());
    player(&engine).await;
    let learn = || apprentissage::unites::apprendre(&engine, Context::new(), demande(fiche()));
    learn().commit().await.unwrap_err();
    assert!(engine.find(apprentissage_id()).await.unwrap().is_none());

    let montant = joueur::experience_requise(niveau(10));
    let raison = RaisonExperience::Quete;
    engine.execute(joueur(), JoueurCommand::GagnerExperience { montant, raison }).await.unwrap();
    let before = points(&engine).await;
    learn().commit().await.unwrap();
    assert_eq!(points(&engine).await, before - 1);
    learn().commit().await.unwrap_err();
    assert_eq!(points(&engine).await, before - 1, "what is refused costs nothing");

    let id = competence_id(1);
    let context = Context::new();
    let too_early =
        apprentissage::unites::ameliorer(&engine, context, joueur(), niveau(10), id, rang(2))
            .commit();
    too_early.await.unwrap_err();
    assert_eq!(points(&engine).await, before - 1);
}

#[tokio::test]
async fn only_a_skill_that_was_learned_and_can_be_used_lies_on_the_bar() {
    let engine = Engine::new(MemoryStore::new());
    let place = PositionBarre::MIN;
    let put = |n| placer(&engine, Context::new(), joueur(), competence_id(n), place).commit();
    let refused = put(1).await.unwrap_err();
    let rejection = refused.rejection().unwrap().downcast_ref::<ApprentissageRefus>();
    assert_eq!(rejection, Some(&ApprentissageRefus::PasApprise));

    let always = avec(|it| {
        *it = passive();
        it.competence_id = competence_id(2);
    });
    let id = ApprentissageId::du_joueur(competence_id(2), joueur());
    engine.execute(id, apprendre(always)).await.unwrap();
    let refused = put(2).await.unwrap_err();
    let rejection = refused.rejection().unwrap().downcast_ref::<ApprentissageRefus>();
    assert_eq!(rejection, Some(&ApprentissageRefus::Passive));

    engine.execute(apprentissage_id(), apprendre(fiche())).await.unwrap();
    put(1).await.unwrap();
    let barre = engine.load(BarreId::du_joueur(joueur())).await.unwrap();
    assert_eq!(barre.state.position(competence_id(1)), Some(place));
}
