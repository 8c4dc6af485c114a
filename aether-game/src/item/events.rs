//! What happens to an item of the catalogue.

use aether_core::Event;
use serde::{Deserialize, Serialize};

use super::fiche::{Presentation, Proprietes};
use crate::values::Intervention;

/// The events of an item of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum ItemEvent {
    /// It is in the catalogue.
    ItemCree {
        /// How it is shown.
        presentation: Presentation,
        /// What it is and can do.
        proprietes: Proprietes,
        /// Who created it, and why.
        intervention: Intervention,
    },
    /// It is shown in another way.
    ItemModifie {
        /// Before.
        avant: Presentation,
        /// After.
        apres: Presentation,
        /// Who changed it, and why.
        intervention: Intervention,
    },
    /// It is or can do something else.
    ProprietesModifiees {
        /// Before.
        avant: Proprietes,
        /// After.
        apres: Proprietes,
        /// Who changed it, and why.
        intervention: Intervention,
    },
    /// It was withdrawn.
    ItemDetruit {
        /// Who withdrew it, and why.
        intervention: Intervention,
    },
}
