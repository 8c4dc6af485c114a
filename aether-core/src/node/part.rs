//! What a node runs under leases.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::ids::Position;

use super::awaited::Awaited;
use super::health::ShardHealth;
use super::job::JobPart;

/// A piece of a node's work, under one or several leases.
#[async_trait]
pub(crate) trait Part: Send + Sync {
    /// What it is called in lists.
    fn name(&self) -> &str;

    /// Looks whether it can be run at all, before anything is.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Gets ready to be run; called again, after a pause, until it succeeds. No other part waits for it.
    async fn prepare(&self) -> Result<()> {
        Ok(())
    }

    /// The leases it runs under. Called after [`prepare`](Part::prepare).
    fn leases(&self) -> Vec<String>;

    /// Works under a lease until it is told to stop.
    async fn run(&self, lease: &str, epoch: u64, stop: &CancellationToken) -> Result<()>;

    /// The projection it is, if it is one.
    fn projection(&self) -> Option<&str> {
        None
    }

    /// Waits until it has worked through the log up to `position`, on whatever node.
    async fn reach(&self, position: Position) -> Result<()> {
        let _ = position;
        Ok(())
    }

    /// Waits until these events are in its read model, on whatever node.
    async fn shows(&self, awaited: &Awaited) -> Result<()> {
        let _ = awaited;
        Ok(())
    }

    /// How much is waiting to be done, besides what [`reach`](Part::reach) waits for.
    async fn unfinished(&self) -> Result<usize> {
        Ok(0)
    }

    /// How its shards are.
    async fn health(&self) -> Result<Vec<ShardHealth>> {
        Ok(Vec::new())
    }

    /// The job it is, if it is one.
    fn job(&self) -> Option<&JobPart> {
        None
    }
}
