//! The table of a rebuild, and the step in which it takes the board's place.

use aether_realtime::leaderboard::{
    BoardRebuild, BoardWritten, Change, LeaderboardError, Result, SeasonStart, Sequence,
};
use async_trait::async_trait;

use super::reply::{number, unexpected};
use super::table::Table;
use crate::client::Family;
use crate::key_space::Key;
use crate::script::Script;

static BEGIN: Script = Script::new(include_str!("begin.lua")).measured_as(Family::Board);
static SWITCH: Script = Script::new(concat!(
    "#!lua flags=allow-oom\n",
    include_str!("record.lua"),
    include_str!("switch.lua")
))
.measured_as(Family::Board);

#[derive(Debug, Clone)]
pub(super) struct RedisRebuild {
    pub(super) table: Table,
    /// Ranking, members and state of the board.
    live: [Key; 3],
}

impl RedisRebuild {
    pub(super) async fn begin(board: &Table) -> Result<Self> {
        let keys = board.keys.rebuild().iter().map(Key::to_string).collect();
        let connection = board.client.connection()?;
        let id = BEGIN.run(&board.client, &connection, keys, Vec::<String>::new()).await?;
        let id = id.as_string().ok_or_else(|| unexpected(&board.board))?;
        Ok(Self { table: board.of_rebuild(id), live: board.own.clone() })
    }

    async fn end(&self, how: &str, through: Sequence) -> Result<()> {
        let board = &self.table.board;
        let mut keys = self.table.own_keys();
        keys.extend(self.live.iter().map(Key::to_string));
        let arguments = vec![self.table.rebuild.clone(), how.to_owned(), through.to_string()];
        let reply = self.table.run(&SWITCH, keys, arguments).await?;
        let name = board.name().to_owned();
        match &reply.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["ok"] => Ok(()),
            ["seasons", live, rebuilt] => {
                let (live, rebuilt) = (number(board, live)?, number(board, rebuilt)?);
                Err(LeaderboardError::SeasonsDiffer { board: name, live, rebuilt })
            }
            ["behind", live] => {
                let live = Sequence::new(number(board, live)?);
                Err(LeaderboardError::RebuildBehind { board: name, through, live })
            }
            _ => Err(unexpected(board)),
        }
    }
}

#[async_trait]
impl BoardRebuild for RedisRebuild {
    async fn write(&self, changes: &[Change]) -> Result<BoardWritten> {
        self.table.write(changes, u64::MAX).await
    }

    async fn start_season(&self, start: SeasonStart) -> Result<bool> {
        self.table.start_season(start).await
    }

    async fn switch(&self, through: Sequence) -> Result<()> {
        self.end("switch", through).await
    }

    async fn abandon(&self) -> Result<()> {
        match self.end("abandon", Sequence::default()).await {
            Err(LeaderboardError::RebuildSuperseded { .. }) => Ok(()),
            result => result,
        }
    }
}
