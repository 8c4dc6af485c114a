//! Characters that players meet: they talk, trade, remember how they like each player, and die.
//!
//! The stream is the character's own id, stored under the type `PNJ`. How it likes a player lies in its state, for at most
//! [`Pnj::JOUEURS_MAX`] players; one that it likes as it likes strangers takes no place.
//!
//! | command | who calls it |
//! |---|---|
//! | `Creer`, `Reapprovisionner` | operators and the generator of the world |
//! | `Parler`, `OuvrirCommerce` | the player |
//! | `Vendre`, `Racheter` | the player, in one append with purse and bag at the character's price, see [`unites`] |
//! | `ModifierReputation`, `Tuer` | processes |
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Vivant: Creer / PNJCree
//!     Vivant --> Vivant: Parler / DialogueDeclenche
//!     Vivant --> Vivant: OuvrirCommerce / CommerceOuvert
//!     Vivant --> Vivant: Vendre / ArticleVendu
//!     Vivant --> Vivant: Racheter / ArticleRachete
//!     Vivant --> Vivant: Reapprovisionner / StockModifie
//!     Vivant --> Vivant: ModifierReputation / ReputationModifiee
//!     Vivant --> Mort: Tuer / PnjMort
//! ```

mod apply;
mod commands;
mod decide;
mod events;
mod fiche;
mod mots;
mod refus;
mod reputation;
mod state;
pub mod unites;

pub use commands::{Affaire, PnjCommand};
pub use events::PnjEvent;
pub use fiche::{Article, DialogueId, DialoguePnj, FichePnj};
pub use mots::TypePnj;
pub use refus::PnjRefus;
pub use reputation::Reputation;
pub use state::Pnj;
