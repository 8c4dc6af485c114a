//! Writes that cannot move a value backwards.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aether_core::{Recorded, RecordedEvent};
use fred::clients::{Client, WithOptions};
use fred::types::Value;
use futures::stream::{FuturesUnordered, TryStreamExt as _};

use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};
use crate::key_space::{Entity, Key};
use crate::script::Script;

static WRITE: Script = Script::new(include_str!("guard/write.lua")).measured_as(Family::Write);

/// At most this many steps of one entity in one script call: Redis serves nobody else meanwhile.
const STEPS_PER_CALL: usize = 64;
/// At most this many arguments in one command inside the script: Lua's stack is finite.
const ARGUMENTS_PER_COMMAND: usize = 1000;

/// Where a write stands in the history of its entity, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stamp {
    /// Higher ones replace lower ones; usually the position of an event.
    pub sequence: u64,
    /// What lifetimes are counted from. It is taken from the event rather than from the clock. So a replay gives
    /// every key the same end as the first run did, and old history does not come back to life.
    pub at: SystemTime,
}

impl Stamp {
    /// Of an event at a position of the log that was stored at a time.
    #[must_use]
    pub const fn new(sequence: u64, at: SystemTime) -> Self {
        Self { sequence, at }
    }
}

impl<E> From<&Recorded<E>> for Stamp {
    fn from(event: &Recorded<E>) -> Self {
        Self::from(&event.envelope)
    }
}

impl From<&RecordedEvent> for Stamp {
    fn from(event: &RecordedEvent) -> Self {
        Self { sequence: event.position.get(), at: event.recorded_at.into() }
    }
}

/// Changes to the keys of one entity that take effect together, and only if the entity has not seen
/// their sequence yet.
///
/// The sequence of the last write is kept beside the entity, in its key `guard`. A write with the same
/// or a lower sequence is left out, so writes can be sent twice, late, or by two writers at once: each
/// value only ever moves forward. What exists of the entity decides too:
///
/// - [`create`](GuardedWrite::create) says everything about the entity: whatever was there is deleted.
/// - [`update`](GuardedWrite::update) says what changed: on an entity that is not there (it expired, or
///   Redis was flushed) it does nothing. Half an entity is never made.
/// - [`put`](GuardedWrite::put) is for entities that one write describes whole, there or not: the
///   membership in a set.
///
/// Keys under the entity belong to it: they expire together, renewed by every write. Keys beside it
/// (a set shared by many) must lie in the same slot; their life is only ever prolonged.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use aether_redis::{GuardedWrite, KeySpace, Stamp};
///
/// let combat = KeySpace::new().entity("combat", 42);
/// let stamp = Stamp::new(1007, SystemTime::now());
/// let write = GuardedWrite::update(&combat, stamp)
///     .lifetime(Duration::from_secs(3600))
///     .hash(combat.key("state"), [("turn", "3")])
///     .list_push(combat.key("recent_actions"), "{\"type\":\"ATTACK\"}", 20);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a write does nothing before it is sent"]
pub struct GuardedWrite {
    entity: Entity,
    stamp: Stamp,
    mode: &'static str,
    lifetime: Option<Duration>,
    operations: Vec<Operation>,
}

#[derive(Debug, Clone)]
struct Operation {
    name: &'static str,
    key: Key,
    arguments: Vec<String>,
}

impl GuardedWrite {
    /// Replaces the entity.
    pub fn create(entity: &Entity, stamp: impl Into<Stamp>) -> Self {
        Self::new(entity, stamp.into(), "create")
    }

    /// Changes the entity if it is there.
    pub fn update(entity: &Entity, stamp: impl Into<Stamp>) -> Self {
        Self::new(entity, stamp.into(), "update")
    }

    /// Changes the entity, there or not.
    pub fn put(entity: &Entity, stamp: impl Into<Stamp>) -> Self {
        Self::new(entity, stamp.into(), "put")
    }

    fn new(entity: &Entity, stamp: Stamp, mode: &'static str) -> Self {
        Self { entity: entity.clone(), stamp, mode, lifetime: None, operations: Vec::new() }
    }

