//! Leaderboards in this process's memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use uuid::Uuid;

use super::table::Table;
use super::{
    Board, BoardRebuild, BoardWritten, Change, Leaderboard, LeaderboardError, Leaderboards,
    Ranking, Result, SeasonStart, Sequence, Standing,
};

/// Leaderboards in this process's memory: for tests, and for boards of up to some 100 000 members (a
/// change moves what stands behind it; reads cost the logarithm). Cloning gives another handle on the
/// same boards.
///
/// Keeps every promise of the port; a step is as large as the call.
#[derive(Debug, Clone, Default)]
pub struct MemoryLeaderboards {
    shelves: Arc<Mutex<HashMap<String, Arc<Mutex<Shelf>>>>>,
}

/// Everything of one board.
#[derive(Debug, Default)]
struct Shelf {
    live: Table,
    past: BTreeMap<u32, Arc<Table>>,
    /// The running rebuild and its number.
    rebuild: Option<(u64, Table)>,
    rebuilds: u64,
}

impl MemoryLeaderboards {
    /// A place without boards.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Leaderboards for MemoryLeaderboards {
    fn open(&self, board: &Board) -> Arc<dyn Leaderboard> {
        let shelf = self.shelves.lock().entry(board.name().to_owned()).or_default().clone();
        Arc::new(MemoryBoard { board: board.clone(), shelf })
    }
}

#[derive(Debug)]
struct MemoryBoard {
    board: Board,
    shelf: Arc<Mutex<Shelf>>,
}

fn around(board: &Board, table: &Table, member: Uuid, reach: u32) -> Result<Vec<Standing>> {
    board.check_count(2 * u64::from(reach) + 1)?;
    Ok(table.around(board, member, reach))
}

fn page(board: &Board, table: &Table, offset: u64, count: u32) -> Result<Vec<Standing>> {
    board.check_count(count.into())?;
    Ok(table.page(offset, count))
}

#[async_trait]
impl Ranking for MemoryBoard {
    fn board(&self) -> &Board {
        &self.board
    }

    async fn page(&self, offset: u64, count: u32) -> Result<Vec<Standing>> {
        page(&self.board, &self.shelf.lock().live, offset, count)
    }

    async fn standing(&self, member: Uuid) -> Result<Option<Standing>> {
        Ok(self.shelf.lock().live.around(&self.board, member, 0).pop())
    }

    async fn around(&self, member: Uuid, reach: u32) -> Result<Vec<Standing>> {
        around(&self.board, &self.shelf.lock().live, member, reach)
    }

    async fn count(&self) -> Result<u64> {
        Ok(self.shelf.lock().live.count())
    }
}

#[async_trait]
impl Leaderboard for MemoryBoard {
    async fn write(&self, changes: &[Change]) -> Result<BoardWritten> {
        self.shelf.lock().live.write(&self.board, changes)
    }

    async fn season(&self) -> Result<u32> {
        Ok(self.shelf.lock().live.season)
    }

    async fn start_season(&self, start: SeasonStart) -> Result<bool> {
        let mut shelf = self.shelf.lock();
        let Some(next) = shelf.live.next(&self.board, start)? else { return Ok(false) };
        let ended = std::mem::replace(&mut shelf.live, next);
        shelf.past.insert(ended.season, Arc::new(ended));
        while shelf.past.len() > self.board.seasons_kept as usize {
            shelf.past.pop_first();
        }
        Ok(true)
    }

    async fn past_seasons(&self) -> Result<Vec<u32>> {
        Ok(self.shelf.lock().past.keys().copied().collect())
    }

    async fn past(&self, season: u32) -> Result<Option<Arc<dyn Ranking>>> {
        let table = self.shelf.lock().past.get(&season).cloned();
        let past = |table| Arc::new(PastSeason { board: self.board.clone(), table }) as _;
        Ok(table.map(past))
    }

    async fn rebuild(&self) -> Result<Arc<dyn BoardRebuild>> {
        let mut shelf = self.shelf.lock();
        shelf.rebuilds += 1;
        let number = shelf.rebuilds;
        shelf.rebuild = Some((number, Table::default()));
        let (board, shelf) = (self.board.clone(), self.shelf.clone());
        Ok(Arc::new(MemoryRebuild { board, shelf, number }))
    }
}

/// A season that is over.
#[derive(Debug)]
struct PastSeason {
    board: Board,
    table: Arc<Table>,
}

#[async_trait]
impl Ranking for PastSeason {
    fn board(&self) -> &Board {
        &self.board
    }

    async fn page(&self, offset: u64, count: u32) -> Result<Vec<Standing>> {
        page(&self.board, &self.table, offset, count)
    }

    async fn standing(&self, member: Uuid) -> Result<Option<Standing>> {
        Ok(self.table.around(&self.board, member, 0).pop())
    }

    async fn around(&self, member: Uuid, reach: u32) -> Result<Vec<Standing>> {
        around(&self.board, &self.table, member, reach)
    }

    async fn count(&self) -> Result<u64> {
        Ok(self.table.count())
    }
}

#[derive(Debug)]
struct MemoryRebuild {
    board: Board,
    shelf: Arc<Mutex<Shelf>>,
    number: u64,
}

impl MemoryRebuild {
    fn with<T>(&self, act: impl FnOnce(&Board, &mut Table) -> Result<T>) -> Result<T> {
        match &mut self.shelf.lock().rebuild {
            Some((number, table)) if *number == self.number => act(&self.board, table),
            _ => Err(LeaderboardError::RebuildSuperseded { board: self.board.name().to_owned() }),
        }
    }
}

#[async_trait]
impl BoardRebuild for MemoryRebuild {
    async fn write(&self, changes: &[Change]) -> Result<BoardWritten> {
        self.with(|board, table| table.write(board, changes))
    }

    async fn start_season(&self, start: SeasonStart) -> Result<bool> {
        self.with(|board, table| {
            let next = table.next(board, start)?;
            let started = next.is_some();
            if let Some(next) = next {
                *table = next;
            }
            Ok(started)
        })
    }

    async fn switch(&self, through: Sequence) -> Result<()> {
        let rebuilt = self.with(|_, table| Ok(table.season))?;
        let mut shelf = self.shelf.lock();
        let (live, season) = (shelf.live.last, shelf.live.season);
        let board = self.board.name().to_owned();
        if season != rebuilt {
            return Err(LeaderboardError::SeasonsDiffer { board, live: season, rebuilt });
        }
        if live > through {
            return Err(LeaderboardError::RebuildBehind { board, through, live });
        }
        match shelf.rebuild.take() {
            Some((number, table)) if number == self.number => shelf.live = table,
            other => {
                shelf.rebuild = other;
                return Err(LeaderboardError::RebuildSuperseded { board });
            }
        }
        Ok(())
    }

    async fn abandon(&self) -> Result<()> {
        let mut shelf = self.shelf.lock();
        if matches!(shelf.rebuild, Some((number, _)) if number == self.number) {
            shelf.rebuild = None;
        }
        Ok(())
    }
}
