//! Read models in Redis, with their checkpoints beside them.

use std::sync::Arc;

use aether_core::backend::{
    Checkpoint, Checkpoints, Claim, Maintenance, Order, Orders, ReadModels, Registration, Step,
    StoredProjection,
};
use aether_core::projection::{DeadLetter, Handler, LetterState, Shard};
use aether_core::{AggregateId, BoxError, Error as CoreError, Result as CoreResult};
use async_trait::async_trait;

use crate::client::RedisClient;
use crate::error::Error;
use crate::guard::GuardedWrite;
use crate::key_space::KeySpace;
use crate::ports::leaderboard::BoardWrites;
use crate::ports::maintenance::RedisMaintenance;
use crate::ports::{checkpoint, letters};

/// Read models in Redis. Their checkpoints are kept under the same prefix: whatever loses the data
/// loses the checkpoint with it, and the projection starts over.
///
/// # What is guaranteed, and why
///
/// A commit asks first whether the checkpoint is still its own, then sends the
/// [guarded writes](GuardedWrite) and those to [leaderboards](RedisTx::leaderboard), then moves the
/// checkpoint: three round trips, however large the batch, and one more per 128 changes of a board. Redis cannot do all three as one step (entities lie in different slots of a Cluster), so:
///
/// - **Killed between the writes and the checkpoint**: the batch comes again, and every write that
///   had taken effect is left out by its sequence. Same end as if nothing had happened.
/// - **A runner that was paused** (or whose commands are stuck in a network) and wakes up after another
///   took over is told [`ShardTaken`](aether_core::Error::ShardTaken) before its first write. If it fell asleep
///   behind that question, its writes are late, and harmless: the new runner has gone through the same
///   events, so each entity's sequence is already as high. Should the entity have ended meanwhile, an
///   update finds nothing to change, and a late `create` carries an end of life that has passed.
/// - **Flushed or restarted empty**: the next commit finds no checkpoint and fails with
///   [`CheckpointLost`](aether_core::Error::CheckpointLost) before any write, so no hole stays unseen.
///   The projection is claimed again at zero and fills Redis from the log. Late writes from before
///   do not harm the rebuild: updates do nothing on an empty Redis, and what a `create` or a
///   `put` wrote is whole as of its sequence.
/// - **Failed over to a replica that was behind**: the checkpoint went back with the data (replication
///   keeps the order); the same error, and the projection goes on from the older checkpoint. On a
///   Cluster only as far as data and checkpoint lie on the same node.
///
/// - **The log was restored from a backup**, or failed over to a replica that was behind: Redis knows events
///   that the log has lost. The [`Anchor`](aether_core::log::Anchor) that is kept with the checkpoint tells within a
///   second, also once the log has grown past the checkpoint: the projection stops with
///   [`LogRewritten`](aether_core::Error::LogRewritten) until it is [filled anew](RedisReadModels::refill).
///
/// Of leaderboards the same holds, increments included: a board remembers each increment after the
/// checkpoint that the commit started from, and adds up only those before it. So a batch that comes
/// again finds its increments remembered; and a late one from before a flush claims nothing about events
/// that the rebuild has yet to bring.
///
/// What Redis evicts is not noticed: use `maxmemory-policy noeviction`.
#[derive(Debug, Clone)]
pub struct RedisReadModels {
    client: RedisClient,
    keys: KeySpace,
}

impl RedisReadModels {
    /// Read models under the prefix of `keys`.
    #[must_use]
    pub const fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self { client, keys }
    }

    /// The client underneath.
    #[must_use]
    pub const fn client(&self) -> &RedisClient {
        &self.client
    }

    /// Where the keys live.
    #[must_use]
    pub const fn keys(&self) -> &KeySpace {
        &self.keys
    }
}

/// What a projection into Redis writes through: a buffer of guarded writes and of changes to
/// leaderboards, sent on commit.
#[derive(Debug)]
pub struct RedisTx {
    client: RedisClient,
    keys: KeySpace,
    writes: Vec<GuardedWrite>,
    pub(crate) boards: BoardWrites,
}

impl RedisTx {
    pub(crate) fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self { client, keys, writes: Vec::new(), boards: BoardWrites::default() }
    }

    /// Where the keys live.
    #[must_use]
    pub const fn keys(&self) -> &KeySpace {
        &self.keys
    }

    /// For reads: sees what earlier transactions wrote, not what this one is about to.
    #[must_use]
    pub const fn client(&self) -> &RedisClient {
        &self.client
    }

    /// Adds a write.
    pub fn write(&mut self, write: GuardedWrite) {
        self.writes.push(write);
    }

    /// How many writes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.writes.len() + self.boards.len()
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl RedisReadModels {
    async fn forget(&self, projection: &str) -> CoreResult<bool> {
        let Some(stored) = letters::stored(self, projection).await? else { return Ok(false) };
        letters::forget(self, projection).await?;
        for shard in Shard::all(projection.to_owned(), stored.shards.len() as u16) {
            checkpoint::forget(&self.client, &self.keys, &shard.to_string()).await?;
        }
        // last: an interrupted call finds it, and can be made again
        letters::unregister(self, projection).await?;
        Ok(true)
    }

    /// Takes a step.
    async fn take(&self, tx: RedisTx, shard: &Shard, step: Step<'_>) -> CoreResult<Checkpoint> {
        let name = shard.to_string();
        let letters = !step.parked.is_empty() || step.settled.is_some();
        if letters || !tx.is_empty() {
            checkpoint::look(&self.client, &self.keys, &name, &step).await?;
        }
        if !tx.writes.is_empty() {
            self.client.write(tx.writes).await?;
        }
        tx.boards.send(&self.client, &self.keys, step.from.position).await?;
        if letters {
            letters::keep(self, shard.projection(), step).await?;
        }
        Ok(checkpoint::advance(&self.client, &self.keys, &name, &step).await?)
    }
}

