//! Which rule answers which command.

use std::sync::Arc;

use aether_core::{Aggregate, Facts};
use chrono::{DateTime, Utc};

use super::commands::CombatCommand;
use super::error::CombatError;
use super::events::CombatEvent;
use super::ids::ParticipantId;
use super::play::Play;
use super::roster::Participant;
use super::state::{Combat, Combattant, Depart};
use super::vocabulary::FinTour;
use super::{act, start};

impl Aggregate for Combat {
    const TYPE: &'static str = "Combat";
    type Command = CombatCommand;
    type Event = CombatEvent;
    type Error = CombatError;

    fn decide(
        &self,
        command: &CombatCommand,
        facts: &Facts,
    ) -> Result<Vec<CombatEvent>, CombatError> {
        if let CombatCommand::Demarrer(demarrer) = command {
            return match self.depart {
                None => start::start(demarrer, facts),
                Some(_) => Err(CombatError::DejaDemarre),
            };
        }
        let depart = self.depart.as_ref().ok_or(CombatError::PasDemarre)?;
        if let Some(resultat) = self.resultat {
            return Err(CombatError::DejaTermine { resultat });
        }
        let maintenant = facts.now();
        match command {
            CombatCommand::Demarrer(_) => Err(CombatError::DejaDemarre),
            CombatCommand::Agir { acteur, action } => {
                let place = self.may_act(*acteur, maintenant)?;
                act::act(self, depart, place, action, maintenant)
            }
            CombatCommand::PasserTour { acteur } => {
                self.may_act(*acteur, maintenant)?;
                Ok(self.turn_over(depart, FinTour::Passe, maintenant))
            }
            CombatCommand::ExpirerTour { numero_tour } => {
                self.expire_turn(depart, *numero_tour, maintenant)
            }
            CombatCommand::VerifierLimite => match self.limite() {
                Some(limite) if maintenant >= limite => Ok(self.time_over(depart, maintenant)),
                _ => Ok(Vec::new()),
            },
        }
    }

    fn apply(&mut self, event: &CombatEvent) {
        self.applique(event);
    }

    /// With a kilobyte for the names, skills, items and effects of each participant.
    fn weigh(&self) -> usize {
        let each = size_of::<Participant>() + size_of::<Combattant>() + 1024;
        size_of::<Self>() + self.combattants.len() * each
    }
}

impl Combat {
    /// The place of a participant that may act now.
    fn may_act(
        &self,
        acteur: ParticipantId,
        maintenant: DateTime<Utc>,
    ) -> Result<usize, CombatError> {
        let unknown = CombatError::ParticipantInconnu { participant: acteur };
        let place = self.place(acteur).ok_or_else(|| unknown.clone())?;
        let vue = self.vue(place).ok_or(unknown)?;
        if !vue.est_debout() {
            return Err(CombatError::HorsCombat { acteur, etat: vue.combattant.etat });
        }
        if let Some(actif) = self.participant_actif().filter(|actif| *actif != acteur) {
            return Err(CombatError::PasSonTour { acteur, actif });
        }
        if let Some(limite) = self.limite().filter(|limite| maintenant >= *limite) {
            return Err(CombatError::LimiteAtteinte { limite });
        }
        if let Some(echeance) = self.echeance_tour().filter(|echeance| maintenant >= *echeance) {
            return Err(CombatError::TourExpire { numero_tour: self.numero_tour, echeance });
        }
        Ok(place)
    }

    fn expire_turn(
        &self,
        depart: &Arc<Depart>,
        numero_tour: u32,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<CombatEvent>, CombatError> {
        let actuel = self.numero_tour;
        if numero_tour > actuel {
            return Err(CombatError::TourFutur { numero_tour, actuel });
        }
        if self.limite().is_some_and(|limite| maintenant >= limite) {
            return Ok(self.time_over(depart, maintenant));
        }
        if numero_tour < actuel {
            return Ok(Vec::new());
        }
        match self.echeance_tour() {
            Some(echeance) if maintenant < echeance => {
                Err(CombatError::TourEnCours { numero_tour, echeance })
            }
            _ => Ok(self.turn_over(depart, FinTour::Expire, maintenant)),
        }
    }

    fn turn_over(
        &self,
        depart: &Arc<Depart>,
        raison: FinTour,
        maintenant: DateTime<Utc>,
    ) -> Vec<CombatEvent> {
        let mut play = Play::new(self.clone(), depart, maintenant);
        play.end_turn(raison, false);
        play.events
    }

    fn time_over(&self, depart: &Arc<Depart>, maintenant: DateTime<Utc>) -> Vec<CombatEvent> {
        let mut play = Play::new(self.clone(), depart, maintenant);
        if let Some(participant) = self.participant_actif() {
            let (numero_tour, raison) = (self.numero_tour, FinTour::Expire);
            play.emit(CombatEvent::TourTermine { numero_tour, participant, raison });
        }
        play.end_combat(None, false);
        play.events
    }
}
