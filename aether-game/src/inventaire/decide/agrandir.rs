//! How much a bag holds.

use super::super::events::InventaireEvent;
use super::super::refus::InventaireRefus;
use super::super::state::Inventaire;
use super::super::vocabulaire::RaisonCapacite;
use super::{Decide, Decision};
use crate::values::{Intervention, Nom, Poids};

impl Decision {
    /// The bag holds more or less from now on. What is in it has to fit.
    pub(super) fn agrandir(
        &mut self,
        capacite: u16,
        poids_max: Poids,
        raison: RaisonCapacite,
        extension: Option<&Nom>,
        intervention: Option<&Intervention>,
    ) -> Decide {
        let (maximum, limite) = (Inventaire::CAPACITE_MAX, Inventaire::POIDS_LIMITE);
        if !(1..=maximum).contains(&capacite) || poids_max > limite {
            return Err(InventaireRefus::CapaciteHorsBornes { maximum, limite });
        }
        if (raison == RaisonCapacite::Operateur) != intervention.is_some() {
            return Err(InventaireRefus::CapaciteSansMotif { raison });
        }
        let dernier = self.draft.slots.keys().next_back().map_or(0, |position| position + 1);
        if dernier > capacite || self.draft.poids > poids_max {
            let poids = self.draft.poids;
            return Err(InventaireRefus::CapaciteInsuffisante { dernier, poids });
        }
        let mut extensions = self.draft.extensions.clone();
        extensions.extend(extension.cloned());
        if extensions.len() > Inventaire::EXTENSIONS_MAX {
            return Err(InventaireRefus::TropDExtensions { maximum: Inventaire::EXTENSIONS_MAX });
        }
        self.draft.emit(InventaireEvent::CapaciteModifiee {
            joueur_id: self.joueur_id,
            capacite_avant: self.draft.capacite,
            capacite_apres: capacite,
            poids_max_avant: self.draft.poids_max,
            poids_max_apres: poids_max,
            raison,
            intervention: intervention.cloned(),
            extensions,
        });
        Ok(())
    }
}
