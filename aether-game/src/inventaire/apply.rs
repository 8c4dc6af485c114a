//! What events change about a bag.

use std::collections::btree_map::Entry;

use super::events::InventaireEvent;
use super::mouvements::{ItemAjoute, ItemEchange, ItemRetire, ItemUtilise, PileRangee};
use super::state::{Inventaire, Lot, Port, Reserve, Slot};
use super::vocabulaire::{Charge, Reference};
use crate::equipement::Puissance;
use crate::item::{Emplacement, FicheItem};
use crate::values::{CombatId, EquipementId, OrdreId, Quantite, RaisonItem, SlotId};

impl Inventaire {
    pub(super) fn applique(&mut self, event: &InventaireEvent) {
        use InventaireEvent as E;
        self.joueur_id = Some(event.joueur_id());
        match event {
            E::ItemAjoute(it) => self.ajoute(it),
            E::ItemRetire(it) => self.retire(it),
            E::ItemUtilise(it) => self.utilise(it),
            E::PileRangee(it) => self.range(it),
            E::ItemEchange(ItemEchange { ordre_id: Some(ordre_id), quantite, .. })
            | E::ItemConsigne { ordre_id, quantite, .. } => {
                self.quitte_l_ordre(*ordre_id, *quantite, None);
            }
            E::ItemEchange(_) => {}
            E::ItemEquipe { slot_id, equipement_id, emplacement, puissance, .. } => {
                self.equipe(*slot_id, *equipement_id, *emplacement, *puissance);
            }
            E::ItemDesequipe { slot_id, .. } => {
                self.change(*slot_id, |slot| slot.porte = None);
            }
            E::CapaciteModifiee { capacite_apres, poids_max_apres, extensions, .. } => {
                self.capacite = *capacite_apres;
                self.poids_max = *poids_max_apres;
                self.extensions.clone_from(extensions);
            }
            E::ItemDeplace { position_avant, position_apres, .. } => {
                self.deplace(*position_avant, *position_apres);
            }
            E::ItemReserve { combat_id, slot_id, quantite, .. } => {
                let reserve = Reserve { slot_id: *slot_id, quantite: *quantite };
                self.reserves.entry(*combat_id).or_default().push(reserve);
            }
            E::ItemRendu { combat_id, slot_id, quantite, .. } => {
                self.quitte_la_reserve(*combat_id, *slot_id, *quantite);
            }
            E::OffreProposee { offre, .. } => {
                self.offres.insert(offre.offre_id, offre.clone());
            }
            E::OffreRetiree { offre_id, .. } | E::OffreConclue { offre_id, .. } => {
                self.offres.remove(offre_id);
            }
        }
    }

    fn ajoute(&mut self, it: &ItemAjoute) {
        if let (RaisonItem::RestitutionOrdre, Some(Reference::Ordre(ordre_id))) =
            (it.source, &it.reference)
        {
            self.quitte_l_ordre(*ordre_id, it.quantite, Some(&it.fiche));
        }
        self.poids = it.charge.poids_apres;
        let Ok(quantite) = Quantite::new(it.quantite_apres) else { return };
        let (slot_id, fiche) = (it.slot_id, it.fiche.clone());
        let equipement_id = it.equipement_id;
        let slot = Slot { slot_id, fiche, quantite, equipement_id, porte: None };
        self.pose(it.position_slot, slot);
    }

    fn range(&mut self, it: &PileRangee) {
        let source = self.slot(it.slot_id).map(|(_, slot)| slot.fiche.clone());
        let (Some(fiche), Ok(quantite)) = (source, Quantite::new(it.vers_quantite_apres)) else {
            return;
        };
        self.reste(it.slot_id, it.quantite_apres, it.charge);
        let slot_id = it.vers_slot_id;
        let slot = Slot { slot_id, fiche, quantite, equipement_id: None, porte: None };
        self.pose(it.vers_position, slot);
    }

