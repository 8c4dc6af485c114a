//! How each event changes the definition of a skill.

use std::sync::Arc;

use super::events::CompetenceEvent;
use super::state::Competence;

impl Competence {
    pub(super) fn applique(&mut self, event: &CompetenceEvent) {
        match event {
            CompetenceEvent::CompetenceCreee(fiche) => {
                self.fiche = Some(Arc::new((**fiche).clone()));
            }
        }
    }
}
