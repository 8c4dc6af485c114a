//! The curve of experience.

use crate::values::{Experience, Niveau};

/// The experience in total that a level takes: 100 × (level − 1)². It grows with each level, and stays below a million, so that boards
/// can order players by level × 1,000,000 + experience up to the last level.
#[must_use]
pub fn experience_requise(niveau: Niveau) -> Experience {
    let passes = u64::from(niveau.get() - 1);
    Experience::new(100 * passes * passes).unwrap_or(Experience::MAX)
}

/// The level after this one; none after the last.
pub(super) fn suivant(niveau: Niveau) -> Option<Niveau> {
    niveau.plus(Niveau::MIN)
}

/// The experience in total that the level after this one takes.
pub(super) fn prochain_niveau(niveau: Niveau) -> Option<Experience> {
    suivant(niveau).map(experience_requise)
}
