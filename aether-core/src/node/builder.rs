//! Puts a node together, and starts it.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::backend::panic_text;
use crate::engine::{Companion, Engine};
use crate::error::{Error, Result};
use crate::process::{ProcessManager, ProcessRunner, Processes};
use crate::projection::{Handler, Projection, ReadModels};
use crate::publisher::{Outside, Publisher, Sink};

use super::handle::{Inner, Node};
use super::job::{BoxJob, Job, JobPart};
use super::live::LivePart;
use super::part::Part;
use super::process::ProcessPart;
use super::roster::Roster;
use super::shards::ProjectionPart;

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
    pub(super) fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            name: format!("node-{}", std::process::id()),
            lease: Duration::from_secs(3),
            parts: Vec::new(),
            live: Vec::new(),
        }
    }

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

    /// Runs a projection, with its own [settings](Projection::settings) or [others](Projection::with).
    pub fn projection<R: ReadModels>(
        mut self,
        read_models: R,
        projection: impl Projection<R::Tx>,
    ) -> Self {
        self.listen(Arc::new(read_models), projection);
        self
    }

    /// Runs a process manager, with its own [settings](ProcessManager::settings) or [others](ProcessManager::with).
    /// It hears events as a projection of its name does, and one node at a time carries out what follows.
    pub fn process_manager(
        mut self,
        processes: impl Processes,
        manager: impl ProcessManager,
    ) -> Self {
        let runner = ProcessRunner::new(&self.engine, processes, manager);
        self.listen(runner.processes().clone(), runner.projection());
        self.parts.push(Arc::new(ProcessPart::new(runner)));
        self
    }

    fn listen<R: ReadModels>(&mut self, read_models: Arc<R>, projection: impl Projection<R::Tx>) {
        let part = ProjectionPart::new(&self.engine, read_models, Handler::new(projection));
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
    /// it listens to. [`Error::NoRuntime`] outside of a tokio runtime. Nothing was started then.
    pub fn start(self) -> Result<Node> {
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
        let runtime = Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let stop = CancellationToken::new();
        let roster = Roster::new(&self.engine, self.name, self.lease, self.parts.clone());
        let inner = Arc::new(Inner { parts: self.parts, stop, task: Mutex::default() });
        let live = self.live;
        let running = inner.clone();
        let task = runtime.spawn(async move {
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
        *inner.task.lock() = Some(task);
        let companion: Arc<dyn Companion> = inner.clone();
        self.engine.attend(Arc::downgrade(&companion));
        Ok(Node { inner })
    }
}
