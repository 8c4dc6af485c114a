//! Settles one command or timer: carries it out, and lets its process react.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::time::Instant;
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::backend::span::later;
use crate::engine::Engine;
use crate::error::BoxError;
use crate::ids::CommandId;
use crate::json::Json;
use crate::ports::SystemRandom;
use crate::reason::Reason;

use super::failure::{is_passing, is_voided, panicked};
use super::instance::{Cause, Instance, linked};
use super::port::{Delay, Processes, Task, Work};
use super::run::fingerprint;
use super::{Input, Outcome, ProcessManager, ProcessSettings, Run};

/// Everything it takes to settle something.
pub(super) struct Worker<P, R> {
    pub(super) engine: Engine,
    pub(super) processes: Arc<R>,
    pub(super) manager: Arc<P>,
    pub(super) settings: Arc<ProcessSettings>,
}

impl<P: ProcessManager, R: Processes> Worker<P, R> {
    /// Settles a task, or puts it off.
    pub(super) async fn settle(self, task: Task) {
        let span = tracing::debug_span!(
            "task", manager = self.manager.name(), process = %task.process, task = %task.id,
            correlation_id = Empty, causation_id = Empty
        );
        let span = linked(span, &task.metadata);
        self.settle_inside(task).instrument(span).await;
    }

    async fn settle_inside(self, task: Task) {
        let manager = self.manager.name();
        let started = Instant::now();
        let settled = match &task.work {
            Work::Command(command) => self.command(&task, command).await,
            Work::Skip(command) => self.skipped(&task, command).await,
            Work::Timer(name) => self.timer(&task, name).await,
        };
        let outcome = match settled {
            Ok(outcome) => outcome,
            Err(error) => self.put_off(&task, error).await,
        };
        crate::meter::histogram!(
            "aether_process_task_duration_seconds", "manager" => manager, "outcome" => outcome
        )
        .record(started.elapsed());
    }

    async fn command(&self, task: &Task, stored: &Json) -> Result<&'static str, BoxError> {
        let command: P::Command =
            stored.decode().map_err(|error| format!("it cannot be decoded: {error}"))?;
        let outcome = self.execute(task, stored, &command).await?;
        self.conclude(task, stored, &command, outcome).await
    }

    async fn execute(
        &self,
        task: &Task,
        stored: &Json,
        command: &P::Command,
    ) -> Result<Outcome, BoxError> {
        let run = Run::of(&self.engine, task, stored);
        let executing = AssertUnwindSafe(self.manager.execute(command, run));
        let limit = self.settings.time_limit;
        match tokio::time::timeout(limit, executing.catch_unwind()).await {
            Ok(Ok(Err(error))) if is_voided(&error) => Ok(Outcome::refused(error.to_string())),
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => Err(panicked("execute", panic.as_ref())),
            Err(_) => Err(format!("it took longer than its time limit, {limit:?}").into()),
        }
    }

    /// An operator has given the command up.
    async fn skipped(&self, task: &Task, stored: &Json) -> Result<&'static str, BoxError> {
        let refused = Outcome::refused("it was given up by an operator");
        match stored.decode::<P::Command>() {
            Ok(command) => self.conclude(task, stored, &command, refused).await,
            Err(error) => {
                tracing::warn!(
                    manager = self.manager.name(), process = %task.process, command = %task.id, %error,
                    "the command given up cannot be decoded: its process is not told"
                );
                self.is_carried_out(task, stored).await?;
                self.take_in(task, None).await?;
                Ok("skipped")
            }
        }
    }

    /// Makes the outcome final, then tells the process.
    async fn conclude(
        &self,
        task: &Task,
        stored: &Json,
        command: &P::Command,
        outcome: Outcome,
    ) -> Result<&'static str, BoxError> {
        let is_carried_out = self.is_carried_out(task, stored).await?;
        match outcome.refusal() {
            Some(reason) if !is_carried_out => {
                let input = Input::Refused { command, reason };
                self.take_in(task, Some(input)).await?;
                Ok("refused")
            }
            _ => {
                self.take_in(task, Some(Input::Done(command))).await?;
                Ok("done")
            }
        }
    }

    /// Whether a command was carried out, for good.
    ///
    /// From here on nobody can carry it out any more: not even a node that was paused in the
    /// middle of it, and would find now that the rule that forbade it no longer does.
    async fn is_carried_out(&self, task: &Task, stored: &Json) -> Result<bool, BoxError> {
        let id = CommandId::new(task.id);
        match self.engine.store().void_command(id, Some(fingerprint(stored))).await {
            Ok(first) => Ok(first.is_some()),
            // the id belongs to another command, and stays with it
            Err(error) if error.is_command_mismatch() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn timer(&self, task: &Task, name: &str) -> Result<&'static str, BoxError> {
        self.take_in(task, Some(Input::Timer(name))).await?;
        Ok("timer")
    }

    /// In one transaction: takes the task off the list, and lets its process react. Does nothing if
    /// somebody else has done so.
    async fn take_in(
        &self,
        task: &Task,
        input: Option<Input<'_, P::Events, P::Command>>,
    ) -> Result<(), BoxError> {
        let name = self.manager.name();
        let mut tx = self.processes.begin().await?;
        let stored = self.processes.open(&mut tx, name, &[task.process]).await?;
        if !self.processes.take(&mut tx, name, task).await? {
            return Ok(());
        }
        let now = self.engine.now();
        if let (Some(stored), Some(input)) = (stored.into_iter().next(), input) {
            let mut instance = Instance::<P>::stored(stored)?;
            instance.react(&self.manager, input, &Cause::task(task, now))?;
            if let Some(change) = instance.into_change()? {
                self.processes.save(&mut tx, name, &[change], now).await?;
            }
        }
        self.processes.conclude(tx).await?;
        Ok(())
    }

    async fn put_off(&self, task: &Task, error: BoxError) -> &'static str {
        let (manager, failure) = (self.manager.name(), !is_passing(&error));
        let stuck = failure && task.failures + 1 >= self.settings.attempts;
        let pause = self.settings.backoff_after(task.tries + 1).pause(&SystemRandom);
        let delay = Delay {
            until: later(self.engine.now(), pause),
            error: Reason(&*error).to_string(),
            failure,
            stuck,
        };
        let (process, id, error) = (task.process, task.id, &delay.error);
        match (stuck, failure) {
            (true, _) => tracing::error!(
                manager, %process, %id, work = ?task.work, %error, "waits for an operator"
            ),
            (false, true) => tracing::warn!(manager, %process, %id, %error, "failed"),
            (false, false) => tracing::debug!(manager, %process, %id, %error, "put off"),
        }
        if let Err(error) = self.processes.put_off(manager, task, &delay).await {
            tracing::warn!(manager, %process, %id, %error, "not even put off");
            // it is still due: not at once again
            tokio::time::sleep(pause.min(Duration::from_secs(1))).await;
        }
        if stuck {
            "stuck"
        } else if failure {
            "failed"
        } else {
            "put off"
        }
    }
}

impl<P, R> Clone for Worker<P, R> {
    fn clone(&self) -> Self {
        Self {
            engine: self.engine.clone(),
            processes: self.processes.clone(),
            manager: self.manager.clone(),
            settings: self.settings.clone(),
        }
    }
}
