//! Combat: participants on two sides take turns until one side has nobody standing, flees, or time runs out.
//!
//! A combat has a stream of its own. It is begun by [`commencer`], in one append with its players, each of whom is in one combat at most.
//! Participants act when it is their turn; timers end turns and combats whose time is over.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> PREPARATION
//!     PREPARATION --> EN_COURS: Demarrer / CombatDemarre
//!     EN_COURS --> EN_COURS: Demarrer / TourDebute
//!     EN_COURS --> EN_COURS: Agir / ActionExecutee, DegatsInfliges, SoinsRecus, EffetStatutApplique, ParticipantMort
//!     EN_COURS --> EN_COURS: Agir, PasserTour, ExpirerTour / EffetStatutExpire, TourTermine, TourDebute
//!     EN_COURS --> EN_COURS: PasserTour, ExpirerTour / DegatsInfliges, ParticipantMort (by an effect, as the next turn begins)
//!     EN_COURS --> EN_COURS: VerifierLimite / TourTermine
//!     EN_COURS --> TERMINE: Agir, PasserTour, ExpirerTour, VerifierLimite / CombatTermine (VICTOIRE, DEFAITE, TEMPS_ECOULE)
//!     EN_COURS --> ABANDONNE: Agir / CombatTermine (FUITE)
//! ```
//!
//! The events of one turn come in this order: `TourDebute`, what effects do to the participant whose turn it is, then `ActionExecutee`
//! followed by its consequences, `TourTermine`, and either the next `TourDebute` or `CombatTermine`.
//!
//! Players never get a stored event, which holds the seed and the sheets of both sides. They get what [`CombatEvent::vu_par`] leaves of
//! it for their side, an [`EvenementVu`], on a picture to begin with, a [`CombatVu`]. `spectateur` has the table of who sees what.
//!
//! Rules are in `decide/<verb>`. They share `play` (a decision in the making: turns, blows, the end), `effects` (status effects) and
//! `dice` (chance that can be replayed).

mod apply;
mod commands;
mod decide;
mod depart;
mod dice;
mod effects;
mod events;
mod ids;
mod mots;
mod partage;
mod play;
mod refus;
mod roster;
mod spectateur;
mod state;
mod suivi;
mod vue;

pub use crate::values::UnknownWord;
pub use commands::{Action, CombatCommand, Demarrer};
pub use depart::commencer;
pub use events::CombatEvent;
pub use ids::{ActionId, CombatId, CompetenceId, EffetId, EntiteId, ItemId, ParticipantId, ZoneId};
pub use mots::{
    Camp, Ciblage, ConditionVictoire, EtatCombat, EtatParticipant, FinEffet, FinTour,
    ResultatAction, ResultatCombat, SourceEffet, TypeAction, TypeCombat, TypeDegats, TypeEffet,
    TypeEntite,
};
pub use partage::Sortie;
pub use refus::CombatRefus;
pub use roster::{
    Competence, Conditions, Cout, ItemGagne, Objet, Participant, Pouvoir, Recompenses, Resistances,
    StatsCombat,
};
pub use spectateur::{
    CombatVu, CombattantVu, DetailsAction, DetailsCombattant, EvenementVu, Spectateur,
};
pub use state::{Combat, Combattant, Depart};
pub use suivi::{EffetActif, EffetPose, Modificateurs, ObjetRestant, Recharge, Statistiques};
pub use vue::Vue;

pub(crate) use dice::Dice;
