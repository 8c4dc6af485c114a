//! What can be asked of a character.

use super::fiche::{DialogueId, FichePnj};
use crate::values::{Intervention, ItemId, JoueurId, Motif, Prix, Quantite, TransactionId};

/// A command to a character.
#[derive(Debug, Clone, PartialEq)]
pub enum PnjCommand {
    /// Create it.
    Creer(Box<FichePnj>),
    /// Talk with it.
    Parler {
        /// Who.
        joueur_id: JoueurId,
        /// About what.
        dialogue_id: DialogueId,
    },
    /// Look at its shop.
    OuvrirCommerce {
        /// Who.
        joueur_id: JoueurId,
    },
    /// Sell to a player.
    Vendre(Affaire),
    /// Buy from a player.
    Racheter(Affaire),
    /// Fill up an article.
    Reapprovisionner {
        /// Which.
        item_id: ItemId,
        /// How many there are then.
        stock: u32,
        /// By whom, and why.
        intervention: Intervention,
    },
    /// Like a player more or less.
    ModifierReputation {
        /// Whom.
        joueur_id: JoueurId,
        /// By how much.
        variation: i32,
        /// Why.
        motif: Motif,
    },
    /// Die.
    Tuer {
        /// By whose hand, if it was a player's.
        tueur: Option<JoueurId>,
    },
}

/// A trade of a player with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Affaire {
    /// The player.
    pub joueur_id: JoueurId,
    /// The item.
    pub item_id: ItemId,
    /// How many pieces.
    pub quantite: Quantite,
    /// The price of a piece that the player has seen. The character's own price decides: another one is refused, and with
    /// it the append in which gold and items move.
    pub prix_unitaire: Prix,
    /// What names the trade in purse and bag as well.
    pub transaction: TransactionId,
}
