//! A node: the process that runs projections, process managers, publishers and jobs, together with
//! others.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures::FutureExt as _;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::backend::panic_text;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ids::Position;
use crate::process::{ProcessManager, ProcessRunner, ProcessSettings, Processes};
use crate::projection::{Handler, Projection, ProjectionSettings, ReadModels};
use crate::publisher::{Outside, Publisher, Sink};

mod health;
mod job;
mod live;
mod part;
mod process;
mod roster;
mod shards;

pub use health::{NodeHealth, ShardHealth, ShardState};
pub use job::{BoxJob, Job, run_job};

use job::JobPart;
use live::LivePart;
use part::Part;
use process::ProcessPart;
use roster::Roster;
use shards::ProjectionPart;

/// Runs projections, process managers, publishers and maintenance jobs beside the commands of an
/// [`Engine`].
///
/// Start one in every process that shall take part. Nodes of one event store share the work by leases:
/// each shard of a projection and each job is run by one node at a time. Nodes come and go at any
/// moment; the work of one that was killed is taken over within [`NodeBuilder::lease`] and a second. A
/// paused one that wakes up can not write.
///
/// ```
/// # use aether_core::{Engine, Node, Projection, ReadModels, Result};
/// # async fn example<R: ReadModels>(engine: Engine, read_models: R, census: impl Projection<R::Tx>) -> Result<()> {
/// let node = Node::builder(&engine).projection(read_models, census).start()?;
/// // … commands …
/// # let position = aether_core::Position::START;
/// node.wait_for("census", position).await?; // read your own writes
/// node.stop().await
/// # }
/// ```
pub struct Node;

impl Node {
    /// A node for the event store of `engine`.
    pub fn builder(engine: &Engine) -> NodeBuilder {
        NodeBuilder {
            engine: engine.clone(),
            name: format!("node-{}", std::process::id()),
            lease: Duration::from_secs(3),
            parts: Vec::new(),
            live: Vec::new(),
        }
    }
}

/// Puts a node together.
#[must_use = "a node does nothing before `start`"]
pub struct NodeBuilder {
    engine: Engine,
    name: String,
    lease: Duration,
    parts: Vec<Arc<dyn Part>>,
    live: Vec<LivePart>,
}

impl NodeBuilder {
    /// What people call this node in lists and logs. Default `node-` and the process id.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// For how long the node's leases last without a sign of life; it gives four in that time. Default 3
    /// seconds, at least 100 ms and at most a day. Shorter: the work of a killed node is taken over sooner, and that of a
    /// slow one more often.
    pub fn lease(mut self, span: Duration) -> Self {
        const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
        self.lease = span.clamp(Duration::from_millis(100), LONGEST);
        self
    }

    /// Runs a projection with the default settings.
    pub fn projection<R: ReadModels>(
        self,
        read_models: R,
        projection: impl Projection<R::Tx>,
    ) -> Self {
        self.projection_with(read_models, projection, ProjectionSettings::default())
    }

    /// Runs a projection with settings of its own.
    pub fn projection_with<R: ReadModels>(
        mut self,
        read_models: R,
        projection: impl Projection<R::Tx>,
        settings: ProjectionSettings,
    ) -> Self {
        self.listen(Arc::new(read_models), projection, settings);
        self
    }

    /// Runs a process manager with the default settings.
    pub fn process_manager(self, processes: impl Processes, manager: impl ProcessManager) -> Self {
        self.process_manager_with(processes, manager, ProcessSettings::default())
    }

    /// Runs a process manager with settings of its own. It hears events as a projection of its name does,
    /// and one node at a time carries out what follows.
    pub fn process_manager_with(
        mut self,
        processes: impl Processes,
        manager: impl ProcessManager,
        settings: ProcessSettings,
    ) -> Self {
        let hearing = settings.hearing.clone();
        let runner = ProcessRunner::new(&self.engine, processes, manager).settings(settings);
        self.listen(runner.processes().clone(), runner.projection(), hearing);
        self.parts.push(Arc::new(ProcessPart::new(runner)));
        self
    }

    fn listen<R: ReadModels>(
        &mut self,
        read_models: Arc<R>,
        projection: impl Projection<R::Tx>,
        settings: ProjectionSettings,
    ) {
        let part =
            ProjectionPart::new(&self.engine, read_models, Handler::new(projection), settings);
        self.parts.push(Arc::new(part));
    }

    /// Publishes events to the outside. How far it has come is kept in `read_models`.
    pub fn publisher<R: ReadModels>(self, read_models: R, publisher: Publisher<impl Sink>) -> Self {
        self.projection(Outside(read_models), publisher)
    }

    /// Shows a handler the events that are stored while this node runs, on every node that has it,
    /// without checkpoint: for what need not survive, such as pushing to connected clients. Each event at
    /// most once, in order; a batch that fails is logged, and the next one comes.
    pub fn live(mut self, handler: impl Projection<()>) -> Self {
        self.live.push(LivePart::new(&self.engine, Handler::new(handler)));
        self
    }

