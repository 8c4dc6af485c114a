//! Work that is due now and then: partitions, archiving, refreshes.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::backend::panic_text;
use crate::coordination::{Coordinator, JobRun};
use crate::engine::Engine;
use crate::error::{BoxError, Error, Result};
use crate::ports::{Clock, SystemClock};
use crate::reason::Reason;
use crate::store::EventStore;

use super::part::Part;

mod boxed;

pub use boxed::BoxJob;

/// The longest sleep between two looks at the clock, so that one that jumps is noticed.
const LOOK: Duration = Duration::from_secs(60);
/// A last run that lies further ahead than this was begun by a clock that was wrong, or this one has been set back.
/// Clocks of healthy machines differ by less.
const SKEW: TimeDelta = TimeDelta::minutes(1);
/// The pause after a run that failed.
const RETRY: Duration = Duration::from_secs(60);

/// Maintenance that is due now and then, run by one node at a time.
///
/// A run that is cut off by a crash is repeated by another node. A node that was paused in the middle may finish
/// its run beside that one: make it idempotent.
///
/// ```
/// use std::time::Duration;
/// use aether_core::{BoxError, Job};
///
/// struct CloseSeason;
///
/// impl Job for CloseSeason {
///     fn name(&self) -> &str { "close_season" }
///
///     fn every(&self) -> Duration { Duration::from_secs(24 * 60 * 60) }
///
///     async fn run(&self) -> Result<String, BoxError> {
///         Ok("3 seasons closed".to_owned())
///     }
/// }
/// ```
pub trait Job: Send + Sync + 'static {
    /// Its name: what its lease and its last run are kept under.
    fn name(&self) -> &str;

    /// From the start of one run to the start of the next. A job that never ran is due at once, and so is one whose
    /// last run lies more than a minute ahead of the clock: it tells nothing.
    fn every(&self) -> Duration;

    /// Does the work, and says what was done.
    ///
    /// # Errors
    ///
    /// Whatever went wrong: it is kept for operators, and the job is tried again after a minute.
    fn run(&self) -> impl Future<Output = Result<String, BoxError>> + Send;
}

impl<J: Job> Job for Arc<J> {
    fn name(&self) -> &str {
        J::name(self)
    }

    fn every(&self) -> Duration {
        J::every(self)
    }

    async fn run(&self) -> Result<String, BoxError> {
        J::run(self).await
    }
}

/// Runs a job now, due or not, without a node; the run is kept as if a node had made it. Returns what the
/// job says. For tools.
///
/// # Errors
///
/// [`Error::Backend`] with what the job failed with, transient ones of the coordinator.
pub async fn run_job(store: &dyn EventStore, job: &impl Job) -> Result<String> {
    run(job, store.coordinator().as_ref(), &SystemClock).await
}

async fn run(job: &impl Job, coordinator: &dyn Coordinator, clock: &dyn Clock) -> Result<String> {
    let name = job.name();
    let mut run = JobRun { started_at: Some(clock.now()), ..JobRun::default() };
    coordinator.record_run(name, &run).await?;
    let result = AssertUnwindSafe(job.run()).catch_unwind().await;
    let result = result.unwrap_or_else(|panic| {
        Err(format!("the job panicked: {}", panic_text(panic.as_ref())).into())
    });
    run.finished_at = Some(clock.now());
    match &result {
        Ok(outcome) => {
            run.outcome = Some(outcome.clone());
            tracing::info!(job = name, outcome, "job done");
        }
        Err(error) => {
            let error = Reason(&**error).to_string();
            tracing::error!(job = name, error, "job failed");
            run.error = Some(error);
        }
    }
    let outcome = if result.is_ok() { "done" } else { "failed" };
    crate::meter::counter!("aether_job_runs_total", "job" => name.to_owned(), "outcome" => outcome)
        .increment(1);
    coordinator.record_run(name, &run).await?;
    result.map_err(|source| Error::Backend { source })
}

/// A job on this node.
pub(crate) struct JobPart {
    job: Arc<BoxJob>,
    coordinator: Arc<dyn Coordinator>,
    clock: Arc<dyn Clock>,
}

impl JobPart {
    pub(super) fn new(engine: &Engine, job: Arc<BoxJob>) -> Self {
        let coordinator = engine.store().coordinator();
        Self { job, coordinator, clock: engine.clock().clone() }
    }

    /// Runs it, due or not, and keeps what came of it.
    pub(super) async fn run_now(&self) -> Result<String> {
        run(&self.job, self.coordinator.as_ref(), self.clock.as_ref()).await
    }

    /// For how long it is not due yet.
    async fn rest(&self) -> Result<Duration> {
        let last = self.coordinator.last_run(self.job.name()).await?;
        let Some(started_at) = last.started_at else { return Ok(Duration::ZERO) };
        let since = self.clock.now() - started_at;
        if since < -SKEW {
            return Ok(Duration::ZERO);
        }
        let since = since.to_std().unwrap_or_default();
        let every = match (&last.error, last.finished_at) {
            (None, Some(_)) => self.job.every(),
            // it failed, or its node died
            _ => self.job.every().min(RETRY),
        };
        Ok(every.saturating_sub(since))
    }
}

#[async_trait]
impl Part for JobPart {
    fn name(&self) -> &str {
        self.job.name()
    }

    fn leases(&self) -> Vec<String> {
        vec![format!("job/{}", self.job.name())]
    }

    async fn run(&self, _lease: &str, _epoch: u64, stop: &CancellationToken) -> Result<()> {
        loop {
            let rest = self.rest().await?;
            if rest.is_zero() {
                if let Err(error) = self.run_now().await
                    && error.is_transient()
                {
                    return Err(error);
                }
                continue;
            }
            if stop.run_until_cancelled(self.clock.sleep(rest.min(LOOK))).await.is_none() {
                return Ok(());
            }
        }
    }

    fn job(&self) -> Option<&JobPart> {
        Some(self)
    }
}
