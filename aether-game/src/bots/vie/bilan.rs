//! What a bot has done, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use crate::world::choix::Verbe;

/// What a bot, or several, did: acts by verb, turns in combats, and refusals by code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bilan {
    /// Acts that were done.
    pub actes: BTreeMap<Verbe, u64>,
    /// Turns that were played.
    pub coups: u64,
    /// Units that happened.
    pub unites: u64,
    /// Refusals, by their [code](crate::refus::Refus::code).
    pub refus: BTreeMap<&'static str, u64>,
}

impl Bilan {
    /// Adds what another one has done.
    pub fn ajoute(&mut self, autre: &Self) {
        self.coups += autre.coups;
        self.unites += autre.unites;
        autre.actes.iter().for_each(|(verbe, n)| *self.actes.entry(*verbe).or_default() += n);
        autre.refus.iter().for_each(|(code, n)| *self.refus.entry(code).or_default() += n);
    }

    /// How many refusals there were.
    #[must_use]
    pub fn refus(&self) -> u64 {
        self.refus.values().sum()
    }
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { actes, coups, unites, refus } = self;
        write!(f, "units={unites} turns={coups}")?;
        actes.iter().try_for_each(|(verbe, n)| write!(f, " {verbe:?}={n}"))?;
        refus.iter().try_for_each(|(code, n)| write!(f, " {code}={n}"))
    }
}
