//! What a player is made of.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use crate::values::Stat;

/// Six stats: those of a player, what equipment adds, or what a level brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stats {
    /// Most hit points.
    pub hp: Stat,
    /// Most mana.
    pub mp: Stat,
    /// Most stamina.
    pub stamina: Stat,
    /// Strength.
    pub force: Stat,
    /// Dexterity.
    pub dexterite: Stat,
    /// Intelligence.
    pub intelligence: Stat,
}

/// A stat before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Ecart {
    /// Before.
    pub avant: Stat,
    /// After.
    pub apres: Stat,
}

/// All six, each before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Ecarts {
    /// Most hit points.
    pub hp: Ecart,
    /// Most mana.
    pub mp: Ecart,
    /// Most stamina.
    pub stamina: Ecart,
    /// Strength.
    pub force: Ecart,
    /// Dexterity.
    pub dexterite: Ecart,
    /// Intelligence.
    pub intelligence: Ecart,
}

impl Stats {
    /// The same ones with others added; none passes [`Stat::MAX`].
    #[must_use]
    pub fn plus(self, autres: Self) -> Self {
        self.avec(autres, |a, b| a.plus(b).unwrap_or(Stat::MAX))
    }

    /// What they have more than others; nothing where they have less.
    #[must_use]
    pub fn moins(self, autres: Self) -> Self {
        self.avec(autres, |a, b| a.moins(b).unwrap_or(Stat::ZERO))
    }

    fn avec(self, autres: Self, f: impl Fn(Stat, Stat) -> Stat) -> Self {
        Self {
            hp: f(self.hp, autres.hp),
            mp: f(self.mp, autres.mp),
            stamina: f(self.stamina, autres.stamina),
            force: f(self.force, autres.force),
            dexterite: f(self.dexterite, autres.dexterite),
            intelligence: f(self.intelligence, autres.intelligence),
        }
    }
}

impl Ecarts {
    /// From some stats to others.
    #[must_use]
    pub const fn entre(avant: Stats, apres: Stats) -> Self {
        const fn ecart(avant: Stat, apres: Stat) -> Ecart {
            Ecart { avant, apres }
        }
        Self {
            hp: ecart(avant.hp, apres.hp),
            mp: ecart(avant.mp, apres.mp),
            stamina: ecart(avant.stamina, apres.stamina),
            force: ecart(avant.force, apres.force),
            dexterite: ecart(avant.dexterite, apres.dexterite),
            intelligence: ecart(avant.intelligence, apres.intelligence),
        }
    }

    /// The stats afterwards.
    #[must_use]
    pub const fn apres(&self) -> Stats {
        Stats {
            hp: self.hp.apres,
            mp: self.mp.apres,
            stamina: self.stamina.apres,
            force: self.force.apres,
            dexterite: self.dexterite.apres,
            intelligence: self.intelligence.apres,
        }
    }
}
