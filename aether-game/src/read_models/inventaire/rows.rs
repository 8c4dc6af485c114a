//! Rows of bags.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::inventaire::Port;
use crate::item::TypeSlot;
use crate::read_models::row::Row;
use crate::values::{EquipementId, InventaireId, ItemId, JoueurId, Nom, Poids, Quantite, SlotId};

/// A row of `inventaires`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventaire {
    /// The bag.
    pub inventaire_id: InventaireId,
    /// Whose it is.
    pub joueur_id: JoueurId,
    /// How many slots it has.
    pub capacite: u16,
    /// What it carries.
    pub poids_actuel: Poids,
    /// What it can carry.
    pub poids_max: Poids,
    /// How many of its slots are taken.
    pub slots_utilises: u16,
    /// Its extensions.
    pub extensions: Vec<Nom>,
    /// The last event of the bag.
    pub last_event_sequence: i64,
}

/// A row of `items_inventaire`: a stack, or a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemInventaire {
    /// The slot.
    pub slot_id: SlotId,
    /// The bag that it is in.
    pub inventaire_id: InventaireId,
    /// Whose it is.
    pub joueur_id: JoueurId,
    /// What lies in it.
    pub item_id: ItemId,
    /// How many, those that are set aside for a combat included.
    pub quantite: Quantite,
    /// The kind of slot.
    pub type_slot: TypeSlot,
    /// Where it is in the bag.
    pub position_slot: u16,
    /// Whether it is worn.
    pub est_equipe: bool,
    /// What tells it from others of its item.
    pub proprietes_instance: Instance,
    /// Since when there is something in the slot.
    pub obtenu_a: DateTime<Utc>,
    /// The event by which that came.
    pub event_sequence: i64,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

/// What tells a piece from others of its item. Nothing does before it was first worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Instance {
    /// The piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipement_id: Option<EquipementId>,
    /// How it is worn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Port>,
}

impl Row for Inventaire {
    const TABLE: &'static str = "inventaires";

    type Key = InventaireId;

    fn key(&self) -> InventaireId {
        self.inventaire_id
    }
}

impl Row for ItemInventaire {
    const TABLE: &'static str = "items_inventaire";

    type Key = SlotId;

    fn key(&self) -> SlotId {
        self.slot_id
    }
}
