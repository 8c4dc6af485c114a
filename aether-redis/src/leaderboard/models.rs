//! What a projection writes to while it rebuilds a leaderboard.

use aether_core::{
    AggregateId, BoxError, Checkpoint, Claim, DeadLetter, Error as CoreError, MemoryReadModels,
    Orders, Position, ReadModels, Registration, Remedy, Result, Shard, Step, StoredProjection,
};
use aether_realtime::leaderboard::LeaderboardError;
use async_trait::async_trait;

use super::rebuild::RedisRebuild;
use crate::error::Error;
use crate::key_space::KeySpace;
use crate::read_models::RedisTx;

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

    async fn register(&self, registration: &Registration<'_>) -> Result<u16> {
        self.books.register(registration).await
    }

    async fn claim(&self, shard: &Shard, epoch: u64) -> Result<Claim> {
        self.books.claim(shard, epoch).await
    }

    async fn checkpoint(&self, shard: &Shard) -> Result<Checkpoint> {
        self.books.checkpoint(shard).await
    }

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

    async fn stored(&self, projection: &str) -> Result<Option<StoredProjection>> {
        self.books.stored(projection).await
    }

    async fn orders(&self, shard: &Shard) -> Result<Orders> {
        self.books.orders(shard).await
    }

    async fn report(&self, shard: &Shard, failure: Option<&str>) -> Result<()> {
        self.books.report(shard, failure).await
    }

    async fn letters(
        &self,
        projection: &str,
        aggregate: Option<AggregateId>,
    ) -> Result<Vec<DeadLetter>> {
        self.books.letters(projection, aggregate).await
    }

    async fn remedy(&self, projection: &str, position: Position, remedy: Remedy) -> Result<bool> {
        self.books.remedy(projection, position, remedy).await
    }

    async fn pause(&self, projection: &str, paused: bool) -> Result<()> {
        self.books.pause(projection, paused).await
    }

    async fn forget(&self, projection: &str) -> Result<bool> {
        self.books.forget(projection).await
    }
}
