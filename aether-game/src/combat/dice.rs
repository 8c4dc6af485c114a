//! Chance that can be replayed: every draw follows from the combat's seed and the draw's number.
//!
//! The generator is written out here rather than taken from a library, because a stored combat must
//! replay to the same result for ever, and libraries change their generators between versions.

/// The dice of a combat: draw number `n` of seed `g` is always the same.
///
/// SplitMix64 (Steele, Lea, Flood: *Fast Splittable Pseudorandom Number Generators*, 2014) used by
/// number: no state but the count of draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dice {
    seed: u64,
    drawn: u32,
}

impl Dice {
    /// The dice of a seed after `drawn` draws.
    pub(crate) const fn new(seed: u64, drawn: u32) -> Self {
        Self { seed, drawn }
    }

    /// How many draws were made.
    pub(crate) const fn drawn(&self) -> u32 {
        self.drawn
    }

    /// The next draw: 64 evenly spread bits.
    pub(crate) const fn next(&mut self) -> u64 {
        self.drawn = self.drawn.wrapping_add(1);
        let step = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(self.drawn as u64);
        let mut z = self.seed.wrapping_add(step);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; the bias is below one in four billion over `n`.
    pub(crate) const fn below(&mut self, n: u32) -> u32 {
        (((self.next() >> 32) * n as u64) >> 32) as u32
    }

    /// True in `percent` of 100 cases.
    pub(crate) const fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    /// The published first outputs of SplitMix64 for this seed: they must never change.
    #[test]
    fn the_draws_are_those_of_splitmix64() {
        let mut dice = Dice::new(1_234_567, 0);
        let drawn: Vec<u64> = (0..3).map(|_| dice.next()).collect();
        assert_eq!(
            drawn,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn a_draw_depends_on_seed_and_number_only() {
        let mut all = Dice::new(7, 0);
        let drawn: Vec<u64> = (0..10).map(|_| all.next()).collect();
        for (n, draw) in drawn.iter().enumerate() {
            assert_eq!(Dice::new(7, n as u32).next(), *draw);
        }
    }

    #[test]
    fn chances_come_out_about_right() {
        let mut dice = Dice::new(99, 0);
        let hits = (0..100_000).filter(|_| dice.chance(30)).count();
        assert!((29_000..31_000).contains(&hits), "{hits}");
        assert!(!dice.chance(0));
        assert!(dice.chance(100));
    }
}
