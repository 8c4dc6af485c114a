//! Locks in Redis keep every promise, however Redis is deployed, and through every fault.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_contract::Backend;
use aether_core::lock::{FencingToken, LockName};
use aether_core::uuid::Uuid;
use aether_realtime::lock::{Lock, LockGuard, Locker, Locks};
use aether_redis::{Error, KeySpace, RedisLocks};
use aether_servers::Redis;
use async_trait::async_trait;

use crate::probe::{
    Deployment, Place, connect, eventually, own, raw, shared, shared_url, suite_on_every_topology,
};

struct Deployed<D>(Place, PhantomData<D>);

#[async_trait]
impl<D: Deployment> Backend for Deployed<D> {
    type Handle = Arc<dyn Locks>;

    async fn open() -> Self {
        Self(D::place().await, PhantomData)
    }

    async fn connect(&self) -> Arc<dyn Locks> {
        let client = self.0.another_client().await;
        Arc::new(RedisLocks::new(client, self.0.keys.clone()))
    }
}

suite_on_every_topology!(lock_contract, Deployed);

const LEASE: Duration = Duration::from_millis(1500);
const LONG: Duration = Duration::from_secs(600);
const PATIENCE: Duration = Duration::from_secs(30);

fn name() -> LockName {
    LockName::new("combat", 42).part("action")
}

fn lock(lease: Duration) -> Lock {
    Lock::new(name(), lease)
}

/// A client of its own, as another process has one.
async fn locker(redis: &Redis) -> Locker {
    Locker::new(RedisLocks::new(connect(redis.url()).await, KeySpace::new()))
}

async fn take(locker: &Locker, lease: Duration) -> LockGuard {
    locker.lock(&lock(lease), PATIENCE).await.unwrap()
}

#[tokio::test]
async fn the_keys_are_a_string_that_lives_as_long_as_the_lease_and_the_last_token() {
    let redis = own().await;
    let locker = locker(&redis).await;
    let guard = take(&locker, Duration::from_secs(5)).await;
    assert_eq!(raw(redis.url(), "TYPE lock:combat:42:action"), "+string");
    let left = |key: &str| -> i64 {
        raw(redis.url(), &format!("PTTL {key}")).trim_start_matches(':').parse().unwrap()
    };
    assert!((1..=5000).contains(&left("lock:combat:42:action")));
    let a_day = 24 * 60 * 60 * 1000;
    assert!((a_day - 60_000..=a_day).contains(&left("lock:combat:42:action:token")));
    let order = Lock::new(LockName::new("economy:order", 7), Duration::from_secs(30));
    let other = locker.lock(&order, PATIENCE).await.unwrap();
    assert_eq!(raw(redis.url(), "EXISTS lock:economy:order:7"), ":1");
    other.release().await.unwrap();
    guard.release().await.unwrap();
    assert_eq!(raw(redis.url(), "EXISTS lock:combat:42:action lock:economy:order:7"), ":0");
}

#[tokio::test]
async fn a_killed_redis_costs_the_lock_by_the_end_of_its_lease_and_tokens_rise_on() {
    let redis = own().await;
    let locker = locker(&redis).await;
    let guard = take(&locker, LEASE).await;
    let token = guard.fence().token;
    redis.kill9().await.unwrap();
    let begun = Instant::now();
    guard.lost().await;
    assert!(!guard.is_held());
    assert!(begun.elapsed() < LEASE + Duration::from_secs(5));
    let error = locker.try_lock(&lock(LEASE)).await.unwrap_err();
    assert!(error.is_transient() && !error.is_timed_out(), "{error}");
    assert!(guard.release().await.unwrap_err().is_lost());
    // a waiter waits for Redis as well
    let waiter = tokio::spawn(async move { take(&locker, LEASE).await });
    redis.restart().await.unwrap();
    let guard = waiter.await.unwrap();
    assert!(guard.fence().token > token, "with empty hands");
}

#[tokio::test]
async fn a_redis_that_starts_empty_frees_its_locks_and_their_holders_notice() {
    let redis = own().await;
    let (holder, other) = (locker(&redis).await, locker(&redis).await);
    // the lease is not what tells them
    let lease = Duration::from_secs(9);
    let guard = take(&holder, lease).await;
    redis.kill9().await.unwrap();
    redis.restart().await.unwrap();
    let next = take(&other, lease).await;
    assert!(next.fence().token > guard.fence().token);
    guard.lost().await;
    assert!(guard.release().await.unwrap_err().is_lost());
    assert!(next.is_held());
    next.release().await.unwrap();
}

#[tokio::test]
async fn a_flushed_redis_frees_its_locks_and_tokens_rise_on() {
    let redis = own().await;
    let (holder, other) = (locker(&redis).await, locker(&redis).await);
    let mut last = FencingToken::new(0);
    for _ in 0..3 {
        let guard = take(&holder, LEASE).await;
        raw(redis.url(), "FLUSHALL");
        let next = other.try_lock(&lock(LEASE)).await.unwrap().expect("it is free");
        assert!(guard.fence().token > last && next.fence().token > guard.fence().token);
        last = next.fence().token;
        guard.lost().await;
        next.release().await.unwrap();
    }
}

