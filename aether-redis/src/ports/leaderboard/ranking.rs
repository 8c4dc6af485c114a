//! Reading a ranking: the live one, or that of a past season.

use aether_realtime::leaderboard::{Board, Ranking, Result, Standing, Ties};
use async_trait::async_trait;
use fred::interfaces::SortedSetsInterface as _;
use uuid::Uuid;

use super::reply::{number, unexpected, words};
use super::table::{Table, ties};
use crate::client::{Family, RedisClient};
use crate::key_space::Key;
use crate::script::Script;

static AROUND: Script = Script::new(concat!(
    "#!lua flags=no-writes\n",
    include_str!("record.lua"),
    include_str!("around.lua")
));

/// How long an id is in a member's name.
const ID: usize = uuid::fmt::Hyphenated::LENGTH;
/// How long the tag is that puts earlier ones first: 20 digits and a colon.
const TAG: usize = 21;

#[derive(Debug, Clone)]
pub(super) struct RedisRanking {
    client: RedisClient,
    board: Board,
    ranking: Key,
    members: Key,
}

impl RedisRanking {
    pub(super) fn live(table: &Table) -> Self {
        Self::new(table, table.keys.ranking(), table.keys.members())
    }

    pub(super) fn past(table: &Table, season: u32) -> Self {
        Self::new(table, table.keys.season_ranking(season), table.keys.season_members(season))
    }

    fn new(table: &Table, ranking: Key, members: Key) -> Self {
        Self { client: table.client.clone(), board: table.board.clone(), ranking, members }
    }

    async fn look_around(&self, member: Uuid, reach: u32) -> Result<Vec<Standing>> {
        let keys = vec![self.ranking.to_string(), self.members.to_string()];
        let arguments = vec![member.to_string(), ties(&self.board).to_owned(), reach.to_string()];
        let connection = self.client.connection()?;
        let reply = AROUND.run(&self.client, &connection, keys, arguments).await;
        let reply =
            words(&self.board, reply.map_err(|error| error.at(&self.ranking, "sorted set"))?)?;
        let Some((first, rest)) = reply.split_first() else { return Ok(Vec::new()) };
        let first: u64 = number(&self.board, first)?;
        let (pairs, odd) = rest.as_chunks::<2>();
        if !odd.is_empty() {
            return Err(unexpected(&self.board));
        }
        let pairs = pairs
            .iter()
            .map(|[member, score]| Ok((member.clone(), number::<f64>(&self.board, score)?)));
        self.standings(first, pairs.collect::<Result<_>>()?)
    }

    fn standings(&self, first: u64, pairs: Vec<(String, f64)>) -> Result<Vec<Standing>> {
        let standings = pairs.into_iter().zip(first + 1..);
        standings
            .map(|((member, score), rank)| {
                self.standing_of(rank, member, score).ok_or_else(|| unexpected(&self.board))
            })
            .collect()
    }

    /// `None` if somebody else has put the member there.
    fn standing_of(&self, rank: u64, mut entry: String, score: f64) -> Option<Standing> {
        let start = match self.board.ties {
            Ties::HigherIdFirst => 0,
            Ties::EarlierFirst => TAG,
        };
        let member = Uuid::try_parse(entry.get(start..start + ID)?).ok()?;
        let name = entry.get(start + ID..)?.strip_prefix(':')?.len();
        let name = entry.split_off(entry.len() - name);
        #[allow(clippy::cast_possible_truncation, reason = "whole, and below 2⁵³")]
        let whole = score as i64;
        Some(Standing { rank, member, name, score: whole })
    }
}

#[async_trait]
impl Ranking for RedisRanking {
    fn board(&self) -> &Board {
        &self.board
    }

    /// One `ZREVRANGE`.
    async fn page(&self, offset: u64, count: u32) -> Result<Vec<Standing>> {
        self.board.check_count(count.into())?;
        let Ok(first) = i64::try_from(offset) else { return Ok(Vec::new()) };
        if count == 0 {
            return Ok(Vec::new());
        }
        let last = first.saturating_add(i64::from(count) - 1);
        let pairs: Vec<(String, f64)> = self
            .client
            .call(Family::Board, |redis| async move {
                redis.zrevrange(self.ranking.as_str(), first, last, true).await
            })
            .await
            .map_err(|error| error.at(&self.ranking, "sorted set"))?;
        self.standings(offset, pairs)
    }

    async fn standing(&self, member: Uuid) -> Result<Option<Standing>> {
        Ok(self.look_around(member, 0).await?.pop())
    }

    async fn around(&self, member: Uuid, reach: u32) -> Result<Vec<Standing>> {
        self.board.check_count(2 * u64::from(reach) + 1)?;
        self.look_around(member, reach).await
    }

    async fn count(&self) -> Result<u64> {
        let key = self.ranking.as_str();
        let count =
            self.client.call(Family::Board, |redis| async move { redis.zcard(key).await }).await;
        Ok(count.map_err(|error| error.at(&self.ranking, "sorted set"))?)
    }
}
