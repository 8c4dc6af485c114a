//! The side of a process manager that hears events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Notify;
use uuid::Uuid;

use crate::engine::Engine;
use crate::error::BoxError;
use crate::event::Recorded;
use crate::projection::{Projection, ProjectionSettings};
use crate::store::Filter;

use super::Input;
use super::ProcessManager;
use super::ProcessSettings;
use super::instance::{Cause, Instance};
use super::port::Processes;

/// The side of a process manager that hears events: a projection that writes states, commands and timers.
/// Made by [`ProcessRunner::projection`](super::ProcessRunner::projection).
///
/// Never rebuild it: the commands it sends are carried out.
pub struct ProcessProjection<P, R> {
    pub(super) manager: Arc<P>,
    pub(super) processes: Arc<R>,
    pub(super) settings: Arc<ProcessSettings>,
    pub(super) engine: Engine,
    /// Wakes the runner: there may be something to do.
    pub(super) wake: Arc<Notify>,
}

impl<P: ProcessManager, R: Processes> Projection<R::Tx> for ProcessProjection<P, R> {
    type Events = P::Events;

    fn name(&self) -> &'static str {
        self.manager.name()
    }

    fn filter(&self) -> Filter {
        self.manager.filter()
    }

    fn settings(&self) -> ProjectionSettings {
        self.settings.hearing.clone()
    }

    async fn project(
        &self,
        events: &[Recorded<P::Events>],
        tx: &mut R::Tx,
    ) -> Result<(), BoxError> {
        let mut inputs = Vec::with_capacity(events.len());
        for event in events {
            let route = self.manager.route(event);
            inputs.extend(route.processes().iter().map(|process| (*process, event)));
        }
        if inputs.is_empty() {
            return Ok(());
        }
        let ids: BTreeSet<Uuid> = inputs.iter().map(|(process, _)| *process).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let name = self.manager.name();
        let mut instances = BTreeMap::new();
        for stored in self.processes.open(tx, name, &ids).await? {
            instances.insert(stored.id, Instance::<P>::stored(stored)?);
        }
        for (process, event) in inputs {
            let instance = instances.entry(process).or_insert_with(|| Instance::new(process));
            instance.react(&self.manager, Input::Event(event), &Cause::event(event)?)?;
        }
        let mut changes = Vec::new();
        for instance in instances.into_values() {
            changes.extend(instance.into_change()?);
        }
        if !changes.is_empty() {
            self.processes.save(tx, name, &changes, self.engine.now()).await?;
        }
        Ok(())
    }

    async fn committed(&self, _: &[Recorded<P::Events>]) {
        self.wake.notify_one();
    }
}

impl<P: ProcessManager, R> std::fmt::Debug for ProcessProjection<P, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ProcessProjection").field(&self.manager.name()).finish()
    }
}
