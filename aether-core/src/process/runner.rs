//! Drives a process manager: takes what is due and works on it, several things at a time.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::backend::Backoff;
use crate::backend::span::later;
use crate::engine::Engine;
use crate::error::Result;
use crate::ports::SystemRandom;
use crate::projection::Remedy;

use super::port::{Backlog, Processes, Stuck, Task};
use super::task::Worker;
use super::{ProcessManager, ProcessProjection};

/// Runs a process manager: the [projection](ProcessRunner::projection) hears events, and
/// [`run`](ProcessRunner::run) carries out the commands and timers that follow.
///
/// One runner per manager in the whole system is enough, and best: others look for the same work. But
/// any number of them do no harm: each command has its effect once, and one of them settles it. Cloning
/// gives another handle.
pub struct ProcessRunner<P, R> {
    worker: Worker<P, R>,
    wake: Arc<Notify>,
}

impl<P: ProcessManager, R: Processes> ProcessRunner<P, R> {
    /// A runner that executes on `engine`, by its clock.
    pub fn new(engine: &Engine, processes: R, manager: P) -> Self {
        Self::shared(engine, Arc::new(processes), Arc::new(manager))
    }

    pub(crate) fn shared(engine: &Engine, processes: Arc<R>, manager: Arc<P>) -> Self {
        let settings = Arc::new(manager.settings());
        let worker = Worker { engine: engine.clone(), processes, settings, manager };
        Self { worker, wake: Arc::default() }
    }

    /// The manager's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.worker.manager.name()
    }

    /// The side that hears events.
    #[must_use]
    pub fn projection(&self) -> ProcessProjection<P, R> {
        ProcessProjection {
            manager: self.worker.manager.clone(),
            processes: self.worker.processes.clone(),
            settings: self.worker.settings.clone(),
            engine: self.worker.engine.clone(),
            wake: self.wake.clone(),
        }
    }

    /// Carries out commands and timers until `stop` is ready; then finishes what it has begun.
    ///
    /// Dropping the future ends it in the middle of whatever it does, which does no harm.
    ///
    /// # Errors
    ///
    /// What the database failed with, if that will not go away by itself: call it again later.
    /// Transient errors are waited out.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) -> Result<()> {
        let stopped = CancellationToken::new();
        let mut driving = std::pin::pin!(self.drive(Some(&stopped)));
        let driven = tokio::select! {
            biased;
            () = stop => {
                stopped.cancel();
                driving.await
            }
            driven = &mut driving => driven,
        };
        driven.map(drop)
    }

    /// Carries out what is due now, and what follows from it, and returns how many commands and timers
    /// that were: for tests, and for those with a schedule of their own.
    ///
    /// Commands usually lead to events: let the [projection](ProcessRunner::projection) hear them, and call it
    /// again.
    ///
    /// # Errors
    ///
    /// What the database failed with. What is still due stays so.
    pub async fn work(&self) -> Result<u64> {
        self.drive(None).await
    }

    /// How many commands and timers can be settled now, counted up to 1000; the next commands of their
    /// processes come after them. 0: nothing will be done before an event is heard, time passes or an
    /// operator steps in. One round trip.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn due(&self) -> Result<usize> {
        Ok(self.tasks(&[], 1000).await?.len())
    }

    /// How much there is to do.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn backlog(&self) -> Result<Backlog> {
        self.worker.processes.operations().backlog(self.name(), self.worker.engine.now()).await
    }

    /// The commands and timers that wait for an operator.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn stuck(&self) -> Result<Vec<Stuck>> {
        self.worker.processes.operations().stuck(self.name()).await
    }

    /// Tries a command or timer again, or gives it up; see [`ProcessOperations::remedy`](super::ProcessOperations::remedy). `false`: there is none
    /// with this id any more.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn remedy(&self, id: Uuid, remedy: Remedy) -> Result<bool> {
        let found = self.worker.processes.operations().remedy(self.name(), id, remedy).await?;
        self.wake.notify_one();
        Ok(found)
    }

    /// Takes and carries out. Without `stop`: until nothing is due.
    ///
    /// What is due is asked for twice as much as is carried out at once, and again when half of it is left: one answer
    /// suffices for many.
    async fn drive(&self, stop: Option<&CancellationToken>) -> Result<u64> {
        let limit = self.worker.settings.concurrency.max(1);
        let longest = self.worker.settings.poll.max(SHORTEST_POLL);
        let mut poll = Backoff::new(SHORTEST_POLL, longest);
        let mut hands = Hands::default();
        let mut waiting: VecDeque<Task> = VecDeque::new();
        loop {
            if stop.is_some_and(CancellationToken::is_cancelled) {
                hands.finish().await;
                return Ok(hands.done);
            }
            if waiting.len() <= limit / 2 {
                let ids: Vec<Uuid> =
                    hands.busy.values().copied().chain(waiting.iter().map(|it| it.id)).collect();
                let room = limit * 2 - waiting.len();
                match self.tasks(&ids, room).await {
                    Ok(tasks) => {
                        if !tasks.is_empty() {
                            poll.reset();
                        }
                        waiting.extend(tasks);
                    }
                    Err(error) if stop.is_some() && error.is_transient() => {
                        tracing::warn!(manager = self.name(), %error, "what is due cannot be read");
                    }
                    Err(error) => {
                        hands.finish().await;
                        return Err(error);
                    }
                }
            }
            while hands.busy.len() < limit
                && let Some(task) = waiting.pop_front()
            {
                hands.take(&self.worker, task);
            }
            if stop.is_none() && hands.busy.is_empty() {
                return Ok(hands.done);
            }
            let pause = poll.pause(&SystemRandom);
            tokio::select! {
                // the next one of its process may be due
                true = hands.finish_one() => {}
                () = self.wake.notified(), if stop.is_some() => {}
                () = tokio::time::sleep(pause), if stop.is_some() => continue,
                () = cancelled(stop), if stop.is_some() => {}
            }
            poll.reset();
        }
    }

    async fn tasks(&self, busy: &[Uuid], limit: usize) -> Result<Vec<Task>> {
        let now = self.worker.engine.now();
        let longest = self.worker.settings.longest_pause;
        self.worker.processes.due(self.name(), now, later(now, longest), busy, limit).await
    }
}

