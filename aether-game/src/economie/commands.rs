//! What can be asked of a book.

use std::num::NonZeroU32;

use super::mots::TypeContenu;
use crate::values::{
    ColisId, Intervention, ItemId, JoueurId, OrdreId, Origine, Prix, Pseudo, Quantite,
    TransactionId,
};

/// A command to a book.
///
/// Each is one leg of an append over several aggregates: what it moves is taken from, or given to, a bag or a purse by another leg.
/// So one that has nothing left to move is refused, and with it the whole append. It never succeeds without an event.
#[derive(Debug, Clone, PartialEq)]
pub enum EconomieCommand {
    /// Offer goods. The goods leave the seller's bag in the same append.
    PlacerVente(PlacerOrdre),
    /// Ask for goods. Price times quantity leaves the buyer's purse in the same append.
    PlacerAchat(PlacerOrdre),
    /// Withdraw an order of one's own.
    Annuler {
        /// Who asks.
        joueur: JoueurId,
        /// Which order, and how it goes back.
        cloture: Cloture,
    },
    /// Withdraw an order for a reason outside of the rules.
    AnnulerParOperateur {
        /// Which order, and how it goes back.
        cloture: Cloture,
        /// By whom and why.
        intervention: Intervention,
    },
    /// Close an order whose time is over: what a timer sends. It can come late; when it comes again, the order is not there.
    Expirer {
        /// Which order, and how it goes back.
        cloture: Cloture,
    },
    /// Hand over what a trade owes.
    Regler {
        /// The trade.
        transaction: TransactionId,
        /// What cannot be delivered.
        en_colis: EnColis,
        /// The orders that other legs count no more. When that changed, the command is refused and asked again.
        ferme: Fermetures,
    },
    /// Let a reward wait that does not fit: it comes into the game by this.
    DeposerRecompense(DeposerRecompense),
    /// Collect a parcel, or a part of one that does not fit as a whole.
    RetirerColis {
        /// Whose it is.
        joueur: JoueurId,
        /// Which.
        colis: ColisId,
        /// What the other leg takes out of it: gold into the purse, pieces into the bag.
        contenu: TypeContenu,
        /// How much of it: coins or pieces. The other leg gives as much.
        quantite: NonZeroU32,
    },
}

/// An order to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacerOrdre {
    /// Its id: a new one, made by the door and not by the player.
    pub ordre: OrdreId,
    /// Whose it is.
    pub joueur: JoueurId,
    /// The name to show with it.
    pub pseudo: Pseudo,
    /// The item.
    pub item: ItemId,
    /// For how many pieces.
    pub quantite: Quantite,
    /// The least that a seller takes, or the most that a buyer pays, for a piece.
    pub prix: Prix,
    /// For how many seconds: see [`Economie::DUREE_MIN_S`](super::Economie::DUREE_MIN_S) and
    /// [`Economie::DUREE_MAX_S`](super::Economie::DUREE_MAX_S).
    pub duree_s: u32,
}

/// A part of a reward that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeposerRecompense {
    /// The parcel's id: a new one.
    pub colis: ColisId,
    /// For whom.
    pub joueur: JoueurId,
    /// The item of the book; [`ItemId::AUCUN`] for gold.
    pub item: ItemId,
    /// What it holds.
    pub contenu: TypeContenu,
    /// How much of it: coins or pieces.
    pub quantite: NonZeroU32,
    /// What it is for.
    pub origine: Origine,
}

/// An order to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cloture {
    /// The order.
    pub ordre: OrdreId,
    /// What the other leg gives back. When a trade came first, the command is refused and asked again with the new rest.
    pub reste: Quantite,
    /// Whether another leg counts the order no more: when no trade of it is to be settled. Else the last settlement does.
    pub ferme: bool,
    /// Whether the rest waits in a parcel, because the bag or the purse is full.
    pub en_colis: bool,
}

/// Which parts of a trade wait in parcels, because a bag or a purse is full. The others are given by other legs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EnColis {
    /// The seller's gold.
    pub produit: bool,
    /// The gold that goes back to the buyer.
    pub rendu: bool,
    /// The buyer's goods.
    pub items: bool,
}

/// The orders of a trade that nothing is left of when it is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fermetures {
    /// The seller's.
    pub vente: bool,
    /// The buyer's.
    pub achat: bool,
}
