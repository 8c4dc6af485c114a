//! Locks whose answers get lost when a test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use aether_core::lock::{FencingToken, LockName};
use aether_core::{Error, Result};
use aether_realtime::lock::Locks;
use async_trait::async_trait;
use tokio::sync::watch;
use uuid::Uuid;

/// Locks behind a connection that a test makes fail. Cloning gives another handle on the same ones.
#[derive(Clone)]
pub struct Unsteady {
    locks: Arc<dyn Locks>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    renewals_fail: AtomicBool,
    failed_renewals: AtomicU32,
    lost_acquisitions: AtomicU32,
    lost_releases: AtomicU32,
    withheld: AtomicBool,
    renewals_withheld: AtomicBool,
    /// Who was given the lock last.
    owner: watch::Sender<Option<Uuid>>,
}

impl Unsteady {
    /// Everything works until something is said.
    #[must_use]
    pub fn new(locks: Arc<dyn Locks>) -> Self {
        Self { locks, state: Arc::default() }
    }

    /// Whether renewals fail, before they reach the backend.
    pub fn fail_renewals(&self, on: bool) {
        self.state.renewals_fail.store(on, Ordering::Relaxed);
    }

    /// How many renewals have failed so far.
    #[must_use]
    pub fn failed_renewals(&self) -> u32 {
        self.state.failed_renewals.load(Ordering::Relaxed)
    }

    /// The answers to the next acquisitions are lost; they take effect.
    pub fn lose_acquisitions(&self, count: u32) {
        self.state.lost_acquisitions.store(count, Ordering::Relaxed);
    }

    /// The answers to the next releases are lost; they take effect.
    pub fn lose_releases(&self, count: u32) {
        self.state.lost_releases.store(count, Ordering::Relaxed);
    }

    /// Acquisitions take effect and are never answered from now on.
    pub fn withhold_acquisitions(&self) {
        self.state.withheld.store(true, Ordering::Relaxed);
    }

    /// Renewals take effect and are never answered from now on.
    pub fn withhold_renewals(&self) {
        self.state.renewals_withheld.store(true, Ordering::Relaxed);
    }

    /// Who was given a lock last; waits for the first one.
    pub async fn owner(&self) -> Uuid {
        let mut owner = self.state.owner.subscribe();
        let owner = owner.wait_for(Option::is_some).await;
        owner.ok().and_then(|owner| *owner).unwrap_or_default()
    }
}

/// Takes one from the number, if there is one.
fn one_of(number: &AtomicU32) -> bool {
    let take = |left: u32| left.checked_sub(1);
    number.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
}

fn lost<T>() -> Result<T> {
    Err(Error::Timeout { source: "the answer was lost".into() })
}

#[async_trait]
impl Locks for Unsteady {
    async fn acquire(
        &self,
        name: &LockName,
        owner: Uuid,
        lease: Duration,
    ) -> Result<Option<FencingToken>> {
        let answer = self.locks.acquire(name, owner, lease).await?;
        if answer.is_some() {
            self.state.owner.send_replace(Some(owner));
        }
        if self.state.withheld.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if one_of(&self.state.lost_acquisitions) { lost() } else { Ok(answer) }
    }

    async fn renew(&self, name: &LockName, owner: Uuid, lease: Duration) -> Result<bool> {
        if self.state.renewals_fail.load(Ordering::Relaxed) {
            self.state.failed_renewals.fetch_add(1, Ordering::Relaxed);
            return lost();
        }
        let answer = self.locks.renew(name, owner, lease).await;
        if self.state.renewals_withheld.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        answer
    }

    async fn release(&self, name: &LockName, owner: Uuid) -> Result<bool> {
        let answer = self.locks.release(name, owner).await?;
        if one_of(&self.state.lost_releases) { lost() } else { Ok(answer) }
    }
}
