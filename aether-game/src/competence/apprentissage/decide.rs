//! Which rule answers which command to a player's skill.

mod ameliorer;
mod apprendre;
mod utiliser;

use aether_core::{Aggregate, Facts};

use super::commands::ApprentissageCommand;
use super::events::{ApprentissageEvent, CompetenceApprise};
use super::refus::ApprentissageRefus;
use super::state::Apprentissage;

type Decision = Result<Vec<ApprentissageEvent>, ApprentissageRefus>;

impl Aggregate for Apprentissage {
    const TYPE: &'static str = "Competence";
    type Command = ApprentissageCommand;
    type Event = ApprentissageEvent;
    type Error = ApprentissageRefus;

    fn decide(&self, command: &ApprentissageCommand, facts: &Facts) -> Decision {
        let maintenant = facts.now();
        match command {
            ApprentissageCommand::Apprendre(it) => apprendre::apprendre(self, it, maintenant),
            ApprentissageCommand::Utiliser => utiliser::utiliser(self, maintenant),
            ApprentissageCommand::Ameliorer { niveau_joueur, vers } => {
                ameliorer::ameliorer(self, *niveau_joueur, *vers, maintenant)
            }
        }
    }

    fn apply(&mut self, event: &ApprentissageEvent) {
        self.applique(event);
    }

    fn weigh(&self) -> usize {
        size_of::<Self>() + size_of::<CompetenceApprise>()
    }
}
