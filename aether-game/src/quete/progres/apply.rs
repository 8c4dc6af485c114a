//! How each event changes a player's progress.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::events::{Engagement, ProgresEvent};
use super::state::Progres;
use crate::quete::ids::FaitId;
use crate::quete::mots::EtatQuete;
use crate::values::ObjectifId;

impl Progres {
    pub(super) fn applique(&mut self, event: &ProgresEvent) {
        match event {
            ProgresEvent::QueteAcceptee(engagement) => self.accepte(engagement),
            ProgresEvent::ObjectifProgresse { objectif_id, apres, fait_id, .. } => {
                self.progresse(*objectif_id, *apres, *fait_id);
            }
            ProgresEvent::ObjectifComplete { .. } => {}
            ProgresEvent::QueteTerminee { recompense_due, terminee_a, .. } => {
                self.termine(*recompense_due, *terminee_a);
            }
            ProgresEvent::RecompenseObtenue { .. } => self.recompense_due = false,
            ProgresEvent::EcheanceAtteinte { .. } => self.echue = true,
            ProgresEvent::QueteEchouee { .. } => self.cesse(EtatQuete::Echouee),
            ProgresEvent::QueteAbandonnee { .. } => self.cesse(EtatQuete::Abandonee),
            ProgresEvent::SuiviModifie { suivie_apres, .. } => self.suivie = *suivie_apres,
        }
    }

    fn accepte(&mut self, engagement: &Engagement) {
        self.etat = Some(EtatQuete::EnCours);
        self.avances = vec![0; engagement.objectifs.len()];
        self.suivie = engagement.suivie;
        self.engagement = Some(Arc::new(engagement.clone()));
    }

    fn progresse(&mut self, objectif: ObjectifId, apres: u16, fait_id: FaitId) {
        self.comptes.insert(fait_id);
        let place = self.place(objectif);
        if let Some(fait) = place.and_then(|place| self.avances.get_mut(place)) {
            *fait = apres;
        }
    }

    fn termine(&mut self, recompense_due: bool, terminee_a: DateTime<Utc>) {
        self.cesse(EtatQuete::Complete);
        self.recompense_due = recompense_due;
        self.terminee_a = Some(terminee_a);
        self.fois_terminee = self.fois_terminee.saturating_add(1);
    }

    fn cesse(&mut self, etat: EtatQuete) {
        self.etat = Some(etat);
        self.comptes.clear();
        self.echue = false;
    }
}
