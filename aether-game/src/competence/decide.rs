//! Which rule answers which command to the definition of a skill.

mod creer;

use std::sync::Arc;

use aether_core::{Aggregate, Facts};

use super::commands::CompetenceCommand;
use super::events::CompetenceEvent;
use super::fiche::FicheCompetence;
use super::refus::CompetenceRefus;
use super::state::Competence;

impl Aggregate for Competence {
    const TYPE: &'static str = "Competence";
    type Command = CompetenceCommand;
    type Event = CompetenceEvent;
    type Error = CompetenceRefus;

    fn decide(
        &self,
        command: &CompetenceCommand,
        _: &Facts,
    ) -> Result<Vec<CompetenceEvent>, CompetenceRefus> {
        match command {
            CompetenceCommand::Creer(fiche) => creer::creer(self, fiche),
        }
    }

    fn apply(&mut self, event: &CompetenceEvent) {
        self.applique(event);
    }

    /// With half a kilobyte for texts, effects and requirements.
    fn weigh(&self) -> usize {
        let fiche = |_: &Arc<FicheCompetence>| size_of::<FicheCompetence>() + 512;
        size_of::<Self>() + self.fiche.as_ref().map_or(0, fiche)
    }
}
