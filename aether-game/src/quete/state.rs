//! What the definition of a quest remembers.

use std::sync::Arc;

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::fiche::FicheQuete;

/// The definition of a quest. It never changes once it exists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Quete {
    pub(super) fiche: Option<Arc<FicheQuete>>,
}

impl Quete {
    /// What it says; none before it exists.
    #[must_use]
    pub fn fiche(&self) -> Option<&Arc<FicheQuete>> {
        self.fiche.as_ref()
    }
}
