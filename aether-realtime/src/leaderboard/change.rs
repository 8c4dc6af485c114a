//! What is written to a board.

use std::fmt;

use aether_core::{Position, Recorded, RecordedEvent};
use uuid::Uuid;

use super::{LeaderboardError, Result};

/// The place of a change in history, from 1 on: usually the position of its event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(u64);

impl Sequence {
    /// A sequence from its number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Sequence {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl From<Position> for Sequence {
    fn from(position: Position) -> Self {
        Self(position.get())
    }
}

impl<E> From<&Recorded<E>> for Sequence {
    fn from(event: &Recorded<E>) -> Self {
        Self::from(&event.envelope)
    }
}

impl From<&RecordedEvent> for Sequence {
    fn from(event: &RecordedEvent) -> Self {
        event.position.into()
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One change to one member of a board.
///
/// Carries the sequence of its event. A member takes one change per sequence: a second one with the
/// same sequence is a repetition of the first.
///
/// ```
/// use aether_realtime::leaderboard::Change;
/// use aether_core::uuid::Uuid;
///
/// let player = Uuid::from_u128(7);
/// let change = Change::add(player, 16, 1007).named("Aria").in_season(3);
/// assert_eq!(change.sequence().get(), 1007);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a change does nothing before it is written"]
pub struct Change {
    member: Uuid,
    sequence: Sequence,
    action: Action,
    name: Option<String>,
    season: Option<u32>,
}

/// What a [`Change`] does to the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Replaces it.
    Set(i64),
    /// Adds to it; a member that is not ranked starts from 0.
    Add(i64),
    /// Takes the member off the board, and forgets its name.
    Remove,
    /// Nothing: the change is about the name.
    Keep,
}

impl Change {
    /// How many changes take effect together.
    pub const PER_STEP: usize = 128;
    /// The highest score; the lowest is its negative. 2⁵³ − 1: every score up to there is exact in the
    /// floating-point numbers of sorted sets.
    pub const SCORE_MAX: i64 = (1 << 53) - 1;
    /// The longest name, in bytes.
    pub const NAME_MAX: usize = 256;

    /// The score is this from now on.
    pub fn set(member: impl Into<Uuid>, score: i64, at: impl Into<Sequence>) -> Self {
        Self::new(member.into(), at.into(), Action::Set(score))
    }

    /// The score grows by this; falls, if it is negative.
    pub fn add(member: impl Into<Uuid>, points: i64, at: impl Into<Sequence>) -> Self {
        Self::new(member.into(), at.into(), Action::Add(points))
    }

    /// The member leaves the board. It comes back with the next change to its score.
    pub fn remove(member: impl Into<Uuid>, at: impl Into<Sequence>) -> Self {
        Self::new(member.into(), at.into(), Action::Remove)
    }

    /// The member has another name; its place stays. Remembered for one that is not ranked.
    pub fn rename(
        member: impl Into<Uuid>,
        name: impl Into<String>,
        at: impl Into<Sequence>,
    ) -> Self {
        Self::new(member.into(), at.into(), Action::Keep).named(name)
    }

    const fn new(member: Uuid, sequence: Sequence, action: Action) -> Self {
        Self { member, sequence, action, name: None, season: None }
    }

    /// Tells the member's name as of this change. An older change never takes a newer name back.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// It counts in this season only: left out when the season is over, and
    /// [refused](LeaderboardError::SeasonAhead) before it has started.
    pub const fn in_season(mut self, season: u32) -> Self {
        self.season = Some(season);
        self
    }

    /// Who.
    #[must_use]
    pub const fn member(&self) -> Uuid {
        self.member
    }

    /// When.
    #[must_use]
    pub const fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// What becomes of the score.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The name it tells. A removal tells that there is none any more.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        if self.action == Action::Remove { Some("") } else { self.name.as_deref() }
    }

    /// The season it counts in, if it says so.
    #[must_use]
    pub const fn season(&self) -> Option<u32> {
        self.season
    }

    /// Refuses what no board can hold.
    ///
    /// # Errors
    ///
    /// [`ScoreOutOfRange`](LeaderboardError::ScoreOutOfRange), [`BadName`](LeaderboardError::BadName).
    pub fn check(&self) -> Result<()> {
        if let Action::Set(number) | Action::Add(number) = self.action
            && number.unsigned_abs() > Self::SCORE_MAX.unsigned_abs()
        {
            return Err(LeaderboardError::ScoreOutOfRange { member: self.member });
        }
        match self.name() {
            Some(name) if name.len() > Self::NAME_MAX => {
                Err(LeaderboardError::BadName { member: self.member, bytes: name.len() })
            }
            _ => Ok(()),
        }
    }
}

/// What became of some changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BoardWritten {
    /// Took effect.
    pub applied: u64,
    /// Left out: repetitions, or replaced by a later change already.
    pub stale: u64,
    /// Left out: of a season that is over.
    pub late: u64,
}

impl std::ops::AddAssign for BoardWritten {
    fn add_assign(&mut self, other: Self) {
        self.applied += other.applied;
        self.stale += other.stale;
        self.late += other.late;
    }
}
