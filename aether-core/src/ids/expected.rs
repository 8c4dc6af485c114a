//! What is believed about a stream.

use std::fmt;

use super::{EventId, Version};

/// What the caller believes about a stream; the store enforces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExpectedVersion {
    /// Nothing: append after whatever is there.
    Any,
    /// The stream has no events.
    NoStream,
    /// The stream has at least one event.
    StreamExists,
    /// The stream has exactly this many events. `Exact(Version::ZERO)` means the same as `NoStream`.
    Exact(Version),
    /// The stream has exactly this many events, and the last of them has this id. Tells a state that was lost, with
    /// its server, from the one that has taken its place under the same version.
    Head(Version, EventId),
}

impl ExpectedVersion {
    /// What is expected of a stream that has this many events and this last one. The id is `None` where nobody
    /// knows it.
    #[must_use]
    pub const fn head(version: Version, last_event: Option<EventId>) -> Self {
        match last_event {
            Some(id) => Self::Head(version, id),
            None => Self::Exact(version),
        }
    }

    /// Whether a stream at `actual` is as expected, as far as its version tells.
    #[must_use]
    pub fn is_met_by(self, actual: Version) -> bool {
        match self {
            Self::Any => true,
            Self::NoStream => actual == Version::ZERO,
            Self::StreamExists => actual > Version::ZERO,
            Self::Exact(version) | Self::Head(version, _) => actual == version,
        }
    }

    /// The id that the stream's last event must have, if one is expected.
    #[must_use]
    pub const fn last_event(self) -> Option<EventId> {
        match self {
            Self::Head(_, id) => Some(id),
            _ => None,
        }
    }
}

impl fmt::Display for ExpectedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any version"),
            Self::NoStream => f.write_str("no stream"),
            Self::StreamExists => f.write_str("an existing stream"),
            Self::Exact(version) => write!(f, "version {version}"),
            Self::Head(version, id) => write!(f, "version {version} with {id} as its last event"),
        }
    }
}
