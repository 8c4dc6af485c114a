//! One node with one process manager, driven step by step.

use std::sync::Arc;

use aether_core::process::ProcessSettings;
use aether_core::{
    Checkpoint, Clock, Engine, EventStore, ManualClock, ProcessManager, ProcessRunner,
    Projection as _, Read, ReadModels as _, Result, Settings,
};
use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::ProcessBackend;
use super::steps::{SteppedProcesses, SteppedStore, Steps};

/// A clock that several nodes share.
#[derive(Debug, Clone)]
pub(super) struct SharedClock(pub(super) Arc<ManualClock>);

impl SharedClock {
    pub(super) fn new() -> Self {
        let start = "2026-03-01T12:00:00Z".parse().unwrap_or_default();
        Self(Arc::new(ManualClock::at(start)))
    }
}

impl Clock for SharedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }
}

/// A node. Does one thing at a time, so that its steps come in the same order each time.
pub(super) struct Node<B: ProcessBackend, P> {
    pub(super) engine: Engine,
    pub(super) runner: ProcessRunner<P, SteppedProcesses<B::Processes>>,
    pub(super) processes: Arc<SteppedProcesses<B::Processes>>,
    checkpoint: Mutex<Option<Checkpoint>>,
}

impl<B: ProcessBackend, P: ProcessManager> Node<B, P> {
    pub(super) async fn start(
        backend: &B,
        manager: P,
        clock: &SharedClock,
        steps: &Steps,
    ) -> Arc<Self> {
        let (store, processes) = backend.connect().await;
        Self::on(store, processes, manager, clock, steps)
    }

    /// On a store that may fail.
    pub(super) fn on(
        store: Arc<dyn EventStore>,
        processes: Arc<B::Processes>,
        manager: P,
        clock: &SharedClock,
        steps: &Steps,
    ) -> Arc<Self> {
        let store = SteppedStore { inner: store, steps: steps.clone() };
        // written in the background, at no certain step
        let unsnapped = Settings { snapshot_every: 0, ..Settings::default() };
        let engine = Engine::builder(store).settings(unsnapped).clock(clock.clone()).build();
        let processes = Arc::new(SteppedProcesses { inner: processes, steps: steps.clone() });
        let settings = ProcessSettings { concurrency: 1, ..ProcessSettings::default() };
        let runner = ProcessRunner::new(&engine, processes.clone(), manager).settings(settings);
        Arc::new(Self { engine, runner, processes, checkpoint: Mutex::default() })
    }

    /// Hears all events there are, and returns whether there were any.
    pub(super) async fn hear(&self) -> Result<bool> {
        let projection = self.runner.projection();
        let name = self.runner.name();
        let mut known = self.checkpoint.lock().await;
        let mut checkpoint = match *known {
            Some(checkpoint) => checkpoint,
            None => self.processes.claim(name).await?,
        };
        let mut heard = false;
        loop {
            let read = Read::all().after(checkpoint.position).filter(projection.filter());
            let page = self.engine.store().read(read).await?;
            if page.events.is_empty() {
                *known = Some(checkpoint);
                return Ok(heard);
            }
            heard = true;
            let mut tx = self.processes.begin().await?;
            let projected = projection.project(&page.events, &mut tx).await;
            projected.map_err(|source| aether_core::Error::Backend { source })?;
            checkpoint = self.processes.commit(tx, name, checkpoint, page.position).await?;
            *known = Some(checkpoint);
        }
    }

    /// Hears and works until there is nothing to do.
    pub(super) async fn settle(&self) {
        loop {
            let heard = self.hear().await.expect("events can be heard");
            let worked = self.runner.work().await.expect("commands can be carried out");
            if !heard && worked == 0 {
                return;
            }
        }
    }
}
