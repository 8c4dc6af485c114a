//! A ranking in memory: records by member, and their order.

use std::cmp::Reverse;
use std::collections::HashMap;

use uuid::Uuid;

use super::record::Record;
use super::{
    Board, BoardWritten, Change, LeaderboardError, Result, SeasonStart, Sequence, Standing, Ties,
};

/// One season of a board, or of a rebuild.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) season: u32,
    /// Changes up to here belong to seasons before.
    since: Sequence,
    /// The highest sequence that has changed anything.
    pub(super) last: Sequence,
    records: HashMap<Uuid, Record>,
    /// Best first.
    order: Vec<Place>,
}

/// Sorts as members are ranked.
type Place = (Reverse<i64>, u64, Reverse<Uuid>);

impl Default for Table {
    fn default() -> Self {
        Self {
            season: 1,
            since: Sequence::default(),
            last: Sequence::default(),
            records: HashMap::new(),
            order: Vec::new(),
        }
    }
}

impl Table {
    /// All of the changes, or none.
    pub(super) fn write(&mut self, board: &Board, changes: &[Change]) -> Result<BoardWritten> {
        let mut written = BoardWritten::default();
        let mut last = self.last;
        let mut staged: HashMap<Uuid, Record> = HashMap::new();
        changes.iter().try_for_each(Change::check)?;
        for change in changes {
            let member = change.member();
            if let Some(season) = change.season().filter(|season| *season > self.season) {
                let (board, current) = (board.name().to_owned(), self.season);
                return Err(LeaderboardError::SeasonAhead { board, season, current });
            }
            let over = change.season().is_some_and(|season| season < self.season);
            if over || change.sequence() <= self.since {
                written.late += 1;
                continue;
            }
            let stored = || self.records.get(&member).cloned().unwrap_or_default();
            let record = staged.entry(member).or_insert_with(stored);
            let out_of_range = |_| LeaderboardError::ScoreOutOfRange { member };
            if record.apply(change).map_err(out_of_range)? {
                record.fold(board.window as usize);
                last = last.max(change.sequence());
                written.applied += 1;
            } else {
                written.stale += 1;
            }
        }
        self.last = last;
        for (member, record) in staged {
            self.place(board, member, record);
        }
        Ok(written)
    }

    fn place(&mut self, board: &Board, member: Uuid, record: Record) {
        let new = place(board, member, &record);
        let old = self.records.insert(member, record).and_then(|old| place(board, member, &old));
        if old == new {
            return;
        }
        if let Some(Ok(at)) = old.map(|old| self.order.binary_search(&old)) {
            self.order.remove(at);
        }
        if let Some(new) = new {
            let at = self.order.binary_search(&new).unwrap_or_else(|at| at);
            self.order.insert(at, new);
        }
    }

    /// The table of the next season; `None` if it has started already.
    pub(super) fn next(&self, board: &Board, start: SeasonStart) -> Result<Option<Self>> {
        if start.season <= self.season {
            return Ok(None);
        }
        let (season, since) = (start.season, start.sequence);
        let mut next = Self { season, since, last: self.last.max(since), ..Self::default() };
        if start.carry == super::CarryOver::Nothing {
            return Ok(Some(next));
        }
        if self.records.len() > board.carry_limit as usize {
            let (members, limit) = (self.records.len() as u64, board.carry_limit);
            let board = board.name().to_owned();
            return Err(LeaderboardError::BoardTooLarge { board, members, limit });
        }
        let mut too_far = None;
        for (&member, record) in &self.records {
            let Some(score) = record.score() else { continue };
            match start.carry.of(score) {
                Some(base) => next.place(board, member, record.carried(base, since.get())),
                None => too_far = too_far.into_iter().chain([member]).min(),
            }
        }
        if let Some(member) = too_far {
            return Err(LeaderboardError::ScoreOutOfRange { member });
        }
        Ok(Some(next))
    }

    pub(super) fn count(&self) -> u64 {
        self.order.len() as u64
    }

    pub(super) fn page(&self, offset: u64, count: u32) -> Vec<Standing> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.order.len());
        let end = start.saturating_add(count as usize).min(self.order.len());
        let standings = self.order[start..end].iter().zip(start as u64 + 1..);
        standings
            .map(|(&(Reverse(score), _, Reverse(member)), rank)| {
                let name = self.records.get(&member).map_or("", Record::name).to_owned();
                Standing { rank, member, name, score }
            })
            .collect()
    }

    pub(super) fn around(&self, board: &Board, member: Uuid, reach: u32) -> Vec<Standing> {
        let place = self.records.get(&member).and_then(|record| place(board, member, record));
        let Some(Ok(index)) = place.map(|place| self.order.binary_search(&place)) else {
            return Vec::new();
        };
        let above = index.min(reach as usize);
        self.page((index - above) as u64, (above as u32).saturating_add(reach).saturating_add(1))
    }
}

fn place(board: &Board, member: Uuid, record: &Record) -> Option<Place> {
    let reached = match board.ties {
        Ties::HigherIdFirst => 0,
        Ties::EarlierFirst => record.reached(),
    };
    Some((Reverse(record.score()?), reached, Reverse(member)))
}
