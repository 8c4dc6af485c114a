//! What happens in a book.

use aether_core::{Event, Shape};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mots::{RaisonAnnulation, RaisonColis, TypeContenu, TypeOrdre};
use crate::values::{
    ColisId, Intervention, ItemId, JoueurId, Or, OrdreId, Origine, Prix, Quantite, TransactionId,
};

/// The events of a book. An order's event comes first, then its trades in order, then the price they led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum EconomieEvent {
    /// An order to sell was placed; the goods are set aside.
    OrdreVenteCree(OrdreCree),

    /// An order to buy was placed; the gold is set aside.
    OrdreAchatCree(OrdreCree),

    /// Two orders met. What each side gets is owed to it from now on; the tax is gone.
    TransactionExecutee(Transaction),

    /// What a trade owes was handed over: to the players, or into the parcels that follow.
    TransactionReglee(Reglement),

    /// An order was closed before all of it was traded; the rest goes back, or into the parcel that follows.
    OrdreAnnule(OrdreAnnule),

    /// What could not be delivered waits from now on, for as long as it takes.
    ColisDepose(ColisDepose),

    /// A reward that did not fit waits from now on, for as long as it takes. It has come into the game by this.
    RecompenseDeposee(RecompenseDeposee),

    /// A parcel was collected, or a part of it.
    ColisRetire(ColisRetire),

    /// The last price of the item, after the trades of one order.
    PrixMisAJour {
        /// The item.
        item_id: ItemId,
        /// The price of the trade before; none for the first one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ancien_prix: Option<Prix>,
        /// The price of the last trade.
        nouveau_prix: Prix,
        /// How many pieces were traded.
        volume: Quantite,
    },
}

/// An order that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct OrdreCree {
    /// Its id.
    pub ordre_id: OrdreId,
    /// Whose it is.
    pub joueur_id: JoueurId,
    /// The name that is shown with it.
    pub pseudo: String,
    /// The item.
    pub item_id: ItemId,
    /// For how many pieces.
    pub quantite: Quantite,
    /// The least or the most for a piece.
    pub prix_unitaire: Prix,
    /// From when on it is not traded any more.
    pub expire_a: DateTime<Utc>,
}

/// A trade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// Its id, under which it is settled.
    pub transaction_id: TransactionId,
    /// The seller's order.
    pub ordre_vente_id: OrdreId,
    /// The buyer's order.
    pub ordre_achat_id: OrdreId,
    /// The seller.
    pub vendeur: JoueurId,
    /// The name that is shown for the seller.
    pub pseudo_vendeur: String,
    /// The buyer.
    pub acheteur: JoueurId,
    /// The name that is shown for the buyer.
    pub pseudo_acheteur: String,
    /// The item.
    pub item_id: ItemId,
    /// How many pieces.
    pub quantite: Quantite,
    /// For how much each: the price of the older order.
    pub prix_unitaire: Prix,
    /// For how much together.
    pub montant_total: Or,
    /// The part of it that is taken out of the game.
    pub taxe: Or,
    /// The part of it that is owed to the seller.
    pub produit: Or,
    /// What the buyer had set aside beyond `montantTotal`, which is owed to the buyer.
    pub rendu: Or,
    /// How many pieces the seller's order was for before.
    pub reste_vente_avant: u16,
    /// How many it is for after.
    pub reste_vente_apres: u16,
    /// How many pieces the buyer's order was for before.
    pub reste_achat_avant: u16,
    /// How many it is for after.
    pub reste_achat_apres: u16,
}

/// A trade that is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Reglement {
    /// The trade.
    pub transaction_id: TransactionId,
    /// The item.
    pub item_id: ItemId,
    /// The seller's order.
    pub ordre_vente_id: OrdreId,
    /// Whether nothing is left of it, neither a rest nor another trade to settle: the player counts it no more.
    pub ferme_vente: bool,
    /// The seller.
    pub vendeur: JoueurId,
    /// The buyer's order.
    pub ordre_achat_id: OrdreId,
    /// Whether nothing is left of it.
    pub ferme_achat: bool,
    /// The buyer.
    pub acheteur: JoueurId,
    /// The pieces that were owed to the buyer.
    pub quantite: Quantite,
    /// The gold that was owed to the seller.
    pub produit: Or,
    /// The gold that was owed to the buyer.
    pub rendu: Or,
}

/// An order that was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct OrdreAnnule {
    /// The order.
    pub ordre_id: OrdreId,
    /// Its side.
    pub type_ordre: TypeOrdre,
    /// Whose it was.
    pub joueur_id: JoueurId,
    /// The item.
    pub item_id: ItemId,
    /// How many pieces it was for when it was placed.
    pub quantite: Quantite,
    /// How many were not traded: the goods that go back to a seller.
    pub reste: Quantite,
    /// Its limit for a piece.
    pub prix_unitaire: Prix,
    /// The gold that goes back to a buyer; 0 for a seller.
    pub or_rendu: Or,
    /// Whether no trade of it is to be settled: the player counts it no more.
    pub ferme: bool,
    /// Why.
    pub raison: RaisonAnnulation,
    /// The operator's act, if that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervention: Option<Intervention>,
}

/// A parcel that was put down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ColisDepose {
    /// Its id.
    pub colis_id: ColisId,
    /// For whom.
    pub joueur_id: JoueurId,
    /// The item of the book.
    pub item_id: ItemId,
    /// What it holds.
    pub type_contenu: TypeContenu,
    /// How much of it: coins or pieces.
    pub quantite: u32,
    /// What it comes from.
    pub raison: RaisonColis,
    /// The trade that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<TransactionId>,
    /// The order that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordre_id: Option<OrdreId>,
}

/// A part of a reward that waits in a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct RecompenseDeposee {
    /// The parcel's id.
    pub colis_id: ColisId,
    /// For whom.
    pub joueur_id: JoueurId,
    /// The item of the book; that of no item for gold.
    pub item_id: ItemId,
    /// What it holds.
    pub type_contenu: TypeContenu,
    /// How much of it: coins or pieces.
    pub quantite: u32,
    /// What it is for: gold and items come into the game for the reason that this says.
    pub origine: Origine,
}

/// A parcel that was collected as far as `apres` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ColisRetire {
    /// Its id.
    pub colis_id: ColisId,
    /// Whose it is.
    pub joueur_id: JoueurId,
    /// The item of the book.
    pub item_id: ItemId,
    /// What it holds.
    pub type_contenu: TypeContenu,
    /// How much it held before.
    pub avant: u32,
    /// How much it holds after; with 0 it is gone.
    pub apres: u32,
}
