//! What happens to the definition of a skill.

use aether_core::Event;
use serde::{Deserialize, Serialize};

use super::fiche::FicheCompetence;

/// The events of a definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[non_exhaustive]
pub enum CompetenceEvent {
    /// The skill exists. The payload is the whole definition.
    CompetenceCreee(Box<FicheCompetence>),
}
