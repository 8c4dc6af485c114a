//! Players with known purses.

use aether_core::uuid::Uuid;
use aether_core::{Aggregate as _, Facts};
use aether_game::joueur::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;
use chrono::{DateTime, TimeDelta, Utc};

/// Seconds after the creation.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(seconds)
}

pub(crate) fn facts(now: DateTime<Utc>) -> Facts {
    Facts::at(now).with_seed(7)
}

pub(crate) fn ordre(n: u128) -> OrdreId {
    OrdreId::new(Uuid::from_u128(0x1_0000 + n))
}

pub(crate) fn combat(n: u128) -> CombatId {
    CombatId::new(Uuid::from_u128(0x2_0000 + n))
}

pub(crate) fn competence(n: u128) -> CompetenceId {
    CompetenceId::new(Uuid::from_u128(0x3_0000 + n))
}

pub(crate) fn transaction() -> TransactionId {
    TransactionId::new(Uuid::from_u128(0x4_0001))
}

pub(crate) fn or(n: u32) -> Or {
    Or::new(n).unwrap()
}

pub(crate) fn montant(n: u32) -> Montant {
    Montant::new(n).unwrap()
}

pub(crate) fn xp(n: u64) -> Experience {
    Experience::new(n).unwrap()
}

pub(crate) fn niveau(n: u8) -> Niveau {
    Niveau::new(n).unwrap()
}

pub(crate) fn nouveau(nom: &str) -> NouveauJoueur {
    NouveauJoueur {
        username: NomUtilisateur::new(nom).unwrap(),
        pseudo: Pseudo::new(nom).unwrap(),
        classe: Classe::Guerrier,
    }
}

pub(crate) fn demande_creation(nom: &str) -> JoueurCommand {
    JoueurCommand::Creer(Box::new(nouveau(nom)))
}

/// Alba, a warrior, with 100 gold.
pub(crate) fn cree() -> JoueurEvent {
    let events = Joueur::default().decide(&demande_creation("Alba"), &facts(at(0))).unwrap();
    let [event] = events.try_into().unwrap();
    event
}

/// Alba a second after her creation.
pub(crate) fn alba() -> Scenario<Joueur> {
    Scenario::given([cree()]).at(at(1))
}

/// Alba after some commands, none of which may be refused.
#[track_caller]
pub(crate) fn joueur_avec(fill: impl FnOnce(&mut Vec<JoueurCommand>)) -> Joueur {
    let mut commands = vec![demande_creation("Alba")];
    fill(&mut commands);
    let mut joueur = Joueur::default();
    for command in commands {
        let decided = joueur.decide(&command, &facts(at(0)));
        for event in decided.unwrap_or_else(|refus| panic!("{command:?}: {refus}")) {
            joueur.apply(&event);
        }
    }
    joueur
}

pub(crate) fn debite(n: u32) -> JoueurCommand {
    let raison = RaisonOr::AchatPnj;
    JoueurCommand::Debiter { montant: montant(n), raison, transaction: transaction() }
}

pub(crate) fn credite(n: u32) -> JoueurCommand {
    let raison = RaisonOr::VentePnj;
    JoueurCommand::Crediter { montant: montant(n), raison, transaction: transaction() }
}

pub(crate) fn operateur_sans_motif() -> JoueurCommand {
    let raison = RaisonOr::OperateurCredit;
    JoueurCommand::Crediter { montant: montant(1), raison, transaction: transaction() }
}

pub(crate) fn gagne(n: u64) -> JoueurCommand {
    JoueurCommand::GagnerExperience { montant: xp(n), raison: RaisonExperience::Combat }
}

pub(crate) fn change_classe(classe: Classe) -> JoueurCommand {
    JoueurCommand::ChangerClasse { classe, transaction: transaction() }
}

pub(crate) fn quitte(n: u128) -> JoueurCommand {
    let issue = IssueCombat::Victoire;
    JoueurCommand::QuitterCombat { combat: combat(n), issue, mort: false }
}

pub(crate) fn reserve(n: u128, or: u32) -> JoueurCommand {
    JoueurCommand::ReserverOr { ordre: ordre(n), montant: montant(or) }
}

pub(crate) fn intervention() -> Intervention {
    Intervention {
        acteur: Nom::new("Maëlle").unwrap(),
        motif: Motif::new("rendu après une panne").unwrap(),
    }
}
