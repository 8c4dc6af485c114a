//! What the program that mounts the commands tells them about itself.

use std::fmt;

use aether_core::backend::{LogIdentity as _, ModuleProjection};
use aether_core::{Module, RecordedEvent};
use aether_postgres::PgStore;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::error::Error;

/// The program that mounts the commands: its store, and the modules that it installs in its nodes.
///
/// ```no_run
/// # use aether_cli::Host;
/// # use aether_core::Module;
/// # use aether_postgres::PgStore;
/// # fn chests(_: &PgStore) -> Module { Module::new("chests") }
/// # fn example(store: PgStore) -> Host {
/// let module = chests(&store);
/// Host::new(store).install(&module)
/// # }
/// ```
#[must_use = "a host does nothing before a command is run with it"]
pub struct Host {
    pub(crate) store: PgStore,
    pub(crate) modules: Vec<Module>,
    /// Projections whose checkpoints are not in the database of the store, once that was asked.
    elsewhere: OnceCell<Vec<ModuleProjection>>,
}

impl Host {
    /// A host with a store and nothing else.
    pub fn new(store: PgStore) -> Self {
        Self { store, modules: Vec::new(), elsewhere: OnceCell::new() }
    }

    /// Has the commands know a module: `migrate` runs its migrations, `verify` its verifiers, `job run` its jobs,
    /// `projection rebuild` rebuilds its projections, and `stream show` shows the states of its aggregates. Projections
    /// whose read model is elsewhere (in Redis, in another database) are listed, paused and rebuilt like all others.
    pub fn install(mut self, module: &Module) -> Self {
        self.modules.push(module.clone());
        self.elsewhere = OnceCell::new();
        self
    }

    /// Looks whether the modules can stand beside each other.
    pub(crate) fn check(&self) -> Result<(), Error> {
        Ok(Module::check(&self.modules)?)
    }

    pub(crate) fn projections(&self) -> impl Iterator<Item = &ModuleProjection> {
        self.modules.iter().flat_map(Module::projections)
    }

    /// The projection of a name, if a module has it.
    pub(crate) fn projection(&self, name: &str) -> Option<&ModuleProjection> {
        self.projections().find(|it| it.name() == name)
    }

    /// The projections whose checkpoints are not in the database of the store.
    pub(crate) async fn elsewhere(&self) -> Result<&[ModuleProjection], Error> {
        let found = self.elsewhere.get_or_try_init(async || {
            let here = self.store.database().await?;
            let listed = self.store.projections().await?;
            let mut found = Vec::new();
            for projection in self.projections() {
                let is_listed = listed.iter().any(|it| it.projection == projection.name());
                let is_here = match (projection.database().await, &here) {
                    (Ok(Some(there)), Some(here)) => there == *here,
                    // one of them has no name
                    (Ok(_), _) => is_listed,
                    // it is told where it is asked for
                    (Err(_), _) => false,
                };
                if !is_here {
                    found.push(projection.clone());
                }
            }
            Ok::<_, Error>(found)
        });
        Ok(found.await?)
    }

    /// The state after `events`, if a module has the aggregate type.
    ///
    /// # Errors
    ///
    /// An event that does not fit its type; a retry does not help.
    pub fn state(
        &self,
        aggregate_type: &str,
        events: &[RecordedEvent],
    ) -> Result<Option<Value>, Error> {
        for module in &self.modules {
            if let Some(state) = module.state(aggregate_type, events)? {
                return Ok(Some(serde_json::from_str(state.as_str())?));
            }
        }
        Ok(None)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("modules", &self.modules).finish_non_exhaustive()
    }
}
