//! The contents of the events by which items come, go and change hands.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::vocabulaire::{Charge, Reference, Sens};
use crate::item::{FicheItem, TypeSlot};
use crate::values::{
    CombatId, EquipementId, ItemId, JoueurId, OrdreId, Prix, Quantite, RaisonItem, SlotId,
    TransactionId,
};

/// Items have come into a slot. What takes several slots is several events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ItemAjoute {
    /// Whose bag.
    pub joueur_id: JoueurId,
    /// The slot; it is new if there was nothing in it before.
    pub slot_id: SlotId,
    /// The item.
    pub item_id: ItemId,
    /// How many came.
    pub quantite: Quantite,
    /// How many were in the slot before.
    pub quantite_avant: u16,
    /// How many are in the slot after.
    pub quantite_apres: u16,
    /// Where the slot is in the bag.
    pub position_slot: u16,
    /// The kind of slot.
    pub type_slot: TypeSlot,
    /// Where they come from.
    pub source: RaisonItem,
    /// What they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// The sheet of the item.
    pub fiche: FicheItem,
    /// The piece, if it was ever worn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipement_id: Option<EquipementId>,
    /// What the bag carries.
    pub charge: Charge,
    /// How many slots are free after.
    pub capacite_restante: u16,
}

/// Items have left a slot, which is gone if nothing stays in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ItemRetire {
    /// Whose bag.
    pub joueur_id: JoueurId,
    /// The slot.
    pub slot_id: SlotId,
    /// The item.
    pub item_id: ItemId,
    /// How many left.
    pub quantite: Quantite,
    /// How many were in the slot before.
    pub quantite_avant: u16,
    /// How many are in the slot after.
    pub quantite_apres: u16,
    /// Why.
    pub raison: RaisonItem,
    /// What they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// The piece, if it was ever worn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipement_id: Option<EquipementId>,
    /// What the bag carries.
    pub charge: Charge,
    /// How many slots are free after.
    pub capacite_restante: u16,
}

/// Items have moved from one slot into another of the same bag: a stack was split, or two were merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct PileRangee {
    /// Whose bag.
    pub joueur_id: JoueurId,
    /// The item.
    pub item_id: ItemId,
    /// How many moved.
    pub quantite: Quantite,
    /// The slot that they left, which is gone if nothing stays in it.
    pub slot_id: SlotId,
    /// How many were in it before.
    pub quantite_avant: u16,
    /// How many are in it after.
    pub quantite_apres: u16,
    /// The slot that they are in; it is new if there was nothing in it before.
    pub vers_slot_id: SlotId,
    /// Where that slot is in the bag.
    pub vers_position: u16,
    /// How many were in it before.
    pub vers_quantite_avant: u16,
    /// How many are in it after.
    pub vers_quantite_apres: u16,
    /// The kind of both slots.
    pub type_slot: TypeSlot,
    /// What the bag carries.
    pub charge: Charge,
    /// How many slots are free after.
    pub capacite_restante: u16,
}

/// Items were used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ItemUtilise {
    /// Whose bag.
    pub joueur_id: JoueurId,
    /// The slot.
    pub slot_id: SlotId,
    /// The item.
    pub item_id: ItemId,
    /// How many were used.
    pub quantite: Quantite,
    /// How many were in the slot before.
    pub quantite_avant: u16,
    /// How many are in the slot after.
    pub quantite_apres: u16,
    /// Used up, or used up in a combat.
    pub raison: RaisonItem,
    /// The combat for which they had been set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub combat_id: Option<CombatId>,
    /// What the bag carries.
    pub charge: Charge,
    /// How many slots are free after.
    pub capacite_restante: u16,
}

/// A line of a trade or an exchange, as this bag sees it. In a direct exchange and for a buyer on the market it says what the movements
/// beside it mean; for a seller on the market it is the movement: the goods leave what is set aside for his order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ItemEchange {
    /// Whose bag.
    pub joueur_id: JoueurId,
    /// The other side.
    pub contrepartie: JoueurId,
    /// Given or received.
    pub sens: Sens,
    /// The item.
    pub item_id: ItemId,
    /// How many.
    pub quantite: Quantite,
    /// The price of one, on the market.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prix: Option<Prix>,
    /// The piece, if it was ever worn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipement_id: Option<EquipementId>,
    /// The seller's order from which the goods go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordre_id: Option<OrdreId>,
    /// The trade or exchange.
    pub transaction_id: TransactionId,
}
