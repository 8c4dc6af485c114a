//! How a board behaves.

use aether_core::log::Name;

use super::{LeaderboardError, Result};

/// The order of members with the same score. Must stay as it is while the board lives; to change it,
/// give the board another name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Ties {
    /// The higher id first (as `ZREVRANGE` has it): the order tells nothing, but is the same everywhere
    /// and always. In Redis, members are named `{id}:{name}`.
    #[default]
    HigherIdFirst,
    /// The one who has stood at the score for longer comes first, by the sequence of the last change to
    /// it; of those whom one event brought there, the higher id. Exact for all sequences: they do not
    /// share the score's 53 bits, but stand in front of the member's name in Redis (20 digits more per
    /// member).
    EarlierFirst,
}

/// The definition of a leaderboard: its name and its settings.
///
/// ```
/// use aether_realtime::leaderboard::{Board, Ties};
///
/// const DUELS: Board = Board::from_static("duels").ties(Ties::EarlierFirst).page_limit(200);
/// assert_eq!(DUELS.name(), "duels");
/// assert!(Board::new("my board").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Board {
    name: Name,
    /// The order of members with the same score. Default: [`Ties::HigherIdFirst`].
    pub ties: Ties,
    /// How many members one call may return at the most. Default 1000.
    pub page_limit: u32,
    /// How many past seasons are kept. Default 4.
    pub seasons_kept: u32,
    /// Up to how many members a season start may carry scores over; the step visits each of them, and a
    /// shared store serves nobody else meanwhile (about 10 ms per 1000). Default 50 000. Starting empty
    /// has no such limit.
    pub carry_limit: u32,
    /// How many increments are remembered of each member, one by one, before they are added up. An
    /// increment that arrives behind more later ones of its member than this is taken for a
    /// repetition and left out. In order, any number of repetitions is recognised. Default 16; about
    /// 14 bytes each.
    pub window: u32,
}

impl Board {
    /// The longest name, in bytes.
    pub const NAME_MAX: usize = 50;

    /// A board with this name and default settings.
    ///
    /// # Errors
    ///
    /// [`BadBoard`](LeaderboardError::BadBoard) if the name is empty, longer than
    /// [`NAME_MAX`](Board::NAME_MAX), or has other characters than `a-z 0-9 - _ .`.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        if is_valid(&name) {
            return Ok(Self::with_name(Name::from(name)));
        }
        Err(LeaderboardError::BadBoard { name })
    }

    /// A board whose name is known when the program is compiled.
    ///
    /// # Panics
    ///
    /// If the name is not one that [`new`](Board::new) takes: when the program is compiled, if this
    /// stands in a `const`.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        assert!(is_valid(name), "a board's name has 1 to 50 characters of a-z 0-9 - _ .");
        Self::with_name(Name::from_static(name))
    }

    const fn with_name(name: Name) -> Self {
        Self {
            name,
            ties: Ties::HigherIdFirst,
            page_limit: 1000,
            seasons_kept: 4,
            carry_limit: 50_000,
            window: 16,
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Sets [`ties`](Board::ties).
    #[must_use]
    pub const fn ties(mut self, ties: Ties) -> Self {
        self.ties = ties;
        self
    }

    /// Sets [`page_limit`](Board::page_limit).
    #[must_use]
    pub const fn page_limit(mut self, members: u32) -> Self {
        self.page_limit = members;
        self
    }

    /// Sets [`seasons_kept`](Board::seasons_kept).
    #[must_use]
    pub const fn seasons_kept(mut self, seasons: u32) -> Self {
        self.seasons_kept = seasons;
        self
    }

    /// Sets [`carry_limit`](Board::carry_limit).
    #[must_use]
    pub const fn carry_limit(mut self, members: u32) -> Self {
        self.carry_limit = members;
        self
    }

    /// Sets [`window`](Board::window).
    #[must_use]
    pub const fn window(mut self, increments: u32) -> Self {
        self.window = increments;
        self
    }

    /// Refuses a read of more members than the limit.
    ///
    /// # Errors
    ///
    /// [`TooMany`](LeaderboardError::TooMany).
    pub fn check_count(&self, asked: u64) -> Result<()> {
        let limit = self.page_limit;
        if asked > u64::from(limit) {
            return Err(LeaderboardError::TooMany { asked, limit });
        }
        Ok(())
    }
}

const fn is_valid(name: &str) -> bool {
    let (bytes, mut at) = (name.as_bytes(), 0);
    while at < bytes.len() {
        if !matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.') {
            return false;
        }
        at += 1;
    }
    !bytes.is_empty() && bytes.len() <= Board::NAME_MAX
}
