//! Projections and process managers of a module, whatever type they are of.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::engine::Engine;
use crate::error::Result;
use crate::process::{ProcessManager, ProcessRunner, Processes};
use crate::projection::{Checkpoints, Handler, Maintenance, ReadModels};
use crate::store::Filter;

use super::super::part::Part;
use super::super::process::ProcessPart;
use super::super::shards::ProjectionPart;

/// A projection of a [module](super::Module), whatever type it and its read models are of.
#[derive(Clone)]
pub struct ModuleProjection(pub(super) Arc<dyn Listing>);

impl ModuleProjection {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The events it listens to.
    #[must_use]
    pub fn filter(&self) -> Filter {
        self.0.filter()
    }

    /// Where its checkpoints are kept.
    #[must_use]
    pub fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        self.0.checkpoints()
    }

    /// The database of its read model, as [`ReadModels::database`] says.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn database(&self) -> Result<Option<String>> {
        self.0.database().await
    }

    /// How it is rebuilt and verified; `None` if it cannot be.
    #[must_use]
    pub fn maintenance(&self) -> Option<Arc<dyn Maintenance>> {
        self.0.maintenance()
    }

    pub(in crate::node) fn parts(&self, engine: &Engine) -> Vec<Arc<dyn Part>> {
        self.0.parts(engine)
    }

    pub(in crate::node) fn watched(&self, engine: &Engine) -> Arc<dyn Part> {
        self.0.watched(engine)
    }
}

impl std::fmt::Debug for ModuleProjection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ModuleProjection").field(&self.name()).finish()
    }
}

/// A projection or process manager of a module.
pub(super) trait Listing: Send + Sync {
    fn name(&self) -> &'static str;

    fn filter(&self) -> Filter;

    fn checkpoints(&self) -> Arc<dyn Checkpoints>;

    fn database(&self) -> BoxFuture<'_, Result<Option<String>>>;

    fn maintenance(&self) -> Option<Arc<dyn Maintenance>>;

    /// What runs it.
    fn parts(&self, engine: &Engine) -> Vec<Arc<dyn Part>>;

    /// What waits for it, wherever it runs.
    fn watched(&self, engine: &Engine) -> Arc<dyn Part>;
}

pub(super) struct Projected<R: ReadModels> {
    pub(super) models: Arc<R>,
    pub(super) handler: Handler<R::Tx>,
    pub(super) maintenance: Option<Arc<dyn Maintenance>>,
}

impl<R: ReadModels> Listing for Projected<R> {
    fn name(&self) -> &'static str {
        self.handler.name()
    }

    fn filter(&self) -> Filter {
        self.handler.filter()
    }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        self.models.checkpoints()
    }

    fn database(&self) -> BoxFuture<'_, Result<Option<String>>> {
        self.models.database()
    }

    fn maintenance(&self) -> Option<Arc<dyn Maintenance>> {
        self.maintenance.clone()
    }

    fn parts(&self, engine: &Engine) -> Vec<Arc<dyn Part>> {
        let part = ProjectionPart::new(engine, self.models.clone(), self.handler.clone());
        vec![Arc::new(part)]
    }

    fn watched(&self, engine: &Engine) -> Arc<dyn Part> {
        let part = ProjectionPart::new(engine, self.models.clone(), self.handler.clone());
        Arc::new(part.watched())
    }
}

pub(super) struct Managed<R, P> {
    pub(super) processes: Arc<R>,
    pub(super) manager: Arc<P>,
}

impl<R: Processes, P: ProcessManager> Managed<R, P> {
    fn runner(&self, engine: &Engine) -> ProcessRunner<P, R> {
        ProcessRunner::shared(engine, self.processes.clone(), self.manager.clone())
    }

    /// The side that hears.
    fn hearing(&self, engine: &Engine, runner: &ProcessRunner<P, R>) -> ProjectionPart<R> {
        let handler = Handler::new(runner.projection());
        ProjectionPart::new(engine, self.processes.clone(), handler)
    }
}

impl<R: Processes, P: ProcessManager> Listing for Managed<R, P> {
    fn name(&self) -> &'static str {
        self.manager.name()
    }

    fn filter(&self) -> Filter {
        self.manager.filter().within(&Filter::events::<P::Events>())
    }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        self.processes.checkpoints()
    }

    fn database(&self) -> BoxFuture<'_, Result<Option<String>>> {
        self.processes.database()
    }

    /// The commands it sends are carried out: they are not sent again.
    fn maintenance(&self) -> Option<Arc<dyn Maintenance>> {
        None
    }

    fn parts(&self, engine: &Engine) -> Vec<Arc<dyn Part>> {
        let runner = self.runner(engine);
        let hearing = self.hearing(engine, &runner);
        vec![Arc::new(hearing), Arc::new(ProcessPart::new(runner))]
    }

    fn watched(&self, engine: &Engine) -> Arc<dyn Part> {
        Arc::new(self.hearing(engine, &self.runner(engine)).watched())
    }
}