    /// How long after its [stamp](Stamp::at) the whole entity lives, rounded up to seconds. Without
    /// it, for ever.
    pub const fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Sets fields of a hash.
    pub fn hash<F: Into<String>, V: Into<String>>(
        self,
        key: Key,
        fields: impl IntoIterator<Item = (F, V)>,
    ) -> Self {
        let pairs = fields.into_iter().flat_map(|(field, value)| [field.into(), value.into()]);
        self.operation("hset", key, pairs.collect())
    }

    /// Sets a string.
    pub fn text(self, key: Key, text: impl Into<String>) -> Self {
        self.operation("set", key, vec![text.into()])
    }

    /// Removes fields of a hash.
    pub fn hash_remove<F: Into<String>>(
        self,
        key: Key,
        fields: impl IntoIterator<Item = F>,
    ) -> Self {
        self.operation("hdel", key, fields.into_iter().map(Into::into).collect())
    }

    /// Adds members to a set.
    pub fn set_add<M: Into<String>>(self, key: Key, members: impl IntoIterator<Item = M>) -> Self {
        self.operation("sadd", key, members.into_iter().map(Into::into).collect())
    }

    /// Removes members of a set.
    pub fn set_remove<M: Into<String>>(
        self,
        key: Key,
        members: impl IntoIterator<Item = M>,
    ) -> Self {
        self.operation("srem", key, members.into_iter().map(Into::into).collect())
    }

    /// Adds members to a sorted set, or changes their scores.
    pub fn sorted_set_add<M: Into<String>>(
        self,
        key: Key,
        members: impl IntoIterator<Item = (M, f64)>,
    ) -> Self {
        let pairs =
            members.into_iter().flat_map(|(member, score)| [score.to_string(), member.into()]);
        self.operation("zadd", key, pairs.collect())
    }

    /// Removes members of a sorted set.
    pub fn sorted_set_remove<M: Into<String>>(
        self,
        key: Key,
        members: impl IntoIterator<Item = M>,
    ) -> Self {
        self.operation("zrem", key, members.into_iter().map(Into::into).collect())
    }

    /// Puts an element in front of a list and cuts the list after the newest `keep`.
    pub fn list_push(self, key: Key, element: impl Into<String>, keep: u32) -> Self {
        self.operation("lpush", key, vec![keep.to_string(), element.into()])
    }

    /// Deletes one key. The entity stays, and remembers its sequence.
    pub fn delete(mut self, key: Key) -> Self {
        self.operations.push(Operation { name: "del", key, arguments: Vec::new() });
        self
    }

    /// Deletes every key of the entity whose name starts like `key`.
    pub fn delete_under(self, key: Key) -> Self {
        let start = key.to_string();
        let guard = self.entity.guard();
        self.operation("delunder", guard, vec![start])
    }

    /// The sequence it carries.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.stamp.sequence
    }

    fn operation(mut self, name: &'static str, key: Key, arguments: Vec<String>) -> Self {
        for chunk in arguments.chunks(ARGUMENTS_PER_COMMAND) {
            self.operations.push(Operation { name, key: key.clone(), arguments: chunk.to_vec() });
        }
        self
    }

    /// When the entity ends, in unix seconds; 0 for never.
    fn expires_at(&self) -> u64 {
        self.lifetime.map_or(0, |lifetime| {
            let end = self.stamp.at.duration_since(UNIX_EPOCH).unwrap_or_default() + lifetime;
            (end.as_secs() + u64::from(end.subsec_nanos() > 0)).max(1)
        })
    }
}

/// What became of some guarded writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteOutcome {
    /// Took effect.
    pub applied: u64,
    /// Left out: the entity had seen their sequence already.
    pub stale: u64,
    /// Left out: updates of entities that are not there.
    pub missing: u64,
}

impl std::ops::AddAssign for WriteOutcome {
    fn add_assign(&mut self, other: Self) {
        self.applied += other.applied;
        self.stale += other.stale;
        self.missing += other.missing;
    }
}

