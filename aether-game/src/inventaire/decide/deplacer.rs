//! Tidying up: moves, splits and merges. None of them changes how much there is.

use super::super::events::InventaireEvent;
use super::super::mouvements::PileRangee;
use super::super::refus::InventaireRefus;
use super::{Decide, Decision};
use crate::values::{Quantite, SlotId};

impl Decision {
    /// Moves a slot; one that is there changes places with it.
    pub(super) fn deplacer(&mut self, slot_id: SlotId, position: u16) -> Decide {
        let (position_avant, _) = self.slot(slot_id)?;
        self.dans_le_sac(position)?;
        if position == position_avant {
            return Ok(());
        }
        let slot_deplace = self.draft.slots.get(&position).map(|slot| slot.slot_id);
        self.draft.emit(InventaireEvent::ItemDeplace {
            joueur_id: self.joueur_id,
            slot_id,
            position_avant,
            position_apres: position,
            slot_deplace,
        });
        Ok(())
    }

    /// Makes two stacks of one. Something stays in the first.
    pub(super) fn diviser(&mut self, slot_id: SlotId, quantite: Quantite, position: u16) -> Decide {
        let (de, slot) = self.slot_avec(slot_id, quantite)?;
        if slot.quantite == quantite {
            return Err(InventaireRefus::PileEntiere { slot_id });
        }
        self.dans_le_sac(position)?;
        if self.draft.slots.contains_key(&position) {
            return Err(InventaireRefus::PositionOccupee { position });
        }
        self.ranger(de, position, quantite);
        Ok(())
    }

    /// Moves items from one stack onto another: so many, or as many as there are and fit.
    pub(super) fn fusionner(
        &mut self,
        de: SlotId,
        vers: SlotId,
        quantite: Option<Quantite>,
    ) -> Decide {
        let (position_de, source) = self.slot_avec(de, quantite.unwrap_or(Quantite::MIN))?;
        let (position_vers, cible) = self.slot(vers)?;
        let worn = source.equipement_id.or(cible.equipement_id).is_some();
        if de == vers || worn || source.fiche != cible.fiche {
            return Err(InventaireRefus::PilesIncompatibles { de, vers });
        }
        let place = cible.fiche.par_slot().get().saturating_sub(cible.quantite.get());
        let voulu = quantite.map_or(self.draft.libre(source).min(place), Quantite::get);
        let part = Quantite::new(voulu).ok().filter(|_| voulu <= place);
        let part = part.ok_or(InventaireRefus::PilePleine { slot_id: vers, place })?;
        self.ranger(position_de, position_vers, part);
        Ok(())
    }

    fn ranger(&mut self, de: u16, vers: u16, quantite: Quantite) {
        let Some(slot) = self.draft.slots.get(&de) else { return };
        let cible = self.draft.slots.get(&vers);
        let vers_slot_id = cible.map_or_else(|| self.nouveau_slot(), |cible| cible.slot_id);
        let vers_avant = cible.map_or(0, |cible| cible.quantite.get());
        let reste = slot.quantite.get().saturating_sub(quantite.get());
        let pris = self.slots_pris() - u16::from(reste == 0) + u16::from(cible.is_none());
        let charge = self.charge(Some(self.draft.poids), pris);
        let event = PileRangee {
            joueur_id: self.joueur_id,
            item_id: slot.fiche.item_id,
            quantite,
            slot_id: slot.slot_id,
            quantite_avant: slot.quantite.get(),
            quantite_apres: reste,
            vers_slot_id,
            vers_position: vers,
            vers_quantite_avant: vers_avant,
            vers_quantite_apres: vers_avant + quantite.get(),
            type_slot: slot.fiche.type_slot(),
            charge,
            capacite_restante: self.draft.capacite.saturating_sub(pris),
        };
        self.draft.emit(InventaireEvent::PileRangee(event));
    }

    fn dans_le_sac(&self, position: u16) -> Decide {
        let capacite = self.draft.capacite;
        match position < capacite {
            true => Ok(()),
            false => Err(InventaireRefus::PositionHorsDuSac { position, capacite }),
        }
    }
}
