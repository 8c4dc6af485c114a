//! The work `lock`: a lock that nobody else wants, taken and given back.
//!
//! By hand: `SET NX PX` and `DEL`. It has no fencing token, no renewal, and frees whatever lock is there.

use std::time::Duration;

use aether_core::lock::LockName;
use aether_realtime::lock::{Lock, Locker};
use aether_redis::RedisLocks;
use anyhow::{Context as _, Result, ensure};
use fred::clients::Pool;
use fred::interfaces::KeysInterface as _;
use fred::types::{Expiration, SetOptions};

use super::Bench;
use super::load::Client;
use super::realtime::Realtime;
use super::row::Row;

const LEASE: Duration = Duration::from_secs(5);

struct Holder {
    locker: Locker,
    lock: Lock,
}

impl Client for Holder {
    async fn step(&mut self) -> Result<u64> {
        let guard = self.locker.try_lock(&self.lock).await?.context("somebody else has it")?;
        guard.release().await?;
        Ok(1)
    }
}

struct BareHolder {
    redis: Pool,
    key: String,
}

impl Client for BareHolder {
    async fn step(&mut self) -> Result<u64> {
        let lease = Expiration::PX(LEASE.as_millis() as i64);
        let set = self.redis.set(&self.key, "me", Some(lease), Some(SetOptions::NX), false);
        let taken: Option<String> = set.await?;
        ensure!(taken.is_some(), "somebody else has it");
        let _: i64 = self.redis.del(&self.key).await?;
        Ok(1)
    }
}

pub(super) async fn measure(bench: &Bench, row: &mut Row) -> Result<()> {
    let side = Realtime::open().await?;
    let locker = Locker::new(RedisLocks::new(side.client.clone(), side.keys.clone()));
    let holder = |id| Holder {
        locker: locker.clone(),
        lock: Lock::new(LockName::new("combat", id).part("action"), LEASE),
    };
    let holders: Vec<_> = (0..bench.concurrency).map(holder).collect();
    let bare = |id| BareHolder {
        redis: side.bare.clone(),
        key: format!("{}by_hand:{id}", side.keys.prefix()),
    };
    let by_hand: Vec<_> = (0..bench.concurrency).map(bare).collect();
    bench.in_turns(row, holders, by_hand).await?;
    side.close().await
}