#[tokio::test]
async fn a_redis_that_stands_still_costs_the_lock_by_the_end_of_its_lease() {
    let redis = own().await;
    let locker = locker(&redis).await;
    let guard = take(&locker, LEASE).await;
    let token = guard.fence().token;
    redis.pause().await.unwrap();
    let begun = Instant::now();
    guard.lost().await;
    assert!(begun.elapsed() < LEASE + Duration::from_secs(5));
    let waiter = {
        let locker = locker.clone();
        tokio::spawn(async move { take(&locker, LEASE).await })
    };
    redis.resume().await.unwrap();
    let guard = waiter.await.unwrap();
    assert!(guard.is_held() && guard.fence().token > token);
}

#[tokio::test]
async fn a_redis_that_stands_still_for_less_than_the_lease_costs_nothing() {
    let redis = own().await;
    let (client, holder) = (connect(redis.url()).await, locker(&redis).await);
    let lease = Duration::from_secs(6);
    let guard = take(&holder, lease).await;
    let begun = Instant::now();
    // over the first renewal and the second
    while begun.elapsed() < lease * 2 {
        if (2..4).contains(&begun.elapsed().as_secs()) {
            redis.pause().await.unwrap();
            eventually("a call timed out", async || client.ping().await.is_err()).await;
            redis.resume().await.unwrap();
        }
        assert!(guard.is_held(), "lost after {:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    guard.release().await.unwrap();
}

#[tokio::test]
async fn a_token_is_never_lower_than_the_last_one_even_if_the_clock_was_set_back() {
    let (client, keys) = shared().await;
    let locks = RedisLocks::new(client, keys.clone());
    let take = async || locks.acquire(&name(), Uuid::new_v4(), LONG).await.unwrap().unwrap();
    let first = take().await;
    let key = keys.lock(&name());
    // the last holder's clock was an hour ahead
    let ahead = first.get() + 3_600_000_000;
    raw(shared_url().await, &format!("SET {key}:token {ahead}"));
    for after in 1..=3 {
        raw(shared_url().await, &format!("DEL {key}"));
        assert_eq!(take().await, FencingToken::new(ahead + after));
    }
}

#[tokio::test]
async fn something_else_under_a_key_of_a_lock_is_a_typed_error_and_left_alone() {
    let (client, keys) = shared().await;
    let locks = RedisLocks::new(client, keys.clone());
    let (url, key, owner) = (shared_url().await, keys.lock(&name()), Uuid::new_v4());
    for wrong in [key.to_string(), format!("{key}:token")] {
        raw(url, &format!("LPUSH {wrong} x"));
        let error = locks.acquire(&name(), owner, LONG).await.unwrap_err();
        assert!(!error.is_transient(), "{error}");
        match Error::find_in(&error) {
            Some(Error::WrongType { key, expected: "string" }) => assert_eq!(*key, wrong),
            other => panic!("{other:?}"),
        }
        assert!(!locks.renew(&name(), owner, LONG).await.unwrap());
        assert!(!locks.release(&name(), owner).await.unwrap());
        assert_eq!(raw(url, &format!("LLEN {wrong}")), ":1");
        raw(url, &format!("DEL {wrong}"));
        assert_eq!(raw(url, &format!("EXISTS {key} {key}:token")), ":0", "nothing was written");
    }
    assert!(locks.acquire(&name(), owner, LONG).await.unwrap().is_some());
}

#[test]
fn both_keys_of_a_lock_share_a_slot() {
    let keys = KeySpace::with_prefix("prod:").unwrap().hash_tags(true);
    assert_eq!(keys.lock(&name()).as_str(), "prod:lock:combat:{42}:action");
    let order = LockName::new("economy:order", "{a}");
    assert_eq!(keys.lock(&order).as_str(), "prod:lock:economy:order:{%7Ba%7D}");
    assert_eq!(KeySpace::new().lock(&order).as_str(), "lock:economy:order:%7Ba%7D");
}

#[tokio::test]
async fn a_part_called_token_is_a_lock_of_its_own() {
    let (client, keys) = shared().await;
    let locks = RedisLocks::new(client, keys.clone());
    let whole = LockName::new("combat", 42);
    let part = whole.clone().part("token");
    let take = async |name: &LockName| locks.acquire(name, Uuid::new_v4(), LONG).await.unwrap();
    let first = take(&whole).await.unwrap();
    assert!(take(&part).await.is_some(), "nobody has it");
    assert!(take(&whole).await.is_none() && take(&part).await.is_none());
    raw(shared_url().await, &format!("DEL {}", keys.lock(&whole)));
    assert!(take(&whole).await.unwrap() > first);
}
