//! Players: their gold, level, stats, open orders, and the combat they are in.
//!
//! A player has a stream of its own; it begins with `JoueurCree`, in one append with the [reservation](crate::reservation) of the name
//! (see [`creer`]). The player himself may connect and change his class, an operator may intervene; all other commands are legs of
//! atomic units and steps of processes: payments, orders of the market, rewards, combats.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Libre: Creer / JoueurCree
//!     Libre --> Libre: Connecter / JoueurConnecte
//!     Libre --> Libre: GagnerExperience / ExperienceGagnee, NiveauAtteint
//!     Libre --> Libre: DepenserPoints / PointsCompetenceDepenses
//!     Libre --> Libre: AppliquerEquipement / StatsModifiees
//!     Libre --> Libre: Crediter, Debiter, RendreOr / OrModifie
//!     Libre --> Libre: ReserverOr / OrModifie, OrdreCompteOuvert
//!     Libre --> Libre: CompterVente / OrdreCompteOuvert
//!     Libre --> Libre: FermerOrdre / OrdreCompteFerme
//!     Libre --> Libre: Intervenir / OrModifie, StatsModifiees
//!     Libre --> Libre: ChangerClasse / OrModifie, ClasseChangee, StatsModifiees
//!     Libre --> EnCombat: RejoindreCombat / CombatRejoint
//!     EnCombat --> EnCombat: Connecter / JoueurConnecte
//!     EnCombat --> EnCombat: GagnerExperience / ExperienceGagnee, NiveauAtteint
//!     EnCombat --> EnCombat: DepenserPoints / PointsCompetenceDepenses
//!     EnCombat --> EnCombat: AppliquerEquipement / StatsModifiees
//!     EnCombat --> EnCombat: Crediter, Debiter, RendreOr / OrModifie
//!     EnCombat --> EnCombat: ReserverOr / OrModifie, OrdreCompteOuvert
//!     EnCombat --> EnCombat: CompterVente / OrdreCompteOuvert
//!     EnCombat --> EnCombat: FermerOrdre / OrdreCompteFerme
//!     EnCombat --> EnCombat: Intervenir / OrModifie, StatsModifiees
//!     EnCombat --> EnCombat: QuitterCombat / JoueurMort (if the player fell)
//!     EnCombat --> Libre: QuitterCombat / CombatQuitte
//! ```
//!
//! Rules: gold is within 0 and 2,147,483,647, and a sum that does not fit is refused, never clipped. Experience only grows; the curve is
//! in [`experience_requise`]. A class can be changed outside of a combat, for gold, and keeps the level. A player has at most 100
//! open orders and is in at most one combat.

mod apply;
mod classes;
mod commands;
mod creation;
mod decide;
mod events;
mod experience;
mod mots;
mod refus;
mod state;
mod stats;

pub use commands::{Acte, JoueurCommand, NouveauJoueur};
pub use creation::creer;
pub use events::JoueurEvent;
pub use experience::experience_requise;
pub use mots::{Classe, IssueCombat, RaisonExperience, RaisonStats};
pub use refus::JoueurRefus;
pub use state::{Bilan, Identite, Joueur, OrdreCompte};
pub use stats::{Ecart, Ecarts, Stats};
