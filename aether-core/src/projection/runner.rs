//! Runs one projection: reads, projects, moves the checkpoint, again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::{BoxError, Error, Result};
use crate::ids::Position;
use crate::ports::{Clock, SystemClock};
use crate::store::EventStore;
use crate::subscription::{Batch, Pause, Subscription};

use super::{Checkpoint, Projection, ReadModels};

/// Runs a projection in a task of its own.
///
/// ```
/// # use std::sync::Arc;
/// # use aether_core::{Engine, Projection, Projector, ReadModels, Result};
/// # async fn example<R: ReadModels>(engine: Engine, read_models: Arc<R>, census: impl Projection<R::Tx>) -> Result<()> {
/// let census = Projector::new(engine.store().clone(), read_models, census).start();
/// // … commands …
/// # let position = aether_core::Position::START;
/// census.wait_for(position).await?; // read your own writes
/// census.stop().await
/// # }
/// ```
pub struct Projector;

impl Projector {
    /// A projector for `projection`, from the log of `store` into `read_models`.
    #[expect(clippy::new_ret_no_self, reason = "the entry point a user looks for")]
    pub fn new<R: ReadModels, P: Projection<R::Tx>>(
        store: Arc<dyn EventStore>,
        read_models: Arc<R>,
        projection: P,
    ) -> ProjectorBuilder<R, P> {
        ProjectorBuilder {
            store,
            read_models,
            projection,
            batch_size: 1000,
            attempts: 3,
            patience: Duration::from_secs(60),
            clock: Arc::new(SystemClock),
        }
    }
}

/// Puts a projector together.
#[must_use = "a projector does nothing before `start`"]
pub struct ProjectorBuilder<R, P> {
    store: Arc<dyn EventStore>,
    read_models: Arc<R>,
    projection: P,
    batch_size: u32,
    attempts: u32,
    patience: Duration,
    clock: Arc<dyn Clock>,
}

impl<R: ReadModels, P: Projection<R::Tx>> ProjectorBuilder<R, P> {
    /// At most this many events in one transaction. Default 1000.
    pub fn batch_size(mut self, events: u32) -> Self {
        self.batch_size = events.max(1);
        self
    }

    /// How often a batch is tried before the projector gives up. Default 3.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// For how long a missing database is waited for. Default 60 seconds.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The clock that lag is measured with.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Starts it. It takes the projection over from whoever ran it before.
    pub fn start(self) -> ProjectorHandle {
        let name = self.projection.name();
        let (state, watching) = watch::channel(Progress::default());
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let failure = self.run(&state, &stopped).await.err().map(Arc::new);
            if let Some(error) = &failure {
                tracing::error!(projection = name, %error, "projector stopped");
            }
            state.send_modify(|progress| {
                progress.stopped = true;
                progress.failure = failure;
            });
        });
        ProjectorHandle { name, progress: watching, stop, task }
    }

    async fn run(
        &self,
        progress: &watch::Sender<Progress>,
        stop: &CancellationToken,
    ) -> Result<()> {
        loop {
            match self.run_claimed(progress, stop).await {
                Err(Error::CheckpointLost { projection, source }) => {
                    tracing::warn!(%projection, error = %source, "read model set back; going on");
                }
                result => return result,
            }
        }
    }

    async fn run_claimed(
        &self,
        progress: &watch::Sender<Progress>,
        stop: &CancellationToken,
    ) -> Result<()> {
        let name = self.projection.name();
        let mut checkpoint = self.patiently(|| self.read_models.claim(name)).await?;
        let mut seen = checkpoint.position;
        let mut kept_at = Instant::now();
        progress.send_modify(|progress| progress.position = seen);
        let mut subscription = Subscription::builder(self.store.clone())
            .after(seen)
            .filter(self.projection.filter())
            .batch_size(self.batch_size)
            .patience(self.patience)
            .start();
        loop {
            // here only: a batch that was begun is finished
            let batch = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                batch = subscription.next_batch() => batch?,
            };
            // Moving past events of others costs a transaction: now and then is enough.
            if !batch.events.is_empty() || kept_at.elapsed() > Duration::from_secs(1) {
                checkpoint = self.project(&batch, checkpoint).await?;
                kept_at = Instant::now();
            }
            seen = batch.position;
            progress.send_modify(|progress| progress.position = seen);
        }
    }

    /// One batch into the read model, exactly once.
    async fn project(&self, batch: &Batch, from: Checkpoint) -> Result<Checkpoint> {
        let name = self.projection.name();
        let started = Instant::now();
        let mut failures = 0;
        let mut pause = Pause::new(self.patience);
        let reached = loop {
            let error = match self.try_project(batch, from).await {
                Ok(reached) => break reached,
                Err(error @ Error::Fenced { .. }) => {
                    // perhaps our own commit whose answer was lost
                    match self.committed(from, batch.position).await? {
                        Some(reached) => break reached,
                        None => return Err(error),
                    }
                }
                Err(error @ Error::CheckpointLost { .. }) => return Err(error),
                Err(error) => error,
            };
            if error.is_transient() {
                pause.after(error).await?;
            } else {
                failures += 1;
                metrics::counter!("event_handler_failed_total", "handler" => name).increment(1);
                tracing::warn!(projection = name, attempt = failures, %error, "batch failed");
                if failures >= self.attempts {
                    return Err(error);
                }
                tokio::time::sleep(Duration::from_millis(50 << failures.min(6))).await;
            }
            if let Some(reached) = self.committed(from, batch.position).await? {
                break reached;
            }
        };
        let count = batch.events.len() as u64;
        metrics::counter!("event_handler_processed_total", "handler" => name).increment(count);
        metrics::histogram!("event_handler_processing_duration_seconds", "handler" => name)
            .record(started.elapsed());
        if let Some(last) = batch.events.last() {
            let lag = (self.clock.now() - last.recorded_at).num_microseconds().unwrap_or(0).max(0);
            metrics::gauge!("projection_lag_seconds", "projection" => name).set(lag as f64 / 1e6);
        }
        Ok(reached)
    }

    async fn try_project(&self, batch: &Batch, from: Checkpoint) -> Result<Checkpoint> {
        let name = self.projection.name();
        let mut tx = self.read_models.begin().await?;
        if !batch.events.is_empty() {
            let projecting = AssertUnwindSafe(self.projection.project(&batch.events, &mut tx));
            match projecting.catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(source)) => return Err(handler_error(source)),
                Err(panic) => return Err(handler_error(panic_text(panic.as_ref()).into())),
            }
        }
        self.read_models.commit(tx, name, from, batch.position).await
    }

    /// Whether a commit whose outcome is unknown did happen.
    ///
    /// A checkpoint of ours that lies before where it was has been taken back by a crash, with the rows
    /// it belonged to.
    async fn committed(&self, from: Checkpoint, to: Position) -> Result<Option<Checkpoint>> {
        let name = self.projection.name();
        let stored = self.patiently(|| self.read_models.checkpoint(name)).await?;
        if stored.epoch == from.epoch && stored.position < from.position {
            let source =
                format!("its checkpoint went from {} back to {}", from.position, stored.position);
            return Err(Error::CheckpointLost {
                projection: name.to_owned(),
                source: source.into(),
            });
        }
        Ok((stored.epoch == from.epoch && stored.position == to && to != from.position)
            .then_some(stored))
    }

    async fn patiently<T, F: Future<Output = Result<T>>>(&self, call: impl Fn() -> F) -> Result<T> {
        let mut pause = Pause::new(self.patience);
        loop {
            match call().await {
                Err(error) if error.is_transient() => pause.after(error).await?,
                result => return result,
            }
        }
    }
}

