//! What a bag remembers, and what can be read from it.

use std::collections::BTreeMap;

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::offre::Offre;
use super::refus::InventaireRefus;
use crate::equipement::Puissance;
use crate::item::{Emplacement, FicheItem};
use crate::values::{
    CombatId, EquipementId, JoueurId, Nom, OffreId, OrdreId, Poids, Quantite, SlotId,
};

/// The state of a bag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
pub struct Inventaire {
    /// Whose it is; none before its first event.
    pub(super) joueur_id: Option<JoueurId>,
    pub(super) capacite: u16,
    pub(super) poids_max: Poids,
    pub(super) poids: Poids,
    /// By position, so that no two are in one place.
    pub(super) slots: BTreeMap<u16, Slot>,
    /// The number of the next slot: ids follow from it and are never used again.
    pub(super) slots_crees: u32,
    pub(super) extensions: Vec<Nom>,
    /// What has left the bag for orders to sell.
    pub(super) sequestres: BTreeMap<OrdreId, Vec<Lot>>,
    /// What is set aside for combats, slot by slot.
    pub(super) reserves: BTreeMap<CombatId, Vec<Reserve>>,
    pub(super) offres: BTreeMap<OffreId, Offre>,
}

/// A slot: a stack, or a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Slot {
    /// Its id.
    pub slot_id: SlotId,
    /// The sheet of what lies in it.
    pub fiche: FicheItem,
    /// How many, those that are set aside for a combat included.
    pub quantite: Quantite,
    /// The piece, if it was ever worn.
    pub equipement_id: Option<EquipementId>,
    /// How it is worn.
    pub porte: Option<Port>,
}

/// How a piece is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Port {
    /// Where.
    pub emplacement: Emplacement,
    /// Its attack and defence.
    pub puissance: Puissance,
}

/// Items that have left the bag for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub(super) struct Lot {
    pub(super) fiche: FicheItem,
    pub(super) quantite: Quantite,
}

/// Items of a slot that are set aside for a combat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub(super) struct Reserve {
    pub(super) slot_id: SlotId,
    pub(super) quantite: Quantite,
}

impl Default for Inventaire {
    fn default() -> Self {
        Self {
            joueur_id: None,
            capacite: Self::CAPACITE,
            poids_max: Self::POIDS_MAX,
            poids: Poids::ZERO,
            slots: BTreeMap::new(),
            slots_crees: 0,
            extensions: Vec::new(),
            sequestres: BTreeMap::new(),
            reserves: BTreeMap::new(),
            offres: BTreeMap::new(),
        }
    }
}

impl Inventaire {
    /// How many slots a new bag has.
    pub const CAPACITE: u16 = 50;
    /// What a new bag can carry.
    pub const POIDS_MAX: Poids = Poids::fixe::<1_000>();
    /// The most slots of a bag.
    pub const CAPACITE_MAX: u16 = 500;
    /// The most that a bag can be made to carry.
    pub const POIDS_LIMITE: Poids = Poids::fixe::<1_000_000>();
    /// The most extensions of a bag.
    pub const EXTENSIONS_MAX: usize = 50;
    /// The most open offers of a bag.
    pub const OFFRES_MAX: usize = 20;
    /// The most lines of a side of an offer, and of what is set aside for a combat.
    pub const LIGNES_MAX: usize = 20;

    /// Whose bag it is; none before something came into it.
    #[must_use]
    pub const fn joueur_id(&self) -> Option<JoueurId> {
        self.joueur_id
    }

    /// How many slots it has.
    #[must_use]
    pub const fn capacite(&self) -> u16 {
        self.capacite
    }

    /// What it can carry.
    #[must_use]
    pub const fn poids_max(&self) -> Poids {
        self.poids_max
    }

    /// What it carries.
    #[must_use]
    pub const fn poids(&self) -> Poids {
        self.poids
    }

    /// Its extensions, the oldest first.
    #[must_use]
    pub fn extensions(&self) -> &[Nom] {
        &self.extensions
    }

    /// Its slots, each with its position, in that order.
    pub fn slots(&self) -> impl DoubleEndedIterator<Item = (u16, &Slot)> {
        self.slots.iter().map(|(position, slot)| (*position, slot))
    }

    /// A slot and its position.
    #[must_use]
    pub fn slot(&self, slot_id: SlotId) -> Option<(u16, &Slot)> {
        self.slots().find(|(_, slot)| slot.slot_id == slot_id)
    }

    /// What is worn in a place on the body.
    #[must_use]
    pub fn porte_en(&self, emplacement: Emplacement) -> Option<&Slot> {
        let mut slots = self.slots.values();
        slots.find(|slot| slot.porte.is_some_and(|port| port.emplacement == emplacement))
    }

    /// The slot of a piece that was once worn.
    #[must_use]
    pub fn piece(&self, equipement_id: EquipementId) -> Option<&Slot> {
        self.slots.values().find(|slot| slot.equipement_id == Some(equipement_id))
    }

    /// How many of a slot can be taken: not those that are set aside for a combat, nor what is worn.
    #[must_use]
    pub fn libre(&self, slot: &Slot) -> u16 {
        if slot.porte.is_some() {
            return 0;
        }
        let reserves = self.reserves.values().flatten().filter(|it| it.slot_id == slot.slot_id);
        slot.quantite.get().saturating_sub(reserves.map(|it| it.quantite.get()).sum())
    }

    /// Checks that a piece lies in the bag and is not worn: a condition of units that change it.
    ///
    /// # Errors
    ///
    /// It is not in the bag, or it is worn.
    pub fn verifie_au_repos(&self, equipement_id: EquipementId) -> Result<(), InventaireRefus> {
        match self.piece(equipement_id) {
            None => Err(InventaireRefus::PieceAbsente { equipement_id }),
            Some(Slot { slot_id, porte: Some(_), .. }) => {
                Err(InventaireRefus::PiecePortee { slot_id: *slot_id })
            }
            Some(_) => Ok(()),
        }
    }

    /// Checks that a slot holds a piece that was once worn: a condition of units that take the piece out of the slot.
    ///
    /// # Errors
    ///
    /// Another piece lies in it, one that was never worn, or a stack; or there is no such slot.
    pub fn verifie_piece(
        &self,
        slot_id: SlotId,
        equipement_id: EquipementId,
    ) -> Result<(), InventaireRefus> {
        match self.slot(slot_id) {
            None => Err(InventaireRefus::SlotInconnu { slot_id }),
            Some((_, slot)) if slot.equipement_id == Some(equipement_id) => Ok(()),
            Some(_) => Err(InventaireRefus::PieceDifferente { slot_id }),
        }
    }

    /// How many items are set aside for an order.
    #[must_use]
    pub fn sequestre(&self, ordre_id: OrdreId) -> u16 {
        let lots = self.sequestres.get(&ordre_id).into_iter().flatten();
        lots.map(|lot| lot.quantite.get()).sum()
    }

    /// The offers that are open.
    pub fn offres(&self) -> impl Iterator<Item = &Offre> {
        self.offres.values()
    }

    /// An open offer.
    #[must_use]
    pub fn offre(&self, offre_id: OffreId) -> Option<&Offre> {
        self.offres.get(&offre_id)
    }
}
