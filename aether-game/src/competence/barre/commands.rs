//! What can be asked of a bar.

use crate::values::{CompetenceId, JoueurId, PositionBarre};

/// A command to a player's bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarreCommand {
    /// Put a skill in a place. It leaves the place where it was, and takes that of what is there.
    Placer {
        /// Whose bar.
        joueur_id: JoueurId,
        /// Which skill.
        competence_id: CompetenceId,
        /// Where.
        position: PositionBarre,
    },
    /// Empty a place.
    Retirer {
        /// Which.
        position: PositionBarre,
    },
}
