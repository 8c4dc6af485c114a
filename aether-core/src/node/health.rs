//! How the projections of a node are.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::ids::Position;
use crate::projection::Shard;

/// How the projections of a node are, wherever they run.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
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
    /// For how long it has been behind the end of the log, as this node sees it; zero where it has caught up.
    pub lag: Duration,
}

/// What a shard does on this node.
#[derive(Debug, Clone)]
pub enum ShardState {
    /// Another node has its lease, or none yet.
    Elsewhere,
    /// It is run here.
    Running,
    /// An operator has paused it.
    Paused,
    /// It was run here and stopped; it is tried again.
    Failed(Arc<Error>),
}
