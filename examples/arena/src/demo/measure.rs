//! What is counted and timed, and how.
//!
//! - **commands**: units that a bot has sent and that stored events.
//! - **events**: all that were stored, those of processes included.
//! - **append**: the time of one unit of a bot: load, decide, append, retries after conflicts included.
//! - **lag**: from the moment the unit returned until the projection's progress has passed its last event, that is, until a reader
//!   finds it in the read model. Every command is a sample.
//! - **conflicts**: appends that the store refused because somebody else was faster.
//! - **refusals**: units that a rule refused.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use aether_core::node::ShardState;
use aether_core::{Node, Position};
use anyhow::Context as _;
use parking_lot::Mutex;

use crate::demo::counted::Passed;
use crate::demo::lag::Lag;
use crate::demo::timer::{Timer, Times};

/// All counters of a run.
#[derive(Debug)]
pub(crate) struct Tally {
    started: Instant,
    counts: Counts,
    /// What the store has seen pass.
    passed: Arc<Passed>,
    append: Timer,
    node: Node,
    lags: Vec<Lag>,
    seconds: Mutex<VecDeque<Second>>,
}

#[derive(Debug, Default)]
struct Counts {
    commands: AtomicU64,
    refusals: AtomicU64,
}

/// Everything counted so far, and the times of the last second.
#[derive(Debug, Clone, Default)]
pub(crate) struct Second {
    pub elapsed: Duration,
    pub commands: u64,
    pub events: u64,
    pub refusals: u64,
    pub conflicts: u64,
    pub combats_started: u64,
    pub combats_ended: u64,
    /// Since the second before.
    pub commands_per_second: u64,
    pub events_per_second: u64,
    pub append: Times,
    pub lags: Vec<(&'static str, Times)>,
}

impl Tally {
    /// Follows these projections of a node from now on.
    pub(crate) fn new(passed: Arc<Passed>, node: Node, projections: &[&'static str]) -> Self {
        Self {
            started: Instant::now(),
            counts: Counts::default(),
            passed,
            append: Timer::default(),
            lags: projections.iter().map(|projection| Lag::follow(&node, projection)).collect(),
            node,
            seconds: Mutex::default(),
        }
    }

    /// A unit has happened, and took so long.
    pub(crate) fn done(&self, position: Option<Position>, took: Duration) {
        // one that changed nothing was no append
        let Some(position) = position else { return };
        self.append.record(took);
        self.counts.commands.fetch_add(1, Relaxed);
        for lag in &self.lags {
            // its follower has ended: the projection's failure is reported elsewhere
            let _ = lag.samples.send((position, Instant::now()));
        }
    }

    /// A rule refused a unit.
    pub(crate) fn refused(&self) {
        self.counts.refusals.fetch_add(1, Relaxed);
    }

    /// Takes stock; once a second.
    pub(crate) fn tick(&self) -> Second {
        let mut seconds = self.seconds.lock();
        let last = seconds.back().cloned().unwrap_or_default();
        let mut now = self.stock(Timer::take_recent);
        let span = (now.elapsed - last.elapsed).as_secs_f64().max(0.001);
        let rate = |now: u64, before: u64| ((now - before) as f64 / span).round() as u64;
        now.commands_per_second = rate(now.commands, last.commands);
        now.events_per_second = rate(now.events, last.events);
        seconds.push_back(now.clone());
        while seconds.len() > 240 {
            seconds.pop_front();
        }
        now
    }

    /// The last seconds, oldest first.
    pub(crate) fn seconds(&self) -> Vec<Second> {
        self.seconds.lock().iter().cloned().collect()
    }

    /// Everything, with the times of the whole run.
    pub(crate) fn total(&self) -> Second {
        self.stock(Timer::whole)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Fails if a projection has stopped.
    pub(crate) async fn check(&self) -> anyhow::Result<()> {
        for shard in self.node.health().await?.shards {
            if let ShardState::Failed(failure) = shard.state {
                anyhow::bail!("projection {} stopped: {failure}", shard.shard);
            }
        }
        Ok(())
    }

    /// Waits until every projection has seen the log up to there.
    pub(crate) async fn caught_up(&self, end: Position, patience: Duration) -> anyhow::Result<()> {
        let reached = tokio::time::timeout(patience, self.node.wait_for_all(end)).await;
        reached
            .with_context(|| format!("the projections did not catch up within {patience:?}"))?
            .context("a projection does not show everything")
    }

    /// Stops the node.
    pub(crate) async fn finish(self) -> anyhow::Result<()> {
        for Lag { samples, follower, .. } in self.lags {
            drop(samples);
            follower.await.context("a follower panicked")?;
        }
        Ok(self.node.stop().await?)
    }

    fn stock(&self, times: impl Fn(&Timer) -> Times) -> Second {
        let counts = &self.counts;
        let passed = &self.passed;
        Second {
            elapsed: self.elapsed(),
            commands: counts.commands.load(Relaxed),
            events: passed.events.load(Relaxed),
            refusals: counts.refusals.load(Relaxed),
            conflicts: passed.conflicts.load(Relaxed),
            combats_started: passed.combats_started.load(Relaxed),
            combats_ended: passed.combats_ended.load(Relaxed),
            append: times(&self.append),
            lags: self.lags.iter().map(|lag| (lag.projection, times(&lag.timer))).collect(),
            ..Second::default()
        }
    }
}
