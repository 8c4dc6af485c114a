//! The end of one season and the start of the next.

use std::num::NonZeroU32;

use super::{Change, Sequence};

/// The start of a season.
///
/// ```
/// use std::num::NonZeroU32;
/// use aether_realtime::leaderboard::{CarryOver, SeasonStart};
///
/// // half way back to 1000
/// let soft = CarryOver::Linear { numerator: 1, denominator: NonZeroU32::new(2).unwrap(), offset: 500 };
/// let start = SeasonStart::new(4, 20_000).carry(soft);
/// assert_eq!(soft.of(1400), Some(1200));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeasonStart {
    /// Its number, higher than that of the season before; the first one, that nobody starts, is 1.
    pub season: u32,
    /// The event that starts it. Changes up to here belong to seasons before.
    pub sequence: Sequence,
    /// What scores the members start with.
    pub carry: CarryOver,
}

impl SeasonStart {
    /// A season that starts empty.
    pub fn new(season: u32, at: impl Into<Sequence>) -> Self {
        Self { season, sequence: at.into(), carry: CarryOver::Nothing }
    }

    /// Carries scores over from the season before.
    #[must_use]
    pub const fn carry(mut self, carry: CarryOver) -> Self {
        self.carry = carry;
        self
    }
}

/// Which part of a season's scores goes into the next one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CarryOver {
    /// Nothing: the board is empty.
    #[default]
    Nothing,
    /// Every ranked member starts with `score × numerator / denominator + offset`, the quotient
    /// rounded down.
    Linear {
        /// What the score is multiplied with.
        numerator: i32,
        /// What it is divided by.
        denominator: NonZeroU32,
        /// What is added.
        offset: i64,
    },
}

impl CarryOver {
    /// The new score of a member that had `score`; `None` if it has none, or if the product or the
    /// result is beyond [`Change::SCORE_MAX`].
    #[must_use]
    pub fn of(self, score: i64) -> Option<i64> {
        let Self::Linear { numerator, denominator, offset } = self else { return None };
        let exact = |number: &i64| number.unsigned_abs() <= Change::SCORE_MAX.unsigned_abs();
        let product = score.checked_mul(numerator.into()).filter(exact)?;
        let quotient = product.div_euclid(denominator.get().into());
        quotient.checked_add(offset).filter(exact)
    }
}
