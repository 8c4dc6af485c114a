//! What events change about a name.

use super::events::ReservationEvent;
use super::state::{Reservation, Tenue};

impl Reservation {
    pub(super) fn applique(&mut self, event: &ReservationEvent) {
        match event {
            ReservationEvent::NomReserve { nom, cle, joueur_id, expire_a, .. } => {
                self.cle = Some(cle.clone());
                let expire_a = Some(*expire_a);
                self.tenue = Some(Tenue { nom: nom.clone(), joueur: *joueur_id, expire_a });
            }
            ReservationEvent::NomAttribue { nom, cle, joueur_id, .. } => {
                self.cle = Some(cle.clone());
                self.tenue = Some(Tenue { nom: nom.clone(), joueur: *joueur_id, expire_a: None });
            }
            ReservationEvent::NomLibere { .. } => self.tenue = None,
        }
    }
}
