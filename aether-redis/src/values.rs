//! Reading: the values under keys, one round trip per call.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fred::interfaces::{
    HashesInterface as _, KeysInterface as _, ListInterface as _, SetsInterface as _,
    SortedSetsInterface as _,
};

use futures::future::try_join_all;

use crate::client::{Family, RedisClient};
use crate::error::Result;
use crate::key_space::Key;

impl RedisClient {
    /// All fields of a hash; empty if there is none.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType), transient ones (retry).
    pub async fn hash(&self, key: &Key) -> Result<BTreeMap<String, String>> {
        self.call(Family::Read, |redis| async move { redis.hgetall(key.as_str()).await })
            .await
            .map_err(|error| error.at(key, "hash"))
    }

    /// Many hashes in one round trip, in the order of the keys.
    ///
    /// # Errors
    ///
    /// As [`hash`](RedisClient::hash).
    pub async fn hashes(&self, keys: &[Key]) -> Result<Vec<BTreeMap<String, String>>> {
        try_join_all(keys.iter().map(|key| self.hash(key))).await
    }

    /// A string; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType), transient ones (retry).
    pub async fn text(&self, key: &Key) -> Result<Option<String>> {
        self.call(Family::Read, |redis| async move { redis.get(key.as_str()).await })
            .await
            .map_err(|error| error.at(key, "string"))
    }

    /// All members of a set; empty if there is none.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType), transient ones (retry).
    pub async fn set(&self, key: &Key) -> Result<BTreeSet<String>> {
        let members: Vec<String> = self
            .call(Family::Read, |redis| async move { redis.smembers(key.as_str()).await })
            .await
            .map_err(|error| error.at(key, "set"))?;
        Ok(members.into_iter().collect())
    }

    /// Many sets in one round trip, in the order of the keys.
    ///
    /// # Errors
    ///
    /// As [`set`](RedisClient::set).
    pub async fn sets(&self, keys: &[Key]) -> Result<Vec<BTreeSet<String>>> {
        try_join_all(keys.iter().map(|key| self.set(key))).await
    }

    /// The `count` members of a sorted set with the highest scores, highest first.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType), transient ones (retry).
    pub async fn sorted_set(&self, key: &Key, count: u32) -> Result<Vec<(String, f64)>> {
        let last = i64::from(count) - 1;
        if last < 0 {
            return Ok(Vec::new());
        }
        self.call(Family::Read, |redis| async move {
            redis.zrevrange(key.as_str(), 0, last, true).await
        })
        .await
        .map_err(|error| error.at(key, "sorted set"))
    }

    /// The first `count` elements of a list.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType), transient ones (retry).
    pub async fn list(&self, key: &Key, count: u32) -> Result<Vec<String>> {
        let last = i64::from(count) - 1;
        if last < 0 {
            return Ok(Vec::new());
        }
        self.call(Family::Read, |redis| async move { redis.lrange(key.as_str(), 0, last).await })
            .await
            .map_err(|error| error.at(key, "list"))
    }

    /// How long a key has left to live; `None` if it is not there or lives for ever.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn time_to_live(&self, key: &Key) -> Result<Option<Duration>> {
        let millis: i64 =
            self.call(Family::Read, |redis| async move { redis.pttl(key.as_str()).await }).await?;
        Ok(u64::try_from(millis).ok().map(Duration::from_millis))
    }

    /// How long an entity of [guarded writes](crate::GuardedWrite) has left to live; `None` if it is not there or lives for ever.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn time_to_live_of(&self, entity: &crate::Entity) -> Result<Option<Duration>> {
        self.time_to_live(&entity.guard()).await
    }

    /// The sequence of the last [guarded write](crate::GuardedWrite) to an entity; `None` if it is not
    /// there. Read before and after several reads, it tells whether they belong together.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType), transient ones (retry).
    pub async fn sequence(&self, entity: &crate::Entity) -> Result<Option<u64>> {
        let guard = entity.guard();
        let guard = &guard;
        self.call(Family::Read, |redis| async move { redis.hget(guard.as_str(), "sequence").await })
            .await
            .map_err(|error| error.at(guard, "hash"))
    }
}
