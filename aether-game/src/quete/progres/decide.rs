//! Which rule answers which command to a player's progress, and what all rules check.

mod accepter;
mod avancer;
mod cesser;
mod livrer;
mod recompenser;
mod terminer;

use std::sync::Arc;

use aether_core::{Aggregate, Facts};
use chrono::{DateTime, Utc};

use super::commands::ProgresCommand;
use super::events::{Engagement, ProgresEvent};
use super::refus::ProgresRefus;
use super::state::Progres;
use crate::quete::fiche::Objectif;
use crate::quete::ids::FaitId;
use crate::quete::mots::EtatQuete;

type Decision = Result<Vec<ProgresEvent>, ProgresRefus>;

impl Aggregate for Progres {
    const TYPE: &'static str = "Quete";
    type Command = ProgresCommand;
    type Event = ProgresEvent;
    type Error = ProgresRefus;

    fn decide(&self, command: &ProgresCommand, facts: &Facts) -> Decision {
        let maintenant = facts.now();
        match command {
            ProgresCommand::Accepter(demande) => accepter::accepter(self, demande, maintenant),
            ProgresCommand::Progresser { tentative, fait } => {
                Ok(avancer::progresser(self, *tentative, fait, maintenant))
            }
            ProgresCommand::Livrer(livraison) => {
                let engagement = self.a_temps(livraison.tentative, maintenant)?;
                livrer::livrer(self, engagement, livraison, maintenant)
            }
            ProgresCommand::Terminer { tentative } => {
                terminer::terminer(self, self.en_cours(*tentative)?, maintenant)
            }
            ProgresCommand::Recompenser { tentative, transaction } => {
                recompenser::recompenser(self, *tentative, *transaction, maintenant)
            }
            ProgresCommand::Expirer { tentative } => cesser::expirer(self, *tentative, maintenant),
            ProgresCommand::Echouer { tentative, raison } => {
                cesser::echouer(self, *tentative, *raison, maintenant)
            }
            ProgresCommand::Abandonner { tentative } => {
                cesser::abandonner(self, self.en_cours(*tentative)?, maintenant)
            }
            ProgresCommand::Suivre { suivie } => cesser::suivre(self, *suivie),
        }
    }

    fn apply(&mut self, event: &ProgresEvent) {
        self.applique(event);
    }

    fn weigh(&self) -> usize {
        let engagement = |it: &Arc<Engagement>| {
            size_of::<Engagement>() + it.objectifs.len() * (size_of::<Objectif>() + 2)
        };
        size_of::<Self>()
            + self.engagement.as_ref().map_or(0, engagement)
            + self.comptes.len() * 2 * size_of::<FaitId>()
    }
}

impl Progres {
    /// The attempt, when it is the last one.
    fn derniere(&self, tentative: u32) -> Result<&Engagement, ProgresRefus> {
        let engagement = self.engagement().ok_or(ProgresRefus::PasAcceptee)?;
        let actuelle = engagement.tentative;
        if tentative != actuelle {
            return Err(ProgresRefus::AutreTentative { tentative, actuelle });
        }
        Ok(engagement)
    }

    /// The attempt, when it is in progress.
    fn en_cours(&self, tentative: u32) -> Result<&Engagement, ProgresRefus> {
        let engagement = self.derniere(tentative)?;
        match self.etat {
            Some(EtatQuete::EnCours) => Ok(engagement),
            Some(etat) => Err(ProgresRefus::PasEnCours { etat }),
            None => Err(ProgresRefus::PasAcceptee),
        }
    }

    /// The attempt, when it is in progress and its time was not over then.
    fn a_temps(&self, tentative: u32, alors: DateTime<Utc>) -> Result<&Engagement, ProgresRefus> {
        let engagement = self.en_cours(tentative)?;
        match engagement.expire_a {
            Some(expire_a) if alors >= expire_a => Err(ProgresRefus::Expiree { expire_a }),
            _ => Ok(engagement),
        }
    }
}
