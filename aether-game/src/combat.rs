//! Combat: participants on two sides take turns until one side has nobody standing, flees, or time
//! runs out.
//!
//! The rules live in small modules: `start` (what may begin, who goes first), `decide` (which rule
//! answers which command), `requirements` (what an action needs), `act` (what it does), `effects`
//! (status effects), `play` (turns and the end), `dice` (chance that can be replayed), `apply` (what
//! events change).

mod act;
mod apply;
mod commands;
mod decide;
mod dice;
mod effects;
mod error;
mod events;
mod ids;
mod play;
mod requirements;
mod roster;
mod start;
mod state;
mod vocabulary;

pub use crate::values::UnknownWord;
pub use commands::{Action, CombatCommand, Demarrer};
pub use error::{CombatError, DemarrageInvalide};
pub use events::{
    CombatEvent, EffetActif, EffetPose, Modificateurs, ObjetRestant, Recharge, Statistiques,
};
pub use ids::{ActionId, CombatId, CompetenceId, EffetId, EntiteId, ItemId, ParticipantId, ZoneId};
pub use roster::{
    Competence, Conditions, Cout, ItemGagne, Objet, Participant, Pouvoir, Recompenses, Resistances,
    StatsCombat,
};
pub use state::{Combat, Combattant, Depart, Vue};
pub use vocabulary::{
    Camp, Ciblage, ConditionVictoire, EtatCombat, EtatParticipant, FinEffet, FinTour,
    ResultatAction, ResultatCombat, SourceEffet, TypeAction, TypeCombat, TypeDegats, TypeEffet,
    TypeEntite,
};

pub(crate) use dice::Dice;
