//! Puts a node together, and starts it.

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
use crate::process::{ProcessManager, Processes};
use crate::projection::{Projection, ReadModels};
use crate::publisher::{Publisher, Sink};

use super::handle::{Inner, Node};
use super::job::{Job, JobPart};
use super::live::LivePart;
use super::module::Module;
use super::part::Part;
use super::roster::Roster;

/// Puts a node together.
#[must_use = "a node does nothing before `start`"]
pub struct NodeBuilder {
    engine: Engine,
    name: String,
    lease: Duration,
    /// What was added by itself.
    own: Module,
    installed: Vec<Module>,
    watched: Vec<Module>,
}

impl NodeBuilder {
    pub(super) fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            name: format!("node-{}", std::process::id()),
            lease: Duration::from_secs(3),
            own: Module::new(""),
            installed: Vec::new(),
            watched: Vec::new(),
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

    /// Runs everything that a module has registered.
    pub fn install(mut self, module: &Module) -> Self {
        self.installed.push(module.clone());
        self
    }

    /// Runs nothing of a module, and can [wait for](Node::wait_for) its projections, which other nodes run: for a web
    /// tier that reads its own writes. One that no node has run yet is waited for. Costs nothing until somebody waits;
    /// then the checkpoint is looked at every few milliseconds.
    pub fn watch(mut self, module: &Module) -> Self {
        self.watched.push(module.clone());
        self
    }

    /// Runs a projection that is not in a module: see [`Module::projection`].
    pub fn projection<R: ReadModels>(
        mut self,
        read_models: R,
        projection: impl Projection<R::Tx>,
    ) -> Self {
        self.own = self.own.projection(read_models, projection);
        self
    }

    /// Runs a process manager that is not in a module: see [`Module::process_manager`].
    pub fn process_manager(
        mut self,
        processes: impl Processes,
        manager: impl ProcessManager,
    ) -> Self {
        self.own = self.own.process_manager(processes, manager);
        self
    }

    /// Runs a publisher that is not in a module: see [`Module::publisher`].
    pub fn publisher<R: ReadModels>(
        mut self,
        read_models: R,
        publisher: Publisher<impl Sink>,
    ) -> Self {
        self.own = self.own.publisher(read_models, publisher);
        self
    }

    /// Runs a live handler that is not in a module: see [`Module::live`].
    pub fn live(mut self, handler: impl Projection<()>) -> Self {
        self.own = self.own.live(handler);
        self
    }

    /// Runs a job that is not in a module: see [`Module::job`].
    pub fn job(mut self, job: impl Job) -> Self {
        self.own = self.own.job(job);
        self
    }

    /// The parts of the node, none of which has begun to work.
    fn parts(&self) -> Vec<Arc<dyn Part>> {
        let mut parts: Vec<Arc<dyn Part>> = Vec::new();
        for module in std::iter::once(&self.own).chain(&self.installed) {
            parts.extend(module.projections().iter().flat_map(|it| it.parts(&self.engine)));
            for job in module.jobs() {
                parts.push(Arc::new(JobPart::new(&self.engine, job.clone())));
            }
        }
        let watched = self.watched.iter().flat_map(Module::projections);
        parts.extend(watched.map(|it| it.watched(&self.engine)));
        parts
    }

    /// Starts the node. [`Engine::close`] stops it.
    ///
    /// Read models, jobs and the store need not be there yet: each part starts as soon as what it needs is, and holds
    /// up no other.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateName`] if two modules, two projections, two jobs, two verifiers or two migrations have one name,
    /// in one module or in several. A process manager and a publisher are projections, too. [`Error::InvalidEvents`] if
    /// a projection cannot be given the events it listens to. [`Error::NoRuntime`] outside of a tokio runtime. Nothing
    /// was started then.
    pub fn start(self) -> Result<Node> {
        let modules = || std::iter::once(&self.own).chain(&self.installed);
        Module::check(modules().chain(&self.watched))?;
        let parts = self.parts();
        parts.iter().try_for_each(|part| part.check())?;
        let live = modules().flat_map(Module::live_handlers).cloned();
        let live: Vec<_> = live.map(|handler| LivePart::new(&self.engine, handler)).collect();
        live.iter().try_for_each(LivePart::check)?;
        let runtime = Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let stop = CancellationToken::new();
        let roster = Roster::new(&self.engine, self.name, self.lease, parts.clone());
        let inner = Arc::new(Inner { parts, stop, task: Mutex::default() });
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
