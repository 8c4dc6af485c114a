//! An event by which a log is recognized.

use std::fmt;

use super::{EventId, Position};

/// An event by which a log is recognized: the newest one at or below a checkpoint.
///
/// A database may be restored from a backup, or fail over to a replica that was behind. Then it has lost its newest
/// events, and gives their positions to others. A read model that is kept elsewhere knows the lost ones, and would
/// leave out those that have taken their places. So it keeps an anchor with its checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Where the event is in the log.
    pub position: Position,
    /// Its id.
    pub event_id: EventId,
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.event_id, self.position)
    }
}
