//! Rows of the market.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::economie::{RaisonColis, StatutOrdre, TypeContenu, TypeOrdre};
use crate::read_models::row::Row;
use crate::values::{
    CarnetId, ColisId, ItemId, JoueurId, Or, OrdreId, Prix, Quantite, TransactionId,
};

/// A row of `ordres_economie`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrdreEconomie {
    /// The order.
    pub ordre_id: OrdreId,
    /// Its side.
    pub type_ordre: TypeOrdre,
    /// Whose it is.
    pub joueur_id: JoueurId,
    /// The name that was shown with it when it was placed.
    pub pseudo_joueur: String,
    /// The item.
    pub item_id: ItemId,
    /// For how many pieces it was placed.
    pub quantite: Quantite,
    /// How many of them were not traded.
    pub quantite_restante: u16,
    /// The least or the most for a piece.
    pub prix_unitaire: Prix,
    /// How it stands.
    pub statut: StatutOrdre,
    /// When it was placed.
    pub cree_a: DateTime<Utc>,
    /// From when on it is not traded any more.
    pub expire_a: DateTime<Utc>,
    /// When it ended: traded, withdrawn or expired.
    pub complete_a: Option<DateTime<Utc>>,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
    /// The place in the log where it began: its age.
    pub event_sequence: i64,
}

/// A row of `transactions_economie`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransactionEconomie {
    /// The trade.
    pub transaction_id: TransactionId,
    /// The seller's order.
    pub ordre_vente_id: OrdreId,
    /// The buyer's order.
    pub ordre_achat_id: OrdreId,
    /// The seller.
    pub vendeur_id: JoueurId,
    /// The seller's name at that time.
    pub pseudo_vendeur: String,
    /// The buyer.
    pub acheteur_id: JoueurId,
    /// The buyer's name at that time.
    pub pseudo_acheteur: String,
    /// The item.
    pub item_id: ItemId,
    /// How many pieces.
    pub quantite: Quantite,
    /// For how much each.
    pub prix_unitaire: Prix,
    /// For how much together.
    pub montant_total: Or,
    /// The part of it that left the game.
    pub taxe: Or,
    /// When.
    pub executee_a: DateTime<Utc>,
    /// The event's place in the log.
    pub event_sequence: i64,
    /// What goes back to the buyer.
    pub rendu: Or,
    /// When it was handed over; none while it is owed.
    pub reglee_a: Option<DateTime<Utc>>,
}

/// A row of `prix_marche`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrixMarche {
    /// The order book.
    pub prix_id: CarnetId,
    /// The item.
    pub item_id: ItemId,
    /// The mean price of a piece, rounded.
    pub prix_moyen_24h: Option<Prix>,
    /// The lowest price.
    pub prix_min_24h: Option<Prix>,
    /// The highest price.
    pub prix_max_24h: Option<Prix>,
    /// How many pieces were traded; at most what the column holds.
    pub volume_24h: u32,
    /// How many trades there were.
    pub nombre_transactions_24h: u32,
    /// The last hours that had trades, the oldest first.
    pub historique_prix: Vec<CoursHoraire>,
    /// When the last trade was.
    pub derniere_transaction: DateTime<Utc>,
    /// The event of the last trade.
    pub last_event_sequence: i64,
    /// The price of the last trade.
    pub dernier_prix: Prix,
    /// As of when the columns of 24 h and the hours are; none before the job's first run.
    pub statistiques_a: Option<DateTime<Utc>>,
    /// The last trade that the job saw.
    pub statistiques_sequence: Option<i64>,
}

/// The trades of an item in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoursHoraire {
    /// When the hour began.
    pub heure: DateTime<Utc>,
    /// The mean price of a piece, rounded.
    pub prix_moyen: Prix,
    /// The lowest price.
    pub prix_min: Prix,
    /// The highest price.
    pub prix_max: Prix,
    /// How many pieces were traded.
    pub volume: u64,
    /// How many trades there were.
    pub transactions: u64,
}

/// A row of `colis_economie`: a parcel that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColisEconomie {
    /// The parcel.
    pub colis_id: ColisId,
    /// For whom.
    pub joueur_id: JoueurId,
    /// The item of the book.
    pub item_id: ItemId,
    /// What it holds.
    pub type_contenu: TypeContenu,
    /// How much of it is left: coins or pieces.
    pub quantite: u32,
    /// What it comes from; none for a reward.
    pub raison: Option<RaisonColis>,
    /// The trade that it comes from.
    pub transaction_id: Option<TransactionId>,
    /// The order that it comes from.
    pub ordre_id: Option<OrdreId>,
    /// Since when it waits.
    pub depose_a: DateTime<Utc>,
    /// The place in the log where it was put down.
    pub event_sequence: i64,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

impl Row for OrdreEconomie {
    const TABLE: &'static str = "ordres_economie";

    type Key = OrdreId;

    fn key(&self) -> OrdreId {
        self.ordre_id
    }
}

impl Row for TransactionEconomie {
    const TABLE: &'static str = "transactions_economie";
    const ARCHIVE: Option<&'static str> = Some("transactions_economie_archive");

    type Key = TransactionId;

    fn key(&self) -> TransactionId {
        self.transaction_id
    }
}

impl Row for PrixMarche {
    const TABLE: &'static str = "prix_marche";

    type Key = ItemId;

    fn key(&self) -> ItemId {
        self.item_id
    }
}

impl Row for ColisEconomie {
    const TABLE: &'static str = "colis_economie";

    type Key = ColisId;

    fn key(&self) -> ColisId {
        self.colis_id
    }
}
