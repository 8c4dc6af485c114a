//! Writing to a board, or to the table of a rebuild: the same scripts on other keys.

use aether_realtime::leaderboard::{
    Action, Board, BoardWritten, CarryOver, Change, Result, SeasonStart, Ties,
};
use fred::interfaces::HashesInterface as _;

use super::reply::{number, unexpected, words};
use crate::client::{Family, RedisClient};
use crate::key_space::{Key, KeySpace, LeaderboardKeys};
use crate::script::Script;

static WRITE: Script =
    Script::new(concat!("#!lua\n", include_str!("record.lua"), include_str!("write.lua")))
        .measured_as(Family::Board);
static SEASON: Script =
    Script::new(concat!("#!lua\n", include_str!("record.lua"), include_str!("season.lua")))
        .measured_as(Family::Board);

/// How often a season start is tried when others start seasons at the same time.
const ATTEMPTS: u32 = 10;

/// Three keys that change together.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) client: RedisClient,
    pub(super) board: Board,
    pub(super) keys: LeaderboardKeys,
    /// Ranking, members and state.
    pub(super) own: [Key; 3],
    /// The id of the rebuild it belongs to; empty for the board itself.
    pub(super) rebuild: String,
}

/// The seasons of a board.
pub(super) struct Seasons {
    pub(super) current: u32,
    /// Oldest first.
    pub(super) kept: Vec<u32>,
}

impl Table {
    pub(super) fn live(client: &RedisClient, keys: &KeySpace, board: &Board) -> Self {
        let keys = keys.leaderboard(board.name());
        let own = [keys.ranking(), keys.members(), keys.state()];
        Self { client: client.clone(), board: board.clone(), keys, own, rebuild: String::new() }
    }

    pub(super) fn of_rebuild(&self, id: String) -> Self {
        Self { own: self.keys.rebuild(), rebuild: id, ..self.clone() }
    }

    /// Sends changes. Increments up to the sequence `settled` may be added up: the caller will not
    /// send them again.
    pub(super) async fn write(&self, changes: &[Change], settled: u64) -> Result<BoardWritten> {
        changes.iter().try_for_each(Change::check)?;
        let mut written = BoardWritten::default();
        for step in changes.chunks(Change::PER_STEP) {
            written += self.write_step(step, settled).await?;
        }
        metrics::counter!("aether_redis_leaderboard_changes_total", "outcome" => "applied")
            .increment(written.applied);
        metrics::counter!("aether_redis_leaderboard_changes_total", "outcome" => "stale")
            .increment(written.stale);
        metrics::counter!("aether_redis_leaderboard_changes_total", "outcome" => "late")
            .increment(written.late);
        Ok(written)
    }

    async fn write_step(&self, step: &[Change], settled: u64) -> Result<BoardWritten> {
        let mut arguments = Vec::with_capacity(4 + 7 * step.len());
        arguments.extend([
            self.rebuild.clone(),
            ties(&self.board).to_owned(),
            self.board.window.to_string(),
            settled.to_string(),
        ]);
        for change in step {
            let (action, number) = match change.action() {
                Action::Set(score) => ("set", score),
                Action::Add(points) => ("add", points),
                Action::Remove => ("remove", 0),
                Action::Keep => ("keep", 0),
            };
            let named = if change.name().is_some() { "1" } else { "0" };
            arguments.extend([
                action.to_owned(),
                change.member().to_string(),
                change.sequence().to_string(),
                change.season().map_or_else(String::new, |season| season.to_string()),
                named.to_owned(),
                change.name().unwrap_or_default().to_owned(),
                number.to_string(),
            ]);
        }
        let reply = self.run(&WRITE, self.own_keys(), arguments).await?;
        match &reply.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["ok", applied, stale, late] => Ok(BoardWritten {
                applied: number(&self.board, applied)?,
                stale: number(&self.board, stale)?,
                late: number(&self.board, late)?,
            }),
            _ => Err(unexpected(&self.board)),
        }
    }

    pub(super) async fn start_season(&self, start: SeasonStart) -> Result<bool> {
        let board = &self.board;
        for _ in 0..ATTEMPTS {
            let Seasons { current, mut kept } = self.seasons().await?;
            let mut keys = self.own_keys();
            if self.rebuild.is_empty() {
                keys.extend(self.season_keys(current));
                kept.push(current);
                while kept.len() > board.seasons_kept as usize {
                    keys.extend(self.season_keys(kept.remove(0)));
                }
            }
            let kept: Vec<String> = kept.iter().map(u32::to_string).collect();
            let mut arguments = vec![
                self.rebuild.clone(),
                ties(board).to_owned(),
                start.season.to_string(),
                start.sequence.to_string(),
                current.to_string(),
                board.carry_limit.to_string(),
                kept.join(","),
            ];
            if let CarryOver::Linear { numerator, denominator, offset } = start.carry {
                let numbers = [numerator.to_string(), denominator.to_string(), offset.to_string()];
                arguments.extend(numbers);
            }
            let reply = self.run(&SEASON, keys, arguments).await?;
            match reply.first().map(String::as_str) {
                Some("started") => return Ok(true),
                Some("already") => return Ok(false),
                Some("moved") => {}
                _ => break,
            }
        }
        Err(unexpected(board))
    }

    pub(super) async fn seasons(&self) -> Result<Seasons> {
        let state = &self.own[2];
        let reply: Vec<Option<String>> = self
            .client
            .call(Family::Board, |redis| async move {
                redis.hmget(state.as_str(), vec!["season", "kept"]).await
            })
            .await
            .map_err(|error| error.at(state, "hash"))?;
        let [season, kept] = &reply[..] else { return Err(unexpected(&self.board)) };
        let current = season.as_deref().map_or(Ok(1), |season| number(&self.board, season))?;
        let kept = kept.as_deref().unwrap_or_default().split(',').filter(|it| !it.is_empty());
        let kept = kept.map(|season| number(&self.board, season)).collect::<Result<_>>()?;
        Ok(Seasons { current, kept })
    }

    fn season_keys(&self, season: u32) -> [String; 2] {
        [self.keys.season_ranking(season), self.keys.season_members(season)]
            .map(|key| key.to_string())
    }

    pub(super) fn own_keys(&self) -> Vec<String> {
        self.own.iter().map(Key::to_string).collect()
    }

    pub(super) async fn run(
        &self,
        script: &Script,
        keys: Vec<String>,
        arguments: Vec<String>,
    ) -> Result<Vec<String>> {
        let connection = self.client.connection()?;
        let reply = script.run(&self.client, &connection, keys, arguments).await?;
        words(&self.board, reply)
    }
}

/// As the scripts call it.
pub(super) const fn ties(board: &Board) -> &'static str {
    match board.ties {
        Ties::HigherIdFirst => "higher",
        Ties::EarlierFirst => "earlier",
    }
}
