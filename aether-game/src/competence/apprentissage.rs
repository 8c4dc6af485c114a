//! A skill as one player has learned it: its level, what its use has taught, and how long it rests.
//!
//! The stream is [`ApprentissageId::du_joueur`], stored under the type `Competence`. Rest is a moment in the state, and no
//! command but `Utiliser` touches it: so it outlives a log-out, new equipment, an improvement and the node. Combat counts its own
//! rests in turns; this is the rest between combats.
//!
//! | command | who calls it |
//! |---|---|
//! | `Apprendre`, `Ameliorer` | the player, in one append with the skill points that it costs, see [`unites`] |
//! | `Utiliser` | the player |
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Prete: Apprendre / CompetenceApprise
//!     Prete --> Prete: Utiliser / CompetenceUtilisee
//!     Prete --> AuRepos: Utiliser / CooldownDemarre (if it has to rest)
//!     AuRepos --> Prete: time
//!     Prete --> Prete: Ameliorer / CompetenceAmelioree
//!     AuRepos --> AuRepos: Ameliorer / CompetenceAmelioree
//! ```

mod apply;
mod commands;
mod decide;
mod events;
mod lire;
mod refus;
mod state;
pub mod unites;

pub use commands::{Apprendre, ApprentissageCommand};
pub use events::{ApprentissageEvent, CompetenceApprise, ModificateursActifs};
pub use refus::ApprentissageRefus;
pub use state::Apprentissage;

#[cfg(doc)]
use crate::values::ApprentissageId;
