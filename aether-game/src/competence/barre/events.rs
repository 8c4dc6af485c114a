//! What happens to a bar.

use aether_core::Event;
use serde::{Deserialize, Serialize};

use crate::values::{CompetenceId, JoueurId, PositionBarre};

/// The events of a player's bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum BarreEvent {
    /// A place holds something else.
    BarreModifiee {
        /// Whose bar.
        joueur_id: JoueurId,
        /// Which place.
        position: PositionBarre,
        /// What was there; it is on the bar no more, unless another event puts it elsewhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        competence_avant: Option<CompetenceId>,
        /// What is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        competence_apres: Option<CompetenceId>,
    },
}
