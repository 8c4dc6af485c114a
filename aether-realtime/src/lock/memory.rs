//! Locks in this process's memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aether_core::Result;
use aether_core::lock::{FencingToken, LockName};
use aether_core::time::{Clock, SystemClock};
use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::lock::Locks;

/// How many entries are kept before those whose lease has run out are swept away.
const SWEEP_AT_LEAST: usize = 1024;

/// Locks for tasks of one process: for tests, tools and servers without a second one. Cloning gives another
/// handle on the same locks.
///
/// Tokens are the clock's time in microseconds, or one more than the last: a restarted process gives out
/// higher ones, unless its clock was set back.
#[derive(Debug, Clone)]
pub struct MemoryLocks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    held: HashMap<LockName, Held>,
    /// The last one that was given out, for whichever lock.
    token: u64,
    sweep_at: usize,
}

#[derive(Debug)]
struct Held {
    owner: Uuid,
    /// By the clock's monotonic time.
    until: Duration,
}

impl MemoryLocks {
    /// Locks that nobody holds.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// Locks whose leases are counted by this clock.
    #[must_use]
    pub fn with_clock(clock: impl Clock) -> Self {
        let state = State { held: HashMap::new(), token: 0, sweep_at: SWEEP_AT_LEAST };
        Self(Arc::new(Inner { clock: Arc::new(clock), state: Mutex::new(state) }))
    }

    /// The state, and what time it is.
    fn now(&self) -> (MutexGuard<'_, State>, Duration) {
        let state = self.0.state.lock();
        (state, self.0.clock.monotonic())
    }
}

impl Default for MemoryLocks {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    /// The entry, if it is this owner's now.
    fn of(&mut self, name: &LockName, owner: Uuid, now: Duration) -> Option<&mut Held> {
        self.held.get_mut(name).filter(|held| held.owner == owner && held.until > now)
    }

    fn sweep(&mut self, now: Duration) {
        if self.held.len() >= self.sweep_at {
            self.held.retain(|_, held| held.until > now);
            self.sweep_at = SWEEP_AT_LEAST.max(self.held.len() * 2);
        }
    }
}

#[async_trait]
impl Locks for MemoryLocks {
    async fn acquire(
        &self,
        name: &LockName,
        owner: Uuid,
        lease: Duration,
    ) -> Result<Option<FencingToken>> {
        let wall = u64::try_from(self.0.clock.now().timestamp_micros()).unwrap_or(0);
        let (mut state, now) = self.now();
        if state.held.get(name).is_some_and(|held| held.owner != owner && held.until > now) {
            return Ok(None);
        }
        state.sweep(now);
        state.held.insert(name.clone(), Held { owner, until: now.saturating_add(lease) });
        state.token = wall.max(state.token + 1);
        Ok(Some(FencingToken::new(state.token)))
    }

    async fn renew(&self, name: &LockName, owner: Uuid, lease: Duration) -> Result<bool> {
        let (mut state, now) = self.now();
        let held = state.of(name, owner, now);
        Ok(held.map(|held| held.until = now.saturating_add(lease)).is_some())
    }

    async fn release(&self, name: &LockName, owner: Uuid) -> Result<bool> {
        let (mut state, now) = self.now();
        if state.of(name, owner, now).is_none() {
            return Ok(false);
        }
        state.held.remove(name);
        Ok(true)
    }
}
