//! Quests on a store: many at once, and on several nodes.

use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::memory::MemoryStore;
use aether_core::{Aggregate, Context, Engine, ExecuteError};
use aether_game::joueur::{Classe, JoueurCommand, NouveauJoueur};
use aether_game::quete::*;
use aether_game::values::*;

use super::fixtures::*;

async fn stored(store: &MemoryStore, event_type: &str) -> usize {
    let events = store.read(Read::all()).await.unwrap().events;
    events.iter().filter(|event| event.event_type.as_str() == event_type).count()
}

fn progres_id() -> ProgresId {
    ProgresId::du_joueur(quete_id(1), joueur())
}

/// A quest without a time limit whose one objective is complete.
async fn complete(store: &MemoryStore) -> Engine {
    let engine = Engine::new(store.clone());
    let fiche = visite(|it| it.duree_limite_minutes = None);
    let creer = QueteCommand::Creer(Box::new(fiche.clone()));
    engine.execute(quete_id(1), creer).await.unwrap();
    engine.execute(progres_id(), accepter(fiche)).await.unwrap();
    let visiter = progresser(fait(1, TypeObjectif::Explore, 1, 1));
    engine.execute(progres_id(), visiter).await.unwrap();
    engine
}

/// Sixteen callers on four nodes send a command each; how many are carried out, and what the others are told.
async fn sixteen<A>(
    store: &MemoryStore,
    id: impl aether_core::command::IdOf<A>,
    command: impl Fn(u128) -> A::Command,
) -> (usize, Vec<A::Error>)
where
    A: Aggregate,
    A::Error: std::fmt::Debug,
{
    let nodes: Vec<_> = (0..4).map(|_| Engine::new(store.clone())).collect();
    let callers = (0..16).map(|n| {
        let engine = nodes[n % 4].clone();
        let command = command(n as u128);
        tokio::spawn(async move { engine.execute::<A>(id, command).await.map(drop) })
    });
    let callers: Vec<_> = callers.collect();
    let mut done = 0;
    let mut refused = vec![];
    for caller in callers {
        match caller.await.unwrap() {
            Ok(()) => done += 1,
            Err(ExecuteError::Rejected(refus)) => refused.push(refus),
            Err(error) => panic!("{error:?}"),
        }
    }
    (done, refused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_quest_that_sixteen_finish_at_once_is_finished_and_paid_once() {
    let store = MemoryStore::new();
    complete(&store).await;

    let (done, refused) = sixteen::<Progres>(&store, progres_id(), |_| TERMINER).await;
    assert_eq!(done, 1);
    let ended = ProgresRefus::PasEnCours { etat: EtatQuete::Complete };
    assert!(refused.iter().all(|refus| *refus == ended), "{refused:?}");

    let (done, refused) = sixteen::<Progres>(&store, progres_id(), recompenser).await;
    assert_eq!(done, 1);
    assert!(refused.iter().all(|refus| *refus == ProgresRefus::RienDeDu { tentative: 1 }));
    assert_eq!(stored(&store, "QueteTerminee").await, 1);
    assert_eq!(stored(&store, "RecompenseObtenue").await, 1);
}

#[tokio::test]
async fn who_finishes_and_logs_in_again_on_another_node_is_not_paid_again() {
    let store = MemoryStore::new();
    let engine = complete(&store).await;
    engine.execute(progres_id(), TERMINER).await.unwrap();
    engine.execute(progres_id(), recompenser(1)).await.unwrap();
    drop(engine);

    let other = Engine::new(store.clone());
    let finished = other.execute(progres_id(), TERMINER).await.unwrap_err();
    assert!(matches!(finished, ExecuteError::Rejected(ProgresRefus::PasEnCours { .. })));
    let paid = other.execute(progres_id(), recompenser(2)).await.unwrap_err();
    assert!(matches!(paid, ExecuteError::Rejected(ProgresRefus::RienDeDu { .. })));
    assert_eq!(stored(&store, "RecompenseObtenue").await, 1);
}

#[tokio::test]
async fn a_reply_that_was_lost_is_given_again_and_nothing_is_done_twice() {
    let store = MemoryStore::new();
    let engine = complete(&store).await;
    let command_id = aether_core::CommandId::generate();
    for _ in 0..3 {
        let context = Context::new().command_id(command_id);
        engine.execute(progres_id(), TERMINER).with(&context).await.unwrap();
    }
    assert_eq!(stored(&store, "QueteTerminee").await, 1);
}

/// A player with 100 gold.
async fn player(engine: &Engine) {
    let nouveau = NouveauJoueur {
        username: NomUtilisateur::new("Alba").unwrap(),
        pseudo: Pseudo::new("Alba").unwrap(),
        classe: Classe::Mage,
    };
    let unit = aether_game::joueur::creer(engine, Context::new(), joueur(), nouveau);
    unit.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn gold_that_sixteen_payments_bring_at_once_comes_once() {
    let store = MemoryStore::new();
    let engine = complete(&store).await;
    player(&engine).await;
    engine.execute(progres_id(), TERMINER).await.unwrap();

    let payments = (0..16).map(|n| {
        // half of them on another node
        let engine = if n % 2 == 0 { engine.clone() } else { Engine::new(store.clone()) };
        let credit = JoueurCommand::Crediter {
            montant: Montant::fixe::<50>(),
            raison: RaisonOr::RecompenseQuete,
            transaction: transaction(n),
        };
        // gold first, to show that it is not stored when the quest refuses
        let unit = engine.atomic(Context::new()).command(joueur(), credit);
        tokio::spawn(unit.command(progres_id(), recompenser(n)).commit())
    });
    let payments: Vec<_> = payments.collect();
    let mut paid = 0;
    for payment in payments {
        paid += usize::from(payment.await.unwrap().is_ok());
    }
    assert_eq!(paid, 1);
    let state = Engine::new(store.clone()).load(joueur()).await.unwrap();
    assert_eq!(state.state.or(), Or::fixe::<150>());
    assert_eq!(stored(&store, "RecompenseObtenue").await, 1);
}
