//! Who changed something from outside of the rules, and why.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::textes::{Motif, Nom};

/// An operator's act: stored in the event of what it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Intervention {
    /// The operator.
    pub acteur: Nom,
    /// Why.
    pub motif: Motif,
}
