//! One node with one process manager, driven step by step.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aether_core::backend::Processes;
use aether_core::log::Read;
use aether_core::process::{ProcessRunner, ProcessSettings};
use aether_core::projection::{Configured, Delivery, Handler, ProjectionSettings, Shard};
use aether_core::{Engine, EngineSettings, Position, ProcessManager, Projection as _, Result};
use aether_testkit::clock::ManualClock;
use tokio::sync::Mutex;

use super::steps::{SteppedProcesses, SteppedStore, Steps};
use super::{Handles, Place};

/// Noon of a day in spring, for as long as a test does not move it.
pub(super) fn clock() -> ManualClock {
    ManualClock::at("2026-03-01T12:00:00Z".parse().expect("a time"))
}

/// What carries out a manager's commands, one at a time.
pub(super) type Runner<P, M> = ProcessRunner<Configured<M, ProcessSettings>, SteppedProcesses<P>>;

/// The projection, once it is claimed, and how far it has heard.
type Hearing<P> = (Delivery<SteppedProcesses<P>>, Position);

/// A node. Does one thing at a time, so that its steps come in the same order each time.
pub(super) struct Node<P: Processes + Clone, M> {
    pub(super) engine: Engine,
    pub(super) runner: Runner<P, M>,
    pub(super) processes: SteppedProcesses<P>,
    hearing: Mutex<Option<Hearing<P>>>,
}

impl<P: Processes + Clone, M: ProcessManager> Node<P, M> {
    /// With connections of its own.
    pub(super) async fn start(
        backend: &Place<P>,
        manager: M,
        clock: &ManualClock,
        steps: &Steps,
    ) -> Arc<Self> {
        Self::on(backend.connect().await, manager, clock, steps)
    }

    pub(super) fn on(
        (store, processes): Handles<P>,
        manager: M,
        clock: &ManualClock,
        steps: &Steps,
    ) -> Arc<Self> {
        let store = SteppedStore { inner: store, steps: steps.clone() };
        // snapshots are written in the background, at no certain step
        let unsnapped = EngineSettings::default().snapshot_every(0);
        let engine = Engine::builder(store).settings(unsnapped).clock(clock.clone()).build();
        let processes = SteppedProcesses { inner: processes, steps: steps.clone() };
        let settings = ProcessSettings::default().concurrency(1);
        let runner = ProcessRunner::new(&engine, processes.clone(), manager.with(settings));
        Arc::new(Self { engine, runner, processes, hearing: Mutex::default() })
    }

    /// Hears all events there are, and returns whether there were any.
    pub(super) async fn hear(&self) -> Result<bool> {
        let mut hearing = self.hearing.lock().await;
        if hearing.is_none() {
            *hearing = Some(self.claim().await?);
        }
        let Some((delivery, position)) = &mut *hearing else { return Ok(false) };
        let filter = Handler::new(self.runner.projection()).filter();
        let mut heard = false;
        loop {
            let read = Read::all().after(*position).filter(filter.clone());
            let page = self.engine.store().read(read).await?;
            if page.events.is_empty() {
                return Ok(heard);
            }
            heard = true;
            delivery.apply(&page.events, page.position).await?;
            *position = page.position;
        }
    }

    async fn claim(&self) -> Result<Hearing<P>> {
        static EPOCH: AtomicU64 = AtomicU64::new(1);
        let shard = Shard::whole(self.runner.name());
        // what fails is parked at once
        let settings = ProjectionSettings::default().attempts(1);
        let projection = self.runner.projection().with(settings);
        let mut delivery = Delivery::new(self.processes.clone(), projection, shard);
        let checkpoint = delivery.claim(EPOCH.fetch_add(1, Ordering::SeqCst)).await?;
        Ok((delivery, checkpoint.position))
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
