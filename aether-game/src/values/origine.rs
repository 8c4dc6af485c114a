//! What a reward is for.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::{CombatId, EvenementId, QueteId, RaisonItem, RaisonOr};

/// What a reward is for. Gold and items of a reward come into the game by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(tag = "type", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Origine {
    /// A combat that was won.
    Combat(CombatId),
    /// A quest that was finished.
    Quete(QueteId),
    /// An event of the world that succeeded.
    Evenement(EvenementId),
}

impl Origine {
    /// The reason for which its gold comes into the game.
    #[must_use]
    pub const fn raison_or(self) -> RaisonOr {
        match self {
            Self::Combat(_) => RaisonOr::RecompenseCombat,
            Self::Quete(_) => RaisonOr::RecompenseQuete,
            Self::Evenement(_) => RaisonOr::RecompenseEvenement,
        }
    }

    /// The reason for which its items come into the game.
    #[must_use]
    pub const fn raison_item(self) -> RaisonItem {
        match self {
            Self::Combat(_) => RaisonItem::ButinCombat,
            Self::Quete(_) => RaisonItem::RecompenseQuete,
            Self::Evenement(_) => RaisonItem::RecompenseEvenement,
        }
    }
}
