//! What leaves the game out of a bag.

use super::super::events::InventaireEvent;
use super::super::mouvements::ItemUtilise;
use super::super::parties::Prelevement;
use super::super::refus::InventaireRefus;
use super::super::state::Slot;
use super::super::vocabulaire::Reference;
use super::ajouter::signe;
use super::{Decide, Decision};
use crate::item::{FicheItem, TypeItem};
use crate::values::{CombatId, Niveau, Quantite, RaisonItem, SlotId};

impl Decision {
    /// Items leave the game, but not by being used.
    pub(super) fn retirer(
        &mut self,
        prelevement: Prelevement,
        quantite: Quantite,
        raison: RaisonItem,
        reference: Option<&Reference>,
    ) -> Decide {
        if !se_retire(raison) {
            return Err(InventaireRefus::RaisonInterdite { raison });
        }
        signe(raison, RaisonItem::OperateurRetrait, reference)?;
        let parts = match prelevement {
            Prelevement::Slot(slot_id) => vec![(self.slot_avec(slot_id, quantite)?.0, quantite)],
            Prelevement::Item(item_id) => self.piles_de(item_id, quantite, |_| true)?,
        };
        for (position, part) in parts {
            self.permis(position, raison)?;
            self.sortir(position, part, raison, reference);
        }
        Ok(())
    }

    /// Items are used up outside of a combat.
    pub(super) fn utiliser(
        &mut self,
        slot_id: SlotId,
        quantite: Quantite,
        niveau: Niveau,
    ) -> Decide {
        let (_, slot) = self.slot_avec(slot_id, quantite)?;
        utilisable(&slot.fiche, niveau)?;
        let slot = slot.clone();
        self.user(&slot, quantite, None);
        Ok(())
    }

    /// Items are gone because they were used.
    pub(super) fn user(&mut self, slot: &Slot, quantite: Quantite, combat_id: Option<CombatId>) {
        let (quantite_apres, charge) = self.moins(slot, quantite);
        self.draft.emit(InventaireEvent::ItemUtilise(ItemUtilise {
            joueur_id: self.joueur_id,
            slot_id: slot.slot_id,
            item_id: slot.fiche.item_id,
            quantite,
            quantite_avant: slot.quantite.get(),
            quantite_apres,
            raison: match combat_id {
                Some(_) => RaisonItem::ConsommationCombat,
                None => RaisonItem::Consommation,
            },
            combat_id,
            charge,
            capacite_restante: self.draft.capacite.saturating_sub(charge.slots_apres),
        }));
    }

    /// What cannot be exchanged is not sold to a character, what cannot be destroyed is not thrown away.
    fn permis(&self, position: u16, raison: RaisonItem) -> Decide {
        let Some(slot) = self.draft.slots.get(&position) else { return Ok(()) };
        let item_id = slot.fiche.item_id;
        match raison {
            RaisonItem::Destruction if !slot.fiche.destructible => {
                Err(InventaireRefus::NonDestructible { item_id })
            }
            RaisonItem::VentePnj if !slot.fiche.echangeable => {
                Err(InventaireRefus::NonEchangeable { item_id })
            }
            _ => Ok(()),
        }
    }
}

/// What a player of this level can use up.
pub(super) fn utilisable(fiche: &FicheItem, niveau: Niveau) -> Decide {
    let FicheItem { item_id, niveau_requis: requis, .. } = *fiche;
    if fiche.type_item != TypeItem::Consommable {
        return Err(InventaireRefus::NonConsommable { item_id });
    }
    match niveau < requis {
        true => Err(InventaireRefus::NiveauRequis { item_id, requis, niveau }),
        false => Ok(()),
    }
}

/// The reasons to leave the game that are no use.
const fn se_retire(raison: RaisonItem) -> bool {
    matches!(
        raison,
        RaisonItem::VentePnj
            | RaisonItem::Destruction
            | RaisonItem::Ingredient
            | RaisonItem::RemiseQuete
            | RaisonItem::OperateurRetrait
    )
}
