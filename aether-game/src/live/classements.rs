//! The three leaderboards of the game, in Redis under `leaderboard:level`, `leaderboard:arena` and
//! `leaderboard:guild`: members `{id}:{name}`, without an end of life.
//!
//! Members with the same score stand by id, the higher one first, as `ZREVRANGE` and [`classement`](crate::queries::classement)
//! have it. A flushed board is filled again by its projection; see [`RedisLeaderboards`](aether_redis::RedisLeaderboards) for
//! a rebuild that shows none of that. No rule of the game founds guilds yet: [`GUILD`] is defined, and empty.
//!
//! ```
//! use aether_realtime::leaderboard::{Change, Leaderboards as _, MemoryLeaderboards};
//! use aether_core::uuid::Uuid;
//! use aether_game::live::classements::{LEVEL, level_score};
//! use aether_game::values::{Experience, Niveau};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let board = MemoryLeaderboards::new().open(&LEVEL);
//! let aria = Uuid::from_u128(1);
//! let score = level_score(Niveau::fixe::<12>(), Experience::fixe::<12_200>());
//! board.write(&[Change::set(aria, score, 1007).named("Aria")]).await?;
//! assert_eq!(board.score(aria).await?, Some(12_012_200));
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arene;
mod niveau;

pub use arene::{ArenaBoardProjection, Fins};
pub use niveau::{LevelBoardProjection, Progression};

use aether_realtime::leaderboard::{Board, Change};

use crate::values::{Experience, Niveau};

/// Players by level, then by experience: see [`level_score`].
pub const LEVEL: Board = Board::from_static("level");
/// Players by [rating](crate::read_models::arene::elo): those who have ended a combat of type `PVP` or `ARENE`.
pub const ARENA: Board = Board::from_static("arena");
/// Guilds by points.
pub const GUILD: Board = Board::from_static("guild");

/// What a level weighs in [`level_score`]. Every level but the last takes less experience in total.
pub const XP_PER_LEVEL: u64 = 1_000_000;
/// The most experience that a score tells apart: 9 × 10¹⁵, so that every score is exact in a sorted set.
pub const XP_MAX: u64 = Change::SCORE_MAX.unsigned_abs() - XP_PER_LEVEL * 100;

/// The score on [`LEVEL`]: `niveau × 1 000 000 + xp`, of experience in total. It orders players as the table does.
#[must_use]
pub fn level_score(niveau: Niveau, experience: Experience) -> i64 {
    (u64::from(niveau.get()) * XP_PER_LEVEL).cast_signed() + points(experience)
}

/// What experience adds to a score.
fn points(experience: Experience) -> i64 {
    experience.get().min(XP_MAX).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::joueur::experience_requise;

    #[test]
    fn a_higher_level_stands_above_any_experience_of_a_lower_one() {
        for niveau in 1..100_u8 {
            let [ici, suivant] = [niveau, niveau + 1].map(|it| Niveau::new(it).unwrap());
            let requise = experience_requise(suivant);
            let juste_avant = Experience::new(requise.get() - 1).unwrap();
            assert!(level_score(ici, juste_avant) < level_score(suivant, requise), "{niveau}");
        }
        assert_eq!(level_score(Niveau::MAX, Experience::MAX), Change::SCORE_MAX);
    }
}
