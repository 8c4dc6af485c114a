//! What the classes are made of, and what a level adds to each.

use super::mots::Classe;
use super::stats::Stats;
use crate::values::{Niveau, Stat};

impl Classe {
    /// What it begins with.
    #[must_use]
    pub fn stats_de_depart(self) -> Stats {
        match self {
            Self::Guerrier => stats([120, 20, 60, 15, 8, 5]),
            Self::Mage => stats([70, 120, 30, 5, 8, 16]),
            Self::Archer => stats([90, 40, 60, 10, 15, 6]),
            Self::Voleur => stats([80, 30, 80, 9, 16, 6]),
            Self::Clerc => stats([95, 90, 40, 8, 7, 13]),
        }
    }

    /// What each level adds.
    #[must_use]
    pub fn stats_par_niveau(self) -> Stats {
        match self {
            Self::Guerrier => stats([12, 2, 5, 3, 1, 1]),
            Self::Mage => stats([6, 12, 2, 1, 1, 3]),
            Self::Archer => stats([8, 4, 5, 2, 3, 1]),
            Self::Voleur => stats([7, 3, 7, 2, 3, 1]),
            Self::Clerc => stats([9, 9, 3, 1, 1, 3]),
        }
    }

    /// What it is made of at a level.
    #[must_use]
    pub fn stats_au_niveau(self, niveau: Niveau) -> Stats {
        (1..niveau.get())
            .fold(self.stats_de_depart(), |stats, _| stats.plus(self.stats_par_niveau()))
    }
}

/// Hit points, mana, stamina, strength, dexterity, intelligence.
fn stats(six: [u16; 6]) -> Stats {
    let [hp, mp, stamina, force, dexterite, intelligence] =
        six.map(|n| Stat::new(n).unwrap_or_default());
    Stats { hp, mp, stamina, force, dexterite, intelligence }
}