    /// A new slot, or the new quantity of the one that is there.
    fn pose(&mut self, position: u16, slot: Slot) {
        match self.slots.entry(position) {
            Entry::Occupied(mut entry) => entry.get_mut().quantite = slot.quantite,
            Entry::Vacant(entry) => {
                entry.insert(slot);
                self.slots_crees += 1;
            }
        }
    }

    fn retire(&mut self, it: &ItemRetire) {
        if let (RaisonItem::OrdreVente, Some(Reference::Ordre(ordre_id)), Some((_, slot))) =
            (it.raison, &it.reference, self.slot(it.slot_id))
        {
            let lot = Lot { fiche: slot.fiche.clone(), quantite: it.quantite };
            self.sequestres.entry(*ordre_id).or_default().push(lot);
        }
        self.reste(it.slot_id, it.quantite_apres, it.charge);
    }

    fn utilise(&mut self, it: &ItemUtilise) {
        if let Some(combat_id) = it.combat_id {
            self.quitte_la_reserve(combat_id, it.slot_id, it.quantite);
        }
        self.reste(it.slot_id, it.quantite_apres, it.charge);
    }

    /// What stays in a slot; a slot in which nothing stays is gone.
    fn reste(&mut self, slot_id: SlotId, quantite: u16, charge: Charge) {
        self.poids = charge.poids_apres;
        match Quantite::new(quantite) {
            Ok(quantite) => self.change(slot_id, |slot| slot.quantite = quantite),
            Err(_) => self.slots.retain(|_, slot| slot.slot_id != slot_id),
        }
    }

    fn equipe(&mut self, slot_id: SlotId, piece: EquipementId, ou: Emplacement, avec: Puissance) {
        self.change(slot_id, |slot| {
            slot.equipement_id = Some(piece);
            slot.porte = Some(Port { emplacement: ou, puissance: avec });
        });
    }

    fn change(&mut self, slot_id: SlotId, change: impl FnOnce(&mut Slot)) {
        if let Some(slot) = self.slots.values_mut().find(|slot| slot.slot_id == slot_id) {
            change(slot);
        }
    }

    fn deplace(&mut self, avant: u16, apres: u16) {
        let Some(slot) = self.slots.remove(&avant) else { return };
        if let Some(deplace) = self.slots.insert(apres, slot) {
            self.slots.insert(avant, deplace);
        }
    }

    /// Takes items out of what is set aside for an order: those of a sheet, or the oldest ones.
    fn quitte_l_ordre(&mut self, ordre_id: OrdreId, quantite: Quantite, de: Option<&FicheItem>) {
        let Some(lots) = self.sequestres.get_mut(&ordre_id) else { return };
        let mut reste = quantite.get();
        lots.retain_mut(|lot| {
            let part = lot.quantite.get().min(reste);
            if part == 0 || de.is_some_and(|fiche| *fiche != lot.fiche) {
                return true;
            }
            reste -= part;
            moins(&mut lot.quantite, part)
        });
        if lots.is_empty() {
            self.sequestres.remove(&ordre_id);
        }
    }

    fn quitte_la_reserve(&mut self, combat_id: CombatId, slot_id: SlotId, quantite: Quantite) {
        let Some(reserves) = self.reserves.get_mut(&combat_id) else { return };
        let mut reste = quantite.get();
        reserves.retain_mut(|it| {
            let part = it.quantite.get().min(reste);
            if part == 0 || it.slot_id != slot_id {
                return true;
            }
            reste -= part;
            moins(&mut it.quantite, part)
        });
        if reserves.is_empty() {
            self.reserves.remove(&combat_id);
        }
    }
}

/// Takes a part away; tells whether anything stays.
fn moins(quantite: &mut Quantite, part: u16) -> bool {
    let reste = Quantite::new(quantite.get() - part);
    *quantite = reste.unwrap_or(Quantite::MIN);
    reste.is_ok()
}
