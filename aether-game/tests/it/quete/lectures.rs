//! What an acceptance reads from other streams.

use aether_core::memory::MemoryStore;
use aether_core::{Context, Engine, ExecuteError};
use aether_game::joueur::{Classe, JoueurCommand, NouveauJoueur, RaisonExperience};
use aether_game::quete::*;
use aether_game::values::*;

use super::fixtures::*;

/// A player of level 10.
async fn player(engine: &Engine) {
    let nouveau = NouveauJoueur {
        username: NomUtilisateur::new("Alba").unwrap(),
        pseudo: Pseudo::new("Alba").unwrap(),
        classe: Classe::Mage,
    };
    let unit = aether_game::joueur::creer(engine, Context::new(), joueur(), nouveau);
    unit.commit().await.unwrap();
    let montant = aether_game::joueur::experience_requise(niveau(10));
    let raison = RaisonExperience::Quete;
    engine.execute(joueur(), JoueurCommand::GagnerExperience { montant, raison }).await.unwrap();
}

/// A visit without time limit, after some other quests.
async fn defined(engine: &Engine, n: u128, before: &[u128]) {
    let fiche = visite(|it| {
        it.quete_id = quete_id(n);
        it.duree_limite_minutes = None;
        it.pre_requis.quetes = before.iter().map(|n| quete_id(*n)).collect();
    });
    engine.execute(quete_id(n), QueteCommand::Creer(Box::new(fiche))).await.unwrap();
}

fn progres(n: u128) -> ProgresId {
    ProgresId::du_joueur(quete_id(n), joueur())
}

async fn accepts(engine: &Engine, n: u128) -> Result<(), ExecuteError<ProgresRefus>> {
    let demande = Accepter::lire(engine, quete_id(n), joueur()).await.unwrap();
    let command = ProgresCommand::Accepter(Box::new(demande));
    engine.execute(progres(n), command).await.map(drop)
}

#[tokio::test]
async fn a_quest_opens_once_the_one_before_is_finished() {
    let engine = Engine::new(MemoryStore::new());
    player(&engine).await;
    defined(&engine, 1, &[]).await;
    defined(&engine, 2, &[1]).await;

    let missing = ProgresRefus::PreRequisManquant { quete: quete_id(1) };
    let refused = accepts(&engine, 2).await.unwrap_err();
    assert_eq!(refused.rejection(), Some(&missing));
    accepts(&engine, 1).await.unwrap();
    let refused = accepts(&engine, 2).await.unwrap_err();
    assert_eq!(refused.rejection(), Some(&missing), "accepted is not finished");
    let visiter = progresser(fait(1, TypeObjectif::Explore, 1, 1));
    engine.execute(progres(1), visiter).await.unwrap();
    engine.execute(progres(1), TERMINER).await.unwrap();
    accepts(&engine, 2).await.unwrap();
}

#[tokio::test]
async fn the_level_is_that_of_the_player() {
    let engine = Engine::new(MemoryStore::new());
    defined(&engine, 1, &[]).await;
    let stranger = Accepter::lire(&engine, quete_id(1), joueur()).await.unwrap();
    assert_eq!(stranger.niveau, Niveau::MIN);
    player(&engine).await;
    let known = Accepter::lire(&engine, quete_id(1), joueur()).await.unwrap();
    assert_eq!(known.niveau, niveau(10));
}

#[tokio::test]
async fn a_quest_that_does_not_exist_is_refused() {
    let engine = Engine::new(MemoryStore::new());
    let refused = Accepter::lire(&engine, quete_id(1), joueur()).await.unwrap_err();
    assert_eq!(refused.rejection(), Some(&QueteRefus::Inconnue));
}
