//! Scenes: what is so before a process has heard of it, how long its life is, and what came of it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use aether_core::log::{Load, StreamId};
use aether_core::{AggregateId, Engine, ProcessManager};

mod combats;
mod evenements;
mod marche;
mod quetes;

pub(crate) use combats::{Butin, Defection, Hydre};
pub(crate) use evenements::Moisson;
pub(crate) use marche::Marche;
pub(crate) use quetes::Loups;

/// A scene that a process plays out.
pub(crate) trait Scene {
    type Manager: ProcessManager + Copy;
    /// Who and what is in it.
    type Roles: Copy;
    /// What came of it, without any id.
    type Issue: PartialEq + Debug;

    const MANAGER: Self::Manager;
    /// When something happens by itself: how long after the step before.
    const PAUSES: &'static [Duration];

    /// Makes everything that the process will hear of.
    async fn prepare(&self, engine: &Engine) -> Self::Roles;

    async fn issue(&self, engine: &Engine, roles: Self::Roles) -> Self::Issue;
}

/// The event types of some streams, in order.
pub(crate) async fn histoires<const N: usize>(
    engine: &Engine,
    streams: [(&'static str, &'static str, AggregateId); N],
) -> BTreeMap<&'static str, Vec<String>> {
    let mut histoires = BTreeMap::new();
    for (nom, aggregate_type, id) in streams {
        let load = Load::stream(StreamId::new(aggregate_type, id));
        let history = engine.store().load(load).await.unwrap();
        histoires.insert(nom, history.events.iter().map(|it| it.event_type.to_string()).collect());
    }
    histoires
}
