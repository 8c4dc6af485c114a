//! Which rule answers which command.

mod action;
mod attaquer;
mod competence;
mod defendre;
mod demarrer;
mod deplacer;
mod fuir;
mod objet;
mod pouvoirs;
mod requirements;
mod tour;

use aether_core::{Aggregate, Facts};
use chrono::{DateTime, Utc};

use super::commands::CombatCommand;
use super::events::CombatEvent;
use super::ids::ParticipantId;
use super::mots::FinTour;
use super::refus::CombatRefus;
use super::roster::Participant;
use super::state::{Combat, Combattant};

impl Aggregate for Combat {
    const TYPE: &'static str = "Combat";
    type Command = CombatCommand;
    type Event = CombatEvent;
    type Error = CombatRefus;

    fn decide(
        &self,
        command: &CombatCommand,
        facts: &Facts,
    ) -> Result<Vec<CombatEvent>, CombatRefus> {
        if let CombatCommand::Demarrer(demarrer) = command {
            return match self.depart {
                None => demarrer::start(demarrer, facts),
                Some(_) => Err(CombatRefus::DejaDemarre),
            };
        }
        let depart = self.depart.as_ref().ok_or(CombatRefus::PasDemarre)?;
        if let Some(resultat) = self.resultat {
            return Err(CombatRefus::DejaTermine { resultat });
        }
        let maintenant = facts.now();
        match command {
            CombatCommand::Demarrer(_) => Err(CombatRefus::DejaDemarre),
            CombatCommand::Agir { acteur, action } => {
                let place = self.may_act(*acteur, maintenant)?;
                action::agir(self, depart, place, action, maintenant)
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
    ) -> Result<usize, CombatRefus> {
        let unknown = CombatRefus::ParticipantInconnu { participant: acteur };
        let place = self.place(acteur).ok_or_else(|| unknown.clone())?;
        let vue = self.vue(place).ok_or(unknown)?;
        if !vue.est_debout() {
            return Err(CombatRefus::HorsCombat { acteur, etat: vue.combattant.etat });
        }
        if let Some(actif) = self.participant_actif().filter(|actif| *actif != acteur) {
            return Err(CombatRefus::PasSonTour { acteur, actif });
        }
        if let Some(limite) = self.limite().filter(|limite| maintenant >= *limite) {
            return Err(CombatRefus::LimiteAtteinte { limite });
        }
        if let Some(echeance) = self.echeance_tour().filter(|echeance| maintenant >= *echeance) {
            return Err(CombatRefus::TourExpire { numero_tour: self.numero_tour, echeance });
        }
        Ok(place)
    }
}
