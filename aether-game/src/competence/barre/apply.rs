//! How each event changes a bar.

use super::events::BarreEvent;
use super::state::Barre;

impl Barre {
    pub(super) fn applique(&mut self, event: &BarreEvent) {
        match event {
            BarreEvent::BarreModifiee { joueur_id, position, competence_apres, .. } => {
                self.joueur_id = Some(*joueur_id);
                match competence_apres {
                    Some(competence) => self.places.insert(*position, *competence),
                    None => self.places.remove(position),
                };
            }
        }
    }
}
