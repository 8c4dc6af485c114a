//! The heartbeat of a node: which leases it holds, and the tasks that work under them.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::backend::panic_text;
use crate::coordination::{Beat, Coordinator, Lease};
use crate::engine::Engine;
use crate::error::{Error, Result};

use super::part::Part;

/// For how long work that has failed is left to others before this node tries it again.
const REST: Duration = Duration::from_secs(5);

/// Who does what on this node.
pub(super) struct Roster {
    node: Uuid,
    name: String,
    ttl: Duration,
    coordinator: Arc<dyn Coordinator>,
    parts: Vec<Arc<dyn Part>>,
}

/// What changes from beat to beat.
#[derive(Default)]
struct Duty {
    /// Whether each part is ready.
    ready: Vec<bool>,
    /// Those that are not yet; each ends with its index.
    preparing: JoinSet<usize>,
    /// Work that goes on, by lease.
    working: HashMap<String, Work>,
    tasks: JoinSet<Ended>,
    /// Leases that were worked under and are to be given back.
    releases: Vec<String>,
    /// Work that has failed, and when it may be tried again.
    resting: HashMap<String, Instant>,
}

struct Work {
    epoch: u64,
    stop: CancellationToken,
}

struct Ended {
    lease: String,
    epoch: u64,
    result: Result<()>,
}

impl Roster {
    pub(super) fn new(
        engine: &Engine,
        name: String,
        ttl: Duration,
        parts: Vec<Arc<dyn Part>>,
    ) -> Self {
        let coordinator = engine.store().coordinator();
        Self { node: engine.new_uuid(), name, ttl, coordinator, parts }
    }

    /// Works until it is told to stop; then finishes what is at hand and gives all leases back.
    pub(super) async fn run(self, stop: &CancellationToken) {
        let ready = vec![false; self.parts.len()];
        let preparing = self.prepare();
        let mut duty = Duty { ready, preparing, ..Duty::default() };
        // parts that get ready at once have one beat together; one that is away holds up nobody
        let soon = tokio::time::timeout(self.ttl / 4, duty.all_ready());
        let _ = stop.run_until_cancelled(soon).await;
        let mut heard = Instant::now();
        while !stop.is_cancelled() {
            let mut pause = self.ttl / 4;
            match self.beat(&mut duty).await {
                Ok(()) => heard = Instant::now(),
                Err(error) => {
                    tracing::warn!(node = self.name, %error, "heartbeat failed");
                    // after a restart of the database a pool may have many dead connections to give
                    pause = self.ttl / 20;
                    if heard.elapsed() > self.ttl {
                        // others have taken over by now; what is written is fenced in any case
                        duty.stop_all();
                    }
                }
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                Some(ended) = duty.tasks.join_next() => duty.reap(ended),
                Some(prepared) = duty.preparing.join_next() => duty.note(prepared),
                () = tokio::time::sleep(pause) => {}
            }
        }
        duty.stop_all();
        while let Some(ended) = duty.tasks.join_next().await {
            duty.reap(ended);
        }
        if let Err(error) = self.coordinator.leave(self.node).await {
            tracing::warn!(node = self.name, %error, "leases are not given back; they run out");
        }
    }

    /// Gets all parts ready, each by itself, for as long as that takes.
    fn prepare(&self) -> JoinSet<usize> {
        let mut preparing = JoinSet::new();
        for (index, part) in self.parts.iter().cloned().enumerate() {
            let pause = self.ttl / 4;
            preparing.spawn(async move {
                loop {
                    let prepared = AssertUnwindSafe(part.prepare()).catch_unwind().await;
                    let error = match prepared {
                        Ok(Ok(())) => return index,
                        Ok(Err(error)) => error.to_string(),
                        Err(panic) => format!("it panicked: {}", panic_text(panic.as_ref())),
                    };
                    tracing::warn!(
                        part = part.name(),
                        error,
                        "not ready to run; it is tried again"
                    );
                    tokio::time::sleep(pause).await;
                }
            });
        }
        preparing
    }

    async fn beat(&self, duty: &mut Duty) -> Result<()> {
        while let Some(ended) = duty.tasks.try_join_next() {
            duty.reap(ended);
        }
        while let Some(prepared) = duty.preparing.try_join_next() {
            duty.note(prepared);
        }
        let now = Instant::now();
        duty.resting.retain(|_, until| *until > now);
        let ready = self.parts.iter().zip(&duty.ready).filter(|(_, ready)| **ready);
        let all = ready.flat_map(|(part, _)| part.leases());
        let wants: Vec<_> = all.filter(|lease| !duty.resting.contains_key(lease)).collect();
        let beat = Beat {
            node: self.node,
            name: &self.name,
            wants: &wants,
            releases: &duty.releases,
            ttl: self.ttl,
        };
        let leases = self.coordinator.beat(beat).await?;
        duty.releases.clear();
        self.follow(duty, leases);
        Ok(())
    }

    /// Starts what this node has got a lease for, and stops what it has not any more.
    fn follow(&self, duty: &mut Duty, leases: Vec<Lease>) {
        let held: HashMap<&str, &Lease> =
            leases.iter().map(|lease| (lease.name.as_str(), lease)).collect();
        for (lease, work) in &duty.working {
            let kept = |held: &&Lease| held.epoch == work.epoch && !held.surplus;
            if !held.get(lease.as_str()).is_some_and(kept) {
                work.stop.cancel();
            }
        }
        for lease in &leases {
            if duty.working.contains_key(&lease.name) {
                // under an older epoch it ends first
                continue;
            }
            let mut parts = self.parts.iter();
            let Some(part) = parts.find(|part| part.leases().contains(&lease.name)) else {
                continue;
            };
            let (part, stop) = (part.clone(), CancellationToken::new());
            duty.working
                .insert(lease.name.clone(), Work { epoch: lease.epoch, stop: stop.clone() });
            let (lease, epoch) = (lease.name.clone(), lease.epoch);
            tracing::debug!(node = self.name, lease, epoch, "lease taken");
            duty.tasks.spawn(async move {
                let working = tokio::spawn({
                    let lease = lease.clone();
                    async move { part.run(&lease, epoch, &stop).await }
                });
                let result = working
                    .await
                    .unwrap_or_else(|panic| Err(Error::Backend { source: panic.into() }));
                Ended { lease, epoch, result }
            });
        }
    }
}

impl Duty {
    /// Waits until all parts are ready. Cancel safe.
    async fn all_ready(&mut self) {
        while let Some(prepared) = self.preparing.join_next().await {
            self.note(prepared);
        }
    }

    fn note(&mut self, prepared: Result<usize, tokio::task::JoinError>) {
        // the task catches panics
        if let Ok(index) = prepared {
            self.ready[index] = true;
        }
    }

    fn stop_all(&self) {
        self.working.values().for_each(|work| work.stop.cancel());
    }

    fn reap(&mut self, ended: Result<Ended, tokio::task::JoinError>) {
        // the task around the work does not panic
        let Ok(Ended { lease, epoch, result }) = ended else { return };
        self.working.remove(&lease);
        self.releases.push(lease.clone());
        match result {
            Ok(()) => {}
            // it was reset or taken over: a new lease has a higher epoch
            Err(Error::ShardTaken { .. }) => {
                tracing::info!(lease, epoch, "fenced off; asking for a new lease");
            }
            Err(error) => {
                tracing::error!(lease, epoch, %error, "work stopped; others may try it, then this node again");
                self.resting.insert(lease, Instant::now() + REST);
            }
        }
    }
}
