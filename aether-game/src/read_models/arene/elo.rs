//! The rating of players: Elo's, in whole numbers, so that every machine comes to the same.
//!
//! A player begins at [`DEPART`]. What is expected of a side follows from the difference of the two sides' mean ratings, in
//! percent, by the table of the chess federation (FIDE Handbook B02, 8.1.2). Each player of a side moves by
//! [`K`] × (result − expectation), rounded, the result being 100, 50 or 0 %. So what one side gains the other loses, player by
//! player. No rating falls below 0.

/// The rating of somebody who has not fought yet.
pub const DEPART: u32 = 1000;
/// The most that one combat moves a rating by.
pub const K: i32 = 32;

/// Up to which difference the stronger side is expected to win 50 %, 51 % … 99 %.
const ECARTS: [u32; 50] = [
    3, 10, 17, 25, 32, 39, 46, 53, 61, 68, 76, 83, 91, 98, 106, 113, 121, 129, 137, 145, 153, 162,
    170, 179, 188, 197, 206, 215, 225, 235, 245, 256, 267, 278, 290, 302, 315, 328, 344, 357, 374,
    391, 411, 432, 456, 484, 517, 559, 619, 735,
];

/// How a rated combat ended for a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issue {
    /// It won.
    Victoire,
    /// Nobody did.
    Nulle,
    /// It lost.
    Defaite,
}

impl Issue {
    const fn pour_cent(self) -> i32 {
        match self {
            Self::Victoire => 100,
            Self::Nulle => 50,
            Self::Defaite => 0,
        }
    }
}

/// By how much a rating moves, given the mean ratings of both sides.
#[must_use]
pub fn variation(siens: u32, autres: u32, issue: Issue) -> i32 {
    let points = K * (issue.pour_cent() - attendu(siens, autres));
    // halves away from zero, so that both sides round alike
    (points + 50 * points.signum()) / 100
}

/// The rating after it has moved.
#[must_use]
pub const fn apres(cote: u32, variation: i32) -> u32 {
    cote.saturating_add_signed(variation)
}

/// The mean of some ratings, rounded down; that of nobody is the rating of a beginner.
#[must_use]
pub fn moyenne(cotes: impl IntoIterator<Item = u32>) -> u32 {
    let (sum, count) = cotes
        .into_iter()
        .fold((0_u64, 0_u64), |(sum, count), cote| (sum + u64::from(cote), count + 1));
    let mean = sum.checked_div(count).unwrap_or(DEPART.into());
    u32::try_from(mean).unwrap_or(u32::MAX)
}

/// What is expected of a side, in percent.
fn attendu(siens: u32, autres: u32) -> i32 {
    let ecart = siens.abs_diff(autres);
    let passed = ECARTS.partition_point(|bound| *bound < ecart);
    let stronger = 50 + i32::try_from(passed).unwrap_or_default();
    if siens >= autres { stronger } else { 100 - stronger }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_side_gains_the_other_loses() {
        for ecart in 0..1000 {
            for (issue, autre) in [
                (Issue::Victoire, Issue::Defaite),
                (Issue::Nulle, Issue::Nulle),
                (Issue::Defaite, Issue::Victoire),
            ] {
                let gain = variation(1000 + ecart, 1000, issue);
                assert_eq!(gain, -variation(1000, 1000 + ecart, autre), "{ecart} {issue:?}");
            }
        }
    }

    #[test]
    fn the_less_it_was_expected_the_more_a_victory_brings() {
        let gain = |siens| variation(siens, 1000, Issue::Victoire);
        assert_eq!([gain(1000), gain(1100), gain(900), gain(1735), gain(1736)], [16, 12, 20, 0, 0]);
        let gains: Vec<_> = (0..2000).map(gain).collect();
        assert!(gains.is_sorted_by(|a, b| a >= b), "{gains:?}");
        assert_eq!(gains[0], K);
    }

    #[test]
    fn no_rating_falls_below_nothing() {
        assert_eq!((apres(5, -16), apres(1000, 16), moyenne([])), (0, 1016, DEPART));
        assert_eq!(moyenne([1000, 1001]), 1000);
    }
}
