//! What happens to a bag.

use aether_core::Event;
use serde::{Deserialize, Serialize};

use super::mouvements::{ItemAjoute, ItemEchange, ItemRetire, ItemUtilise, PileRangee};
use super::offre::Offre;
use super::vocabulaire::{MotifRetrait, RaisonCapacite, Tenue};
use crate::equipement::Puissance;
use crate::item::Emplacement;
use crate::values::{
    ColisId, CombatId, EquipementId, Intervention, ItemId, JoueurId, Nom, OffreId, OrdreId, Poids,
    Quantite, SlotId, TransactionId,
};

/// The events of a bag. Each says whose bag it is, and how what changes was before and is after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum InventaireEvent {
    /// Items have come into a slot.
    ItemAjoute(ItemAjoute),
    /// Items have left a slot.
    ItemRetire(ItemRetire),
    /// A piece was put on. It keeps its slot.
    ItemEquipe {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The slot.
        slot_id: SlotId,
        /// The item.
        item_id: ItemId,
        /// The piece.
        equipement_id: EquipementId,
        /// Where it is worn.
        emplacement: Emplacement,
        /// Its attack and defence.
        puissance: Puissance,
        /// What was worn before, in sums.
        tenue_avant: Tenue,
        /// What is worn after, in sums.
        tenue_apres: Tenue,
    },
    /// A piece was taken off.
    ItemDesequipe {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The slot.
        slot_id: SlotId,
        /// The item.
        item_id: ItemId,
        /// The piece.
        equipement_id: EquipementId,
        /// Where it was worn.
        emplacement: Emplacement,
        /// Why.
        motif: MotifRetrait,
        /// What was worn before, in sums.
        tenue_avant: Tenue,
        /// What is worn after, in sums.
        tenue_apres: Tenue,
    },
    /// Items were used up.
    ItemUtilise(ItemUtilise),
    /// Items have changed hands.
    ItemEchange(ItemEchange),
    /// The bag holds more or less.
    CapaciteModifiee {
        /// Whose bag.
        joueur_id: JoueurId,
        /// How many slots it had.
        capacite_avant: u16,
        /// How many slots it has.
        capacite_apres: u16,
        /// What it could carry.
        poids_max_avant: Poids,
        /// What it can carry.
        poids_max_apres: Poids,
        /// Why.
        raison: RaisonCapacite,
        /// Who changed it, if that was an operator.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intervention: Option<Intervention>,
        /// The extensions that it has after.
        extensions: Vec<Nom>,
    },
    /// A slot has another position.
    ItemDeplace {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The slot.
        slot_id: SlotId,
        /// Where it was.
        position_avant: u16,
        /// Where it is.
        position_apres: u16,
        /// The slot that was there, and is now where this one was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot_deplace: Option<SlotId>,
    },
    /// Items have moved from one slot into another.
    PileRangee(PileRangee),
    /// Items were set aside for a combat. They keep their slot.
    ItemReserve {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The combat.
        combat_id: CombatId,
        /// The slot.
        slot_id: SlotId,
        /// The item.
        item_id: ItemId,
        /// How many.
        quantite: Quantite,
        /// How many of the slot could be taken before.
        libre_avant: u16,
        /// How many of the slot can be taken after.
        libre_apres: u16,
    },
    /// Items that were set aside for a combat and not used can be taken again.
    ItemRendu {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The combat.
        combat_id: CombatId,
        /// The slot.
        slot_id: SlotId,
        /// The item.
        item_id: ItemId,
        /// How many.
        quantite: Quantite,
        /// How many of the slot could be taken before.
        libre_avant: u16,
        /// How many of the slot can be taken after.
        libre_apres: u16,
    },
    /// Items that were set aside for an order, and do not fit into the bag any more, wait in a parcel.
    ItemConsigne {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The order.
        ordre_id: OrdreId,
        /// The parcel.
        colis_id: ColisId,
        /// The item.
        item_id: ItemId,
        /// How many.
        quantite: Quantite,
        /// How many were set aside for the order before.
        sequestre_avant: u16,
        /// How many are set aside for the order after.
        sequestre_apres: u16,
    },
    /// An offer was made, or changed.
    OffreProposee {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The offer.
        offre: Offre,
        /// The revision that it had before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revision_avant: Option<u32>,
    },
    /// An offer was taken back.
    OffreRetiree {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The offer.
        offre_id: OffreId,
    },
    /// An offer was accepted.
    OffreConclue {
        /// Whose bag.
        joueur_id: JoueurId,
        /// The offer.
        offre_id: OffreId,
        /// The revision that was accepted.
        revision: u32,
        /// Who accepted.
        contrepartie: JoueurId,
        /// The exchange.
        transaction_id: TransactionId,
    },
}

impl InventaireEvent {
    /// Whose bag it is.
    #[must_use]
    pub const fn joueur_id(&self) -> JoueurId {
        match self {
            Self::ItemAjoute(ItemAjoute { joueur_id, .. })
            | Self::ItemRetire(ItemRetire { joueur_id, .. })
            | Self::ItemUtilise(ItemUtilise { joueur_id, .. })
            | Self::ItemEchange(ItemEchange { joueur_id, .. })
            | Self::PileRangee(PileRangee { joueur_id, .. })
            | Self::ItemEquipe { joueur_id, .. }
            | Self::ItemDesequipe { joueur_id, .. }
            | Self::CapaciteModifiee { joueur_id, .. }
            | Self::ItemDeplace { joueur_id, .. }
            | Self::ItemReserve { joueur_id, .. }
            | Self::ItemRendu { joueur_id, .. }
            | Self::ItemConsigne { joueur_id, .. }
            | Self::OffreProposee { joueur_id, .. }
            | Self::OffreRetiree { joueur_id, .. }
            | Self::OffreConclue { joueur_id, .. } => *joueur_id,
        }
    }
}
