//! What can be asked of the definition of a skill.

use super::fiche::FicheCompetence;

/// A command to a definition.
#[derive(Debug, Clone, PartialEq)]
pub enum CompetenceCommand {
    /// Create it.
    Creer(Box<FicheCompetence>),
}
