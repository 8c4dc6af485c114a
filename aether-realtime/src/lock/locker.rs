//! Taking locks.

use std::sync::Arc;
use std::time::Duration;

use aether_core::Result;
use aether_core::backend::Backoff;
use aether_core::lock::Fence;
use aether_core::time::{Clock, Random, SystemClock, SystemRandom};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::lock::guard::LockGuard;
use crate::lock::hold::Hold;
use crate::lock::keeper::Keeper;
use crate::lock::turns::{Turn, Turns};
use crate::lock::{Lock, LockError, Locks};

#[doc = include_str!("locker.md")]
#[derive(Clone)]
pub struct Locker {
    locks: Arc<dyn Locks>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    poll: Backoff,
    turns: Arc<Turns>,
}

impl Locker {
    /// Takes locks of this backend. Make one per process and clone it: those who wait with the same one
    /// stand in line.
    #[must_use]
    pub fn new(locks: impl Locks) -> Self {
        Self {
            locks: Arc::new(locks),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            poll: Backoff::new(Duration::from_millis(5), Duration::from_millis(50)),
            turns: Arc::default(),
        }
    }

    /// Another clock: leases and waits are counted by it.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Another source of randomness: of owners' ids, and of the jitter of pauses.
    #[must_use]
    pub fn random(mut self, random: impl Random) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// How often a lock that another process holds is asked for: after `first`, then after twice as long
    /// each time up to `longest`, jittered. Default 5 ms and 50 ms.
    #[must_use]
    pub const fn poll(mut self, first: Duration, longest: Duration) -> Self {
        self.poll = Backoff::new(first, longest);
        self
    }

    /// Takes a lock if it is free now. One round trip; none if somebody in this process holds it or waits
    /// for it.
    ///
    /// # Errors
    ///
    /// [`LockError::Store`] if the backend fails (retry if it is transient).
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, which renews what was taken.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use std::time::Duration;
    /// use aether_core::lock::LockName;
    /// use aether_realtime::lock::{Lock, Locker, MemoryLocks};
    ///
    /// let locker = Locker::new(MemoryLocks::new());
    /// let lock = Lock::new(LockName::new("combat", 42).part("action"), Duration::from_secs(5));
    /// let guard = locker.try_lock(&lock).await?.expect("nobody has it");
    /// assert!(locker.try_lock(&lock).await?.is_none());
    /// guard.release().await?;
    /// assert!(locker.try_lock(&lock).await?.is_some());
    /// # Ok::<(), aether_realtime::lock::LockError>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn try_lock(&self, lock: &Lock) -> Result<Option<LockGuard>, LockError> {
        let Some(turn) = self.turns.at_once(&lock.name) else { return Ok(None) };
        let taken = Attempts::new(self, lock).next().await?;
        Ok(taken.map(|hold| self.keep(hold, lock, turn)))
    }

    /// Takes a lock, and waits for it at most `patience`. It is asked for at least once, and an answer
    /// that is under way is waited for. Transient failures of the backend are waited out as well.
    ///
    /// Who waits in this process stands in line; the first of it asks the backend again and again. Among
    /// processes, chance decides. A call that is dropped gives back what it may have taken.
    ///
    /// # Errors
    ///
    /// [`LockError::TimedOut`]; [`LockError::Store`] if the backend fails for good, or until the end.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, which renews what was taken.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use std::time::Duration;
    /// use aether_core::lock::LockName;
    /// use aether_realtime::lock::{Lock, Locker, MemoryLocks};
    ///
    /// let locker = Locker::new(MemoryLocks::new());
    /// let lock = Lock::new(LockName::new("player", 7).part("inventory"), Duration::from_secs(10));
    /// let guard = locker.lock(&lock, Duration::from_secs(1)).await?;
    /// let moved = guard.run(async { "two potions" }).await?;
    /// guard.release().await?; // tells whether it was held to the end; dropping the guard does not
    /// # assert_eq!(moved, "two potions");
    /// # Ok::<(), aether_realtime::lock::LockError>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn lock(&self, lock: &Lock, patience: Duration) -> Result<LockGuard, LockError> {
        let (kind, begun) = (lock.name.kind(), self.clock.monotonic());
        let waited = || self.clock.monotonic().saturating_sub(begun);
        let result = self.wait_for(lock, patience, waited).await;
        match &result {
            Ok(_) => {
                metrics::histogram!("aether_lock_wait_seconds", "kind" => kind).record(waited());
            }
            Err(error) if error.is_timed_out() => {
                metrics::counter!("aether_lock_timeouts_total", "kind" => kind).increment(1);
            }
            Err(_) => {}
        }
        result
    }

    async fn wait_for(
        &self,
        lock: &Lock,
        patience: Duration,
        waited: impl Fn() -> Duration,
    ) -> Result<LockGuard, LockError> {
        let timed_out = || LockError::TimedOut { name: lock.name.clone(), waited: waited() };
        let turn = tokio::select! {
            biased;
            turn = self.turns.wait(&lock.name) => turn,
            () = self.clock.sleep(patience) => return Err(timed_out()),
        };
        let mut attempts = Attempts::new(self, lock);
        let mut poll = self.poll;
        loop {
            let refused = match attempts.next().await {
                Ok(Some(hold)) => return Ok(self.keep(hold, lock, turn)),
                Ok(None) => timed_out(),
                Err(error) if error.is_transient() => error.into(),
                Err(error) => return Err(error.into()),
            };
            let left = patience.saturating_sub(waited());
            if left.is_zero() {
                return Err(refused);
            }
            self.clock.sleep(poll.pause(&*self.random).min(left)).await;
        }
    }

    fn keep(&self, hold: Hold, lock: &Lock, turn: Turn) -> LockGuard {
        metrics::counter!("aether_locks_taken_total", "kind" => lock.name.kind()).increment(1);
        let hold = Arc::new(hold);
        let keeper = Keeper {
            hold: hold.clone(),
            locks: self.locks.clone(),
            random: self.random.clone(),
            lease: lock.lease,
            turn,
        };
        LockGuard::new(hold, tokio::spawn(keeper.run()))
    }
}

impl std::fmt::Debug for Locker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Locker").field("poll", &self.poll).finish_non_exhaustive()
    }
}

/// Asking for a lock, any number of times, as the same owner. What may have been taken and was not handed
/// out is given back when this is dropped.
struct Attempts<'a> {
    locker: &'a Locker,
    lock: &'a Lock,
    owner: Uuid,
    /// An answer is missing: the lock may be ours.
    open: bool,
}

impl<'a> Attempts<'a> {
    fn new(locker: &'a Locker, lock: &'a Lock) -> Self {
        let bits = locker.random.next().to_be_bytes();
        let owner = uuid::Builder::from_random_bytes(bits).into_uuid();
        Self { locker, lock, owner, open: false }
    }

    async fn next(&mut self) -> Result<Option<Hold>> {
        let Lock { name, lease } = self.lock;
        let clock = &self.locker.clock;
        let asked_at = clock.monotonic();
        let before = std::mem::replace(&mut self.open, true);
        let Some(token) = self.locker.locks.acquire(name, self.owner, *lease).await? else {
            self.open = before;
            return Ok(None);
        };
        self.open = false;
        let fence = Fence { lock: name.clone(), token };
        Ok(Some(Hold::new(fence, self.owner, clock.clone(), asked_at, *lease)))
    }
}

impl Drop for Attempts<'_> {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let (locks, name, owner) = (self.locker.locks.clone(), self.lock.name.clone(), self.owner);
        // without a runtime the lease runs out by itself
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { drop(locks.release(&name, owner).await) });
        }
    }
}
