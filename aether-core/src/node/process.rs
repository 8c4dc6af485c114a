//! Carries out what a process manager has asked for, on the node that holds its lease.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::process::{ProcessManager, ProcessRunner, Processes};

use super::part::Part;

/// The executing side of a process manager; the hearing side is a projection.
pub(super) struct ProcessPart<P, R>(ProcessRunner<P, R>);

impl<P: ProcessManager, R: Processes> ProcessPart<P, R> {
    pub(super) const fn new(runner: ProcessRunner<P, R>) -> Self {
        Self(runner)
    }
}

#[async_trait]
impl<P: ProcessManager, R: Processes> Part for ProcessPart<P, R> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn leases(&self) -> Vec<String> {
        vec![format!("process/{}", self.0.name())]
    }

    async fn run(&self, _lease: &str, _epoch: u64, stop: &CancellationToken) -> Result<()> {
        self.0.run(stop.cancelled()).await
    }

    async fn unfinished(&self) -> Result<usize> {
        self.0.due().await
    }
}
