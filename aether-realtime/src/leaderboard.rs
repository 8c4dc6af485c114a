//! Leaderboards: who stands where, kept from events.
//!
//! Begin with the example `examples/small/leaderboard.rs`.
//!
//! A [`Leaderboard`] ranks members (players, guilds) by a score. It is a read model like any other: it is
//! filled by a projection, can be lost, and is filled again from the log. So what is written to it is
//! made for at-least-once delivery: every [`Change`] carries the [`Sequence`] of its event, and **a
//! board ends as if each of its changes had been applied once, in order of sequence**, however often and
//! in whichever order they arrived. That holds for increments too.
//!
//! - [`Leaderboards`] opens boards; [`Board`] says how one behaves: name, order of ties, limits.
//! - [`Ranking`] answers: [`top`](Ranking::top), [`page`](Ranking::page), [`rank`](Ranking::rank),
//!   [`around`](Ranking::around). A past season is a `Ranking` as well.
//! - [`Leaderboard`] takes changes, starts seasons, and can be rebuilt.
//! - [`BoardRebuild`] is a second table that is filled while the board goes on, and takes its place in one step.
//!
//! [`MemoryLeaderboards`] is the implementation in this process; `aether-redis` has the one that nodes
//! share. Both keep the promises of `aether_contract::leaderboards`.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use aether_realtime::leaderboard::{Board, Change, Leaderboards as _, MemoryLeaderboards};
//! use aether_core::uuid::Uuid;
//!
//! let arena = MemoryLeaderboards::new().open(&Board::new("arena")?);
//! let (aria, bors) = (Uuid::from_u128(1), Uuid::from_u128(2));
//! let changes = [
//!     Change::set(aria, 1200, 10).named("Aria"),
//!     Change::set(bors, 1190, 11).named("Bors"),
//!     Change::add(bors, 16, 12),
//! ];
//! arena.write(&changes).await?;
//! arena.write(&changes).await?; // delivered twice, counted once
//!
//! let top = arena.top(10).await?;
//! assert_eq!((top[0].rank, top[0].name.as_str(), top[0].score), (1, "Bors", 1206));
//! assert_eq!(arena.rank(aria).await?, Some(2));
//! # Ok::<(), aether_realtime::leaderboard::LeaderboardError>(()) }).unwrap();
//! ```

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

mod board;
mod change;
mod error;
mod memory;
mod record;
mod season;
mod table;

pub use board::{Board, Ties};
pub use change::{Action, BoardWritten, Change, Sequence};
pub use error::LeaderboardError;
pub use memory::MemoryLeaderboards;
pub use season::{CarryOver, SeasonStart};

/// A result of this module.
pub type Result<T, E = LeaderboardError> = std::result::Result<T, E>;

/// A place that holds leaderboards.
pub trait Leaderboards: Send + Sync + Debug + 'static {
    /// Opens a board, there or not: a board that nobody has written to is empty. Sends nothing.
    fn open(&self, board: &Board) -> Arc<dyn Leaderboard>;
}

/// A place in a ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// From 1 on, without gaps: members with the same score have different ranks, in the order that
    /// [`Ties`] says.
    pub rank: u64,
    /// Who.
    pub member: Uuid,
    /// The name to show; empty if no change has told it.
    pub name: String,
    /// The score.
    pub score: i64,
}

/// Reading a ranking: a board as it is, or a season that has ended. Highest score first.
///
/// Every call is one look: what it returns stood like that at one moment. Two calls may see two
/// moments, and so a member that has moved in between may be on two pages, or on none.
#[async_trait]
pub trait Ranking: Send + Sync + Debug + 'static {
    /// The board's definition.
    fn board(&self) -> &Board;

    /// `count` members after the first `offset`; fewer at the end. One round trip; its cost grows with
    /// `count`, and only with the logarithm of the board's size.
    ///
    /// # Errors
    ///
    /// [`TooMany`](LeaderboardError::TooMany) if `count` is above [`Board::page_limit`]; those of the
    /// store (retry if transient).
    async fn page(&self, offset: u64, count: u32) -> Result<Vec<Standing>>;

    /// Where a member stands; `None` if it is not ranked. One round trip.
    ///
    /// # Errors
    ///
    /// Those of the store (retry if transient).
    async fn standing(&self, member: Uuid) -> Result<Option<Standing>>;

    /// A member with up to `reach` members above it and up to `reach` below: fewer at both ends of the
    /// board, none at all if the member is not ranked. One round trip.
    ///
    /// # Errors
    ///
    /// [`TooMany`](LeaderboardError::TooMany) if `2 * reach + 1` is above [`Board::page_limit`]; those
    /// of the store (retry if transient).
    async fn around(&self, member: Uuid, reach: u32) -> Result<Vec<Standing>>;

    /// How many members are ranked. One round trip.
    ///
    /// # Errors
    ///
    /// Those of the store (retry if transient).
    async fn count(&self) -> Result<u64>;

    /// The `count` best.
    ///
    /// # Errors
    ///
    /// As [`page`](Ranking::page).
    async fn top(&self, count: u32) -> Result<Vec<Standing>> {
        self.page(0, count).await
    }

    /// A member's rank, from 1 on.
    ///
    /// # Errors
    ///
    /// As [`standing`](Ranking::standing).
    async fn rank(&self, member: Uuid) -> Result<Option<u64>> {
        Ok(self.standing(member).await?.map(|standing| standing.rank))
    }

    /// A member's score.
    ///
    /// # Errors
    ///
    /// As [`standing`](Ranking::standing).
    async fn score(&self, member: Uuid) -> Result<Option<i64>> {
        Ok(self.standing(member).await?.map(|standing| standing.score))
    }
}

