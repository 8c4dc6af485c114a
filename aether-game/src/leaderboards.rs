//! The three leaderboards of the game, in Redis under `leaderboard:level`, `leaderboard:arena` and
//! `leaderboard:guild`: members `{id}:{name}`, without an end of life.
//!
//! Members with the same score stand by id, the higher one first, as `ZREVRANGE` has it.
//!
//! ```
//! use aether_realtime::leaderboard::{Change, Leaderboards as _, MemoryLeaderboards};
//! use aether_core::uuid::Uuid;
//! use aether_game::leaderboards::{LEVEL, level_score};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let board = MemoryLeaderboards::new().open(&LEVEL);
//! let aria = Uuid::from_u128(1);
//! board.write(&[Change::set(aria, level_score(12, 450)?, 1007).named("Aria")]).await?;
//! assert_eq!(board.score(aria).await?, Some(12_000_450));
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use aether_realtime::leaderboard::Board;

/// Players by level, then by experience within the level: see [`level_score`].
pub const LEVEL: Board = Board::from_static("level");
/// Players by ELO.
pub const ARENA: Board = Board::from_static("arena");
/// Guilds by points.
pub const GUILD: Board = Board::from_static("guild");

/// What a level weighs in [`level_score`]: experience within a level stays below it.
pub const XP_PER_LEVEL: u64 = 1_000_000;
/// Why there is no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreInvalide {
    /// Experience of a whole level or more would count as a level.
    #[error(
        "{xp} points of experience do not fit into a level; give those gained since the last level, below {max}",
        max = XP_PER_LEVEL
    )]
    ExperienceTropGrande {
        /// The experience.
        xp: u64,
    },
    /// Levels begin at 1.
    #[error("level 0 is not on the board; levels begin at 1")]
    NiveauZero,
}

/// The score on [`LEVEL`]: `niveau × 1 000 000 + xp`, where `xp` are the points gained since the level
/// was reached. Every level from 1 to `u32::MAX` fits.
///
/// # Errors
///
/// [`ScoreInvalide`]; trying again does not help.
pub fn level_score(niveau: u32, xp: u64) -> Result<i64, ScoreInvalide> {
    if niveau == 0 {
        return Err(ScoreInvalide::NiveauZero);
    }
    if xp >= XP_PER_LEVEL {
        return Err(ScoreInvalide::ExperienceTropGrande { xp });
    }
    // at most 4.3 × 10¹⁵, below 2⁵³
    Ok((u64::from(niveau) * XP_PER_LEVEL + xp).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aether_realtime::leaderboard::Change;

    #[test]
    fn a_higher_level_stands_above_any_experience() {
        assert_eq!(level_score(3, 450), Ok(3_000_450));
        assert!(level_score(2, XP_PER_LEVEL - 1).unwrap() < level_score(3, 0).unwrap());
        assert_eq!(
            level_score(1, 1_000_000),
            Err(ScoreInvalide::ExperienceTropGrande { xp: 1_000_000 })
        );
        assert_eq!(level_score(0, 0), Err(ScoreInvalide::NiveauZero));
        assert!(level_score(u32::MAX, XP_PER_LEVEL - 1).unwrap() <= Change::SCORE_MAX);
    }
}
