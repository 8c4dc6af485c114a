//! The parts of commands to a bag.

use crate::equipement::Puissance;
use crate::item::FicheItem;
use crate::values::{
    ColisId, EquipementId, ItemId, JoueurId, Prix, Quantite, SlotId, TransactionId,
};

/// Where items come from that are in the game already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// Bought on the market.
    Marche {
        /// The seller.
        vendeur: JoueurId,
        /// The price of one.
        prix: Prix,
        /// The trade.
        transaction_id: TransactionId,
    },
    /// Collected from a parcel.
    Colis {
        /// Which.
        colis_id: ColisId,
    },
}

/// Where items are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prelevement {
    /// From one slot.
    Slot(SlotId),
    /// From the stacks of an item, the last ones first. Pieces that were ever worn stay.
    Item(ItemId),
}

/// So many of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LigneObjet {
    /// The item.
    pub item_id: ItemId,
    /// How many.
    pub quantite: Quantite,
}

/// What is left of an item after a combat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reste {
    /// The item.
    pub item_id: ItemId,
    /// How many are left; may be 0.
    pub quantite: u16,
}

/// A piece that is to be put on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceAPorter {
    /// The piece. One that was never worn has the id that [follows from its slot](EquipementId::du_slot).
    pub equipement_id: EquipementId,
    /// The sheet of its item.
    pub fiche: FicheItem,
    /// Its attack and defence.
    pub puissance: Puissance,
}