/// A board that changes.
#[async_trait]
pub trait Leaderboard: Ranking {
    /// Applies changes, in the given order. [`Change::PER_STEP`] of them take effect together, in one
    /// round trip; more in several steps. Sending the same ones again is always safe.
    ///
    /// # Errors
    ///
    /// [`ScoreOutOfRange`](LeaderboardError::ScoreOutOfRange), [`BadName`](LeaderboardError::BadName),
    /// [`SeasonAhead`](LeaderboardError::SeasonAhead): nothing of the step was written. Those of the
    /// store (if transient, send all again: steps may have taken effect, or may do so later).
    async fn write(&self, changes: &[Change]) -> Result<BoardWritten>;

    /// The season that is played: 1 before the first [`start_season`](Leaderboard::start_season).
    ///
    /// # Errors
    ///
    /// Those of the store (retry if transient).
    async fn season(&self) -> Result<u32>;

    /// Ends the current season and starts another one, in one step: the ranking goes to
    /// [`past`](Leaderboard::past) as it stands, and the board goes on empty, or with what is
    /// [carried over](CarryOver). Changes of events up to the start's sequence are left out from now on.
    ///
    /// `false`: this season or a later one had started already, and nothing was done. So it can be sent
    /// again, by a projection too.
    ///
    /// # Errors
    ///
    /// [`BoardTooLarge`](LeaderboardError::BoardTooLarge),
    /// [`ScoreOutOfRange`](LeaderboardError::ScoreOutOfRange) when something is carried over: nothing
    /// has changed. Those of the store (send again if transient).
    async fn start_season(&self, start: SeasonStart) -> Result<bool>;

    /// The past seasons that are kept, oldest first: the last [`Board::seasons_kept`].
    ///
    /// # Errors
    ///
    /// Those of the store (retry if transient).
    async fn past_seasons(&self) -> Result<Vec<u32>>;

    /// The final ranking of a past season; `None` if it is not kept. It may be dropped while it is read,
    /// and is empty then.
    ///
    /// # Errors
    ///
    /// Those of the store (retry if transient).
    async fn past(&self, season: u32) -> Result<Option<Arc<dyn Ranking>>>;

    /// Starts a rebuild: an empty table that nobody sees, while the board goes on. What an earlier
    /// rebuild has left behind is removed, and one that still runs is
    /// [superseded](LeaderboardError::RebuildSuperseded).
    ///
    /// # Errors
    ///
    /// Those of the store (retry if transient).
    async fn rebuild(&self) -> Result<Arc<dyn BoardRebuild>>;
}

/// A table that is filled from the first event on, to take the place of a board.
///
/// Seasons are rebuilt as the events start them; rankings of past seasons stay as they are.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # use aether_realtime::leaderboard::{Board, Change, Leaderboards as _, MemoryLeaderboards, Sequence};
/// # use aether_core::uuid::Uuid;
/// # let board = MemoryLeaderboards::new().open(&Board::new("arena")?);
/// # let aria = Uuid::from_u128(1);
/// board.write(&[Change::set(aria, 999, 1)]).await?; // by a rule that was wrong
///
/// let rebuild = board.rebuild().await?;
/// rebuild.write(&[Change::set(aria, 1200, 1)]).await?;
/// assert_eq!(board.score(aria).await?, Some(999));
/// rebuild.switch(Sequence::new(1)).await?;
/// assert_eq!(board.score(aria).await?, Some(1200));
/// # Ok::<(), aether_realtime::leaderboard::LeaderboardError>(()) }).unwrap();
/// ```
#[async_trait]
pub trait BoardRebuild: Send + Sync + Debug + 'static {
    /// As [`Leaderboard::write`], into the new table.
    ///
    /// # Errors
    ///
    /// As there, and [`RebuildSuperseded`](LeaderboardError::RebuildSuperseded).
    async fn write(&self, changes: &[Change]) -> Result<BoardWritten>;

    /// As [`Leaderboard::start_season`], in the new table. Nothing is archived.
    ///
    /// # Errors
    ///
    /// As there, and [`RebuildSuperseded`](LeaderboardError::RebuildSuperseded).
    async fn start_season(&self, start: SeasonStart) -> Result<bool>;

    /// Puts the new table into the place of the board, in one step: every read sees the old one or the
    /// new one, whole. `through` is how far the new table has come: it has the changes of every event up
    /// to there.
    ///
    /// Writers of the board may continue meanwhile: what it sends again, or later, is
    /// taken as always.
    ///
    /// # Errors
    ///
    /// [`RebuildBehind`](LeaderboardError::RebuildBehind) if the board has seen a later event: catch up,
    /// and try again. [`SeasonsDiffer`](LeaderboardError::SeasonsDiffer): as before, if the seasons are
    /// started by events. [`RebuildSuperseded`](LeaderboardError::RebuildSuperseded), also when it was
    /// switched already. In all of these cases nothing has changed. Those of the store.
    async fn switch(&self, through: Sequence) -> Result<()>;

    /// Removes the new table. Not needed before the next rebuild.
    ///
    /// # Errors
    ///
    /// Those of the store (retry if transient).
    async fn abandon(&self) -> Result<()>;
}
