//! How nodes agree on who does what: leases, renewed by one heartbeat per node.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::Result;

/// Where the nodes of one event store agree on who runs what.
///
/// A **lease** is the right to do a piece of work (a shard of a projection, a job), by name. A node
/// keeps its leases by heartbeats. One that is silent for [`Beat::ttl`], measured by the coordinator's
/// own clock, loses them to others. It may not know that it has lost them (it was paused): so
/// each acquisition has an **epoch**, higher than all before it, and whatever is written under a lease
/// checks the epoch.
#[async_trait]
pub trait Coordinator: Send + Sync + 'static {
    /// One heartbeat: renews what the node holds and still wants, takes what is free, up to its fair
    /// share, and says what it should hand over to others. One round trip, however many leases.
    ///
    /// # Errors
    ///
    /// Transient ones: beat again.
    async fn beat(&self, beat: Beat<'_>) -> Result<Vec<Lease>>;

    /// Gives back everything the node holds, and forgets the node.
    ///
    /// # Errors
    ///
    /// Transient ones. If it is not repeated, the leases run out by themselves.
    async fn leave(&self, node: Uuid) -> Result<()>;

    /// The last run of a job, whichever node ran it. The default one if there was none.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn last_run(&self, job: &str) -> Result<JobRun>;

    /// Keeps the run of a job for [`last_run`](Coordinator::last_run), and counts it when it is finished.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn record_run(&self, job: &str, run: &JobRun) -> Result<()>;
}

/// What a node tells with a heartbeat.
#[derive(Debug, Clone, Copy)]
pub struct Beat<'a> {
    /// Who: drawn anew each time a node starts.
    pub node: Uuid,
    /// What people call it.
    pub name: &'a str,
    /// Every lease it could use, those it holds included.
    pub wants: &'a [String],
    /// Leases it holds and is done with, for now: they are free at once.
    pub releases: &'a [String],
    /// For how long its leases last without a further heartbeat.
    pub ttl: Duration,
}

/// The right to do something until it runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What for.
    pub name: String,
    /// Higher than every epoch that was given out before.
    pub epoch: u64,
    /// Another node has less to do and could take it: finish what is at hand, then release it.
    pub surplus: bool,
}

/// A run of a maintenance job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobRun {
    /// When it began, by the clock of the node that ran it. `None`: it never ran.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended. `None`: it is running, or its node died.
    pub finished_at: Option<DateTime<Utc>>,
    /// What it did, in its own words.
    pub outcome: Option<String>,
    /// Why it failed, if it did.
    pub error: Option<String>,
}
