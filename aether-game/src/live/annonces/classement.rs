//! What everybody is told of the board of levels.

use aether_core::Recorded;
use serde::{Deserialize, Serialize};

use crate::joueur::{Classe, JoueurEvent};
use crate::values::{JoueurId, Niveau};

/// A message for those who watch the board of levels: `{"type": "NiveauAtteint", "donnees": {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "donnees", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum NouvelleDuClassement {
    /// Somebody is new on it.
    JoueurEntre {
        /// Who.
        joueur_id: JoueurId,
        /// Under which name.
        pseudo: String,
        /// The class.
        classe: Classe,
        /// At which level.
        niveau: Niveau,
    },
    /// Somebody reached a level.
    NiveauAtteint {
        /// Who.
        joueur_id: JoueurId,
        /// Which level.
        niveau: Niveau,
    },
}

/// The events that move the board, as they are stored.
pub(super) const TYPES: [&str; 2] = ["JoueurCree", "NiveauAtteint"];

/// What is told of an event.
pub(super) fn nouvelle(recorded: &Recorded<JoueurEvent>) -> Option<NouvelleDuClassement> {
    let joueur_id = recorded.aggregate_id.into();
    match &recorded.event {
        JoueurEvent::JoueurCree { pseudo, classe, niveau, .. } => {
            Some(NouvelleDuClassement::JoueurEntre {
                joueur_id,
                pseudo: pseudo.clone(),
                classe: *classe,
                niveau: *niveau,
            })
        }
        JoueurEvent::NiveauAtteint { nouveau_niveau, .. } => {
            Some(NouvelleDuClassement::NiveauAtteint { joueur_id, niveau: *nouveau_niveau })
        }
        _ => None,
    }
}
