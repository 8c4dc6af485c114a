//! How each event changes a player's skill.

use std::sync::Arc;

use super::events::{ApprentissageEvent, CompetenceApprise};
use super::state::Apprentissage;

impl Apprentissage {
    pub(super) fn applique(&mut self, event: &ApprentissageEvent) {
        match event {
            ApprentissageEvent::CompetenceApprise(apprise) => self.apprend(apprise),
            ApprentissageEvent::CompetenceUtilisee { experience_apres, utilisee_a, .. } => {
                self.experience = *experience_apres;
                self.dernier_usage = Some(*utilisee_a);
            }
            ApprentissageEvent::CooldownDemarre { finit_a, .. } => {
                self.repos_jusqu_a = Some(*finit_a);
            }
            ApprentissageEvent::CompetenceAmelioree { niveau_apres, .. } => {
                self.niveau = *niveau_apres;
            }
        }
    }

    fn apprend(&mut self, apprise: &CompetenceApprise) {
        self.niveau = apprise.niveau_competence;
        self.experience = apprise.experience_competence;
        self.apprise = Some(Arc::new(apprise.clone()));
    }
}
