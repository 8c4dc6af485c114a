//! Turns that are passed, and time that is over.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::combat::events::CombatEvent;
use crate::combat::mots::FinTour;
use crate::combat::play::Play;
use crate::combat::refus::CombatRefus;
use crate::combat::state::{Combat, Depart};

impl Combat {
    pub(super) fn expire_turn(
        &self,
        depart: &Arc<Depart>,
        numero_tour: u32,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<CombatEvent>, CombatRefus> {
        let actuel = self.numero_tour;
        if numero_tour > actuel {
            return Err(CombatRefus::TourFutur { numero_tour, actuel });
        }
        if self.limite().is_some_and(|limite| maintenant >= limite) {
            return Ok(self.time_over(depart, maintenant));
        }
        if numero_tour < actuel {
            return Ok(Vec::new());
        }
        match self.echeance_tour() {
            Some(echeance) if maintenant < echeance => {
                Err(CombatRefus::TourEnCours { numero_tour, echeance })
            }
            _ => Ok(self.turn_over(depart, FinTour::Expire, maintenant)),
        }
    }

    pub(super) fn turn_over(
        &self,
        depart: &Arc<Depart>,
        raison: FinTour,
        maintenant: DateTime<Utc>,
    ) -> Vec<CombatEvent> {
        let mut play = Play::new(self.clone(), depart, maintenant);
        play.end_turn(raison, false);
        play.events
    }

    pub(super) fn time_over(
        &self,
        depart: &Arc<Depart>,
        maintenant: DateTime<Utc>,
    ) -> Vec<CombatEvent> {
        let mut play = Play::new(self.clone(), depart, maintenant);
        if let Some(participant) = self.participant_actif() {
            let (numero_tour, raison) = (self.numero_tour, FinTour::Expire);
            play.emit(CombatEvent::TourTermine { numero_tour, participant, raison });
        }
        play.end_combat(None, false);
        play.events
    }
}
