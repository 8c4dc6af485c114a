//! What a bar remembers.

use std::collections::BTreeMap;

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use crate::values::{CompetenceId, JoueurId, PositionBarre};

/// A player's bar.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Barre {
    /// Whose; none before the first skill is placed.
    pub(super) joueur_id: Option<JoueurId>,
    pub(super) places: BTreeMap<PositionBarre, CompetenceId>,
}

impl Barre {
    /// What is in a place.
    #[must_use]
    pub fn competence(&self, position: PositionBarre) -> Option<CompetenceId> {
        self.places.get(&position).copied()
    }

    /// Where a skill is.
    #[must_use]
    pub fn position(&self, competence: CompetenceId) -> Option<PositionBarre> {
        self.places.iter().find(|(_, it)| **it == competence).map(|(position, _)| *position)
    }

    /// Every place that holds a skill.
    pub fn places(&self) -> impl Iterator<Item = (PositionBarre, CompetenceId)> {
        self.places.iter().map(|(position, competence)| (*position, *competence))
    }
}
