//! The bar of a player: ten places, each with one skill at most, and each skill in one place at most.
//!
//! The stream is [`BarreId::du_joueur`], stored under the type `Competence`. The player calls both commands. Whether a skill was
//! learned, the unit that [`unites::placer`] makes looks up in the same append.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Garnie: Placer / BarreModifiee
//!     Garnie --> Garnie: Placer, Retirer / BarreModifiee
//! ```

mod apply;
mod commands;
mod decide;
mod events;
mod ids;
mod refus;
mod state;
pub mod unites;

pub use commands::BarreCommand;
pub use events::BarreEvent;
pub use ids::BarreId;
pub use refus::BarreRefus;
pub use state::Barre;
