//! Which rule answers which command to a bar.

use aether_core::{Aggregate, Facts};

use super::commands::BarreCommand;
use super::events::BarreEvent;
use super::refus::BarreRefus;
use super::state::Barre;
use crate::values::{CompetenceId, JoueurId, PositionBarre};

impl Aggregate for Barre {
    const TYPE: &'static str = "Competence";
    type Command = BarreCommand;
    type Event = BarreEvent;
    type Error = BarreRefus;

    fn decide(&self, command: &BarreCommand, _: &Facts) -> Result<Vec<BarreEvent>, BarreRefus> {
        match *command {
            BarreCommand::Placer { joueur_id, competence_id, position } => {
                self.placer(joueur_id, competence_id, position)
            }
            BarreCommand::Retirer { position } => Ok(self.retirer(position)),
        }
    }

    fn apply(&mut self, event: &BarreEvent) {
        self.applique(event);
    }
}

impl Barre {
    /// Two skills change places: the one that is moved, and the one that is in its way.
    fn placer(
        &self,
        joueur_id: JoueurId,
        competence: CompetenceId,
        position: PositionBarre,
    ) -> Result<Vec<BarreEvent>, BarreRefus> {
        if let Some(joueur) = self.joueur_id.filter(|joueur| *joueur != joueur_id) {
            return Err(BarreRefus::AutreJoueur { joueur });
        }
        let occupant = self.competence(position);
        if occupant == Some(competence) {
            return Ok(Vec::new());
        }
        let quittee = self.position(competence).map(|position| BarreEvent::BarreModifiee {
            joueur_id,
            position,
            competence_avant: Some(competence),
            competence_apres: occupant,
        });
        let prise = BarreEvent::BarreModifiee {
            joueur_id,
            position,
            competence_avant: occupant,
            competence_apres: Some(competence),
        };
        Ok(quittee.into_iter().chain([prise]).collect())
    }

    fn retirer(&self, position: PositionBarre) -> Vec<BarreEvent> {
        let retiree = self.joueur_id.zip(self.competence(position));
        let event = retiree.map(|(joueur_id, competence)| BarreEvent::BarreModifiee {
            joueur_id,
            position,
            competence_avant: Some(competence),
            competence_apres: None,
        });
        event.into_iter().collect()
    }
}
