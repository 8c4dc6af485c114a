//! Leaderboards in sorted sets: the port of [`aether_realtime::leaderboard`] in Redis.
//!
//! # What is guaranteed, and why
//!
//! A board is three keys in one slot: the ranking (a sorted set with the members `{id}:{name}`), a record
//! per member (a hash), and the board's state. One script changes all three, so
//!
//! - **a change counts once**, however often it arrives: the record remembers its sequence. A `Set` is
//!   as of its sequence, and increments after it are remembered one by one, up to
//!   [`Board::window`](aether_realtime::leaderboard::Board::window) of them;
//! - **a new name leaves no ghost**: the record tells under which name the member is ranked, and the script
//!   replaces the one by the other;
//! - **reads are one command or one script**: they see a step whole or not at all. A page is a plain
//!   `ZREVRANGE`.
//!
//! Seasons end, and rebuilds take a board's place, by `RENAME` of all keys in one script.
//!
//! From a projection, write through [`RedisTx::leaderboard`](crate::RedisTx::leaderboard).

use std::sync::Arc;

use aether_realtime::leaderboard::{
    Board, BoardRebuild, BoardWritten, Change, Leaderboard, Leaderboards, Ranking, Result,
    SeasonStart, Standing,
};
use async_trait::async_trait;
use uuid::Uuid;

use crate::client::RedisClient;
use crate::key_space::KeySpace;

mod driver;
mod models;
mod projected;
mod ranking;
mod rebuild;
mod reply;
mod table;

pub use projected::BoardTx;
pub(crate) use projected::BoardWrites;

use ranking::RedisRanking;
use rebuild::RedisRebuild;
use table::Table;

/// Leaderboards in Redis.
///
/// ```no_run
/// use aether_realtime::leaderboard::{Board, Change, Leaderboards as _};
/// use aether_redis::{KeySpace, RedisClient, RedisLeaderboards};
///
/// # async fn run(player: aether_core::uuid::Uuid) -> Result<(), Box<dyn std::error::Error>> {
/// let client = RedisClient::connect("redis://localhost").await?;
/// let boards = RedisLeaderboards::new(client, KeySpace::new());
/// let level = boards.open(&Board::new("level")?);
/// level.write(&[Change::set(player, 3_000_450, 1007).named("Aria")]).await?;
/// for place in level.around(player, 5).await? {
///     println!("{:>4}. {} {}", place.rank, place.name, place.score);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct RedisLeaderboards {
    client: RedisClient,
    keys: KeySpace,
}

impl RedisLeaderboards {
    /// Leaderboards under the prefix of `keys`: `leaderboard:{name}`.
    #[must_use]
    pub const fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self { client, keys }
    }
}

impl Leaderboards for RedisLeaderboards {
    fn open(&self, board: &Board) -> Arc<dyn Leaderboard> {
        let table = Table::live(&self.client, &self.keys, board);
        Arc::new(RedisLeaderboard { ranking: RedisRanking::live(&table), table })
    }
}

#[derive(Debug)]
struct RedisLeaderboard {
    table: Table,
    ranking: RedisRanking,
}

#[async_trait]
impl Ranking for RedisLeaderboard {
    fn board(&self) -> &Board {
        self.ranking.board()
    }

    async fn page(&self, offset: u64, count: u32) -> Result<Vec<Standing>> {
        self.ranking.page(offset, count).await
    }

    async fn standing(&self, member: Uuid) -> Result<Option<Standing>> {
        self.ranking.standing(member).await
    }

    async fn around(&self, member: Uuid, reach: u32) -> Result<Vec<Standing>> {
        self.ranking.around(member, reach).await
    }

    async fn count(&self) -> Result<u64> {
        self.ranking.count().await
    }
}

#[async_trait]
impl Leaderboard for RedisLeaderboard {
    async fn write(&self, changes: &[Change]) -> Result<BoardWritten> {
        self.table.write(changes, u64::MAX).await
    }

    async fn season(&self) -> Result<u32> {
        Ok(self.table.seasons().await?.current)
    }

    /// Two round trips; again if another season starts in between.
    async fn start_season(&self, start: SeasonStart) -> Result<bool> {
        self.table.start_season(start).await
    }

    async fn past_seasons(&self) -> Result<Vec<u32>> {
        Ok(self.table.seasons().await?.kept)
    }

    async fn past(&self, season: u32) -> Result<Option<Arc<dyn Ranking>>> {
        let kept = self.table.seasons().await?.kept.contains(&season);
        Ok(kept.then(|| Arc::new(RedisRanking::past(&self.table, season)) as _))
    }

    async fn rebuild(&self) -> Result<Arc<dyn BoardRebuild>> {
        Ok(Arc::new(RedisRebuild::begin(&self.table).await?))
    }
}
