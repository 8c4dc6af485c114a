//! What a projection writes to while it rebuilds a leaderboard.

use std::sync::Arc;

use aether_core::backend::{Checkpoint, Checkpoints, Maintenance, ReadModels, Step};
use aether_core::memory::MemoryReadModels;
use aether_core::projection::{Handler, Shard};
use aether_core::{BoxError, Error as CoreError, Result};
use aether_realtime::leaderboard::LeaderboardError;
use async_trait::async_trait;

use super::rebuild::RedisRebuild;
use crate::error::Error;
use crate::key_space::KeySpace;
use crate::ports::read_models::RedisTx;

/// Sends what is for the board into the table of its rebuild, and drops the rest: that has been
/// written, and would be stale.
///
/// Checkpoint and letters live as long as this process: a rebuild that was interrupted begins anew,
/// with an empty table.
#[derive(Debug, Clone)]
pub(super) struct RebuildModels {
    pub(super) rebuild: RedisRebuild,
    keys: KeySpace,
    books: MemoryReadModels<()>,
}

impl RebuildModels {
    pub(super) fn new(rebuild: RedisRebuild, keys: KeySpace) -> Self {
        Self { rebuild, keys, books: MemoryReadModels::new() }
    }
}

#[async_trait]
impl ReadModels for RebuildModels {
    type Tx = RedisTx;

    async fn begin(&self) -> Result<RedisTx> {
        Ok(RedisTx::new(self.rebuild.table.client.clone(), self.keys.clone()))
    }

    fn meaning(&self, error: BoxError) -> CoreError {
        Error::of_handler(error)
    }

    async fn commit(&self, tx: RedisTx, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        let sent = tx.boards.send_to(&self.rebuild.table, step.from.position).await;
        sent.map_err(|error| match error {
            // not the fault of the events
            LeaderboardError::RebuildSuperseded { .. } => {
                CoreError::ShardTaken { projection: shard.to_string() }
            }
            error => error.into(),
        })?;
        self.books.commit(self.books.begin().await?, shard, step).await
    }

    async fn roll_back(&self, tx: RedisTx, _: &Shard) -> Result<()> {
        drop(tx);
        Ok(())
    }

    /// It lives as long as this process.
    async fn database(&self) -> Result<Option<String>> {
        Ok(None)
    }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        self.books.checkpoints()
    }

    /// It is a rebuild.
    fn maintenance(&self, _: Handler<RedisTx>) -> Option<Arc<dyn Maintenance>> {
        None
    }
}
