//! Leases in this process's memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;
use uuid::Uuid;

use crate::coordination::{Beat, Coordinator, JobRun, Lease};
use crate::error::Result;

/// No lease lasts longer.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Leases for nodes that share a [`MemoryStore`](crate::memory::MemoryStore).
#[derive(Debug, Default)]
pub(super) struct MemoryCoordinator {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    epoch: u64,
    nodes: HashMap<Uuid, Node>,
    leases: BTreeMap<String, Held>,
    jobs: HashMap<String, JobRun>,
}

#[derive(Debug)]
struct Node {
    wants: Vec<String>,
    /// Until when it has a share of the work: shorter than its leases last. What was a dead one's must not
    /// wait for another that is silent, too.
    until: Instant,
}

#[derive(Debug)]
struct Held {
    node: Uuid,
    epoch: u64,
    until: Instant,
}

impl MemoryCoordinator {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl State {
    fn beat(&mut self, beat: Beat<'_>) -> Vec<Lease> {
        let now = Instant::now();
        let ttl = beat.ttl.min(DAY);
        let until = now + ttl;
        let present = Node { wants: beat.wants.to_vec(), until: now + ttl / 2 };
        self.nodes.insert(beat.node, present);
        self.nodes.retain(|_, node| node.until > now);
        self.leases.retain(|name, held| held.node != beat.node || !beat.releases.contains(name));
        let mine = |name: &String, held: &Held| held.node == beat.node && beat.wants.contains(name);
        for (name, held) in &mut self.leases {
            if mine(name, held) {
                held.until = until;
            }
        }
        let all: HashSet<&String> = self.nodes.values().flat_map(|node| &node.wants).collect();
        let share = all.len().div_ceil(self.nodes.len());
        let mut count = self.leases.iter().filter(|(name, held)| mine(name, held)).count();
        for name in beat.wants {
            let free = self.leases.get(name).is_none_or(|held| held.until <= now);
            if count < share && free {
                self.epoch += 1;
                let held = Held { node: beat.node, epoch: self.epoch, until };
                self.leases.insert(name.clone(), held);
                count += 1;
            }
        }
        let mut surplus = count.saturating_sub(share);
        let wanted_elsewhere = |name: &String| {
            self.nodes.iter().any(|(id, node)| *id != beat.node && node.wants.contains(name))
        };
        let held = self.leases.iter().filter(|(name, held)| mine(name, held));
        held.map(|(name, held)| {
            let give = surplus > 0 && wanted_elsewhere(name);
            surplus -= usize::from(give);
            Lease { name: name.clone(), epoch: held.epoch, surplus: give }
        })
        .collect()
    }
}

#[async_trait]
impl Coordinator for MemoryCoordinator {
    async fn beat(&self, beat: Beat<'_>) -> Result<Vec<Lease>> {
        Ok(self.state().beat(beat))
    }

    async fn leave(&self, node: Uuid) -> Result<()> {
        let mut state = self.state();
        state.nodes.remove(&node);
        state.leases.retain(|_, held| held.node != node);
        Ok(())
    }

    async fn last_run(&self, job: &str) -> Result<JobRun> {
        Ok(self.state().jobs.get(job).cloned().unwrap_or_default())
    }

    async fn record_run(&self, job: &str, run: &JobRun) -> Result<()> {
        self.state().jobs.insert(job.to_owned(), run.clone());
        Ok(())
    }
}
