//! Bags on an engine.

use std::sync::Arc;

use aether_core::command::{Atomic, Loaded};
use aether_core::memory::MemoryStore;
use aether_core::{Context, Engine};
use aether_game::inventaire::*;
use aether_game::joueur::{self, Classe, Joueur, JoueurCommand, NouveauJoueur};
use aether_game::refus;
use aether_game::values::*;

use super::fixtures::*;

/// Two players, me with "alba" and the other with "bruno" as names, and what came into their bags.
pub(crate) async fn engine_with(commands: impl IntoIterator<Item = InventaireCommand>) -> Engine {
    let engine = Engine::new(MemoryStore::new());
    remplir(&engine, commands).await;
    engine
}

/// Creates the two players, and what came into their bags.
pub(crate) async fn remplir(
    engine: &Engine,
    commands: impl IntoIterator<Item = InventaireCommand>,
) {
    for (joueur_id, nom) in [(moi(), "alba"), (autre(), "bruno")] {
        let nouveau = NouveauJoueur {
            username: NomUtilisateur::new(nom).unwrap(),
            pseudo: Pseudo::new(nom).unwrap(),
            classe: Classe::Guerrier,
        };
        joueur::creer(engine, Context::new(), joueur_id, nouveau).commit().await.unwrap();
    }
    for command in commands {
        engine.execute(sac_de(command.joueur_id()), command).await.unwrap();
    }
}

pub(crate) fn sac_de(joueur_id: JoueurId) -> InventaireId {
    InventaireId::du_joueur(joueur_id)
}

pub(crate) fn mien() -> InventaireId {
    sac_de(moi())
}

pub(crate) async fn sac(engine: &Engine, joueur_id: JoueurId) -> Arc<Loaded<Inventaire>> {
    engine.load(sac_de(joueur_id)).await.unwrap()
}

pub(crate) async fn joueur_de(engine: &Engine, joueur_id: JoueurId) -> Arc<Loaded<Joueur>> {
    engine.load(joueur_id).await.unwrap()
}

/// A player gains gold.
pub(crate) async fn enrichir(engine: &Engine, joueur_id: JoueurId, or: u32) {
    let command = JoueurCommand::Crediter {
        montant: Montant::new(or).unwrap(),
        raison: RaisonOr::RecompenseCombat,
        transaction: transaction(99),
    };
    engine.execute(joueur_id, command).await.unwrap();
}

/// The code that a unit is refused with.
pub(crate) async fn code(unit: Atomic) -> &'static str {
    let refused = unit.commit().await.expect_err("a refusal");
    let rejection = refused.rejection().unwrap_or_else(|| panic!("{refused:?}"));
    refus::dans(rejection).unwrap_or_else(|| panic!("{rejection}")).code()
}
