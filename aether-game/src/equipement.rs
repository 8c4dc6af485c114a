//! Equipement: one piece of equipment, with its wear, its improvements and its enchantments.
//!
//! Its stream has the id of the piece, which follows from the slot that it was first worn from ([`EquipementId::du_slot`](crate::values::EquipementId::du_slot)). Until
//! then a piece is as good as any other of its item, and is traded on the market. Once it was worn it is itself: it changes hands
//! in a direct exchange only. Who wears it is said by the [bag](crate::inventaire), so each of its commands comes in a unit with one to that bag;
//! [`unites`] makes them.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Solide: Creer / EquipementCree
//!     Solide --> Solide: Perdre / DurabilitePerdue
//!     Solide --> Usee: Perdre / DurabilitePerdue (0 left, and ItemDesequipe in its bag)
//!     Solide --> Solide: Ameliorer / EquipementAmeliore
//!     Solide --> Solide: Enchanter / EnchantementsAppliques
//!     Solide --> Solide: Ceder / EquipementCede
//!     Solide --> Solide: Reparer / EquipementRepare
//!     Usee --> Solide: Reparer / EquipementRepare
//!     Usee --> Usee: Ceder / EquipementCede
//!     Solide --> [*]: Detruire / EquipementDetruit
//!     Usee --> [*]: Detruire / EquipementDetruit
//! ```

mod apply;
mod commands;
mod decide;
mod events;
mod refus;
mod state;
pub mod unites;
mod vocabulaire;

pub use commands::EquipementCommand;
pub use events::EquipementEvent;
pub use refus::EquipementRefus;
pub use state::Equipement;
pub use vocabulaire::{Enchantement, Puissance, TypeEnchantement};
