//! How each event changes the definition of a quest.

use std::sync::Arc;

use super::events::QueteEvent;
use super::state::Quete;

impl Quete {
    pub(super) fn applique(&mut self, event: &QueteEvent) {
        match event {
            QueteEvent::QueteCreee(fiche) => self.fiche = Some(Arc::new((**fiche).clone())),
        }
    }
}
