//! What a part of a program registers, once, for all that run it or look after it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::aggregate::Aggregate;
use crate::envelope::RecordedEvent;
use crate::error::{BoxError, Error, Result};
use crate::event::Event as _;
use crate::json::Json;
use crate::process::{ProcessManager, Processes};
use crate::projection::{Handler, Projection, ReadModels, Verified};
use crate::publisher::{Outside, Publisher, Sink};
use crate::reason::Reason;

use super::job::{BoxJob, Job};

mod projection;
mod task;

pub use projection::ModuleProjection;
pub use task::ModuleTask;

use projection::{Listing, Managed, Projected};

/// One registration: projections, process managers, publishers, jobs, verifiers, migrations and aggregates of a part of
/// a program. A [node](super::NodeBuilder::install) runs them, another one [watches](super::NodeBuilder::watch) them,
/// and the command line migrates, rebuilds and verifies them: all from the same module.
///
/// Cheap to clone; one module can be installed in several nodes.
///
/// ```
/// # use std::time::Duration;
/// # use aether_core::{BoxError, Engine, Job, Module, Node, Projection, Result};
/// # use aether_core::backend::ReadModels;
/// # struct CloseSeason;
/// # impl Job for CloseSeason {
/// #     fn name(&self) -> &str { "close_season" }
/// #     fn every(&self) -> Duration { Duration::from_secs(86400) }
/// #     async fn run(&self) -> Result<String, BoxError> { Ok("done".to_owned()) }
/// # }
/// # async fn example<R: ReadModels>(engine: Engine, models: R, census: impl Projection<R::Tx>) -> Result<()> {
/// let game = Module::new("game").projection(models, census).job(CloseSeason);
///
/// let worker = Node::builder(&engine).install(&game).start()?;
/// let web = Node::builder(&engine).watch(&game).start()?; // runs nothing, and waits for what the worker does
/// # let done = aether_core::log::Appended::default();
/// web.wait_for("census", &done).await
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a module does nothing before it is installed"]
pub struct Module {
    name: String,
    projections: Vec<ModuleProjection>,
    live: Vec<Handler<()>>,
    jobs: Vec<Arc<BoxJob>>,
    verifiers: Vec<ModuleTask<Verified>>,
    migrations: Vec<ModuleTask<()>>,
    /// By aggregate type, in the order in which they were added.
    folds: BTreeMap<&'static str, Vec<Fold>>,
}

/// How the states of an aggregate are told.
#[derive(Clone, Copy)]
struct Fold {
    /// Whether it has events of this type.
    has: fn(&str) -> bool,
    /// From the events of a stream to its state as JSON.
    fold: fn(&[RecordedEvent]) -> Result<Json>,
}

impl Module {
    /// An empty module. The name is for people.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            projections: Vec::new(),
            live: Vec::new(),
            jobs: Vec::new(),
            verifiers: Vec::new(),
            migrations: Vec::new(),
            folds: BTreeMap::new(),
        }
    }

    /// Adds a projection, with its own [settings](Projection::settings) or [others](Projection::with). `models` say how
    /// it is rebuilt and verified.
    pub fn projection<R: ReadModels>(self, models: R, projection: impl Projection<R::Tx>) -> Self {
        let handler = Handler::new(projection);
        let maintenance = models.maintenance(handler.clone());
        self.listed(Projected { models: Arc::new(models), handler, maintenance })
    }

    /// Adds a process manager, with its own [settings](ProcessManager::settings) or [others](ProcessManager::with). It
    /// hears events as a projection of its name does, and one node at a time carries out what follows.
    pub fn process_manager(self, processes: impl Processes, manager: impl ProcessManager) -> Self {
        self.listed(Managed { processes: Arc::new(processes), manager: Arc::new(manager) })
    }

    /// Adds a publisher of events to the outside. How far it has come is kept in `models`.
    pub fn publisher<R: ReadModels>(self, models: R, publisher: Publisher<impl Sink>) -> Self {
        self.projection(Outside(models), publisher)
    }

    /// Adds a handler that is shown the events that are stored while a node runs, on every node that has the module,
    /// without checkpoint: for what need not survive, such as pushing to connected clients. Each event at most once, in
    /// order; a batch that fails is logged, and the next one comes.
    pub fn live(mut self, handler: impl Projection<()>) -> Self {
        self.live.push(Handler::new(handler));
        self
    }

    /// Adds a job that runs whenever it is due, on one node at a time.
    pub fn job(mut self, job: impl Job) -> Self {
        self.jobs.push(Arc::new(BoxJob::new(job)));
        self
    }

    /// Adds a comparison of a read model with its events, for operators. One that has the name of a projection takes the
    /// place of the default one, which [rebuilds into a shadow](crate::backend::Maintenance::verify) and compares.
    pub fn verifier<F, E>(
        mut self,
        name: impl Into<String>,
        verify: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Verified, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        self.verifiers.push(ModuleTask::new(name, verify));
        self
    }

    /// Adds what is to be done before a new release runs, after the migrations of the store: tables of read models, for
    /// instance. Migrations are run in the order in which they were added, at every deployment: what was done before is
    /// to be skipped.
    pub fn migration<F, E>(
        mut self,
        name: impl Into<String>,
        migrate: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        self.migrations.push(ModuleTask::new(name, migrate));
        self
    }

    /// Adds an aggregate, so that operators are shown its states. Several may share an aggregate type, in streams of their own:
    /// the first event of a stream tells whose it is.
    pub fn aggregate<A: Aggregate>(mut self) -> Self {
        let has = |name: &str| A::Event::type_names().any(|known| known == name);
        self.folds.entry(A::TYPE).or_default().push(Fold { has, fold: fold::<A> });
        self
    }

    fn listed(mut self, projection: impl Listing + 'static) -> Self {
        self.projections.push(ModuleProjection(Arc::new(projection)));
        self
    }
}

