//! The numbers of the game.

use super::bornes::bornes;

bornes! {
    /// Gold, in coins: what a purse holds, or a sum that moves. At most what a column of type `INTEGER` holds.
    Or(u32) = 0..=2_147_483_647;
    /// A sum of gold that is paid, earned or set aside, in coins: at least one.
    Montant(u32) = 1..=2_147_483_647;
    /// How many pieces of an item are traded, moved or used at once. There is no quantity of nothing.
    Quantite(u16) = 1..=9_999;
    /// The price of one piece, in coins.
    Prix(u32) = 1..=1_000_000_000;
    /// A level, of a player, an item, a quest or a skill.
    Niveau(u8) = 1..=100;
    /// The level of a skill as a player has learned it.
    NiveauCompetence(u8) = 1..=10;
    /// A place on a player's bar.
    PositionBarre(u8) = 1..=10;
    /// Experience in total, or gained at once. At most what a column of type `BIGINT` holds.
    Experience(u64) = 0..=9_223_372_036_854_775_807;
    /// Hit points, now or at most.
    PointsDeVie(u32) = 0..=1_000_000;
    /// A value of a sheet: mana, stamina, strength … A combat takes no higher one.
    Stat(u32) = 0..=1_000_000;
    /// A weight. At most what a column of type `INTEGER` holds.
    Poids(u32) = 0..=2_147_483_647;
    /// A share in percent.
    Pourcent(u8) = 0..=100;
}

macro_rules! zero_par_defaut {
    ($($name:ident),*) => {$(
        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self::MIN;
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ZERO
            }
        }
    )*};
}

zero_par_defaut!(Or, Experience, PointsDeVie, Stat, Poids, Pourcent);

impl Default for NiveauCompetence {
    /// That of a skill that was just learned.
    fn default() -> Self {
        Self::MIN
    }
}

impl Default for Niveau {
    /// That of a beginner.
    fn default() -> Self {
        Self::MIN
    }
}

impl Quantite {
    /// The rest after `autre` is taken: `Some(None)` when that was all, `None` when there are fewer.
    #[must_use]
    pub fn retire(self, autre: Self) -> Option<Option<Self>> {
        (autre <= self).then(|| self.moins(autre))
    }
}

impl Prix {
    /// The cost of `quantite` pieces; none when no purse holds that much gold.
    #[must_use]
    pub fn fois(self, quantite: Quantite) -> Option<Or> {
        Or::new(u64::from(self.get()) * u64::from(quantite.get())).ok()
    }
}

impl Poids {
    /// The weight of `quantite` pieces; none when the type cannot hold it.
    #[must_use]
    pub fn fois(self, quantite: Quantite) -> Option<Self> {
        Self::new(u64::from(self.get()) * u64::from(quantite.get())).ok()
    }
}

impl From<Montant> for Or {
    fn from(montant: Montant) -> Self {
        Self::new(montant.get()).unwrap_or(Self::MAX)
    }
}

impl Or {
    /// It as a sum that moves; none when there is nothing to move.
    #[must_use]
    pub fn montant(self) -> Option<Montant> {
        Montant::new(self.get()).ok()
    }

    /// A share of it, rounded down.
    #[must_use]
    pub fn part(self, taux: Pourcent) -> Self {
        let part = u64::from(self.get()) * u64::from(taux.get()) / 100;
        Self::new(part).unwrap_or(self)
    }
}
