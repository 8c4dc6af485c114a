//! Quests: what they ask for and pay, and how far each player has come.
//!
//! Two aggregates are stored under the type `Quete`, each in streams of its own:
//!
//! - [`Quete`], the definition, under its own id. Operators and the generator of the world create it. It never changes, so
//!   what was read from it stays true: another quest is another definition.
//! - [`Progres`], what one player has done for it, under [`ProgresId::du_joueur`]. The player accepts, delivers, finishes and
//!   abandons; processes report what happened elsewhere; timers let it expire. [`progres`] has the rules.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Creee: Creer / QueteCreee
//! ```

mod apply;
mod commands;
mod decide;
mod events;
mod fiche;
mod ids;
mod mots;
pub mod progres;
mod refus;
mod state;

pub use commands::QueteCommand;
pub use events::QueteEvent;
pub use fiche::{DialogueQuete, FicheQuete, ItemOffert, Objectif, PreRequis, RecompensesQuete};
pub use ids::{CibleId, FaitId};
pub use mots::{
    EtatQuete, FrequenceRepetition, MomentDialogue, RaisonEchec, TypeObjectif, TypeQuete,
};
pub use progres::{
    Accepter, Engagement, Fait, Livraison, Progres, ProgresCommand, ProgresEvent, ProgresRefus,
};
pub use refus::QueteRefus;
pub use state::Quete;

#[cfg(doc)]
use crate::values::ProgresId;
