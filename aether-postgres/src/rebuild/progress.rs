//! What a rebuild tells about itself.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use aether_core::Position;

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
    pub(super) const fn as_str(self) -> &'static str {
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
    /// For how long it will go on filling at that pace. `None`: nobody knows yet.
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
    /// How often the locks were not to be had in time and others were let pass.
    pub postponed: u32,
    /// Events that failed and were parked as dead letters, and those that wait behind them.
    pub dead_letters: u64,
    /// Foreign keys of other tables that hold rows which refer to nothing now, with the reason. They count for
    /// new rows, and stay NOT VALID until the rows are there and somebody validates them.
    pub invalid_keys: Vec<String>,
    /// Each projection by itself.
    pub projections: Vec<ProjectionProgress>,
}

/// Measures the pace over the last seconds.
#[derive(Debug, Default)]
pub(super) struct Pace {
    samples: VecDeque<(Instant, u64, Position)>,
}

impl Pace {
    const WINDOW: Duration = Duration::from_secs(10);

    /// Takes note, and tells events per second and the time until `target`.
    pub(super) fn note(
        &mut self,
        events: u64,
        position: Position,
        target: Position,
    ) -> (f64, Option<Duration>) {
        let now = Instant::now();
        while self.samples.len() > 1
            && self.samples.front().is_some_and(|(at, ..)| now - *at > Self::WINDOW)
        {
            self.samples.pop_front();
        }
        self.samples.push_back((now, events, position));
        let Some((begun, first, from)) = self.samples.front() else { return (0.0, None) };
        let seconds = (now - *begun).as_secs_f64();
        if seconds < 0.001 {
            return (0.0, None);
        }
        let speed = position.get().saturating_sub(from.get()) as f64 / seconds;
        let left = target.get().saturating_sub(position.get()) as f64;
        let eta = if left == 0.0 { Some(0.0) } else { (speed > 0.0).then(|| left / speed) };
        let eta = eta.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        ((events - first) as f64 / seconds, eta)
    }
}
