//! Which rule answers which command to the definition of a quest.

mod creer;

use aether_core::{Aggregate, Facts};

use super::commands::QueteCommand;
use super::events::QueteEvent;
use super::fiche::{DialogueQuete, FicheQuete, Objectif};
use super::refus::QueteRefus;
use super::state::Quete;

impl Aggregate for Quete {
    const TYPE: &'static str = "Quete";
    type Command = QueteCommand;
    type Event = QueteEvent;
    type Error = QueteRefus;

    fn decide(&self, command: &QueteCommand, _: &Facts) -> Result<Vec<QueteEvent>, QueteRefus> {
        match command {
            QueteCommand::Creer(fiche) => creer::creer(self, fiche),
        }
    }

    fn apply(&mut self, event: &QueteEvent) {
        self.applique(event);
    }

    /// With two hundred bytes for each text.
    fn weigh(&self) -> usize {
        let fiche = |it: &std::sync::Arc<FicheQuete>| {
            let dialogues = it.dialogues.len() * (size_of::<DialogueQuete>() + 200);
            size_of::<FicheQuete>() + 400 + it.objectifs.len() * size_of::<Objectif>() + dialogues
        };
        size_of::<Self>() + self.fiche.as_ref().map_or(0, fiche)
    }
}
