//! Item: an entry of the catalogue, from which every stack and every piece in the game is made.
//!
//! Its stream has the item's own id ([`ItemId`](crate::values::ItemId)). Operators create, change and withdraw items; each of their events says who
//! did it and why. Bags never look the catalogue up: a command brings the item's [`FicheItem`], and the same unit has
//! [`Item::verifie`] as a condition, so that nobody brings one of his own.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> EnCatalogue: Creer / ItemCree
//!     EnCatalogue --> EnCatalogue: Modifier / ItemModifie
//!     EnCatalogue --> EnCatalogue: ModifierProprietes / ProprietesModifiees
//!     EnCatalogue --> Retire: Detruire / ItemDetruit
//! ```
//!
//! What changes in the catalogue changes nothing in a bag: a stack keeps the sheet that it came with. A withdrawn item gets into no
//! bag any more; what players have of it stays.

mod apply;
mod commands;
mod decide;
mod events;
mod fiche;
mod refus;
mod state;
mod vocabulaire;

pub use commands::{DefinitionItem, ItemCommand};
pub use events::ItemEvent;
pub use fiche::{FicheItem, Ingredient, NaturePiece, Presentation, Proprietes, Rangement, Usage};
pub use refus::ItemRefus;
pub use state::Item;
pub use vocabulaire::{Emplacement, Famille, Rarete, TypeItem, TypeSlot};
