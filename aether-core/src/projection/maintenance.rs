//! The port for what only a backend can do with a projection: rebuild and verify its read model.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;

use crate::error::{Error, Result};
use crate::ids::Position;
use crate::store::EventStore;

/// Rebuilds and verifies the read model of one projection. Made by [`ReadModels`](super::ReadModels) from a projection
/// whose type they know; programs for operators see this port and no more.
///
/// Several that [join](Maintenance::joins) share one pass over the log. A backend recognizes its own by `Any`; nobody
/// else looks inside.
#[async_trait]
pub trait Maintenance: Any + Send + Sync {
    /// What becomes of the rows meanwhile: for the operator who is asked before a rebuild.
    fn manner(&self) -> Manner;

    /// Whether `other` is in the same read models, so that both can be rebuilt or verified in one pass.
    fn joins(&self, other: &dyn Maintenance) -> bool;

    /// Rebuilds the read model from the log.
    ///
    /// # Errors
    ///
    /// [`RebuildError`]. The live rows are as they were then, but for a [`Manner::Emptied`] one: repeat it.
    async fn rebuild(&self, request: RebuildRequest<'_>) -> Result<Rebuilt, RebuildError>;

    /// Drops what an interrupted rebuild has left, also of projections that were rebuilt with it. A running one is
    /// stopped by that. Whether there was anything.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn discard(&self) -> Result<bool>;

    /// Rebuilds the read models of this projection and of those in `with` into a shadow that nobody else sees, up
    /// to where the live ones are. Then it compares the rows. At most `listed` differences are told in words.
    /// `None`: these read models cannot be compared, or no node has filled them yet.
    ///
    /// # Errors
    ///
    /// Those of the log and of the read models. A difference is no error.
    async fn verify(
        &self,
        with: &[Arc<dyn Maintenance>],
        log: Arc<dyn EventStore>,
        listed: usize,
    ) -> Result<Option<Verified>>;
}

/// What becomes of the rows of a read model while it is rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Manner {
    /// Readers find the old rows until the new ones take their place.
    Beside,
    /// It is emptied, and the nodes that run the projection fill it again: readers find a part of it meanwhile.
    Emptied,
}

/// How a read model is to be rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RebuildKind {
    /// Beside the live rows. It continues where one of the same projections was interrupted.
    #[default]
    Resume,
    /// Beside the live rows, from the first event.
    Restart,
    /// In one transaction in the live tables: for small ones.
    InPlace,
}

/// What is asked of a [rebuild](Maintenance::rebuild).
#[non_exhaustive]
pub struct RebuildRequest<'a> {
    /// The log that is read.
    pub log: Arc<dyn EventStore>,
    /// Others that are rebuilt in the same pass, and go live in the same moment. Each [joins](Maintenance::joins).
    pub with: &'a [Arc<dyn Maintenance>],
    /// How.
    pub kind: RebuildKind,
    /// Is told how far it is, whenever that has changed.
    pub progress: Option<&'a (dyn Fn(&RebuildProgress) + Send + Sync)>,
    /// Ends it after the current batch once it is ready; what is done stays.
    pub stop: BoxFuture<'a, ()>,
}

impl<'a> RebuildRequest<'a> {
    /// A rebuild of one projection from a log, as [`RebuildKind::Resume`] says, that nobody watches or stops.
    #[must_use]
    pub fn new(log: Arc<dyn EventStore>) -> Self {
        let stop = Box::pin(std::future::pending());
        Self { log, with: &[], kind: RebuildKind::default(), progress: None, stop }
    }

    /// With others, in one pass.
    #[must_use]
    pub const fn with(mut self, others: &'a [Arc<dyn Maintenance>]) -> Self {
        self.with = others;
        self
    }

    /// In this way.
    #[must_use]
    pub const fn kind(mut self, kind: RebuildKind) -> Self {
        self.kind = kind;
        self
    }

    /// Tells how far it is.
    #[must_use]
    pub const fn progress(
        mut self,
        progress: &'a (dyn Fn(&RebuildProgress) + Send + Sync),
    ) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Ends it once `stop` is ready.
    #[must_use]
    pub fn stop(mut self, stop: impl Future<Output = ()> + Send + 'a) -> Self {
        self.stop = Box::pin(stop);
        self
    }
}

impl std::fmt::Debug for RebuildRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RebuildRequest").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What a rebuild came to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Rebuilt {
    /// The new rows are live.
    Live(RebuildReport),
    /// The read model is empty, and the projection at the start: its nodes fill it.
    Emptied {
        /// How much was deleted: rows, or keys.
        deleted: u64,
    },
}