/// What is being carried out.
#[derive(Default)]
struct Hands {
    running: JoinSet<()>,
    busy: HashMap<tokio::task::Id, Uuid>,
    done: u64,
}

impl Hands {
    fn take<P: ProcessManager, R: Processes>(&mut self, worker: &Worker<P, R>, task: Task) {
        let id = task.id;
        let settled = self.running.spawn(worker.clone().settle(task));
        self.busy.insert(settled.id(), id);
    }

    /// Waits until one is done; `false` if there is none. Cancel safe.
    async fn finish_one(&mut self) -> bool {
        let Some(settled) = self.running.join_next_with_id().await else { return false };
        let id = settled.map_or_else(|error| error.id(), |(id, ())| id);
        self.busy.remove(&id);
        self.done += 1;
        true
    }

    async fn finish(&mut self) {
        while self.finish_one().await {}
    }
}

/// How long an idle runner waits before it looks again, at first.
const SHORTEST_POLL: Duration = Duration::from_millis(5);

async fn cancelled(stop: Option<&CancellationToken>) {
    match stop {
        Some(stop) => stop.cancelled().await,
        None => std::future::pending().await,
    }
}

impl<P, R> Clone for ProcessRunner<P, R> {
    fn clone(&self) -> Self {
        Self { worker: self.worker.clone(), wake: self.wake.clone() }
    }
}

impl<P: ProcessManager, R> std::fmt::Debug for ProcessRunner<P, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProcessRunner")
            .field("manager", &self.worker.manager.name())
            .field("settings", &self.worker.settings)
            .finish_non_exhaustive()
    }
}
