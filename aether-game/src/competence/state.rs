//! What the definition of a skill remembers.

use std::sync::Arc;

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::fiche::FicheCompetence;

/// The definition of a skill. It never changes once it exists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Competence {
    pub(super) fiche: Option<Arc<FicheCompetence>>,
}

impl Competence {
    /// What it says; none before it exists.
    #[must_use]
    pub fn fiche(&self) -> Option<&Arc<FicheCompetence>> {
        self.fiche.as_ref()
    }
}