/// Why a read model was not rebuilt.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RebuildError {
    /// Another process is rebuilding it, and was heard of lately.
    #[error(
        "{projection} is being rebuilt by another process; cancel it there; if that was killed, resume it once it was \
         silent for its lease, or discard what it has filled"
    )]
    Running {
        /// The projection.
        projection: String,
        /// How long that still counts, if it is not heard of again. `None`: no longer.
        left: Option<Duration>,
    },
    /// An interrupted rebuild has other projections or tables: it cannot be resumed with these.
    #[error(
        "an interrupted rebuild of {projections} is in the way; resume it with the same projections, restart it, or \
         discard what it has filled"
    )]
    InTheWay {
        /// What it is about.
        projections: String,
    },
    /// The live tables are not what they were when the rebuild began.
    #[error("the live tables are not what they were when the rebuild began: {change}; restart it")]
    TablesChanged {
        /// What is different.
        change: String,
    },
    /// It was [stopped](RebuildRequest::stop); it can be resumed.
    #[error("the rebuild was stopped; it can be resumed")]
    Stopped,
    /// The read model cannot be rebuilt like this.
    #[error("{reason}")]
    Refused {
        /// What is in the way, and what to do.
        reason: String,
    },
    /// The log or the read models failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// What a rebuild is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RebuildPhase {
    /// It fills the shadow tables.
    #[default]
    Filling,
    /// It has caught up with the log, stays so, and waits for its chance to swap the tables.
    Swapping,
    /// The new tables are live; foreign keys that refer to them are being validated.
    Validating,
    /// It is over.
    Done,
}

impl RebuildPhase {
    /// The phase in one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Filling => "filling",
            Self::Swapping => "swapping",
            Self::Validating => "validating",
            Self::Done => "done",
        }
    }
}

/// How far a rebuild is.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RebuildProgress {
    /// What it is doing.
    pub phase: RebuildPhase,
    /// Everything up to here is in all of the shadow tables.
    pub position: Position,
    /// How far the log goes, as it was last seen: grows while others append.
    pub target: Position,
    /// Events that were projected by this run, each counted once however many projections take it.
    pub events: u64,
    /// Events per second, over the last ten seconds.
    pub rate: f64,
    /// How long the filling still takes at that pace. `None`: not known yet.
    pub eta: Option<Duration>,
    /// How often the tables could not be locked in time and others were let pass.
    pub postponed: u32,
    /// Each projection by itself.
    pub projections: Vec<ProjectionProgress>,
}

/// How far the rebuild of one projection is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProjectionProgress {
    /// Its name.
    pub projection: &'static str,
    /// Everything up to here is in its shadow tables, or parked.
    pub position: Position,
    /// Events that it took in this run.
    pub events: u64,
}

impl ProjectionProgress {
    /// One that has taken nothing yet.
    #[must_use]
    pub const fn new(projection: &'static str, position: Position) -> Self {
        Self { projection, position, events: 0 }
    }
}

/// What a rebuild did.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RebuildReport {
    /// Everything up to here was in the tables when they went live.
    pub position: Position,
    /// Events that were projected by this run, each counted once.
    pub events: u64,
    /// How long this run took, up to the swap.
    pub duration: Duration,
    /// Events per second of it.
    pub rate: f64,
    /// How long the live tables were locked: from the request for the first lock to the answer to the commit.
    /// No reader or writer waited for longer.
    pub locked: Duration,
    /// How often the tables could not be locked in time and others were let pass.
    pub postponed: u32,
    /// Events that failed and were parked as dead letters, and those that wait for them.
    pub dead_letters: u64,
    /// Foreign keys of other tables that hold rows which refer to nothing now, with the reason. They count for
    /// new rows, and stay NOT VALID until the rows are there and somebody validates them.
    pub invalid_keys: Vec<String>,
    /// Each projection by itself.
    pub projections: Vec<ProjectionProgress>,
}

impl RebuildReport {
    /// A rebuild that has projected `events` up to `position`.
    #[must_use]
    pub fn new(position: Position, events: u64, duration: Duration) -> Self {
        let rate = events as f64 / duration.as_secs_f64().max(0.001);
        Self { position, events, duration, rate, ..Self::default() }
    }
}

/// What a comparison of a read model with its events has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "it says whether there are differences"]
pub struct Verified {
    /// What was looked at, for people.
    pub checked: String,
    /// How many differences there are.
    pub total: u64,
    /// Some of them in words, one line each.
    pub listed: Vec<String>,
}

impl Verified {
    /// What was looked at, for people: `"12 combats from 340 events"`. No differences so far.
    pub fn new(checked: impl Into<String>) -> Self {
        Self { checked: checked.into(), ..Self::default() }
    }

    /// How many differences there are, and some of them in words, one line each.
    pub fn differences<D: ToString>(
        mut self,
        total: u64,
        listed: impl IntoIterator<Item = D>,
    ) -> Self {
        self.total = total;
        self.listed = listed.into_iter().map(|difference| difference.to_string()).collect();
        self
    }
}
