#![doc = include_str!("docs/processes.md")]

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::context::Context;
use crate::engine::Engine;
use crate::envelope::RecordedEvent;
use crate::error::{BoxError, ExecuteError};
use crate::store::Filter;

mod failure;
mod instance;
mod port;
mod projection;
mod reaction;
mod runner;
mod settings;
mod task;

pub use port::{
    Backlog, Delay, ProcessChange, Processes, SentCommand, SetTimer, StoredProcess, Stuck, Task,
    TimerChange, Work,
};
pub use projection::ProcessProjection;
pub use reaction::Reaction;
pub use runner::ProcessRunner;
pub use settings::ProcessSettings;

/// Leads processes that take several steps: hears what happens, and sends the commands that follow.
///
/// The chapter on [processes](crate::process) has an example and says what is promised.
///
/// [`react`](ProcessManager::react) decides and is pure; [`execute`](ProcessManager::execute) carries one
/// command out. In between, the command is a row in the database.
#[async_trait]
pub trait ProcessManager: Send + Sync + 'static {
    /// What a process has to remember. Stored as JSON: fields that are added later need
    /// `#[serde(default)]`.
    type State: Default + Serialize + DeserializeOwned + Send + Sync;
    /// What a process can ask for. Stored as JSON until it is settled.
    type Command: Serialize + DeserializeOwned + Send + Sync;

    /// Its name: what its processes, commands and timers are kept under, and the checkpoint of the events
    /// it has heard. Never changes.
    fn name(&self) -> &'static str;

    /// The events it listens to.
    fn filter(&self) -> Filter;

    /// The process an event belongs to; `None`: to none. A process begins with its first event.
    ///
    /// # Errors
    ///
    /// An event that can not be read. It is treated as any event that a projection fails at.
    fn process_of(&self, event: &RecordedEvent) -> Result<Option<Uuid>, BoxError>;

    /// What a process makes of an input: its new state, and what is to be done.
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
        input: Input<'_, Self::Command>,
        then: &mut Reaction<Self::Command>,
    ) -> Result<(), BoxError>;

    /// Carries out a command. `context` holds its command id, correlation and causation: what is executed
    /// with it has its effect once, however often this is called.
    ///
    /// One command makes one append ([`Engine::atomic`] where several aggregates are concerned): a second one
    /// under the same id would be taken for the first. Effects outside of the store may happen again
    /// after a crash; [`Context::id`] tells the repetition.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being settled. Transient errors of the store are retried for as long as they
    /// last; others up to [`ProcessSettings::attempts`] times, then the command waits for an operator. A
    /// rule that forbids it is no error but [`Outcome::Refused`].
    async fn execute(
        &self,
        engine: &Engine,
        command: &Self::Command,
        context: Context,
    ) -> Result<Outcome, BoxError>;
}

/// What a process reacts to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input<'a, C> {
    /// Something happened.
    Event(&'a RecordedEvent),
    /// The time of the timer with this name has come.
    Timer(&'a str),
    /// A command was carried out.
    Done(&'a C),
    /// A command was refused, and will never be carried out: take back what was done before it.
    Refused {
        /// The command.
        command: &'a C,
        /// Why, for people to read.
        reason: &'a str,
    },
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// It was carried out, or there was nothing to do.
    Done,
    /// A rule forbids it; why, for people to read.
    Refused(String),
}

impl Outcome {
    /// The outcome of a command that was executed by the [`Engine`]: a rejection by the aggregate is a
    /// refusal.
    ///
    /// ```
    /// # use aether_core::{Aggregate, BoxError, Context, Engine};
    /// # use aether_core::process::Outcome;
    /// # async fn example<Bourse: Aggregate>(
    /// #     engine: &Engine, id: Bourse::Id, pay: Bourse::Command, context: Context,
    /// # ) -> Result<Outcome, BoxError> {
    /// Outcome::of(engine.execute_with::<Bourse>(id, &pay, &context).await)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the store failed with.
    pub fn of<T, E: std::fmt::Display>(
        result: Result<T, ExecuteError<E>>,
    ) -> Result<Self, BoxError> {
        match result {
            Ok(_) => Ok(Self::Done),
            Err(ExecuteError::Rejected(reason)) => Ok(Self::Refused(reason.to_string())),
            Err(ExecuteError::Store(error)) if error.is_command_voided() => {
                Ok(Self::Refused(error.to_string()))
            }
            Err(ExecuteError::Store(error)) => Err(error.into()),
        }
    }
}
