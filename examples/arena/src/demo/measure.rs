//! What is counted and timed, and how.
//!
//! - **append**: the time of one `engine.execute` that stored events: load, decide, append, retries
//!   after conflicts included.
//! - **lag**: from the moment `execute` returned until the projection's progress has passed the
//!   command's last event, that is, until a reader finds it in the read model. Every command is a
//!   sample.
//! - **conflicts**: appends that the store refused because somebody else was faster.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use aether_core::command::Executed;
use aether_core::node::ShardState;
use aether_core::{Engine, Error, ExecuteError, Node, Position, Result};
use aether_game::combat::{Combat, CombatCommand, CombatId, CombatRefus};
use anyhow::Context as _;
use hdrhistogram::Histogram;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// All counters of a run.
#[derive(Debug)]
pub(crate) struct Tally {
    started: Instant,
    counts: Counts,
    /// Shared with the [`Counted`](crate::demo::counted::Counted) store.
    conflicts: Arc<AtomicU64>,
    append: Timer,
    node: Node,
    lags: Vec<Lag>,
    seconds: Mutex<VecDeque<Second>>,
}

#[derive(Debug, Default)]
struct Counts {
    commands: AtomicU64,
    events: AtomicU64,
    rejections: AtomicU64,
    combats_started: AtomicU64,
    combats_ended: AtomicU64,
    last_position: AtomicU64,
}

/// How far a projection is behind.
#[derive(Debug)]
struct Lag {
    projection: &'static str,
    timer: Arc<Timer>,
    samples: mpsc::UnboundedSender<(Position, Instant)>,
    follower: JoinHandle<()>,
}

/// Everything counted so far, and the times of the last second.
#[derive(Debug, Clone, Default)]
pub(crate) struct Second {
    pub elapsed: Duration,
    pub commands: u64,
    pub events: u64,
    pub rejections: u64,
    pub conflicts: u64,
    pub combats_started: u64,
    pub combats_ended: u64,
    /// Since the second before.
    pub commands_per_second: u64,
    pub events_per_second: u64,
    pub append: Times,
    pub lags: Vec<(&'static str, Times)>,
}

/// Some times in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

impl Tally {
    /// Follows these projections of a node from now on.
    pub(crate) fn new(conflicts: Arc<AtomicU64>, node: Node, projections: &[&'static str]) -> Self {
        Self {
            started: Instant::now(),
            counts: Counts::default(),
            conflicts,
            append: Timer::default(),
            lags: projections.iter().map(|projection| Lag::follow(&node, projection)).collect(),
            node,
            seconds: Mutex::default(),
        }
    }

    /// Executes a command and takes its time.
    pub(crate) async fn execute(
        &self,
        engine: &Engine,
        id: CombatId,
        command: CombatCommand,
    ) -> Result<Executed<Combat>, ExecuteError<CombatRefus>> {
        let begun = Instant::now();
        let result = engine.execute(id, command).await;
        match &result {
            Ok(executed) => {
                if let Some(position) = executed.position() {
                    self.counts.last_position.fetch_max(position.get(), Relaxed);
                    self.append.record(begun.elapsed());
                    self.counts.commands.fetch_add(1, Relaxed);
                    self.counts.events.fetch_add(executed.events.len() as u64, Relaxed);
                    for lag in &self.lags {
                        // its follower has ended: the projection's failure is reported elsewhere
                        let _ = lag.samples.send((position, Instant::now()));
                    }
                }
            }
            Err(ExecuteError::Rejected(_)) => {
                self.counts.rejections.fetch_add(1, Relaxed);
            }
            Err(_) => {}
        }
        result
    }

    pub(crate) fn combat_started(&self) {
        self.counts.combats_started.fetch_add(1, Relaxed);
    }

    pub(crate) fn combat_ended(&self) {
        self.counts.combats_ended.fetch_add(1, Relaxed);
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

    /// Waits until every projection has seen everything that was executed.
    pub(crate) async fn caught_up(&self, patience: Duration) -> anyhow::Result<()> {
        let end = Position::new(self.counts.last_position.load(Relaxed));
        for lag in &self.lags {
            let name = lag.projection;
            let reached = tokio::time::timeout(patience, self.node.wait_for(name, end)).await;
            reached
                .with_context(|| format!("projection {name} did not catch up within {patience:?}"))?
                .with_context(|| format!("projection {name} does not show everything"))?;
        }
        Ok(())
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
        Second {
            elapsed: self.elapsed(),
            commands: counts.commands.load(Relaxed),
            events: counts.events.load(Relaxed),
            rejections: counts.rejections.load(Relaxed),
            conflicts: self.conflicts.load(Relaxed),
            combats_started: counts.combats_started.load(Relaxed),
            combats_ended: counts.combats_ended.load(Relaxed),
            append: times(&self.append),
            lags: self.lags.iter().map(|lag| (lag.projection, times(&lag.timer))).collect(),
            ..Second::default()
        }
    }
}

impl Lag {
    fn follow(node: &Node, projection: &'static str) -> Self {
        let timer = Arc::new(Timer::default());
        let (samples, mut waiting) = mpsc::unbounded_channel::<(Position, Instant)>();
        let (node, times) = (node.clone(), timer.clone());
        let follower = tokio::spawn(async move {
            // Samples come nearly in the order of the log. One that comes after a later one is taken
            // when that one was reached: a little too late, never too early.
            while let Some((position, returned)) = waiting.recv().await {
                match node.wait_for(projection, position).await {
                    Ok(()) => times.record(returned.elapsed()),
                    Err(Error::Parked { .. }) => {}
                    Err(_) => return,
                }
            }
        });
        Self { projection, timer, samples, follower }
    }
}

/// Times in microseconds: of the whole run, and since somebody last asked.
#[derive(Debug)]
struct Timer(Mutex<[Histogram<u64>; 2]>);

impl Default for Timer {
    fn default() -> Self {
        #[expect(clippy::unwrap_used, reason = "the bounds are constants")]
        let histogram = || Histogram::new_with_bounds(1, 600_000_000, 3).unwrap();
        Self(Mutex::new([histogram(), histogram()]))
    }
}

impl Timer {
    fn record(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.0.lock().iter_mut().for_each(|histogram| histogram.saturating_record(micros));
    }

    fn whole(&self) -> Times {
        Times::of(&self.0.lock()[0])
    }

    fn take_recent(&self) -> Times {
        let recent = &mut self.0.lock()[1];
        let times = Times::of(recent);
        recent.reset();
        times
    }
}

impl Times {
    fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1000.0;
        Self { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: histogram.max() as f64 / 1000.0 }
    }
}
