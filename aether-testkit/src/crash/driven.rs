//! One node with one process manager, driven step by step.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aether_core::backend::{EventStore, Processes};
use aether_core::log::Read;
use aether_core::process::{ProcessRunner, ProcessSettings};
use aether_core::projection::{Configured, Delivery, Handler, ProjectionSettings, Shard};
use aether_core::{Engine, EngineSettings, Position, ProcessManager, Projection as _, Result};
use tokio::sync::Mutex;

use crate::clock::ManualClock;

use super::{SteppedProcesses, SteppedStore, Steps};

/// What carries out a manager's commands, one at a time.
type Runner<P, M> = ProcessRunner<Configured<M, ProcessSettings>, SteppedProcesses<P>>;

/// The projection, once it is claimed, and how far it has heard.
type Hearing<P> = (Delivery<SteppedProcesses<P>>, Position);

/// A node. Does one thing at a time, so that its steps come in the same order each time.
pub struct Driven<P: Processes + Clone, M> {
    engine: Engine,
    runner: Runner<P, M>,
    processes: SteppedProcesses<P>,
    steps: Steps,
    hearing: Mutex<Option<Hearing<P>>>,
}

impl<P: Processes + Clone, M: ProcessManager> Driven<P, M> {
    /// A node that has done nothing yet, on a store and processes. No snapshots are taken: they are written in the background, at
    /// no certain step.
    #[must_use]
    pub fn new(
        (store, processes): (Arc<dyn EventStore>, P),
        manager: M,
        clock: &ManualClock,
        steps: &Steps,
    ) -> Self {
        let store = SteppedStore { inner: store, steps: steps.clone() };
        let unsnapped = EngineSettings::default().snapshot_every(0);
        let engine = Engine::builder(store).settings(unsnapped).clock(clock.clone()).build();
        let processes = SteppedProcesses { inner: processes, steps: steps.clone() };
        let settings = ProcessSettings::default().concurrency(1);
        let runner = ProcessRunner::new(&engine, processes.clone(), manager.with(settings));
        Self { engine, runner, processes, steps: steps.clone(), hearing: Mutex::default() }
    }

    /// Its engine, whose calls are steps as well.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What carries out the manager's commands.
    #[must_use]
    pub const fn runner(&self) -> &Runner<P, M> {
        &self.runner
    }

    /// Where its processes are kept.
    #[must_use]
    pub const fn processes(&self) -> &SteppedProcesses<P> {
        &self.processes
    }

    /// Hears all events there are, and returns whether there were any.
    ///
    /// # Errors
    ///
    /// What the database failed with.
    pub async fn hear(&self) -> Result<bool> {
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
    ///
    /// # Panics
    ///
    /// If the database fails.
    pub async fn settle(&self) {
        loop {
            let heard = self.hear().await.expect("events can be heard");
            let worked = self.runner.work().await.expect("commands can be carried out");
            if !heard && worked == 0 {
                return;
            }
        }
    }

    /// [Settles](Self::settle), or crashes: then it does nothing any more, and returns.
    ///
    /// # Panics
    ///
    /// If the database fails.
    pub async fn live(&self) {
        tokio::select! {
            () = self.settle() => {}
            () = self.steps.crash() => {}
        }
    }
}

impl<P: Processes + Clone, M> fmt::Debug for Driven<P, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driven").field("steps", &self.steps).finish_non_exhaustive()
    }
}
