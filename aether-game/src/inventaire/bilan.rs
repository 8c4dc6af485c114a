//! A bag in sums: what is worn, and where the pieces of an item are.

use std::collections::{BTreeMap, BTreeSet};

use aether_core::{Aggregate as _, Facts};
use chrono::DateTime;

use super::commands::InventaireCommand;
use super::refus::InventaireRefus;
use super::state::{Inventaire, Port, Slot};
use super::vocabulaire::Tenue;
use crate::item::Emplacement;
use crate::joueur::Stats;
use crate::values::{CombatId, EquipementId, ItemId, SlotId};

/// Where the pieces of an item are. Each is in one of these places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Places {
    /// In the bag, free to be taken.
    pub sac: u32,
    /// Worn.
    pub porte: u32,
    /// Set aside for combats.
    pub combats: u32,
    /// Set aside for orders to sell.
    pub ordres: u32,
}

impl Inventaire {
    /// What is worn, in sums.
    #[must_use]
    pub fn tenue(&self) -> Tenue {
        Tenue::de(self.slots.values().map(|slot| (slot, slot.porte)))
    }

    /// What everything that is worn adds to its bearer, if in this place on the body there is what lies in a slot, or nothing: what
    /// the same unit tells the player.
    #[must_use]
    pub fn bonus_avec(&self, emplacement: Emplacement, slot_id: Option<SlotId>) -> Stats {
        let portes = self.slots.values().filter(|slot| match slot.porte {
            Some(port) => port.emplacement != emplacement,
            None => Some(slot.slot_id) == slot_id,
        });
        let natures = portes.filter_map(|slot| slot.fiche.piece());
        natures.fold(Stats::default(), |somme, nature| somme.plus(nature.stats))
    }

    /// Checks what everything that is worn adds to its bearer: a condition of the units that tell the player.
    ///
    /// # Errors
    ///
    /// It adds something else.
    pub fn verifie_bonus(&self, bonus: Stats) -> Result<(), InventaireRefus> {
        match self.tenue().stats == bonus {
            true => Ok(()),
            false => Err(InventaireRefus::TenueDepassee),
        }
    }

    /// What is worn if a slot is worn in this way, in sums.
    pub(super) fn tenue_avec(&self, slot_id: SlotId, port: Option<Port>) -> Tenue {
        let slots = self.slots.values();
        Tenue::de(slots.map(|slot| (slot, if slot.slot_id == slot_id { port } else { slot.porte })))
    }

    /// What everything that is worn adds to its bearer without some of the pieces.
    #[must_use]
    pub fn bonus_sans(&self, pieces: &BTreeSet<EquipementId>) -> Stats {
        let otee = |slot: &&Slot| slot.equipement_id.is_some_and(|it| pieces.contains(&it));
        let portes = self.slots.values().filter(|slot| slot.porte.is_some() && !otee(slot));
        let natures = portes.filter_map(|slot| slot.fiche.piece());
        natures.fold(Stats::default(), |somme, nature| somme.plus(nature.stats))
    }

    /// The pieces that are worn.
    pub fn pieces_portees(&self) -> impl Iterator<Item = EquipementId> {
        let portes = self.slots.values().filter(|slot| slot.porte.is_some());
        portes.filter_map(|slot| slot.equipement_id)
    }

    /// How many of each item are set aside for a combat.
    #[must_use]
    pub fn de_cote(&self, combat_id: CombatId) -> BTreeMap<ItemId, u16> {
        let mut de_cote = BTreeMap::new();
        for reserve in self.reserves.get(&combat_id).into_iter().flatten() {
            if let Some((_, slot)) = self.slot(reserve.slot_id) {
                *de_cote.entry(slot.fiche.item_id).or_default() += reserve.quantite.get();
            }
        }
        de_cote
    }

    /// Carries a command out in this copy of a bag that no rule of asks for the time: tells whether it was accepted.
    pub fn tente(&mut self, command: &InventaireCommand) -> bool {
        let decided = self.decide(command, &Facts::at(DateTime::UNIX_EPOCH));
        decided.map(|events| events.iter().for_each(|event| self.apply(event))).is_ok()
    }

    /// Where the pieces of an item are.
    #[must_use]
    pub fn places(&self, item_id: ItemId) -> Places {
        let mut places = Places::default();
        for slot in self.slots.values().filter(|slot| slot.fiche.item_id == item_id) {
            let quantite = u32::from(slot.quantite.get());
            let libre = u32::from(self.libre(slot));
            places.sac += libre;
            match slot.porte {
                Some(_) => places.porte += quantite,
                None => places.combats += quantite - libre,
            }
        }
        let lots = self.sequestres.values().flatten().filter(|it| it.fiche.item_id == item_id);
        places.ordres = lots.map(|lot| u32::from(lot.quantite.get())).sum();
        places
    }
}

impl Tenue {
    fn de<'a>(slots: impl Iterator<Item = (&'a Slot, Option<Port>)>) -> Self {
        let mut tenue = Self::default();
        for (slot, port) in slots {
            let Some(port) = port else { continue };
            tenue.attaque += port.puissance.attaque.get();
            tenue.defense += port.puissance.defense.get();
            let Some(nature) = slot.fiche.piece() else { continue };
            tenue.stats = tenue.stats.plus(nature.stats);
            if let Some(ensemble) = &nature.ensemble {
                *tenue.ensembles.entry(ensemble.clone()).or_default() += 1;
            }
        }
        tenue
    }
}
