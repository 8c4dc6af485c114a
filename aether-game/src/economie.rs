//! The market: one order book per traded item.
//!
//! A book is the stream [`CarnetId::de_l_item`](crate::values::CarnetId::de_l_item). It matches orders, owes what trades move until that
//! is handed over, and keeps what could not be delivered. Players place, withdraw and collect; timers let orders expire; a process
//! settles trades; operators withdraw orders with a reason.
//!
//! ```mermaid
//! stateDiagram-v2
//!     state "order open" as ouvert
//!     state "trade owed" as du
//!     state "parcel waits" as colis
//!     [*] --> colis: DeposerRecompense / RecompenseDeposee
//!     [*] --> ouvert: PlacerVente / OrdreVenteCree
//!     [*] --> ouvert: PlacerAchat / OrdreAchatCree
//!     ouvert --> du: PlacerVente, PlacerAchat / TransactionExecutee (at the older order's price)
//!     ouvert --> [*]: Annuler, AnnulerParOperateur, Expirer / OrdreAnnule
//!     ouvert --> colis: Annuler, AnnulerParOperateur, Expirer / ColisDepose (what does not fit)
//!     du --> [*]: Regler / TransactionReglee
//!     du --> colis: Regler / ColisDepose (what does not fit)
//!     colis --> colis: RetirerColis / ColisRetire (a part of it)
//!     colis --> [*]: RetirerColis / ColisRetire
//! ```
//!
//! **Legs.** A command here is one leg of an append over several aggregates, and names what the others move:
//!
//! | command | beside it in the append |
//! |---|---|
//! | [`PlacerVente`](EconomieCommand::PlacerVente) | the goods leave the seller's bag |
//! | [`PlacerAchat`](EconomieCommand::PlacerAchat) | price times quantity leaves the buyer's purse |
//! | `Annuler`, `Expirer` | the rest goes back to bag or purse, or into a parcel |
//! | [`Regler`](EconomieCommand::Regler) | proceeds to the seller; goods and difference to the buyer; each part that does not fit is a parcel |
//! | [`DeposerRecompense`](EconomieCommand::DeposerRecompense) | the rest of the reward, see [`recompense`](crate::recompense) |
//! | [`RetirerColis`](EconomieCommand::RetirerColis) | as much goes to bag or purse |
//!
//! **Money.** A buyer sets limit × quantity aside. A trade is at the price of the older order: 5 % of the sum, rounded down, leaves the game at
//! once; the seller is owed the rest, the buyer the goods and the difference to his limit. [`Economie::bilan`] says what a book
//! holds, by place, at any version.

mod appariement;
mod apply;
mod carnet;
mod commands;
mod decide;
mod events;
mod mots;
mod ordre;
mod refus;
mod registre;
mod state;
pub mod unites;

pub use appariement::{Entrant, Rencontre, apparier};
pub use commands::{Cloture, DeposerRecompense, EconomieCommand, EnColis, Fermetures, PlacerOrdre};
pub use events::{
    ColisDepose, ColisRetire, EconomieEvent, OrdreAnnule, OrdreCree, RecompenseDeposee, Reglement,
    Transaction,
};
pub use mots::{RaisonAnnulation, RaisonColis, StatutOrdre, TypeContenu, TypeOrdre};
pub use ordre::Ordre;
pub use refus::EconomieRefus;
pub use state::{Bilan, Colis, Due, Economie};
