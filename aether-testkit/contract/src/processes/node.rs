//! One node with one process manager, driven step by step.

use std::ops::Deref;
use std::sync::Arc;

use aether_core::ProcessManager;
use aether_core::backend::Processes;
use aether_testkit::clock::ManualClock;
use aether_testkit::crash::{Driven, Steps};

use super::{Handles, Place};

/// Noon of a day in spring, for as long as a test does not move it.
pub(super) fn clock() -> ManualClock {
    ManualClock::at("2026-03-01T12:00:00Z".parse().expect("a time"))
}

/// A node. Does one thing at a time, so that its steps come in the same order each time.
pub(super) struct Node<P: Processes + Clone, M>(Driven<P, M>);

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
        handles: Handles<P>,
        manager: M,
        clock: &ManualClock,
        steps: &Steps,
    ) -> Arc<Self> {
        Arc::new(Self(Driven::new(handles, manager, clock, steps)))
    }
}

impl<P: Processes + Clone, M> Deref for Node<P, M> {
    type Target = Driven<P, M>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
