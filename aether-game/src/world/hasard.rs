//! Chance that follows from a seed: the same seed draws the same, on every machine.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::combat::Dice;

/// A source of chance.
///
/// ```
/// use aether_game::world::Hasard;
///
/// let draw = |seed| Hasard::new(seed).between(1, 6);
/// assert_eq!(draw(7), draw(7));
/// ```
#[derive(Debug, Clone)]
pub struct Hasard(Dice);

impl Hasard {
    /// The source of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(Dice::new(seed, 0))
    }

    /// Another source, which follows from this one and draws apart from it.
    pub const fn apart(&mut self) -> Self {
        Self::new(self.seed())
    }

    /// 64 evenly spread bits.
    pub const fn seed(&mut self) -> u64 {
        self.0.next()
    }

    /// A number in `0..n`; 0 if that is empty.
    pub const fn below(&mut self, n: u32) -> u32 {
        self.0.below(n)
    }

    /// A number in `least..=most`; `least` if that is empty.
    pub const fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.0.below(most.saturating_sub(least).saturating_add(1))
    }

    /// True in `percent` of 100 cases.
    pub const fn chance(&mut self, percent: u32) -> bool {
        self.0.chance(percent)
    }

    /// One of these; none if there are none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(u32::try_from(of.len()).unwrap_or(u32::MAX)) as usize)
    }

    /// One of these by weight; none if all weights are 0.
    pub fn weighted<T: Copy>(&mut self, of: &[(u32, T)]) -> Option<T> {
        let mut drawn = self.below(of.iter().map(|(weight, _)| weight).sum());
        of.iter()
            .find(|(weight, _)| match drawn.checked_sub(*weight) {
                Some(rest) => {
                    drawn = rest;
                    false
                }
                None => true,
            })
            .map(|(_, it)| *it)
    }

    /// A new id, sorted by its time (version 7).
    pub fn uuid(&mut self, time: DateTime<Utc>) -> Uuid {
        let mut bytes = [0; 10];
        let drawn = self.seed().to_be_bytes().into_iter().chain(self.seed().to_be_bytes());
        bytes.iter_mut().zip(drawn).for_each(|(byte, drawn)| *byte = drawn);
        let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_weighs_nothing_is_never_drawn() {
        let mut hasard = Hasard::new(3);
        let drawn =
            |hasard: &mut Hasard| hasard.weighted(&[(0, 'a'), (3, 'b'), (0, 'c'), (1, 'd')]);
        let all: Vec<_> = (0..1_000).filter_map(|_| drawn(&mut hasard)).collect();
        let count = |letter| all.iter().filter(|it| **it == letter).count();
        assert_eq!((all.len(), count('a'), count('c')), (1_000, 0, 0));
        assert!((700..800).contains(&count('b')), "{}", count('b'));
        assert_eq!(hasard.weighted::<char>(&[(0, 'a')]), None);
    }

    #[test]
    fn ids_are_sorted_by_their_time() {
        let mut hasard = Hasard::new(3);
        let times = [1_000, 2_000].map(|s| DateTime::from_timestamp(s, 0).unwrap_or_default());
        let [early, late] = times.map(|time| hasard.uuid(time));
        assert!(early < late && early.get_version_num() == 7);
    }
}
