//! Skills: what they are, who has learned them, and which of them lie on the bar.
//!
//! Three aggregates are stored under the type `Competence`, each in streams of its own:
//!
//! - [`Competence`], the definition, under its own id. Operators and the generator of the world create it. It never changes.
//! - [`Apprentissage`], a skill as one player has learned it, under [`ApprentissageId::du_joueur`]: level, experience and rest.
//!   [`apprentissage`] has the rules.
//! - [`Barre`], the ten places of a player's bar, under [`BarreId::du_joueur`]. One stream holds all of them, so that two skills
//!   never have one place. [`barre`] has the rules.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Creee: Creer / CompetenceCreee
//! ```

mod apply;
pub mod apprentissage;
pub mod barre;
mod commands;
mod decide;
mod events;
mod fiche;
mod mots;
mod refus;
mod state;

pub use apprentissage::{
    Apprendre, Apprentissage, ApprentissageCommand, ApprentissageEvent, ApprentissageRefus,
    CompetenceApprise, ModificateursActifs,
};
pub use barre::{Barre, BarreCommand, BarreEvent, BarreId, BarreRefus};
pub use commands::CompetenceCommand;
pub use events::CompetenceEvent;
pub use fiche::{CompetenceRequise, FicheCompetence, ModificateursNiveau, PreRequisCompetence};
pub use mots::{CibleCompetence, Element, TypeCompetence};
pub use refus::CompetenceRefus;
pub use state::Competence;

#[cfg(doc)]
use crate::values::ApprentissageId;
