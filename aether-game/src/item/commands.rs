//! What can be asked of the catalogue. All of it is the work of operators.

use super::fiche::{Presentation, Proprietes};
use crate::values::Intervention;

/// A command to an item of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemCommand {
    /// Put it into the catalogue.
    Creer(Box<DefinitionItem>),
    /// Change how it is shown.
    Modifier {
        /// How it is shown from now on.
        presentation: Presentation,
        /// Who, and why.
        intervention: Intervention,
    },
    /// Change what it is and can do. Its kind stays: what players have of it could not be worn or stacked any more.
    ModifierProprietes {
        /// What it is from now on.
        proprietes: Box<Proprietes>,
        /// Who, and why.
        intervention: Intervention,
    },
    /// Withdraw it: nobody gets one any more.
    Detruire {
        /// Who, and why.
        intervention: Intervention,
    },
}

/// A new item.
#[derive(Debug, Clone, PartialEq)]
pub struct DefinitionItem {
    /// How it is shown.
    pub presentation: Presentation,
    /// What it is and can do.
    pub proprietes: Proprietes,
    /// Who creates it, and why.
    pub intervention: Intervention,
}
