//! A merchant.

use aether_core::uuid::Uuid;
use aether_game::pnj::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;
use chrono::{DateTime, Utc};

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-05-06T12:00:00Z".parse().unwrap()
}

pub(crate) fn pnj_id() -> PnjId {
    PnjId::new(Uuid::from_u128(0x1000))
}

pub(crate) fn zone() -> ZoneId {
    ZoneId::new(Uuid::from_u128(0x1100))
}

pub(crate) fn joueur(n: u128) -> JoueurId {
    JoueurId::new(Uuid::from_u128(0x2000 + n))
}

pub(crate) fn item(n: u128) -> ItemId {
    ItemId::new(Uuid::from_u128(0x3_0000 + n))
}

pub(crate) fn dialogue(n: u128) -> DialogueId {
    DialogueId::new(Uuid::from_u128(0x4000 + n))
}

pub(crate) fn transaction(n: u128) -> TransactionId {
    TransactionId::new(Uuid::from_u128(0x5000 + n))
}

pub(crate) fn prix(n: u32) -> Prix {
    Prix::new(n).unwrap()
}

pub(crate) fn pieces(n: u16) -> Quantite {
    Quantite::new(n).unwrap()
}

pub(crate) fn reputation(n: i64) -> Reputation {
    Reputation::new(n).unwrap()
}

pub(crate) fn motif() -> Motif {
    Motif::new("a rendu service").unwrap()
}

pub(crate) fn intervention() -> Intervention {
    let acteur = Nom::new("Odile").unwrap();
    Intervention { acteur, motif: Motif::new("livraison du lundi").unwrap() }
}

/// Sells item 1 for 10 and buys it for 4, of which it has 20; sells any number of item 2 for 3; greets all, and tells a
/// secret to friends.
pub(crate) fn fiche() -> FichePnj {
    let says = |n, texte: &str, minimum| DialoguePnj {
        dialogue_id: dialogue(n),
        texte: Description::new(texte).unwrap(),
        reputation_min: reputation(minimum),
    };
    FichePnj {
        pnj_id: pnj_id(),
        nom: Nom::new("Maître Aubin").unwrap(),
        type_pnj: TypePnj::Marchand,
        niveau: Niveau::new(12).unwrap(),
        zone_id: zone(),
        dialogues: vec![says(1, "Bonjour !", -1_000), says(2, "La cave est ouverte.", 100)],
        articles: vec![
            Article {
                item_id: item(1),
                prix: prix(10),
                prix_rachat: Some(prix(4)),
                stock: Some(20),
            },
            Article { item_id: item(2), prix: prix(3), prix_rachat: None, stock: None },
        ],
    }
}

/// The same merchant, changed.
pub(crate) fn avec(change: impl FnOnce(&mut FichePnj)) -> FichePnj {
    let mut fiche = fiche();
    change(&mut fiche);
    fiche
}

pub(crate) fn cree(fiche: FichePnj) -> PnjEvent {
    PnjEvent::PNJCree(Box::new(fiche))
}

/// The merchant at noon.
pub(crate) fn aubin() -> Scenario<Pnj> {
    Scenario::<Pnj>::given([cree(fiche())]).at(noon())
}

pub(crate) fn affaire(n: u128, quantite: u16, prix_unitaire: u32) -> Affaire {
    Affaire {
        joueur_id: joueur(1),
        item_id: item(n),
        quantite: pieces(quantite),
        prix_unitaire: prix(prix_unitaire),
        transaction: transaction(1),
    }
}

pub(crate) fn vendre(n: u128, quantite: u16, prix: u32) -> PnjCommand {
    PnjCommand::Vendre(affaire(n, quantite, prix))
}

pub(crate) fn racheter(n: u128, quantite: u16, prix: u32) -> PnjCommand {
    PnjCommand::Racheter(affaire(n, quantite, prix))
}

pub(crate) fn reapprovisionner(n: u128, stock: u32) -> PnjCommand {
    PnjCommand::Reapprovisionner { item_id: item(n), stock, intervention: intervention() }
}

/// The merchant likes player `n` more or less.
pub(crate) fn estimer(n: u128, variation: i32) -> PnjCommand {
    PnjCommand::ModifierReputation { joueur_id: joueur(n), variation, motif: motif() }
}

pub(crate) fn parler(n: u128) -> PnjCommand {
    PnjCommand::Parler { joueur_id: joueur(1), dialogue_id: dialogue(n) }
}

pub(crate) fn ouvrir() -> PnjCommand {
    PnjCommand::OuvrirCommerce { joueur_id: joueur(1) }
}

pub(crate) fn tuer() -> PnjCommand {
    PnjCommand::Tuer { tueur: Some(joueur(1)) }
}
