//! Locks in Redis: a string with the owner and a lifetime, and beside it the last fencing token.

use std::time::Duration;

use aether_core::lock::{FencingToken, LockName};
use aether_realtime::lock::Locks;
use async_trait::async_trait;
use fred::types::Value;
use uuid::Uuid;

use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};
use crate::key_space::KeySpace;
use crate::script::Script;

static ACQUIRE: Script = Script::new(include_str!("lock/acquire.lua")).measured_as(Family::Lock);
static RENEW: Script = Script::new(include_str!("lock/renew.lua")).measured_as(Family::Lock);
static RELEASE: Script = Script::new(include_str!("lock/release.lua")).measured_as(Family::Lock);

/// For how long the last token of a lock is kept after it was drawn. Longer than any clock is set back.
const TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Locks of all processes that share a Redis. Taken through a [`Locker`](aether_realtime::lock::Locker), which says
/// what locks are good for and what not.
///
/// The lock of `combat:42:action` is the key `lock:combat:42:action`, a string with its owner, that lives as
/// long as the lease; beside it, in the same slot, `lock:combat:42:action:token` keeps the last token for a
/// day. Every call is one script of one round trip.
///
/// # Fencing tokens
///
/// A token is Redis' time in microseconds, or one more than the last one if that is higher. So it rises
/// when two holders follow each other at once, when the clock is set back, and when Redis is flushed or starts
/// empty. It could fall in one case only: the last token is lost *and* the clock is behind it. That is a
/// failover to a replica that had not heard of the last token, on a machine whose clock is behind by
/// more than the failover took; or a clock that is set back together with a flush. Then the new holder is
/// refused by whatever checks fences (PostgreSQL never goes back) until the clock has passed the last token that
/// has written: nothing goes wrong, but nothing goes on for that long either. Keep the clocks of Redis servers
/// in step.
///
/// # When Redis fails
///
/// - **It is away, or slow:** locks cannot be taken ([`Unavailable`](aether_core::Error::Unavailable),
///   [`Timeout`](aether_core::Error::Timeout)); those that are held are lost when their lease ends without a
///   renewal.
/// - **It is flushed, or starts empty:** locks are free at once; holders notice at their next renewal, a third
///   of their lease later at most.
/// - **It fails over:** replication is asynchronous, so a lock may be unknown to the new primary: as
///   after a flush.
/// - **Its clock jumps ahead:** leases end early by as much.
///
/// In all these cases there may be two holders for a while; the fence is what keeps the older one from doing
/// harm. Keys must not be evicted: use `maxmemory-policy noeviction`.
///
/// ```no_run
/// use std::time::Duration;
/// use aether_core::lock::LockName;
/// use aether_realtime::lock::{Lock, Locker};
/// use aether_redis::{KeySpace, RedisClient, RedisLocks};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = RedisClient::connect("redis://localhost").await?;
/// let locker = Locker::new(RedisLocks::new(client, KeySpace::new()));
/// let lock = Lock::new(LockName::new("combat", 42).part("action"), Duration::from_secs(5));
/// let guard = locker.lock(&lock, Duration::from_secs(1)).await?;
/// guard.run(async { /* what only one may do at a time */ }).await?;
/// guard.release().await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct RedisLocks {
    client: RedisClient,
    keys: KeySpace,
}

impl RedisLocks {
    /// Locks under the keys of a space.
    #[must_use]
    pub fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self { client, keys }
    }

    async fn take(
        &self,
        name: &LockName,
        owner: Uuid,
        lease: Duration,
    ) -> Result<Option<FencingToken>> {
        let keys = vec![self.keys.lock(name).to_string(), self.keys.lock_token(name).to_string()];
        let arguments = vec![owner.to_string(), millis(lease), millis(TOKEN_LIFETIME)];
        let reply = ACQUIRE.run(&self.client, &self.client.connection()?, keys, arguments).await?;
        let words: Vec<String> = reply.convert().map_err(self.client.error())?;
        match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["held"] => Ok(None),
            ["wrongtype", key] => Err(Error::WrongType { key: key.to_owned(), expected: "string" }),
            ["taken", token] => match token.parse() {
                Ok(number) => Ok(Some(FencingToken::new(number))),
                Err(_) => Err(unexpected(name)),
            },
            _ => Err(unexpected(name)),
        }
    }

    /// Runs a script that answers whether the lock was the owner's.
    async fn if_owner(
        &self,
        script: &Script,
        name: &LockName,
        arguments: Vec<String>,
    ) -> Result<bool> {
        let keys = vec![self.keys.lock(name).to_string()];
        match script.run(&self.client, &self.client.connection()?, keys, arguments).await? {
            Value::Integer(done) => Ok(done == 1),
            _ => Err(unexpected(name)),
        }
    }
}

#[async_trait]
impl Locks for RedisLocks {
    async fn acquire(
        &self,
        name: &LockName,
        owner: Uuid,
        lease: Duration,
    ) -> aether_core::Result<Option<FencingToken>> {
        Ok(self.take(name, owner, lease).await?)
    }

    async fn renew(
        &self,
        name: &LockName,
        owner: Uuid,
        lease: Duration,
    ) -> aether_core::Result<bool> {
        Ok(self.if_owner(&RENEW, name, vec![owner.to_string(), millis(lease)]).await?)
    }

    async fn release(&self, name: &LockName, owner: Uuid) -> aether_core::Result<bool> {
        Ok(self.if_owner(&RELEASE, name, vec![owner.to_string()]).await?)
    }
}

/// As Redis counts lifetimes: at least one, rounded up so that nobody's lease is shorter than it thinks.
fn millis(span: Duration) -> String {
    span.as_micros().div_ceil(1000).max(1).to_string()
}

fn unexpected(name: &LockName) -> Error {
    Error::UnexpectedReply { reason: format!("the script of lock {name}") }
}
