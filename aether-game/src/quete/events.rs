//! What happens to the definition of a quest.

use aether_core::Event;
use serde::{Deserialize, Serialize};

use super::fiche::FicheQuete;

/// The events of a definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[non_exhaustive]
pub enum QueteEvent {
    /// The quest exists. The payload is the whole definition.
    QueteCreee(Box<FicheQuete>),
}
