//! How far one player has come in one quest, attempt by attempt.
//!
//! The stream is [`ProgresId::du_joueur`], stored under the type `Quete`; a repeated quest keeps it, and counts its attempts.
//! A command that can come late names the attempt that it is about, so that it does not meet the next one.
//!
//! | command | who calls it |
//! |---|---|
//! | `Accepter`, `Abandonner`, `Suivre`, `Terminer` | the player |
//! | `Livrer` | the player, in one append with the bag that the items leave, see [`unites::livrer`] |
//! | `Recompenser` | the player or a process, in one append with purse and bag, see [`unites::recompenser`] |
//! | `Progresser`, `Echouer` | a process that heard of a kill, a visit, a talk or a death |
//! | `Expirer` | a timer; it may come late, or twice |
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> EnCours: Accepter / QueteAcceptee
//!     EnCours --> EnCours: Accepter, Progresser, Livrer / ObjectifProgresse, ObjectifComplete
//!     EnCours --> EnCours: Suivre / SuiviModifie
//!     EnCours --> EnCours: Expirer / EcheanceAtteinte
//!     EnCours --> Due: Terminer / QueteTerminee
//!     EnCours --> Payee: Terminer / QueteTerminee (if it pays nothing)
//!     EnCours --> Echouee: Echouer / QueteEchouee
//!     EnCours --> Abandonee: Abandonner / QueteAbandonnee
//!     Due --> Payee: Recompenser / RecompenseObtenue
//!     Payee --> EnCours: Accepter / QueteAcceptee (if the quest is repeated)
//!     Echouee --> EnCours: Accepter / QueteAcceptee
//!     Abandonee --> EnCours: Accepter / QueteAcceptee
//! ```
//!
//! What happened in time counts, whatever is handled first: a fact has a time, and an attempt fails for want of time in two steps. First the
//! log says that the time is over. Who has heard that has heard all that happened before, and lets it fail.
//!
//! What already was so when the quest is accepted (a zone seen, a talk held) is handed to `Accepter` and counts once: its
//! [`FaitId`](super::FaitId) is remembered, so that the same fact, reported again, counts no more.

mod apply;
mod commands;
mod decide;
mod events;
mod lire;
mod refus;
mod state;
pub mod unites;

pub use commands::{Accepter, Fait, Livraison, ProgresCommand};
pub use events::{Engagement, ProgresEvent};
pub use refus::ProgresRefus;
pub use state::Progres;

#[cfg(doc)]
use crate::values::ProgresId;
