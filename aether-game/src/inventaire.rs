//! Inventaire: a player's bag, with what he wears, what he has set aside, and the exchanges that he offers.
//!
//! Its stream has an id that follows from the player ([`InventaireId::du_joueur`](crate::values::InventaireId::du_joueur)); it begins with whatever comes in first. Each command
//! names the player whose bag it is, and doors take him from the session. Units over several aggregates are made by [`unites`], by
//! [`marche`], by [`combats`] and by [`equipement::unites`](crate::equipement::unites).
//!
//! An item is in one place at a time: in a slot, worn, set aside for a combat, or set aside for an order to sell. A worn piece and
//! what is set aside for a combat keep their slot and their weight, so that they always find back. What is set aside for an order has
//! left the bag: its slot is free, and what does not fit any more when it comes back is refused, so that it waits as a parcel.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Sac: Ajouter, Recevoir, ConclureOffre, AccepterOffre / ItemAjoute
//!     Sac --> Sac: Deplacer / ItemDeplace
//!     Sac --> Sac: Diviser, Fusionner / PileRangee
//!     Sac --> Porte: Equiper / ItemEquipe
//!     Porte --> Sac: Equiper, Desequiper, ConstaterUsure / ItemDesequipe
//!     Sac --> Combat: MettreDeCote / ItemReserve
//!     Combat --> Sac: SolderCombat / ItemRendu
//!     Combat --> [*]: SolderCombat / ItemUtilise
//!     Sac --> Ordre: Sequestrer / ItemRetire
//!     Ordre --> Sac: Liberer / ItemAjoute
//!     Ordre --> [*]: Livrer / ItemEchange
//!     Ordre --> [*]: Consigner / ItemConsigne
//!     Sac --> [*]: Retirer, ConclureOffre, AccepterOffre / ItemRetire
//!     Sac --> [*]: Utiliser / ItemUtilise
//! ```

mod apply;
mod bilan;
pub mod combats;
mod commands;
mod decide;
mod events;
pub mod marche;
mod mouvements;
mod offre;
mod parties;
mod ranger;
mod refus;
mod state;
pub mod unites;
mod vocabulaire;

pub use bilan::Places;
pub use commands::InventaireCommand;
pub use events::InventaireEvent;
pub use mouvements::{ItemAjoute, ItemEchange, ItemRetire, ItemUtilise, PileRangee};
pub use offre::{LigneEchange, Offre, Termes};
pub use parties::{LigneObjet, PieceAPorter, Prelevement, Provenance, Reste};
pub use ranger::{prelever, repartir};
pub use refus::InventaireRefus;
pub use state::{Inventaire, Port, Slot};
pub use vocabulaire::{Charge, MotifRetrait, RaisonCapacite, Reference, Sens, Tenue};
