//! What can go wrong with a leaderboard, and whether trying again helps.

use aether_core::{Error, ErrorKind};
use uuid::Uuid;

use super::{Board, Change, Sequence};

/// What a leaderboard answers instead of doing what was asked. Nothing was written, except where
/// [`Store`](LeaderboardError::Store) is transient: then changes may have taken effect, and sending them
/// again is safe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LeaderboardError {
    /// The name cannot be a board's.
    #[error(
        "{name:?} cannot be a board's name; use 1 to {max} characters of a-z 0-9 - _ .",
        max = Board::NAME_MAX
    )]
    BadBoard {
        /// The name.
        name: String,
    },

    /// A member's name is too long.
    #[error(
        "the name of {member} has {bytes} bytes, more than {max}; shorten it",
        max = Change::NAME_MAX
    )]
    BadName {
        /// The member.
        member: Uuid,
        /// The name's length.
        bytes: usize,
    },

    /// The score would leave the range in which every number is exact.
    #[error(
        "the score of {member} would leave the range of ±{max}, where every number is exact; scale it down",
        max = Change::SCORE_MAX
    )]
    ScoreOutOfRange {
        /// The member.
        member: Uuid,
    },

    /// The change belongs to a season that this board has not started. Retrying helps once it has.
    #[error(
        "the change belongs to season {season}, but {board} is in season {current}; start the season first"
    )]
    SeasonAhead {
        /// The board.
        board: String,
        /// The season of the change.
        season: u32,
        /// The board's season.
        current: u32,
    },

    /// A read asked for too much at once.
    #[error("{asked} members were asked for, and the limit is {limit}; read them page by page")]
    TooMany {
        /// How many.
        asked: u64,
        /// The board's limit.
        limit: u32,
    },

    /// The board has too many members to carry their scores over in one step.
    #[error(
        "{board} has {members} members, and scores of {limit} at most are carried over; start empty, or raise carry_limit"
    )]
    BoardTooLarge {
        /// The board.
        board: String,
        /// How many it has, those that were removed included.
        members: u64,
        /// The board's limit.
        limit: u32,
    },

    /// A newer rebuild of the board has begun, or this one has ended, or its table was lost. Start another
    /// one.
    #[error("this rebuild of {board} is over; start another one")]
    RebuildSuperseded {
        /// The board.
        board: String,
    },

    /// The board has seen a later event than the rebuild. Catch up, then switch again.
    #[error(
        "{board} has seen event {live}, and its rebuild has come to {through}; catch up and switch again"
    )]
    RebuildBehind {
        /// The board.
        board: String,
        /// How far the rebuild is.
        through: Sequence,
        /// How far the board is.
        live: Sequence,
    },

    /// Board and rebuild are in different seasons. If events start the seasons, the one that is behind
    /// gets there: switch again. Seasons that are started by hand are not in the log, and cannot be
    /// rebuilt.
    #[error(
        "{board} is in season {live}, and its rebuild in {rebuilt}; switch again when they agree"
    )]
    SeasonsDiffer {
        /// The board.
        board: String,
        /// The board's season.
        live: u32,
        /// The rebuild's season.
        rebuilt: u32,
    },

    /// The store failed; its error is the [`source`](std::error::Error::source).
    #[error("the call to the leaderboard failed")]
    Store(#[from] Error),
}

impl LeaderboardError {
    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => error.kind(),
            Self::RebuildSuperseded { .. } => ErrorKind::TakenOver,
            Self::SeasonAhead { .. } | Self::RebuildBehind { .. } | Self::SeasonsDiffer { .. } => {
                ErrorKind::Conflict
            }
            Self::BadBoard { .. }
            | Self::BadName { .. }
            | Self::ScoreOutOfRange { .. }
            | Self::TooMany { .. }
            | Self::BoardTooLarge { .. } => ErrorKind::Invalid,
        }
    }

    /// The name of the error for programs and metrics, in `snake_case`. It stays when the message changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadBoard { .. } => "bad_board",
            Self::BadName { .. } => "bad_name",
            Self::ScoreOutOfRange { .. } => "score_out_of_range",
            Self::SeasonAhead { .. } => "season_ahead",
            Self::TooMany { .. } => "too_many",
            Self::BoardTooLarge { .. } => "board_too_large",
            Self::RebuildSuperseded { .. } => "rebuild_superseded",
            Self::RebuildBehind { .. } => "rebuild_behind",
            Self::SeasonsDiffer { .. } => "seasons_differ",
            Self::Store(error) => error.code(),
        }
    }

    /// The same call may succeed later, unchanged: the store is away for now.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }

    /// The rebuild has to catch up before it can take the board's place.
    #[must_use]
    pub const fn is_behind(&self) -> bool {
        matches!(self, Self::RebuildBehind { .. } | Self::SeasonsDiffer { .. })
    }

    /// The request itself is wrong: it fails again however often it is sent.
    #[must_use]
    pub const fn is_invalid(&self) -> bool {
        matches!(
            self,
            Self::BadBoard { .. }
                | Self::BadName { .. }
                | Self::ScoreOutOfRange { .. }
                | Self::TooMany { .. }
                | Self::BoardTooLarge { .. }
        )
    }
}

impl From<LeaderboardError> for Error {
    fn from(error: LeaderboardError) -> Self {
        match error {
            LeaderboardError::Store(error) => error,
            other => Self::Backend { source: other.into() },
        }
    }
}
