//! What happens to a piece of equipment.

use aether_core::Event;
use serde::{Deserialize, Serialize};

use super::vocabulaire::{Enchantement, Puissance};
use crate::item::{Famille, NaturePiece};
use crate::values::{CombatId, ItemId, JoueurId, Or, Quantite, RaisonItem, TransactionId};

/// The events of a piece of equipment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum EquipementEvent {
    /// It was worn for the first time.
    EquipementCree {
        /// Whose it is.
        joueur_id: JoueurId,
        /// Its item.
        item_id: ItemId,
        /// Where it is worn.
        famille: Famille,
        /// What it is when it is new: durability, attack, defence, costs.
        nature: NaturePiece,
        /// Its durability.
        durabilite: u16,
    },
    /// It has worn.
    DurabilitePerdue {
        /// Whose it is.
        joueur_id: JoueurId,
        /// Its item.
        item_id: ItemId,
        /// How many points were lost.
        perte: Quantite,
        /// Its durability before.
        durabilite_avant: u16,
        /// Its durability after.
        durabilite_apres: u16,
        /// Its durability at most.
        durabilite_max: Quantite,
        /// Whether it is worn out: the same unit has taken it off.
        usee: bool,
        /// The combat in which it wore.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        combat_id: Option<CombatId>,
    },
    /// It was repaired.
    EquipementRepare {
        /// Whose it is.
        joueur_id: JoueurId,
        /// Its item.
        item_id: ItemId,
        /// Its durability before.
        durabilite_avant: u16,
        /// Its durability after.
        durabilite_apres: u16,
        /// What it cost.
        cout: Or,
    },
    /// It was improved by a level.
    EquipementAmeliore {
        /// Whose it is.
        joueur_id: JoueurId,
        /// Its item.
        item_id: ItemId,
        /// Its level of improvement before.
        niveau_avant: u8,
        /// Its level of improvement after.
        niveau_apres: u8,
        /// Attack and defence before.
        puissance_avant: Puissance,
        /// Attack and defence after.
        puissance_apres: Puissance,
        /// What it cost.
        cout: Or,
    },
    /// It was enchanted.
    EnchantementsAppliques {
        /// Whose it is.
        joueur_id: JoueurId,
        /// Its item.
        item_id: ItemId,
        /// Its enchantments before.
        avant: Vec<Enchantement>,
        /// Its enchantments after.
        apres: Vec<Enchantement>,
        /// Attack and defence before.
        puissance_avant: Puissance,
        /// Attack and defence after.
        puissance_apres: Puissance,
    },
    /// It has changed hands.
    EquipementCede {
        /// Whose it was.
        joueur_id: JoueurId,
        /// Whose it is.
        a: JoueurId,
        /// Its item.
        item_id: ItemId,
        /// The exchange.
        transaction_id: TransactionId,
    },
    /// It is gone.
    EquipementDetruit {
        /// Whose it was.
        joueur_id: JoueurId,
        /// Its item.
        item_id: ItemId,
        /// Why.
        raison: RaisonItem,
    },
}
