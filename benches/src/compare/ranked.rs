//! The work `leaderboard`: the first hundred of a million.
//!
//! By hand: a bare `ZREVRANGE … WITHSCORES` of the very same sorted set, and no look at what it says.

use std::sync::Arc;

use aether_realtime::leaderboard::{Board, Change, Leaderboard, Leaderboards as _};
use aether_redis::RedisLeaderboards;
use anyhow::{Result, ensure};
use fred::clients::Pool;
use fred::interfaces::SortedSetsInterface as _;
use futures::{StreamExt as _, TryStreamExt as _};
use uuid::Uuid;

use super::Bench;
use super::load::Client;
use super::realtime::Realtime;
use super::row::Row;

const MEMBERS: u64 = 1_000_000;
const TOP: u32 = 100;

struct Reader(Arc<dyn Leaderboard>);

impl Client for Reader {
    async fn step(&mut self) -> Result<u64> {
        let top = self.0.top(TOP).await?;
        ensure!(top.len() == TOP as usize && top[99].rank == 100, "not the first hundred");
        Ok(1)
    }
}

struct BareReader {
    redis: Pool,
    key: String,
}

impl Client for BareReader {
    async fn step(&mut self) -> Result<u64> {
        let range = self.redis.zrevrange(&self.key, 0, i64::from(TOP) - 1, true);
        let top: Vec<(String, f64)> = range.await?;
        ensure!(top.len() == TOP as usize, "not the first hundred");
        Ok(1)
    }
}

pub(super) async fn measure(bench: &Bench, row: &mut Row) -> Result<()> {
    const BATCH: u64 = 1000;
    let side = Realtime::open().await?;
    let board =
        RedisLeaderboards::new(side.client.clone(), side.keys.clone()).open(&Board::new("arena")?);
    let batches = (0..MEMBERS / BATCH).map(|batch| {
        let changes: Vec<_> = (batch * BATCH..(batch + 1) * BATCH)
            .map(|member| {
                // scores of all kinds, the same on every run
                let score = (member.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40).cast_signed();
                let id = Uuid::from_u128(u128::from(member));
                Change::set(id, score, member + 1).named(format!("Joueuse {member}"))
            })
            .collect();
        let board = board.clone();
        async move { board.write(&changes).await }
    });
    futures::stream::iter(batches).buffer_unordered(8).try_for_each(|_| async { Ok(()) }).await?;
    ensure!(board.count().await? == MEMBERS, "members are missing");
    let key = side.keys.leaderboard("arena").ranking().to_string();
    let readers: Vec<_> = (0..bench.concurrency).map(|_| Reader(board.clone())).collect();
    let bare = |_| BareReader { redis: side.bare.clone(), key: key.clone() };
    let by_hand: Vec<_> = (0..bench.concurrency).map(bare).collect();
    bench.in_turns(row, readers, by_hand).await?;
    side.close().await
}
