//! What happens to a character.

use aether_core::Event;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fiche::{Article, DialogueId, FichePnj};
use super::reputation::Reputation;
use crate::values::{
    Description, Intervention, ItemId, JoueurId, Motif, Nom, Or, PnjId, Prix, Quantite,
    TransactionId, ZoneId,
};

/// The events of a character.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum PnjEvent {
    /// The character exists. The payload is all that it is.
    PNJCree(Box<FichePnj>),

    /// A player talked with it.
    DialogueDeclenche {
        /// The character.
        pnj_id: PnjId,
        /// Its name.
        pnj_nom: Nom,
        /// Where.
        zone_id: ZoneId,
        /// Who.
        joueur_id: JoueurId,
        /// About what.
        dialogue_id: DialogueId,
        /// What it said.
        texte: Description,
        /// When.
        declenche_a: DateTime<Utc>,
    },

    /// A player looks at its shop.
    CommerceOuvert {
        /// The character.
        pnj_id: PnjId,
        /// Who.
        joueur_id: JoueurId,
        /// What it sells now, and for how much.
        articles: Vec<Article>,
        /// When.
        ouvert_a: DateTime<Utc>,
    },

    /// It sold something to a player.
    ArticleVendu {
        /// The character.
        pnj_id: PnjId,
        /// The player.
        joueur_id: JoueurId,
        /// The item.
        item_id: ItemId,
        /// How many pieces.
        quantite: Quantite,
        /// The price of a piece.
        prix_unitaire: Prix,
        /// What the player paid.
        montant_total: Or,
        /// How many pieces there were before; none for any number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stock_avant: Option<u32>,
        /// How many pieces are left; none for any number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stock_apres: Option<u32>,
        /// What names the trade in purse and bag as well.
        transaction_id: TransactionId,
        /// When.
        vendu_a: DateTime<Utc>,
    },

    /// It bought something from a player.
    ArticleRachete {
        /// The character.
        pnj_id: PnjId,
        /// The player.
        joueur_id: JoueurId,
        /// The item.
        item_id: ItemId,
        /// How many pieces.
        quantite: Quantite,
        /// The price of a piece.
        prix_unitaire: Prix,
        /// What the player was paid.
        montant_total: Or,
        /// How many pieces there were before; none for any number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stock_avant: Option<u32>,
        /// How many pieces there are now; none for any number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stock_apres: Option<u32>,
        /// What names the trade in purse and bag as well.
        transaction_id: TransactionId,
        /// When.
        rachete_a: DateTime<Utc>,
    },

    /// An article was filled up.
    StockModifie {
        /// The character.
        pnj_id: PnjId,
        /// The item.
        item_id: ItemId,
        /// How many pieces there were before.
        stock_avant: u32,
        /// How many pieces there are now.
        stock_apres: u32,
        /// By whom, and why.
        intervention: Intervention,
        /// When.
        modifie_a: DateTime<Utc>,
    },

    /// It likes a player more or less than before.
    ReputationModifiee {
        /// The character.
        pnj_id: PnjId,
        /// The player.
        joueur_id: JoueurId,
        /// How it liked the player before.
        avant: Reputation,
        /// How it likes the player now.
        apres: Reputation,
        /// Why.
        motif: Motif,
        /// When.
        modifiee_a: DateTime<Utc>,
    },

    /// It died.
    PnjMort {
        /// The character.
        pnj_id: PnjId,
        /// Its name.
        pnj_nom: Nom,
        /// Where.
        zone_id: ZoneId,
        /// By whose hand, if it was a player's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tueur: Option<JoueurId>,
        /// When.
        mort_a: DateTime<Utc>,
    },
}
