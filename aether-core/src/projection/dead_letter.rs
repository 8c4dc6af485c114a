//! Events that a projection could not apply, and those that wait behind them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::envelope::RecordedEvent;
use crate::ids::{EventId, Name, Position, StreamId, Version};

/// An event that is not in the read model yet: it failed, or it waits behind one of its aggregate that
/// did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// Where the event is in the log.
    pub position: Position,
    /// Its id.
    pub event_id: EventId,
    /// Its type.
    pub event_type: Name,
    /// Its stream.
    pub stream: StreamId,
    /// Its version in the stream.
    pub version: Version,
    /// What is to happen to it.
    pub state: LetterState,
    /// Why it failed.
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was parked, by the clock of the node that did.
    pub parked_at: DateTime<Utc>,
}

impl DeadLetter {
    /// The letter of an event, without error and attempts.
    #[must_use]
    pub fn of(event: &RecordedEvent, state: LetterState, parked_at: DateTime<Utc>) -> Self {
        Self {
            position: event.position,
            event_id: event.event_id,
            event_type: event.event_type.clone(),
            stream: event.stream(),
            version: event.version,
            state,
            error: None,
            attempts: 0,
            parked_at,
        }
    }
}

/// What is to happen to a [`DeadLetter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LetterState {
    /// It failed, and waits for an operator.
    Failed,
    /// It waits behind a failed one of its aggregate.
    Waiting,
    /// An operator wants it tried again.
    Retry,
    /// An operator wants it left out.
    Skip,
    /// It was left out: the read model continues without it.
    Skipped,
}

impl LetterState {
    /// The word it is stored as.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Waiting => "waiting",
            Self::Retry => "retry",
            Self::Skip => "skip",
            Self::Skipped => "skipped",
        }
    }

    /// Whether an operator can order something about a letter in this state: it failed, and no order about it was
    /// carried out yet.
    #[must_use]
    pub const fn can_be_ordered(self) -> bool {
        matches!(self, Self::Failed | Self::Retry | Self::Skip)
    }

    /// The state a word stands for.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Failed, Self::Waiting, Self::Retry, Self::Skip, Self::Skipped]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

impl std::fmt::Display for LetterState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for LetterState {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::parse(word).ok_or_else(|| {
            format!("{word:?} is no state; use failed, waiting, retry, skip or skipped")
        })
    }
}

/// What an operator can do about a failed event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Try it again, and then those that wait behind it.
    Retry,
    /// Leave it out, and continue with those that wait behind it.
    Skip,
}

impl Remedy {
    /// The state a letter has between the operator's order and its execution.
    #[must_use]
    pub const fn ordered(self) -> LetterState {
        match self {
            Self::Retry => LetterState::Retry,
            Self::Skip => LetterState::Skip,
        }
    }
}
