//! A store that counts what passes: events, combats, conflicts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use aether_core::Result;
use aether_core::backend::{CommandIds, EventStore, LogIdentity, Snapshots, forward};
use aether_core::log::{Append, Appended};
use async_trait::async_trait;

/// What the store has seen pass.
#[derive(Debug, Default)]
pub(crate) struct Passed {
    pub events: AtomicU64,
    pub combats_started: AtomicU64,
    pub combats_ended: AtomicU64,
    /// The engine retries them before anybody sees them.
    pub conflicts: AtomicU64,
}

/// The store underneath, with counters.
#[derive(Clone)]
pub(crate) struct Counted {
    store: Arc<dyn EventStore>,
    passed: Arc<Passed>,
}

impl Counted {
    pub(crate) fn new(store: impl EventStore) -> Self {
        Self { store: Arc::new(store), passed: Arc::default() }
    }

    /// What it has counted so far, and counts.
    pub(crate) fn passed(&self) -> Arc<Passed> {
        self.passed.clone()
    }
}

/// How many events an append brings, combats that it begins, and combats that it ends.
fn brings(append: &Append) -> [u64; 3] {
    let events = || append.writes().iter().flat_map(|write| &write.events);
    let of_type =
        |name: &str| events().filter(|event| **event.event_type() == *name).count() as u64;
    [events().count() as u64, of_type("CombatDemarre"), of_type("CombatTermine")]
}

#[async_trait]
impl EventStore for Counted {
    forward! { |self| self.store; load, read, wait, end, newest, coordinator, close }

    async fn append(&self, append: Append) -> Result<Appended> {
        let [events, started, ended] = brings(&append);
        let result = self.store.append(append).await;
        match &result {
            Ok(appended) if !appended.duplicate => {
                self.passed.events.fetch_add(events, Relaxed);
                self.passed.combats_started.fetch_add(started, Relaxed);
                self.passed.combats_ended.fetch_add(ended, Relaxed);
            }
            Err(error) if error.is_conflict() => {
                self.passed.conflicts.fetch_add(1, Relaxed);
            }
            _ => {}
        }
        result
    }
}

impl LogIdentity for Counted {
    forward! { |self| self.store; database, incarnation, identity }
}

impl Snapshots for Counted {
    forward! { |self| self.store; save_snapshot }
}

impl CommandIds for Counted {
    forward! { |self| self.store; find_command, void_command }
}