#[async_trait]
impl ReadModels for RedisReadModels {
    type Tx = RedisTx;

    /// Sends nothing.
    async fn begin(&self) -> CoreResult<RedisTx> {
        Ok(RedisTx::new(self.client.clone(), self.keys.clone()))
    }

    /// A Redis that is away, full, or refuses the credentials says nothing about the events: it is waited for, also
    /// where its error stands below others. Nor do keys that no Cluster can hold together: the shard stops.
    fn meaning(&self, error: BoxError) -> CoreError {
        Error::of_handler(error)
    }

    /// See [the type](RedisReadModels) for what is guaranteed. Besides the errors of the trait:
    /// [`CheckpointLost`](aether_core::Error::CheckpointLost), and [`WrongType`](crate::Error::WrongType)
    /// as the source of [`Backend`](aether_core::Error::Backend). A commit that was given the same
    /// step before, and whose answer was lost, succeeds again.
    async fn commit(&self, tx: RedisTx, shard: &Shard, step: Step<'_>) -> CoreResult<Checkpoint> {
        self.take(tx, shard, step).await.map_err(|error| Error::of_handler(error.into()))
    }

    async fn roll_back(&self, tx: RedisTx, _: &Shard) -> CoreResult<()> {
        drop(tx);
        Ok(())
    }

    /// Redis is not restored together with a log.
    async fn database(&self) -> CoreResult<Option<String>> {
        Ok(None)
    }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        Arc::new(self.clone())
    }

    fn maintenance(&self, projection: Handler<RedisTx>) -> Option<Arc<dyn Maintenance>> {
        Some(Arc::new(RedisMaintenance::new(self.clone(), projection)))
    }
}

#[async_trait]
impl Checkpoints for RedisReadModels {
    async fn register(&self, registration: &Registration<'_>) -> CoreResult<u16> {
        self.client.check_keys(&self.keys)?;
        if let Some(old) = registration.formerly {
            let known = letters::stored(self, registration.projection).await?.is_some();
            if !known && letters::stored(self, old).await?.is_some() {
                let source = "a read model in Redis keeps no checkpoint under another name; give the projection its old \
                              name back, or leave `renamed_from` out: it is filled again from the log";
                return Err(CoreError::Backend { source: source.into() });
            }
        }
        Ok(letters::register(self, registration.projection, registration.shards).await?)
    }

    async fn claim(&self, shard: &Shard, epoch: u64) -> CoreResult<Claim> {
        let (checkpoint, anchor) =
            checkpoint::claim(&self.client, &self.keys, &shard.to_string(), epoch).await?;
        let heads = letters::heads(self, shard).await?;
        let blocked = heads.into_iter().map(|letter| letter.stream.aggregate_id).collect();
        Ok(Claim { checkpoint, anchor, blocked })
    }

    async fn checkpoint(&self, shard: &Shard) -> CoreResult<Checkpoint> {
        Ok(checkpoint::read(&self.client, &self.keys, &shard.to_string()).await?)
    }

    /// A round trip for the projection and one for each shard.
    async fn stored(&self, projection: &str) -> CoreResult<Option<StoredProjection>> {
        Ok(letters::stored(self, projection).await?)
    }

    async fn orders(&self, shard: &Shard) -> CoreResult<Orders> {
        let paused = letters::is_paused(self, shard.projection()).await?;
        let mut remedies = letters::heads(self, shard).await?;
        remedies.retain(|letter| letter.state != LetterState::Failed);
        Ok(Orders { paused, remedies })
    }

    async fn report(&self, shard: &Shard, failure: Option<&str>) -> CoreResult<()> {
        Ok(letters::report(self, shard, failure).await?)
    }

    async fn letters(
        &self,
        projection: &str,
        aggregate: Option<AggregateId>,
    ) -> CoreResult<Vec<DeadLetter>> {
        let mut letters = letters::all(self, projection).await?;
        letters.retain(|letter| aggregate.is_none_or(|id| letter.stream.aggregate_id == id));
        Ok(letters)
    }

    /// [`Forget`](Order::Forget) leaves the read model: its keys are not known here.
    async fn order(&self, projection: &str, order: Order) -> CoreResult<u64> {
        Ok(match order {
            Order::Pause => letters::pause(self, projection, true).await?,
            Order::Resume => letters::pause(self, projection, false).await?,
            Order::Letter(position, remedy) => {
                letters::remedy(self, projection, position, remedy).await?.into()
            }
            Order::Letters(remedy) => {
                let mut letters = letters::all(self, projection).await?;
                letters.retain(|letter| letter.state == LetterState::Failed);
                let mut ordered = 0;
                for letter in letters {
                    let remedied = letters::remedy(self, projection, letter.position, remedy);
                    ordered += u64::from(remedied.await?);
                }
                ordered
            }
            Order::Forget => self.forget(projection).await?.into(),
        })
    }
}
