//! Locks in memory keep every promise.

use std::sync::Arc;
use std::time::Duration;

use aether_contract::Backend;
use aether_core::lock::{FencingToken, LockName};
use aether_core::time::Clock as _;
use aether_core::uuid::Uuid;
use aether_realtime::lock::{Lock, Locker, Locks, MemoryLocks};
use aether_testkit::clock::ManualClock;
use async_trait::async_trait;

struct Memory(MemoryLocks);

#[async_trait]
impl Backend for Memory {
    type Handle = Arc<dyn Locks>;

    async fn open() -> Self {
        Self(MemoryLocks::new())
    }

    async fn connect(&self) -> Arc<dyn Locks> {
        Arc::new(self.0.clone())
    }
}

aether_contract::lock_contract!(Memory);

#[tokio::test]
async fn leases_and_tokens_follow_the_clock_that_was_given() {
    let clock = ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap());
    let locks = MemoryLocks::with_clock(clock.clone());
    let (name, lease) = (LockName::new("chest", 1), Duration::from_secs(5));
    let take = async || locks.acquire(&name, Uuid::new_v4(), lease).await.unwrap();
    let first = take().await.unwrap();
    assert_eq!(first.get(), clock.now().timestamp_micros().unsigned_abs());
    clock.advance(Duration::from_millis(4999));
    assert!(take().await.is_none());
    clock.advance(Duration::from_millis(1));
    let second = take().await.unwrap();
    clock.set_back(Duration::from_hours(1));
    clock.advance(Duration::from_secs(6));
    assert_eq!(take().await, Some(FencingToken::new(second.get() + 1)), "never back");
}

#[tokio::test]
async fn locks_that_ran_out_do_not_pile_up() {
    let clock = ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap());
    let locks = MemoryLocks::with_clock(clock.clone());
    for id in 0..5000 {
        let name = LockName::new("chest", id);
        locks.acquire(&name, Uuid::new_v4(), Duration::from_secs(5)).await.unwrap();
        clock.advance(Duration::from_secs(1));
    }
    let shown = format!("{locks:?}");
    assert!(shown.matches("owner").count() <= 1024, "{} entries", shown.matches("owner").count());
}

#[tokio::test]
async fn a_lock_of_any_length_is_taken() {
    let lock = Lock::new(LockName::new("chest", 1), Duration::MAX);
    assert_eq!(lock.lease(), Lock::MAX_LEASE);
    let short = Lock::new(LockName::new("chest", 2), Duration::from_millis(1500));
    assert_eq!(short.lease(), Duration::from_millis(1500));
    let locker = Locker::new(MemoryLocks::new());
    let guard = locker.try_lock(&lock).await.unwrap().unwrap();
    guard.release().await.unwrap();
}
