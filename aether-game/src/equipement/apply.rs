//! What events change about a piece of equipment.

use super::events::EquipementEvent;
use super::state::{Equipement, Piece};

impl Equipement {
    pub(super) fn applique(&mut self, event: &EquipementEvent) {
        if let EquipementEvent::EquipementCree { joueur_id, item_id, nature, durabilite, .. } =
            event
        {
            self.piece = Some(Piece {
                joueur_id: *joueur_id,
                item_id: *item_id,
                nature: nature.clone(),
                durabilite: *durabilite,
                niveau: 0,
                enchantements: Vec::new(),
            });
        }
        if let EquipementEvent::EquipementDetruit { .. } = event {
            self.detruit = true;
        }
        if let Some(piece) = &mut self.piece {
            piece.applique(event);
        }
    }
}

impl Piece {
    fn applique(&mut self, event: &EquipementEvent) {
        match event {
            EquipementEvent::EquipementCree { .. } | EquipementEvent::EquipementDetruit { .. } => {}
            EquipementEvent::DurabilitePerdue { durabilite_apres, .. }
            | EquipementEvent::EquipementRepare { durabilite_apres, .. } => {
                self.durabilite = *durabilite_apres;
            }
            EquipementEvent::EquipementAmeliore { niveau_apres, .. } => self.niveau = *niveau_apres,
            EquipementEvent::EnchantementsAppliques { apres, .. } => {
                self.enchantements.clone_from(apres);
            }
            EquipementEvent::EquipementCede { a, .. } => self.joueur_id = *a,
        }
    }
}
