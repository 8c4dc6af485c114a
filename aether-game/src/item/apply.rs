//! What events change about an item of the catalogue.

use super::events::ItemEvent;
use super::state::{Definition, Item};

impl Item {
    pub(super) fn applique(&mut self, event: &ItemEvent) {
        match event {
            ItemEvent::ItemCree { presentation, proprietes, .. } => {
                let presentation = presentation.clone();
                self.definition = Some(Definition { presentation, proprietes: proprietes.clone() });
            }
            ItemEvent::ItemModifie { apres, .. } => {
                if let Some(it) = &mut self.definition {
                    it.presentation = apres.clone();
                }
            }
            ItemEvent::ProprietesModifiees { apres, .. } => {
                if let Some(it) = &mut self.definition {
                    it.proprietes = apres.clone();
                }
            }
            ItemEvent::ItemDetruit { .. } => self.detruit = true,
        }
    }
}
