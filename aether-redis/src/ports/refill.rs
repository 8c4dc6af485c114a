//! Filling a read model anew from the log.

use std::time::Duration;

use aether_core::projection::Shard;
use fred::clients::{Client, WithOptions};
use fred::interfaces::KeysInterface as _;
use fred::types::Key as RedisKey;
use futures::stream::{Stream, StreamExt as _, TryStreamExt as _};

use crate::client::Family;
use crate::error::Result;
use crate::ports::read_models::RedisReadModels;
use crate::ports::{checkpoint, letters};

/// How many keys a step of a scan looks at: Redis serves nobody else meanwhile.
const LOOKED_AT: u32 = 1000;
/// How long it takes at most until runners have seen an order. One that has nothing to write learns by the pause that it
/// is to claim its shard again.
const OBEYED: Duration = Duration::from_millis(1500);
/// How many keys are deleted at the same time.
const AT_ONCE: usize = 64;

impl RedisReadModels {
    /// Empties the read model of a projection and sends it to the start, so that its nodes fill it again from the
    /// log. Returns how many keys were deleted; its dead letters go, too.
    ///
    /// `kinds` are those of the [entities](crate::KeySpace::entity) it writes. Everything under them is deleted,
    /// also what others keep there: cached entries. Leaderboards stay: changes that come again count once, and
    /// they have a rebuild of their own.
    ///
    /// Until the nodes have caught up, readers find a part of it. For a large one fill another prefix beside it
    /// instead, by a projection of the same kind under another name, and have readers change over.
    ///
    /// The projection is paused meanwhile, and the node that runs it is fenced off. What it may have sent is waited
    /// for (two [time limits of a command](crate::RedisSettings::command_timeout), at least 1.5 seconds). If it is
    /// interrupted, the projection stays paused until it is called again. A projection that nobody has registered
    /// is left alone.
    ///
    /// ```no_run
    /// # async fn example(models: aether_redis::RedisReadModels) -> aether_redis::Result<()> {
    /// let deleted = models.refill("live_combat", &["combat", "zone"]).await?;
    /// println!("{deleted} keys deleted; the nodes fill them again");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Transient ones (call it again).
    pub async fn refill(&self, projection: &str, kinds: &[&str]) -> Result<u64> {
        let Some(stored) = letters::stored(self, projection).await? else { return Ok(0) };
        letters::suspend(self, projection).await?;
        let shards: Vec<_> =
            Shard::all(projection.to_owned(), stored.shards.len() as u16).collect();
        for shard in &shards {
            checkpoint::fence(self.client(), self.keys(), &shard.to_string()).await?;
        }
        tokio::time::sleep((self.client().command_timeout() * 2).max(OBEYED)).await;
        let mut deleted = 0;
        for kind in kinds {
            deleted += self.delete_all(kind).await?;
        }
        letters::forget(self, projection).await?;
        for shard in &shards {
            checkpoint::start_over(self.client(), self.keys(), &shard.to_string()).await?;
        }
        letters::release(self, projection).await?;
        Ok(deleted)
    }

    /// Deletes whatever is under entities of a kind.
    async fn delete_all(&self, kind: &str) -> Result<u64> {
        let client = self.client();
        let unlink = |key: Result<RedisKey>| async move {
            let key = &key?;
            let unlink =
                |redis: WithOptions<Client>| async move { redis.unlink(key.clone()).await };
            client.call::<u64, _>(Family::Write, unlink).await
        };
        let deleted = self.scan(kind)?.map(unlink).buffer_unordered(AT_ONCE);
        deleted.try_fold(0, |sum, gone| async move { Ok(sum + gone) }).await
    }

    fn scan(&self, kind: &str) -> Result<impl Stream<Item = Result<RedisKey>>> {
        let pattern = format!("{}:*", literal(self.keys().key(kind).as_str()));
        let connection = self.client().connection()?;
        let keys = match self.client().is_cluster() {
            true => connection.scan_cluster_buffered(pattern, Some(LOOKED_AT), None).left_stream(),
            false => connection.scan_buffered(pattern, Some(LOOKED_AT), None).right_stream(),
        };
        Ok(keys.map_err(self.client().error()))
    }
}

/// A pattern that matches this text and nothing else.
fn literal(text: &str) -> String {
    let special = |c: char| matches!(c, '*' | '?' | '[' | ']' | '^' | '-' | '\\');
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}
