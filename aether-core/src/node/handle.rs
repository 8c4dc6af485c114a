//! A running node.

use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::engine::{Companion, Engine};
use crate::error::{Error, Result};
use crate::ids::Position;

use super::awaited::Awaited;
use super::builder::NodeBuilder;
use super::health::NodeHealth;
use super::part::Part;

/// A running node: the projections, process managers, publishers and maintenance jobs of this process, beside the
/// commands of its [`Engine`].
///
/// Start one in every process that shall take part. Nodes of one event store share the work by leases:
/// each shard of a projection and each job is run by one node at a time. Nodes come and go at any
/// moment; the work of one that was killed is taken over within [`NodeBuilder::lease`] and a second. A
/// paused one that wakes up cannot write.
///
/// Dropping the node leaves it running; [`stop`](Node::stop) ends it. Cloning gives another handle on the same one.
///
/// ```
/// # use aether_core::backend::ReadModels;
/// # use aether_core::{Engine, Node, Projection, Result};
/// # async fn example<R: ReadModels>(engine: Engine, read_models: R, census: impl Projection<R::Tx>) -> Result<()> {
/// let node = Node::builder(&engine).projection(read_models, census).start()?;
/// // … commands …
/// # let done = aether_core::log::Appended::default();
/// node.wait_for("census", &done).await?; // read your own writes
/// node.stop().await
/// # }
/// ```
#[derive(Clone)]
pub struct Node {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) parts: Vec<Arc<dyn Part>>,
    pub(super) stop: CancellationToken,
    pub(super) task: Mutex<Option<JoinHandle<()>>>,
}

impl Node {
    /// A node for the event store of `engine`, to be put together and started.
    pub fn builder(engine: &Engine) -> NodeBuilder {
        NodeBuilder::new(engine)
    }

    /// Waits until what a command has stored is in the read model of a projection, whichever node runs it: read your
    /// own writes. `done` is what the command gave back, or the position of an event. Put a timeout around it.
    ///
    /// Costs nothing where this node runs the projection and no aggregate there has dead letters. Else the checkpoint
    /// is looked at every few milliseconds, and then the dead letters once.
    ///
    /// # Errors
    ///
    /// [`Error::Parked`] if the projection has parked one of the events as a [dead letter](crate::projection::DeadLetter), or
    /// keeps it back after one. An event that an operator has skipped counts as done.
    /// [`Error::NoSuchProjection`]; [`Error::Backend`] with the reason if the projection has stopped on
    /// this node; [`Error::Closed`] if the node was stopped.
    pub async fn wait_for(&self, projection: &str, done: impl Into<Awaited>) -> Result<()> {
        let part = self.inner.parts.iter().find(|part| part.projection() == Some(projection));
        let Some(part) = part else {
            let known = self.inner.parts.iter().filter_map(|part| part.projection());
            return Err(Error::NoSuchProjection {
                projection: projection.to_owned(),
                known: known.collect::<Vec<_>>().join(", "),
            });
        };
        self.inner.until_stopped(part.shows(&done.into())).await
    }

    /// As [`wait_for`](Node::wait_for), for all projections of this node.
    ///
    /// # Errors
    ///
    /// As [`wait_for`](Node::wait_for).
    pub async fn wait_for_all(&self, done: impl Into<Awaited>) -> Result<()> {
        let awaited = done.into();
        for part in &self.inner.parts {
            self.inner.until_stopped(part.shows(&awaited)).await?;
        }
        Ok(())
    }

    /// How the projections of this node are, wherever they run.
    ///
    /// # Errors
    ///
    /// Transient ones: the store could not be asked, and the node is not healthy.
    pub async fn health(&self) -> Result<NodeHealth> {
        let mut shards = Vec::new();
        for part in &self.inner.parts {
            shards.extend(part.health().await?);
        }
        Ok(NodeHealth { shards })
    }

    /// Runs a job now, whether it is due or not and no matter who holds its lease. Returns what it says.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchJob`], [`Error::Backend`] with what the job failed with.
    pub async fn run_job(&self, name: &str) -> Result<String> {
        for part in &self.inner.parts {
            if let Some(job) = part.job().filter(|job| job.name() == name) {
                return job.run_now().await;
            }
        }
        Err(Error::NoSuchJob { job: name.to_owned() })
    }

    /// Finishes the batches at hand, gives all leases back, and ends.
    ///
    /// # Errors
    ///
    /// [`Error::Backend`] if the node has panicked.
    pub async fn stop(&self) -> Result<()> {
        Companion::stop(&*self.inner).await
    }
}

impl Inner {
    async fn until_stopped(&self, reached: impl Future<Output = Result<()>>) -> Result<()> {
        tokio::select! {
            biased;
            reached = reached => reached,
            () = self.stop.cancelled() => Err(Error::Closed),
        }
    }
}

/// All parts of the node; what was parked counts as done.
#[async_trait]
impl Companion for Inner {
    fn is_over(&self) -> bool {
        self.stop.is_cancelled()
    }

    async fn reach(&self, position: Position) -> Result<()> {
        for part in &self.parts {
            self.until_stopped(part.reach(position)).await?;
        }
        Ok(())
    }

    async fn unfinished(&self) -> Result<usize> {
        let mut unfinished = 0;
        for part in &self.parts {
            unfinished += part.unfinished().await?;
        }
        Ok(unfinished)
    }

    async fn stop(&self) -> Result<()> {
        self.stop.cancel();
        let task = self.task.lock().take();
        match task {
            Some(task) => task.await.map_err(|source| Error::Backend { source: source.into() }),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<_> = self.inner.parts.iter().map(|part| part.name()).collect();
        f.debug_struct("Node").field("parts", &parts).finish_non_exhaustive()
    }
}