    /// Runs a job whenever it is due, on one node at a time.
    pub fn job(mut self, job: impl Job) -> Self {
        self.parts.push(Arc::new(JobPart::new(&self.engine, BoxJob::new(job))));
        self
    }

    /// Starts the node. [`Engine::close`] stops it.
    ///
    /// Read models, jobs and the store need not be there yet: each part starts as soon as what it needs is, and holds
    /// up no other.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateName`] if two projections, two process managers or two jobs have one name. A process
    /// manager and a publisher are projections, too. [`Error::InvalidEvents`] if a projection cannot be given the events
    /// it listens to. Nothing was started then.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn start(self) -> Result<NodeHandle> {
        let mut names = HashSet::new();
        for part in &self.parts {
            let kind = part.kind();
            let name = part.name().to_owned();
            if !names.insert((kind, name.clone())) {
                return Err(Error::DuplicateName { kind, name });
            }
            part.check()?;
        }
        self.live.iter().try_for_each(LivePart::check)?;
        let stop = CancellationToken::new();
        let roster = Roster::new(&self.engine, self.name, self.lease, self.parts.clone());
        let inner = Arc::new(Inner { parts: self.parts, stop, task: Mutex::default() });
        let (live, running) = (self.live, inner.clone());
        let task = tokio::spawn(async move {
            let stop = &running.stop;
            let live = futures::future::join_all(live.iter().map(|part| part.run(stop)));
            let work = async { tokio::join!(roster.run(stop), live) };
            if let Err(panic) = AssertUnwindSafe(work).catch_unwind().await {
                // nobody runs anything any more: those who wait hear of it, and `stop` tells why
                tracing::error!(panic = panic_text(panic.as_ref()), "the node panicked");
                stop.cancel();
                std::panic::resume_unwind(panic);
            }
        });
        *inner.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        let handle = NodeHandle { inner };
        self.engine.attend(&handle);
        Ok(handle)
    }
}

/// A running node. Dropping the handle leaves it running; [`stop`](NodeHandle::stop) ends it. Cloning
/// gives another handle on the same node.
#[derive(Clone)]
pub struct NodeHandle {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Vec<Arc<dyn Part>>,
    stop: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl NodeHandle {
    /// Waits until everything up to `position` is in the read model of a projection, whichever node
    /// runs it: read your own writes. Events that were parked as dead letters are not waited for. Put a
    /// timeout around it.
    ///
    /// Costs nothing where this node runs the projection; else the checkpoint is looked at every few
    /// milliseconds.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchProjection`]; [`Error::Backend`] with the reason if the projection has stopped on
    /// this node; [`Error::Closed`] if the node was stopped.
    pub async fn wait_for(&self, projection: &str, position: Position) -> Result<()> {
        let part = self.inner.parts.iter().find(|part| part.projection() == Some(projection));
        let Some(part) = part else {
            let known = self.inner.parts.iter().filter_map(|part| part.projection());
            return Err(Error::NoSuchProjection {
                projection: projection.to_owned(),
                known: known.collect::<Vec<_>>().join(", "),
            });
        };
        self.until_stopped(part.reach(position)).await
    }

    /// Waits until everything up to `position` is in the read models of all projections of this node.
    ///
    /// # Errors
    ///
    /// As [`wait_for`](NodeHandle::wait_for).
    pub async fn wait_for_all(&self, position: Position) -> Result<()> {
        for part in &self.inner.parts {
            self.until_stopped(part.reach(position)).await?;
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

    /// Runs a job now, whether it is due or not, and whoever holds its lease. Returns what it says.
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
        self.inner.stop.cancel();
        let task = self.inner.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        match task {
            Some(task) => task.await.map_err(|source| Error::Backend { source: source.into() }),
            None => Ok(()),
        }
    }

    pub(crate) fn downgrade(&self) -> WeakNode {
        WeakNode(Arc::downgrade(&self.inner))
    }

    /// Work that is waiting although every projection has caught up.
    pub(crate) async fn unfinished(&self) -> Result<usize> {
        let mut unfinished = 0;
        for part in &self.inner.parts {
            unfinished += part.unfinished().await?;
        }
        Ok(unfinished)
    }

    async fn until_stopped(&self, reached: impl Future<Output = Result<()>>) -> Result<()> {
        tokio::select! {
            biased;
            reached = reached => reached,
            () = self.inner.stop.cancelled() => Err(Error::Closed),
        }
    }
}

/// A node, without keeping it.
pub(crate) struct WeakNode(Weak<Inner>);

impl WeakNode {
    /// The node, as long as it runs or somebody holds it.
    pub(crate) fn upgrade(&self) -> Option<NodeHandle> {
        self.0
            .upgrade()
            .filter(|inner| !inner.stop.is_cancelled())
            .map(|inner| NodeHandle { inner })
    }
}

impl std::fmt::Debug for NodeHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<_> = self.inner.parts.iter().map(|part| part.name()).collect();
        f.debug_struct("NodeHandle").field("parts", &parts).finish_non_exhaustive()
    }
}
