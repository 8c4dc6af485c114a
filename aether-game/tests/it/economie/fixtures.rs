//! A book of swords, with players and orders by number.

use std::num::NonZeroU32;

use aether_core::{Aggregate as _, Facts};
use aether_game::economie::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Seconds after the market opened.
pub(crate) fn a(secondes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(secondes)
}

/// How long the orders of these tests live.
pub(crate) const DUREE_S: u32 = 7_200;

pub(crate) fn joueur(n: u128) -> JoueurId {
    JoueurId::new(Uuid::from_u128(0x10_0000 + n))
}

pub(crate) fn ordre(n: u128) -> OrdreId {
    OrdreId::new(Uuid::from_u128(0x20_0000 + n))
}

pub(crate) fn item() -> ItemId {
    ItemId::new(Uuid::from_u128(0x30_0000))
}

pub(crate) fn carnet() -> CarnetId {
    CarnetId::de_l_item(item())
}

/// The trade number `n` of the book, from 0.
pub(crate) fn transaction_id(n: u64) -> TransactionId {
    TransactionId::v5(carnet(), n.to_be_bytes())
}

/// The parcel with a part of trade `n`.
pub(crate) fn colis_id(n: u64, raison: RaisonColis) -> ColisId {
    ColisId::v5(transaction_id(n), raison.as_str())
}

/// The parcel with the rest of the `n`th order that was placed, from 0.
pub(crate) fn colis_de_restitution(n: u64) -> ColisId {
    ColisId::v5(carnet(), [&b"restitution"[..], &n.to_be_bytes()].concat())
}

pub(crate) fn or(n: u32) -> Or {
    Or::new(n).expect("gold")
}

pub(crate) fn prix(n: u32) -> Prix {
    Prix::new(n).expect("a price")
}

pub(crate) fn quantite(n: u16) -> Quantite {
    Quantite::new(n).expect("a quantity")
}

/// Order `n` of player `de` for `q` pieces at `p` each.
pub(crate) fn demande(n: u128, de: u128, q: u16, p: u32) -> PlacerOrdre {
    PlacerOrdre {
        ordre: ordre(n),
        joueur: joueur(de),
        pseudo: Pseudo::new(&format!("Joueur {de}")).expect("a name"),
        item: item(),
        quantite: quantite(q),
        prix: prix(p),
        duree_s: DUREE_S,
    }
}

pub(crate) fn vend(n: u128, de: u128, q: u16, p: u32) -> EconomieCommand {
    EconomieCommand::PlacerVente(demande(n, de, q, p))
}

pub(crate) fn achete(n: u128, de: u128, q: u16, p: u32) -> EconomieCommand {
    EconomieCommand::PlacerAchat(demande(n, de, q, p))
}

pub(crate) fn cloture(n: u128, reste: u16) -> Cloture {
    Cloture { ordre: ordre(n), reste: quantite(reste), ferme: true, en_colis: false }
}

pub(crate) fn annule(n: u128, de: u128, reste: u16) -> EconomieCommand {
    EconomieCommand::Annuler { joueur: joueur(de), cloture: cloture(n, reste) }
}

pub(crate) fn expire(n: u128, reste: u16) -> EconomieCommand {
    EconomieCommand::Expirer { cloture: cloture(n, reste) }
}

/// Settles trade `n`, with everything in parcels or nothing; `ferme` says which of its orders nothing is left of.
pub(crate) fn regle(n: u64, en_colis: bool, ferme: Fermetures) -> EconomieCommand {
    let en_colis = EnColis { produit: en_colis, rendu: en_colis, items: en_colis };
    EconomieCommand::Regler { transaction: transaction_id(n), en_colis, ferme }
}

/// Nothing is left of both orders.
pub(crate) const LES_DEUX: Fermetures = Fermetures { vente: true, achat: true };

/// Something is left of the buyer's order.
pub(crate) const LA_VENTE: Fermetures = Fermetures { vente: true, achat: false };

/// Something is left of the seller's order.
pub(crate) const L_ACHAT: Fermetures = Fermetures { vente: false, achat: true };

pub(crate) fn retire(
    colis: ColisId,
    de: u128,
    contenu: TypeContenu,
    quantite: u32,
) -> EconomieCommand {
    let quantite = NonZeroU32::new(quantite).expect("a quantity");
    EconomieCommand::RetirerColis { joueur: joueur(de), colis, contenu, quantite }
}

/// A reward of so many pieces for a player waits.
pub(crate) fn recompense(de: u128, quantite: u32) -> EconomieCommand {
    EconomieCommand::DeposerRecompense(DeposerRecompense {
        colis: ColisId::new(Uuid::from_u128(0x40_0000)),
        joueur: joueur(de),
        item: item(),
        contenu: TypeContenu::Item,
        quantite: NonZeroU32::new(quantite).expect("a quantity"),
        origine: Origine::Combat(CombatId::new(Uuid::nil())),
    })
}

/// A book to which these commands have been sent, all accepted, in its first second.
#[track_caller]
pub(crate) fn marche(commands: impl IntoIterator<Item = EconomieCommand>) -> Scenario<Economie> {
    let ouvert = Scenario::given([]).at(a(0));
    commands.into_iter().fold(ouvert, |marche, command| marche.when(command).then_state(|_| {}))
}

/// What these commands lead to, and their events.
pub(crate) fn joue(
    economie: &mut Economie,
    command: &EconomieCommand,
    secondes: i64,
) -> Result<Vec<EconomieEvent>, EconomieRefus> {
    let events = economie.decide(command, &Facts::at(a(secondes)))?;
    events.iter().for_each(|event| economie.apply(event));
    Ok(events)
}

/// The trades among some events, as (seller's order, buyer's order, pieces, price).
pub(crate) fn echanges(events: &[EconomieEvent]) -> Vec<(OrdreId, OrdreId, u16, u32)> {
    transactions(events)
        .map(|it| (it.ordre_vente_id, it.ordre_achat_id, it.quantite.get(), it.prix_unitaire.get()))
        .collect()
}

pub(crate) fn transactions(events: &[EconomieEvent]) -> impl Iterator<Item = &Transaction> {
    events.iter().filter_map(|event| match event {
        EconomieEvent::TransactionExecutee(transaction) => Some(transaction),
        _ => None,
    })
}