/// A store's own error keeps its kind, so that a lost connection is waited out.
fn handler_error(source: BoxError) -> Error {
    match source.downcast::<Error>() {
        Ok(error) => *error,
        Err(source) => Error::Backend { source },
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    format!("the projection panicked: {text}")
}

/// A running projector. Dropping the handle leaves it running; [`stop`](ProjectorHandle::stop) ends it.
#[derive(Debug)]
pub struct ProjectorHandle {
    name: &'static str,
    progress: watch::Receiver<Progress>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

#[derive(Debug, Clone, Default)]
struct Progress {
    position: Position,
    stopped: bool,
    failure: Option<Arc<Error>>,
}

impl ProjectorHandle {
    /// The projection's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How far the read model has come.
    #[must_use]
    pub fn position(&self) -> Position {
        self.progress.borrow().position
    }

    /// Why the projector gave up, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<Arc<Error>> {
        self.progress.borrow().failure.clone()
    }

    /// Waits until everything up to `position` is in the read model: read your own writes.
    ///
    /// # Errors
    ///
    /// [`Error::Backend`] with the reason if the projector gave up, [`Error::Closed`] if it was
    /// stopped.
    pub async fn wait_for(&self, position: Position) -> Result<()> {
        let mut progress = self.progress.clone();
        let reached = progress
            .wait_for(|progress| progress.position >= position || progress.stopped)
            .await
            .map_err(|_| Error::Closed)?;
        match &reached.failure {
            _ if reached.position >= position => Ok(()),
            Some(failure) => Err(Error::Backend { source: Box::new(Shared(failure.clone())) }),
            None => Err(Error::Closed),
        }
    }

    /// Finishes the batch at hand, then ends.
    ///
    /// # Errors
    ///
    /// [`Error::Backend`] with the reason if the projector had given up before.
    pub async fn stop(self) -> Result<()> {
        self.stop.cancel();
        if let Err(source) = self.task.await {
            return Err(Error::Backend { source: source.into() });
        }
        match self.progress.borrow().failure.clone() {
            Some(failure) => Err(Error::Backend { source: Box::new(Shared(failure)) }),
            None => Ok(()),
        }
    }
}

/// An error that several waiters look at.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Shared(#[source] Arc<Error>);
