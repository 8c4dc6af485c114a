//! The trait of a process manager.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::BoxError;
use crate::event::{EventSet, Recorded};
use crate::projection::Configured;
use crate::store::Filter;

use super::{Input, Outcome, ProcessSettings, Reaction, Route, Run};

/// Leads processes that take several steps: hears what happens, and sends the commands that follow.
///
/// The chapter on [processes](crate::process) has an example and says what is promised.
///
/// [`react`](ProcessManager::react) decides and is pure; [`execute`](ProcessManager::execute) carries one
/// command out. In between, the command is a row in the database.
pub trait ProcessManager: Send + Sync + 'static {
    /// What a process has to remember. Stored as JSON: fields that are added later need
    /// `#[serde(default)]`.
    type State: Default + Serialize + DeserializeOwned + Send + Sync;
    /// What a process can ask for. Stored as JSON until it is settled.
    type Command: Serialize + DeserializeOwned + Send + Sync;

    /// The events it listens to; see [`Projection::Events`](crate::Projection::Events).
    type Events: EventSet;

    /// Its name: what its processes, commands and timers are kept under, and the checkpoint of the events
    /// it has heard. Never changes.
    fn name(&self) -> &'static str;

    /// Which of the [set](ProcessManager::Events)'s events it listens to: those of some aggregates, or of some
    /// aggregate types. By default all.
    fn filter(&self) -> Filter {
        Filter::all()
    }

    /// How it is run. By default with the default settings. Where it is registered, others are set by
    /// [`with`](ProcessManager::with).
    fn settings(&self) -> ProcessSettings {
        ProcessSettings::default()
    }

    /// The same process manager with other settings:
    /// `Node::builder(&engine).process_manager(processes, Payment.with(settings))`.
    fn with(self, settings: ProcessSettings) -> Configured<Self, ProcessSettings>
    where
        Self: Sized,
    {
        Configured::new(self, settings)
    }

    /// The processes an event belongs to. A process begins with its first event.
    fn route(&self, event: &Recorded<Self::Events>) -> Route;

    /// What a process makes of an input: its new state, and what is to be done. [`Reaction::process`] tells which
    /// process it is.
    ///
    /// Pure: no I/O, no clock, no randomness. On an error nothing of it is kept.
    ///
    /// # Errors
    ///
    /// An input that makes no sense. An event is then treated as any that a projection fails at; a command
    /// or timer is tried again, then waits for an operator.
    fn react(
        &self,
        state: &mut Self::State,
        input: Input<'_, Self::Events, Self::Command>,
        then: &mut Reaction<Self::Command>,
    ) -> Result<(), BoxError>;

    /// Carries out a command, as one append: what `run` executes has its effect once, however often this is called.
    /// A rule that forbids it is no error but an [`Outcome`], which its process hears of.
    ///
    /// Effects outside of the store may happen again after a crash; [`Run::id`] tells the repetition.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being settled. Transient errors of the store, also below others in the chain of sources,
    /// are retried for as long as they last; others up to [`ProcessSettings::attempts`] times, then the command
    /// waits for an operator.
    fn execute(
        &self,
        command: &Self::Command,
        run: Run<'_>,
    ) -> impl Future<Output = Result<Outcome, BoxError>> + Send;
}
