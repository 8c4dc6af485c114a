//! A lock between processes, and the fence that PostgreSQL checks: `cargo run --example fenced_lock`.
//!
//! A holder may be paused for longer than its lease, and not know that somebody else has the lock by now.
//! Its fence is refused then. The example finds or starts a PostgreSQL and a Redis, and prints:
//!
//! ```text
//! the first holder withdraws 30
//! while it holds the lock, nobody else gets it
//! the second holder withdraws 20
//! the first holder is too late: its lock was lost
//! in the vault: 50 gold
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::time::Duration;

use aether_core::lock::{Fence, LockName};
use aether_postgres::{Error, PgStore, sqlx};
use aether_realtime::lock::{Lock, Locker};
use aether_redis::{KeySpace, RedisClient, RedisLocks};

/// Withdraws under a lock. The fence comes first: before anything that the write rests on is read.
async fn withdraw(store: &PgStore, fence: &Fence, gold: i64) -> Result<(), Error> {
    let mut transaction = store.pool().begin().await?;
    store.fence_in(&mut transaction, fence).await?;
    let update = sqlx::query("UPDATE vault SET gold = gold - $1").bind(gold);
    update.execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let database = aether_servers::shared_postgres().await?.database().await?;
    let store = PgStore::connect(database.url()).await?;
    store.migrate().await?;
    sqlx::query("CREATE TABLE vault AS SELECT 100::bigint AS gold").execute(store.pool()).await?;

    let redis = aether_servers::shared_redis().await?;
    let client = RedisClient::connect(redis.url()).await?;
    let keys = KeySpace::with_prefix(redis.prefix())?;
    // one per process; it renews what is held
    let locker = Locker::new(RedisLocks::new(client, keys));
    let lock = Lock::new(LockName::new("vault", 1), Duration::from_secs(10));

    let first = locker.lock(&lock, Duration::from_secs(1)).await?;
    withdraw(&store, first.fence(), 30).await?;
    println!("the first holder withdraws 30");
    if locker.try_lock(&lock).await?.is_none() {
        println!("while it holds the lock, nobody else gets it");
    }

    // as if the first holder slept through its lease, and woke up after the second one had written
    let old_fence = first.fence().clone();
    first.release().await?;
    let second = locker.lock(&lock, Duration::from_secs(1)).await?;
    withdraw(&store, second.fence(), 20).await?;
    println!("the second holder withdraws 20");
    match withdraw(&store, &old_fence, 30).await {
        Err(Error::LockLost { .. }) => println!("the first holder is too late: its lock was lost"),
        other => other?,
    }
    second.release().await?;

    let gold: i64 = sqlx::query_scalar("SELECT gold FROM vault").fetch_one(store.pool()).await?;
    println!("in the vault: {gold} gold");
    Ok(())
}
