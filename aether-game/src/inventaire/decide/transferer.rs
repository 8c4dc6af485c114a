//! How items come into slots and leave them: what all movements share.

use super::super::events::InventaireEvent;
use super::super::mouvements::{ItemAjoute, ItemRetire};
use super::super::ranger::{prelever, repartir};
use super::super::refus::InventaireRefus;
use super::super::state::Slot;
use super::super::vocabulaire::{Charge, Reference};
use super::{Decide, Decision};
use crate::item::FicheItem;
use crate::values::{EquipementId, InventaireId, ItemId, Poids, Quantite, RaisonItem, SlotId};

/// What comes in.
#[derive(Clone, Copy)]
pub(super) struct Arrivee<'a> {
    pub(super) fiche: &'a FicheItem,
    pub(super) equipement_id: Option<EquipementId>,
    pub(super) source: RaisonItem,
    pub(super) reference: Option<&'a Reference>,
}

/// Positions and how many of each.
pub(super) type Parts = Vec<(u16, Quantite)>;

impl Decision {
    /// Takes items in, on stacks of the same sheet first, then into free slots from the front.
    pub(super) fn entrer(&mut self, arrivee: Arrivee<'_>, quantite: Quantite) -> Decide {
        let Arrivee { fiche, equipement_id, .. } = arrivee;
        let ajoute = fiche.poids.fois(quantite);
        let apres = ajoute.and_then(|ajoute| self.draft.poids.plus(ajoute));
        if apres.is_none_or(|apres| apres > self.draft.poids_max) {
            let Self { draft, .. } = self;
            return Err(InventaireRefus::PoidsDepasse {
                poids: draft.poids,
                poids_max: draft.poids_max,
            });
        }
        let piles = self.draft.slots().filter(|(_, slot)| s_empile(slot, fiche, equipement_id));
        let piles = piles.map(|(position, slot)| (position, slot.quantite.get()));
        let libres = (0..self.draft.capacite).filter(|it| !self.draft.slots.contains_key(it));
        let parts = repartir(quantite.get(), fiche.par_slot().get(), piles, libres);
        let capacite = self.draft.capacite;
        for (position, part) in quantites(parts.ok_or(InventaireRefus::Plein { capacite })?) {
            self.poser(arrivee, position, part);
        }
        Ok(())
    }

    /// Puts items at a position: onto the stack there, or into a new slot.
    pub(super) fn poser(&mut self, arrivee: Arrivee<'_>, position: u16, quantite: Quantite) {
        let Arrivee { fiche, equipement_id, source, reference } = arrivee;
        let pile = self.draft.slots.get(&position);
        let quantite_avant = pile.map_or(0, |slot| slot.quantite.get());
        let slot_id = pile.map_or_else(|| self.nouveau_slot(), |slot| slot.slot_id);
        let nouveau = u16::from(pile.is_none());
        let poids = self.draft.poids;
        let poids_apres = fiche.poids.fois(quantite).and_then(|plus| poids.plus(plus));
        let charge = self.charge(poids_apres, self.slots_pris() + nouveau);
        self.draft.emit(InventaireEvent::ItemAjoute(ItemAjoute {
            joueur_id: self.joueur_id,
            slot_id,
            item_id: fiche.item_id,
            quantite,
            quantite_avant,
            quantite_apres: quantite_avant + quantite.get(),
            position_slot: position,
            type_slot: fiche.type_slot(),
            source,
            reference: reference.cloned(),
            fiche: fiche.clone(),
            equipement_id,
            charge,
            capacite_restante: self.draft.capacite.saturating_sub(charge.slots_apres),
        }));
    }

    /// Takes items out of the slot at a position, of which there have to be so many.
    pub(super) fn sortir(
        &mut self,
        position: u16,
        quantite: Quantite,
        raison: RaisonItem,
        reference: Option<&Reference>,
    ) {
        let Some(slot) = self.draft.slots.get(&position).cloned() else { return };
        let (quantite_apres, charge) = self.moins(&slot, quantite);
        self.draft.emit(InventaireEvent::ItemRetire(ItemRetire {
            joueur_id: self.joueur_id,
            slot_id: slot.slot_id,
            item_id: slot.fiche.item_id,
            quantite,
            quantite_avant: slot.quantite.get(),
            quantite_apres,
            raison,
            reference: reference.cloned(),
            equipement_id: slot.equipement_id,
            charge,
            capacite_restante: self.draft.capacite.saturating_sub(charge.slots_apres),
        }));
    }

    /// How many stay in a slot without `quantite`, and what the bag carries then.
    pub(super) fn moins(&self, slot: &Slot, quantite: Quantite) -> (u16, Charge) {
        let reste = slot.quantite.get().saturating_sub(quantite.get());
        let parti = slot.fiche.poids.fois(quantite);
        let poids_apres = parti.and_then(|parti| self.draft.poids.moins(parti));
        (reste, self.charge(poids_apres, self.slots_pris() - u16::from(reste == 0)))
    }

    /// Which stacks `quantite` of an item is taken from: the last ones first, and no piece that was ever worn.
    pub(super) fn piles_de(
        &self,
        item_id: ItemId,
        quantite: Quantite,
        et: impl Fn(&Slot) -> bool,
    ) -> Result<Parts, InventaireRefus> {
        let slots = self.draft.slots().rev();
        let de_l_item = slots.filter(|(_, it)| it.fiche.item_id == item_id && et(it));
        let fongibles = de_l_item.filter(|(_, it)| it.equipement_id.is_none());
        let piles: Vec<_> = fongibles.map(|(at, slot)| (at, self.draft.libre(slot))).collect();
        let disponible = piles.iter().map(|(_, libre)| u32::from(*libre)).sum::<u32>();
        let demande = quantite.get();
        let parts = prelever(demande, piles).ok_or(InventaireRefus::ItemAbsent {
            item_id,
            demande,
            disponible: u16::try_from(disponible).unwrap_or(u16::MAX),
        })?;
        Ok(quantites(parts).collect())
    }

    pub(super) fn charge(&self, poids_apres: Option<Poids>, slots_apres: u16) -> Charge {
        let poids_avant = self.draft.poids;
        Charge {
            poids_avant,
            poids_apres: poids_apres.unwrap_or(poids_avant),
            slots_avant: self.slots_pris(),
            slots_apres,
        }
    }

    pub(super) fn slots_pris(&self) -> u16 {
        u16::try_from(self.draft.slots.len()).unwrap_or(u16::MAX)
    }

    pub(super) fn nouveau_slot(&self) -> SlotId {
        let inventaire = InventaireId::du_joueur(self.joueur_id);
        SlotId::du_sac(inventaire, self.draft.slots_crees)
    }
}

/// Whether more of a sheet goes onto a stack. Pieces that were once worn never do.
fn s_empile(slot: &Slot, fiche: &FicheItem, equipement_id: Option<EquipementId>) -> bool {
    slot.fiche == *fiche && slot.equipement_id.is_none() && equipement_id.is_none()
}

/// Parts of a quantity are none of them empty.
fn quantites(parts: Vec<(u16, u16)>) -> impl Iterator<Item = (u16, Quantite)> {
    parts.into_iter().filter_map(|(position, part)| Some((position, Quantite::new(part).ok()?)))
}
