//! What is set aside for a combat, and what becomes of it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::events::InventaireEvent;
use super::super::parties::{LigneObjet, Reste};
use super::super::refus::InventaireRefus;
use super::super::state::{Inventaire, Slot};
use super::retirer::utilisable;
use super::{Decide, Decision};
use crate::values::{CombatId, ItemId, Niveau, Quantite};

impl Decision {
    /// Sets items aside for a combat, which the player could use up as well.
    pub(super) fn mettre_de_cote(
        &mut self,
        combat_id: CombatId,
        niveau: Niveau,
        lignes: &[LigneObjet],
    ) -> Decide {
        if self.draft.reserves.contains_key(&combat_id) {
            return Err(InventaireRefus::CombatDejaPourvu { combat_id });
        }
        distincts(lignes.iter().map(|ligne| ligne.item_id), 1)?;
        for LigneObjet { item_id, quantite } in lignes {
            for (position, part) in self.piles_de(*item_id, *quantite, |_| true)? {
                self.reserver(combat_id, niveau, position, part)?;
            }
        }
        Ok(())
    }

    /// Settles a combat: what is left can be taken again, the rest was used up.
    pub(super) fn solder_combat(&mut self, combat_id: CombatId, restes: &[Reste]) -> Decide {
        distincts(restes.iter().map(|reste| reste.item_id), 0)?;
        let reserves = self.draft.reserves.get(&combat_id).cloned();
        let reserves = reserves.ok_or(InventaireRefus::CombatSansReserve { combat_id })?;
        let mut restes = self.restes_par_item(combat_id, restes)?;
        for reserve in reserves {
            let found = self.draft.slot(reserve.slot_id).map(|(_, slot)| slot.clone());
            let Some(slot) = found else { continue };
            let reste = restes.entry(slot.fiche.item_id).or_default();
            let rendu = reserve.quantite.get().min(*reste);
            *reste -= rendu;
            if let Ok(rendu) = Quantite::new(rendu) {
                self.rendre(combat_id, &slot, rendu);
            }
            if let Ok(utilise) = Quantite::new(reserve.quantite.get() - rendu) {
                self.user(&slot, utilise, Some(combat_id));
            }
        }
        Ok(())
    }

    fn reserver(
        &mut self,
        combat_id: CombatId,
        niveau: Niveau,
        position: u16,
        quantite: Quantite,
    ) -> Decide {
        let Some(slot) = self.draft.slots.get(&position) else { return Ok(()) };
        let (slot_id, item_id) = (slot.slot_id, slot.fiche.item_id);
        utilisable(&slot.fiche, niveau)?;
        let libre_avant = self.draft.libre(slot);
        self.draft.emit(InventaireEvent::ItemReserve {
            joueur_id: self.joueur_id,
            combat_id,
            slot_id,
            item_id,
            quantite,
            libre_avant,
            libre_apres: libre_avant.saturating_sub(quantite.get()),
        });
        Ok(())
    }

    fn rendre(&mut self, combat_id: CombatId, slot: &Slot, quantite: Quantite) {
        let libre_avant = self.draft.libre(slot);
        self.draft.emit(InventaireEvent::ItemRendu {
            joueur_id: self.joueur_id,
            combat_id,
            slot_id: slot.slot_id,
            item_id: slot.fiche.item_id,
            quantite,
            libre_avant,
            libre_apres: libre_avant + quantite.get(),
        });
    }

    /// What is left of each item, of which there cannot be more than was set aside.
    fn restes_par_item(
        &self,
        combat_id: CombatId,
        restes: &[Reste],
    ) -> Result<BTreeMap<ItemId, u16>, InventaireRefus> {
        let de_cote = self.draft.de_cote(combat_id);
        for Reste { item_id, quantite } in restes {
            let de_cote = de_cote.get(item_id).copied().unwrap_or(0);
            if *quantite > de_cote {
                let (item_id, reste) = (*item_id, *quantite);
                return Err(InventaireRefus::ResteExcessif { item_id, reste, de_cote });
            }
        }
        Ok(restes.iter().map(|reste| (reste.item_id, reste.quantite)).collect())
    }
}

/// Each item is named once, and there are not too many of them.
fn distincts(items: impl Iterator<Item = ItemId>, minimum: usize) -> Decide {
    let items: Vec<_> = items.collect();
    let distincts: BTreeSet<_> = items.iter().collect();
    let nombre = items.len();
    match distincts.len() == nombre && (minimum..=Inventaire::LIGNES_MAX).contains(&nombre) {
        true => Ok(()),
        false => Err(InventaireRefus::Lignes { nombre, maximum: Inventaire::LIGNES_MAX }),
    }
}
