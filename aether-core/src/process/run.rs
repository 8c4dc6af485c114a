//! One attempt to carry out a command of a process, and what came of it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::aggregate::Aggregate;
use crate::aggregate_cache::Loaded;
use crate::context::Context;
use crate::engine::{Atomic, Engine};
use crate::error::{BoxError, ExecuteError, Rejection, Result};
use crate::ids::{CommandFingerprint, CommandId, IdOf};
use crate::json::Json;
use crate::metadata::Metadata;

use super::port::Task;

/// What [`execute`](super::ProcessManager::execute) works with: one command of a process, on its way.
///
/// A command of a process makes **one append**, under the id of the command: whatever attempt stores it, the others
/// get its result. So each way to an [`Outcome`] consumes the run: [`command`](Run::command) and
/// [`atomic`](Run::atomic) for what is stored, [`done`](Run::done) and [`refused`](Run::refused) for what is not.
/// [`attempt`](Run::attempt) is for a command that can be carried out in more than one way.
#[derive(Debug)]
pub struct Run<'a> {
    engine: &'a Engine,
    process: Uuid,
    now: DateTime<Utc>,
    context: Context,
    id: CommandId,
}

impl<'a> Run<'a> {
    pub(super) fn of(engine: &'a Engine, task: &Task, stored: &Json) -> Self {
        let id = CommandId::new(task.id);
        let context = Context {
            command_id: Some(id),
            fingerprint: Some(fingerprint(stored)),
            metadata: Metadata::from_stored(&task.metadata),
            ..Context::new()
        };
        Self { engine, process: task.process, now: engine.now(), context, id }
    }

    /// The command's id, the same in each attempt: an idempotency key for effects outside of the store.
    #[must_use]
    pub const fn id(&self) -> CommandId {
        self.id
    }

    /// The process that has sent the command.
    #[must_use]
    pub const fn process(&self) -> Uuid {
        self.process
    }

    /// When this attempt began, by the engine's clock.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The state of an aggregate, for commands that depend on it. `None` if it has no events.
    ///
    /// # Errors
    ///
    /// As [`Engine::find`].
    pub async fn find<A: Aggregate>(&self, id: impl IdOf<A>) -> Result<Option<Arc<Loaded<A>>>> {
        self.engine.find::<A>(id).await
    }

    /// Has an aggregate carry out a command. That it refuses is an [`Outcome`], which the process will hear of.
    ///
    /// # Errors
    ///
    /// What the store failed with.
    pub async fn command<A: Aggregate>(
        self,
        id: impl IdOf<A>,
        command: impl Into<A::Command>,
    ) -> Result<Outcome, BoxError> {
        Outcome::of(self.engine.execute::<A>(id, command).with(&self.context).await)
    }

    /// Has several aggregates carry out commands in one append, or none of them.
    #[must_use = "nothing happens before `commit`"]
    pub fn atomic(self) -> Unit {
        Unit(self.engine.atomic(self.context))
    }

    /// As [`atomic`](Run::atomic), for a command that can be carried out in more than one way: where a unit is
    /// [refused](Unit::try_commit), nothing was stored, and another one may be tried. Of all units that are tried, in
    /// all attempts, one is stored at most: they have the id of the command in common.
    #[must_use = "nothing happens before `try_commit`"]
    pub fn attempt(&self) -> Unit {
        Unit(self.engine.atomic(self.context.clone()))
    }

    /// There was nothing to store: it was done elsewhere, or nothing was to be done.
    pub fn done(self) -> Outcome {
        Outcome(Settled::Done)
    }

    /// A rule forbids it; why, for people to read.
    pub fn refused(self, reason: impl Into<String>) -> Outcome {
        Outcome(Settled::Refused(reason.into()))
    }
}

/// The fingerprint of a command of a process: another one under its id is never taken for it.
pub(super) fn fingerprint(stored: &Json) -> CommandFingerprint {
    CommandFingerprint::of([stored.as_str()])
}

/// Commands on several aggregates, for one command of a process. Made by [`Run::atomic`].
#[derive(Debug)]
#[must_use = "nothing happens before `commit`"]
pub struct Unit(Atomic);

impl Unit {
    /// One more command.
    pub fn command<A: Aggregate>(self, id: impl IdOf<A>, command: impl Into<A::Command>) -> Self {
        Self(self.0.command::<A>(id, command))
    }

    /// A condition on an aggregate that is only read; see [`Atomic::provided`].
    pub fn provided<A: Aggregate>(
        self,
        id: impl IdOf<A>,
        check: impl Fn(&A) -> Result<(), A::Error> + Send + Sync + 'static,
    ) -> Self {
        Self(self.0.provided::<A>(id, check))
    }

    /// Carries everything out. That one of the aggregates refuses is an [`Outcome`].
    ///
    /// # Errors
    ///
    /// What the store failed with.
    pub async fn commit(self) -> Result<Outcome, BoxError> {
        Outcome::of(self.0.commit().await)
    }

    /// Carries everything out, or tells why one of the aggregates refuses. That is no outcome yet: another unit may be
    /// [tried](Run::attempt) in its place.
    ///
    /// # Errors
    ///
    /// What the store failed with.
    pub async fn try_commit(self) -> Result<Result<Outcome, Rejection>, BoxError> {
        match self.0.commit().await {
            Err(ExecuteError::Rejected(rejection)) => Ok(Err(rejection)),
            other => Outcome::of(other).map(Ok),
        }
    }
}

/// What became of a command of a process. Made by its [`Run`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Outcome(Settled);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Settled {
    Done,
    Refused(String),
}

impl Outcome {
    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self(Settled::Refused(reason.into()))
    }

    /// Why it was refused; `None`: it was carried out.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        match &self.0 {
            Settled::Done => None,
            Settled::Refused(reason) => Some(reason),
        }
    }

    fn of<T, E: std::fmt::Display>(result: Result<T, ExecuteError<E>>) -> Result<Self, BoxError> {
        match result {
            Ok(_) => Ok(Self(Settled::Done)),
            Err(ExecuteError::Rejected(reason)) => Ok(Self::refused(reason.to_string())),
            Err(ExecuteError::Store(error)) if error.is_command_voided() => {
                Ok(Self::refused(error.to_string()))
            }
            Err(ExecuteError::Store(error)) => Err(error.into()),
        }
    }
}
