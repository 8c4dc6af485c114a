//! How the projections of a node are.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer};
use tokio::time::Instant;

use crate::error::Error;
use crate::ids::Position;
use crate::projection::Shard;

/// How the projections of a node are, wherever they run. As JSON: `{"shards": [{"shard": {"projection": "census",
/// "index": 0, "of": 1}, "state": "running", "position": 7, "lagEvents": 0, "lagSeconds": 0.0}]}`; a failed state is
/// `{"failed": "why"}`.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct NodeHealth {
    /// Every shard of every projection that the node was built with.
    pub shards: Vec<ShardHealth>,
}

impl NodeHealth {
    /// Whether no shard stands still because of a failure, and none is further behind than `lag`: what a
    /// readiness probe asks.
    #[must_use]
    pub fn is_ready(&self, lag: Duration) -> bool {
        self.shards
            .iter()
            .all(|shard| !matches!(shard.state, ShardState::Failed(_)) && shard.lag <= lag)
    }
}

/// How one shard of a projection is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ShardHealth {
    /// Which one.
    pub shard: Shard,
    /// What it does on this node.
    pub state: ShardState,
    /// Everything up to here is in the read model, or parked.
    pub position: Position,
    /// By how many positions it is behind the end of the log: at least as many as there are events to
    /// project.
    pub lag_events: u64,
    /// For how long it has not reached what was the end of the log, as this node sees it, wherever it runs. Zero
    /// where it has caught up, and for what has only just been stored.
    #[serde(rename = "lagSeconds", serialize_with = "seconds")]
    pub lag: Duration,
}

/// Where the end of the log was seen, as far as a shard has not come there yet.
///
/// A shard under load always lags by some events. What matters is for how long: the age of the oldest end that
/// it has not reached.
#[derive(Debug, Default)]
pub(super) struct Lag {
    /// Oldest first.
    ends: VecDeque<(Position, Instant)>,
}

impl Lag {
    /// Ends beyond this many are not noted until older ones are reached.
    const NOTED: usize = 256;

    /// Takes note of how far the shard and the log are now, and tells for how long the shard has been behind.
    pub(super) fn observe(&mut self, position: Position, end: Position) -> Duration {
        let now = Instant::now();
        while self.ends.front().is_some_and(|(reached, _)| *reached <= position) {
            self.ends.pop_front();
        }
        let newest = self.ends.back().map_or(position, |(newest, _)| *newest);
        if end > newest && self.ends.len() < Self::NOTED {
            self.ends.push_back((end, now));
        }
        self.ends.front().map_or(Duration::ZERO, |(_, since)| now - *since)
    }
}

/// What a shard does on this node.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ShardState {
    /// Another node has its lease, or none yet.
    Elsewhere,
    /// It is run here.
    Running,
    /// An operator has paused it.
    Paused,
    /// It was run here and stopped; it is tried again.
    Failed(#[serde(serialize_with = "in_words")] Arc<Error>),
}

fn seconds<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(span.as_secs_f64())
}

fn in_words<S: Serializer>(error: &Error, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}
