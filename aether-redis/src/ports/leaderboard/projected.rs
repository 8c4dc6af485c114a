//! Leaderboards written by projections, in the commit that moves their checkpoint.

use aether_core::Position;
use aether_realtime::leaderboard::{Board, Change, Result, SeasonStart};

use super::table::Table;
use crate::client::RedisClient;
use crate::key_space::KeySpace;
use crate::ports::read_models::RedisTx;

/// What a transaction is about to do to its boards.
#[derive(Debug, Default)]
pub(crate) struct BoardWrites(Vec<(Board, Vec<Operation>)>);

#[derive(Debug)]
enum Operation {
    Change(Change),
    Season(SeasonStart),
}

/// One board within a transaction: see [`RedisTx::leaderboard`].
#[derive(Debug)]
pub struct BoardTx<'a> {
    operations: &'a mut Vec<Operation>,
}

impl BoardTx<'_> {
    /// Adds a change, to be sent on commit.
    pub fn write(&mut self, change: Change) {
        self.operations.push(Operation::Change(change));
    }

    /// Starts a season, in order with the changes around it.
    pub fn start_season(&mut self, start: SeasonStart) {
        self.operations.push(Operation::Season(start));
    }
}

impl RedisTx {
    /// A leaderboard to write to: what is written is sent on commit, after the guarded writes.
    ///
    /// Batches may come twice: every change counts once. See [`aether_realtime::leaderboard`].
    ///
    /// ```
    /// use aether_realtime::leaderboard::{Board, Change};
    /// use aether_core::{BoxError, RecordedEvent};
    /// use aether_redis::RedisTx;
    ///
    /// const WINS: Board = Board::from_static("wins");
    ///
    /// fn won(event: &RecordedEvent, tx: &mut RedisTx) -> Result<(), BoxError> {
    ///     tx.leaderboard(&WINS).write(Change::add(event.aggregate_id, 1, event));
    ///     Ok(())
    /// }
    /// ```
    pub fn leaderboard(&mut self, board: &Board) -> BoardTx<'_> {
        let boards = &mut self.boards.0;
        let found = boards.iter().position(|(known, _)| known == board);
        let at = found.unwrap_or_else(|| {
            boards.push((board.clone(), Vec::new()));
            boards.len() - 1
        });
        BoardTx { operations: &mut boards[at].1 }
    }
}

impl BoardWrites {
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|(_, operations)| operations.len()).sum()
    }

    /// Sends everything to the boards. Increments up to `settled`, the checkpoint that the
    /// transaction starts from, may be added up: those after it could come again.
    pub(crate) async fn send(
        self,
        client: &RedisClient,
        keys: &KeySpace,
        settled: Position,
    ) -> Result<()> {
        let sends = self.0.iter().map(|(board, operations)| async move {
            carry_out(&Table::live(client, keys, board), operations, settled).await
        });
        futures::future::try_join_all(sends).await.map(drop)
    }

    /// Sends only what is for the board of `table`, into `table`.
    pub(super) async fn send_to(self, table: &Table, settled: Position) -> Result<()> {
        for (board, operations) in &self.0 {
            if board.name() == table.board.name() {
                carry_out(table, operations, settled).await?;
            }
        }
        Ok(())
    }
}

/// In order, neighbouring changes together.
async fn carry_out(table: &Table, operations: &[Operation], settled: Position) -> Result<()> {
    let mut changes = Vec::with_capacity(operations.len());
    for operation in operations {
        match operation {
            Operation::Change(change) => changes.push(change.clone()),
            Operation::Season(start) => {
                table.write(&changes, settled.get()).await?;
                changes.clear();
                table.start_season(*start).await?;
            }
        }
    }
    table.write(&changes, settled.get()).await.map(drop)
}
