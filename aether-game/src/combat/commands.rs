//! What can be asked of a combat.

use super::ids::{CompetenceId, ItemId, ParticipantId, ZoneId};
use super::mots::{TypeAction, TypeCombat};
use super::roster::{Conditions, Participant, Recompenses};

/// A command to a combat.
#[derive(Debug, Clone, PartialEq)]
pub enum CombatCommand {
    /// Start it.
    Demarrer(Box<Demarrer>),
    /// Act, when it is one's turn; that ends the turn.
    Agir {
        /// Who.
        acteur: ParticipantId,
        /// What.
        action: Action,
    },
    /// Do nothing this turn.
    PasserTour {
        /// Who.
        acteur: ParticipantId,
    },
    /// End a turn whose time is over: what a timer sends. Does nothing when that turn is over
    /// already, so it can come late or twice.
    ExpirerTour {
        /// The turn the timer was set for.
        numero_tour: u32,
    },
    /// End the combat if its time is over: what a timer sends. Does nothing before.
    VerifierLimite,
}

/// What a combat starts with.
#[derive(Debug, Clone, PartialEq)]
pub struct Demarrer {
    /// Its kind.
    pub type_combat: TypeCombat,
    /// Where.
    pub zone_id: ZoneId,
    /// The zone's name.
    pub zone_nom: String,
    /// Who fights: 2 to 50, on both sides.
    pub participants: Vec<Participant>,
    /// When it ends.
    pub conditions: Conditions,
    /// How long a turn may take, in milliseconds, `1000..=3 600 000`. The studio's default is
    /// [`Demarrer::DUREE_TOUR_MS`].
    pub duree_tour_ms: u32,
    /// What the players of the winning side share.
    pub recompenses: Recompenses,
}

impl Demarrer {
    /// How long a turn may take when nobody says otherwise: 30 seconds.
    pub const DUREE_TOUR_MS: u32 = 30_000;
}

/// What a participant does with its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Strike somebody of the other side within reach.
    Attaque {
        /// Whom.
        cible: ParticipantId,
    },
    /// Use a skill.
    Competence {
        /// Which.
        competence_id: CompetenceId,
        /// On whom.
        cibles: Vec<ParticipantId>,
    },
    /// Use up an item.
    Objet {
        /// Which.
        item_id: ItemId,
        /// On whom.
        cibles: Vec<ParticipantId>,
    },
    /// Walk up to [`Combat::PAS_MAX`](super::Combat::PAS_MAX) steps.
    Deplacement {
        /// Where to, `0..=99`.
        vers: u32,
    },
    /// Raise the guard: takes half the damage until the next own turn.
    Defense,
    /// Try to flee, for [`Combat::COUT_FUITE`](super::Combat::COUT_FUITE).
    Fuite,
}

impl Action {
    /// Its kind.
    #[must_use]
    pub const fn type_action(&self) -> TypeAction {
        match self {
            Self::Attaque { .. } => TypeAction::Attaque,
            Self::Competence { .. } => TypeAction::Competence,
            Self::Objet { .. } => TypeAction::Objet,
            Self::Deplacement { .. } => TypeAction::Deplacement,
            Self::Defense => TypeAction::Defense,
            Self::Fuite => TypeAction::Fuite,
        }
    }
}
