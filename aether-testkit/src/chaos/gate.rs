//! A gate that calls wait at.

use tokio::sync::watch;

/// Holds all that come to it until it is opened; then they pass.
///
/// Cloning gives another handle on the same gate. Two tasks can be brought into any order with it:
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # use std::sync::Arc;
/// # use aether_core::backend::EventStore;
/// # use aether_core::log::Append;
/// # use aether_core::memory::MemoryStore;
/// # use aether_testkit::chaos::{ChaosStore, Faults};
/// let chaos = ChaosStore::wrap(Arc::new(MemoryStore::new()), Faults::none());
/// let gate = chaos.hold_next_append();
/// let slow = tokio::spawn({
///     let chaos = chaos.clone();
///     async move { chaos.append(Append::default()).await }
/// });
/// gate.reached().await;
/// // … what happens meanwhile …
/// gate.open();
/// slow.await??;
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct Gate {
    open: watch::Sender<bool>,
    /// How many have come to it, whether they passed or not.
    arrived: watch::Sender<usize>,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self { open: watch::Sender::new(false), arrived: watch::Sender::new(0) }
    }

    /// Lets everybody pass who is at the gate or comes later.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// Waits until somebody has come to the gate. Answers at once when somebody has.
    pub async fn reached(&self) {
        self.reached_by(1).await;
    }

    /// Waits until this many have come to the gate.
    pub async fn reached_by(&self, count: usize) {
        // fails only when the sender is gone, and `self` holds it
        let _ = self.arrived.subscribe().wait_for(|arrived| *arrived >= count).await;
    }

    /// Waits until the gate is open.
    pub(super) async fn pass(&self) {
        self.arrived.send_modify(|arrived| *arrived += 1);
        let _ = self.open.subscribe().wait_for(|open| *open).await;
    }
}
