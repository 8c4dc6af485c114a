//! What can be asked of the definition of a quest.

use super::fiche::FicheQuete;

/// A command to a definition.
#[derive(Debug, Clone, PartialEq)]
pub enum QueteCommand {
    /// Create it.
    Creer(Box<FicheQuete>),
}