impl RedisClient {
    /// Sends guarded writes: the entities side by side in one round trip, the writes of one entity in
    /// the given order and atomically (up to 64 at a time).
    ///
    /// # Errors
    ///
    /// [`Error::WrongType`], [`Error::TooLarge`], [`Error::CrossSlot`] (on a Cluster, without
    /// [hash tags](crate::KeySpace::hash_tags)): nothing of that entity was written. Transient ones: some writes may have
    /// taken effect or may do so later; send all of them again, in any case safe.
    pub async fn write(
        &self,
        writes: impl IntoIterator<Item = GuardedWrite>,
    ) -> Result<WriteOutcome> {
        let entities = by_entity(writes);
        if entities.is_empty() {
            return Ok(WriteOutcome::default());
        }
        let connection = self.connection()?;
        let calls: FuturesUnordered<_> =
            entities.iter().map(|writes| self.write_entity(&connection, writes)).collect();
        let outcome = calls
            .try_fold(WriteOutcome::default(), |mut sum, outcome| async move {
                sum += outcome;
                Ok(sum)
            })
            .await?;
        metrics::counter!("aether_redis_writes_total", "outcome" => "applied")
            .increment(outcome.applied);
        metrics::counter!("aether_redis_writes_total", "outcome" => "stale")
            .increment(outcome.stale);
        metrics::counter!("aether_redis_writes_total", "outcome" => "missing")
            .increment(outcome.missing);
        Ok(outcome)
    }

    /// One call after another: a later one must not overtake an earlier one.
    async fn write_entity(
        &self,
        connection: &WithOptions<Client>,
        writes: &[GuardedWrite],
    ) -> Result<WriteOutcome> {
        let mut outcome = WriteOutcome::default();
        for operation in writes.iter().flat_map(|write| &write.operations) {
            let largest = operation.arguments.iter().map(String::len).max();
            self.check_size(&operation.key, largest.unwrap_or_default())?;
        }
        for chunk in writes.chunks(STEPS_PER_CALL) {
            let (keys, arguments) = encode(chunk);
            outcome += decode(WRITE.run(self, connection, keys, arguments).await?)?;
        }
        Ok(outcome)
    }
}

/// Groups writes by entity; the order within an entity stays.
fn by_entity(writes: impl IntoIterator<Item = GuardedWrite>) -> Vec<Vec<GuardedWrite>> {
    let mut indexes: HashMap<Entity, usize> = HashMap::new();
    let mut entities: Vec<Vec<GuardedWrite>> = Vec::new();
    for write in writes {
        let index = *indexes.entry(write.entity.clone()).or_insert(entities.len());
        if index == entities.len() {
            entities.push(Vec::new());
        }
        entities[index].push(write);
    }
    entities
}

/// Keys and arguments as `write.lua` reads them.
fn encode(writes: &[GuardedWrite]) -> (Vec<String>, Vec<String>) {
    let guard = writes.first().map(|write| write.entity.guard().to_string());
    let mut keys: Vec<String> = guard.into_iter().collect();
    let mut indexes: HashMap<&Key, usize> = HashMap::new();
    let mut arguments = Vec::new();
    for write in writes {
        arguments.extend([
            write.stamp.sequence.to_string(),
            write.mode.to_owned(),
            write.expires_at().to_string(),
            write.operations.len().to_string(),
        ]);
        for operation in &write.operations {
            let index = *indexes.entry(&operation.key).or_insert_with(|| {
                keys.push(operation.key.to_string());
                keys.len() // Lua counts from 1
            });
            let owned = if write.entity.owns(&operation.key) { "own" } else { "shared" };
            arguments.extend([
                operation.name.to_owned(),
                index.to_string(),
                owned.to_owned(),
                operation.arguments.len().to_string(),
            ]);
            arguments.extend(operation.arguments.iter().cloned());
        }
    }
    (keys, arguments)
}

fn decode(reply: Value) -> Result<WriteOutcome> {
    let unexpected = || Error::UnexpectedReply { reason: "a guarded write without outcome".into() };
    let reply: Vec<String> = reply.convert().map_err(|_| unexpected())?;
    let reply: Vec<&str> = reply.iter().map(String::as_str).collect();
    let count = |text: &str| text.parse::<u64>().map_err(|_| unexpected());
    match reply[..] {
        ["ok", applied, stale, missing] => Ok(WriteOutcome {
            applied: count(applied)?,
            stale: count(stale)?,
            missing: count(missing)?,
        }),
        ["wrongtype", key, expected] => {
            let kinds = ["hash", "set", "list", "string"];
            let expected = kinds.into_iter().find(|kind| *kind == expected).unwrap_or("sorted set");
            Err(Error::WrongType { key: key.to_owned(), expected })
        }
        _ => Err(unexpected()),
    }
}