/// For programs that look after what is installed.
impl Module {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its projections, in the order in which they were added. Process managers and publishers are among them.
    #[must_use]
    pub fn projections(&self) -> &[ModuleProjection] {
        &self.projections
    }

    /// Its jobs.
    #[must_use]
    pub fn jobs(&self) -> &[Arc<BoxJob>] {
        &self.jobs
    }

    /// Its verifiers, without the default ones of projections.
    #[must_use]
    pub fn verifiers(&self) -> &[ModuleTask<Verified>] {
        &self.verifiers
    }

    /// Its migrations, in order.
    #[must_use]
    pub fn migrations(&self) -> &[ModuleTask<()>] {
        &self.migrations
    }

    /// The types of its aggregates.
    pub fn aggregate_types(&self) -> impl Iterator<Item = &'static str> {
        self.folds.keys().copied()
    }

    /// Runs its migrations, in order: for programs that migrate when they start.
    ///
    /// # Errors
    ///
    /// [`Error::Backend`] with what the first one failed with; those before it stay.
    pub async fn migrate(&self) -> Result<()> {
        for migration in &self.migrations {
            let done = migration.run().await;
            done.map_err(|error| Error::Backend {
                source: format!("migration {}: {}", migration.name(), Reason(&*error)).into(),
            })?;
        }
        Ok(())
    }

    /// The state of an aggregate after `events`, its own ones from the first on. `None`: the module does not know the
    /// aggregate type.
    ///
    /// # Errors
    ///
    /// An event that cannot be decoded, a state that is no JSON.
    pub fn state(&self, aggregate_type: &str, events: &[RecordedEvent]) -> Result<Option<Json>> {
        let Some(folds) = self.folds.get(aggregate_type) else { return Ok(None) };
        let first = events.first().map(|event| event.event_type.as_str());
        let its = folds.iter().find(|it| first.is_none_or(|name| (it.has)(name)));
        its.or(folds.first()).map(|it| (it.fold)(events)).transpose()
    }

    /// Looks whether all names in `modules` can stand beside each other.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateName`].
    pub fn check<'a>(modules: impl IntoIterator<Item = &'a Self>) -> Result<()> {
        let mut names = HashSet::new();
        for module in modules {
            let projections = module.projections.iter().map(|it| ("projection", it.name()));
            let jobs = module.jobs.iter().map(|it| ("job", it.name()));
            let verifiers = module.verifiers.iter().map(|it| ("verifier", it.name()));
            let migrations = module.migrations.iter().map(|it| ("migration", it.name()));
            let itself = Some(("module", module.name())).filter(|(_, name)| !name.is_empty());
            let all = itself.into_iter().chain(projections).chain(jobs);
            for (kind, name) in all.chain(verifiers).chain(migrations) {
                if !names.insert((kind, name)) {
                    return Err(Error::DuplicateName { kind, name: name.to_owned() });
                }
            }
        }
        Ok(())
    }

    pub(super) fn live_handlers(&self) -> &[Handler<()>] {
        &self.live
    }
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Module")
            .field("name", &self.name)
            .field("projections", &self.projections)
            .field("jobs", &self.jobs)
            .field("verifiers", &self.verifiers)
            .field("migrations", &self.migrations)
            .field("aggregates", &self.folds.keys())
            .finish_non_exhaustive()
    }
}

fn fold<A: Aggregate>(events: &[RecordedEvent]) -> Result<Json> {
    let events = events.iter().map(RecordedEvent::decode::<A::Event>);
    let events: Vec<A::Event> = events.collect::<Result<_>>()?;
    Json::encode(&A::fold(&events)).map_err(|source| Error::Backend {
        source: format!("the state of {} is no JSON that can be shown: {source}", A::TYPE).into(),
    })
}
