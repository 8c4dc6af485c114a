//! What can be tuned for each projection.

use std::time::Duration;

use crate::setters::setters;

/// Tuning for one projection: what it [says](super::Projection::settings), or those who run it
/// [by `with`](super::Projection::with).
///
/// ```
/// use aether_core::projection::{ProjectionSettings, Undecodable};
///
/// let settings = ProjectionSettings::default().shards(4).undecodable(Undecodable::Park);
/// assert_eq!(settings.attempts, 3);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProjectionSettings {
    /// Into how many parts it is cut, each with a checkpoint and a lease of its own, so that several nodes
    /// share the work. The first registration of the projection fixes it. Default 1, at most 1024.
    pub shards: u16,
    /// At most this many events in one transaction. Default 1000.
    pub batch_size: u32,
    /// How often a single event that fails is tried before it is parked. Default 3.
    pub attempts: u32,
    /// The pause before the second attempt, doubled with each further one, up to ten times; up to half of each is taken
    /// off at random. Default 50 ms.
    pub backoff: Duration,
    /// For how long one call of [`project`](super::Projection::project) may run before it counts as
    /// failed. Default 10 seconds. Only a handler that awaits can be ended.
    pub time_limit: Duration,
    /// For how long a missing database is waited for before the shard is given back, to be tried again
    /// later, perhaps elsewhere. Default 60 seconds.
    pub patience: Duration,
    /// What happens at an event that cannot be decoded.
    pub undecodable: Undecodable,
    /// Whether an inline projection may begin where the log is now, with rows that say nothing of what was before: for
    /// what needs no past. Default: no, it is refused.
    pub starts_empty: bool,
}

impl Default for ProjectionSettings {
    fn default() -> Self {
        Self {
            shards: 1,
            batch_size: 1000,
            attempts: 3,
            backoff: Duration::from_millis(50),
            time_limit: Duration::from_secs(10),
            patience: Duration::from_secs(60),
            undecodable: Undecodable::Stop,
            starts_empty: false,
        }
    }
}

impl ProjectionSettings {
    setters! {
        shards: u16,
        batch_size: u32,
        attempts: u32,
        backoff: Duration,
        time_limit: Duration,
        patience: Duration,
        undecodable: Undecodable,
    }

    /// Lets an inline projection begin where the log is now: see [`starts_empty`](#structfield.starts_empty).
    #[must_use]
    pub const fn starts_empty(mut self) -> Self {
        self.starts_empty = true;
        self
    }
}

/// What a projection does at an event of unknown type, or one whose payload does not fit: the same
/// when live and in a rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undecodable {
    /// Its shard stops and says so, and is offered to other nodes: one may run newer code.
    #[default]
    Stop,
    /// The event is left out, with a warning.
    Skip,
    /// The event is parked as a dead letter, the aggregate's later ones behind it.
    Park,
}
