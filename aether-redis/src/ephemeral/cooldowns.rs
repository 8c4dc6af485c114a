//! When a skill can be used again.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::{Duration, UNIX_EPOCH};

use fred::interfaces::{HashesInterface as _, KeysInterface as _};

use crate::client::{Family, RedisClient};
use crate::ephemeral::reply::{Reply, micros};
use crate::error::Result;
use crate::guard::{GuardedWrite, Stamp};
use crate::key_space::{Key, KeySpace};
use crate::script::Script;

static START: Script = Script::new(include_str!("cooldowns/start.lua"));
static LEFT: Script = Script::new(include_str!("cooldowns/left.lua"));

/// How long the sequence of a cooldown is remembered at least.
const REMEMBERED: Duration = Duration::from_secs(300);

/// Cooldowns of the players' skills. Cheap to clone.
///
/// The hash `player:{player_id}:cooldowns` holds, per field `skill:{id}`, the moment when the skill can be
/// used again, in unix microseconds, and expires with the last of them. The seconds left are worked out
/// when somebody asks ([`seconds_left`](Cooldowns::seconds_left)): seconds stored as such would be wrong
/// a moment later, or need a job that counts them down.
///
/// # What is guaranteed
///
/// - **Exact.** A cooldown ends at its microsecond by the clock of Redis, whether or not anybody looks. It is
///   as exact as that clock is steady.
/// - **Once.** Of any number of [`try_start`](Cooldowns::try_start) at once, exactly one starts it.
/// - **Written through.** Projections use [`started`](Cooldowns::started) and
///   [`cleared`](Cooldowns::cleared): guarded by sequence and counted from the event's time, so that a replay
///   prolongs nothing.
///
/// ```no_run
/// use std::time::Duration;
/// use aether_redis::{CooldownStart, Cooldowns, KeySpace, RedisClient};
///
/// # async fn run(client: RedisClient) -> aether_redis::Result<()> {
/// let cooldowns = Cooldowns::new(client, KeySpace::new());
/// match cooldowns.try_start(42, "fireball", Duration::from_secs(8)).await? {
///     CooldownStart::Started => println!("fire"),
///     CooldownStart::Running { left } => println!("wait {left:?}"),
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Cooldowns {
    client: RedisClient,
    keys: KeySpace,
}

/// What became of [`Cooldowns::try_start`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CooldownStart {
    /// The skill could be used; its cooldown runs from now on.
    Started,
    /// It cannot be used yet, and nothing was changed.
    Running {
        /// How long until it can.
        left: Duration,
    },
}

impl CooldownStart {
    /// Whether the skill could be used.
    #[must_use]
    pub const fn is_started(self) -> bool {
        matches!(self, Self::Started)
    }
}

impl Cooldowns {
    /// Cooldowns under the prefix of `keys`.
    #[must_use]
    pub const fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self { client, keys }
    }

    /// Starts the cooldown of a skill unless it runs: the question whether the skill can be used, and its
    /// use, in one step. One round trip.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType). Transient ones: it may have started; who asks again may be told that it runs.
    pub async fn try_start(
        &self,
        player_id: impl Display,
        skill: impl Display,
        duration: Duration,
    ) -> Result<CooldownStart> {
        let started = self.run_start(player_id, skill, duration, "try").await?;
        let outcome = if started.is_started() { "started" } else { "running" };
        metrics::counter!("aether_redis_cooldowns_total", "outcome" => outcome).increment(1);
        Ok(started)
    }

    /// Starts the cooldown of a skill, from now on, whether or not one runs. One round trip.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType), transient ones (retry).
    pub async fn start(
        &self,
        player_id: impl Display,
        skill: impl Display,
        duration: Duration,
    ) -> Result<()> {
        self.run_start(player_id, skill, duration, "set").await.map(drop)
    }

    /// How long a skill cannot be used yet; `None` if it can. One round trip.
    ///
    /// # Errors
    ///
    /// As [`start`](Cooldowns::start).
    pub async fn remaining(
        &self,
        player_id: impl Display,
        skill: impl Display,
    ) -> Result<Option<Duration>> {
        let mut left = self.left(player_id, vec![field(skill)]).await?;
        Ok(left.pop_first().map(|(_, left)| left))
    }

    /// What is left of all cooldowns of a player that run, by skill. One round trip.
    ///
    /// # Errors
    ///
    /// As [`start`](Cooldowns::start).
    pub async fn all(&self, player_id: impl Display) -> Result<BTreeMap<String, Duration>> {
        self.left(player_id, Vec::new()).await
    }

    /// As [`all`](Cooldowns::all), in seconds, rounded up: what a client shows.
    ///
    /// # Errors
    ///
    /// As [`start`](Cooldowns::start).
    pub async fn seconds_left(&self, player_id: impl Display) -> Result<BTreeMap<String, u64>> {
        let all = self.all(player_id).await?;
        let seconds = |left: Duration| left.as_secs() + u64::from(left.subsec_nanos() > 0);
        Ok(all.into_iter().map(|(skill, left)| (skill, seconds(left))).collect())
    }

    /// Makes a skill usable at once. One round trip.
    ///
    /// # Errors
    ///
    /// As [`start`](Cooldowns::start).
    pub async fn clear(&self, player_id: impl Display, skill: impl Display) -> Result<()> {
        let (key, field) = (&self.keys.cooldowns(player_id), &field(skill));
        self.client
            .call(
                Family::Write,
                |redis| async move { redis.hdel(key.as_str(), field.as_str()).await },
            )
            .await
            .map_err(|error| error.at(key, "hash"))
    }

    /// Makes all skills of a player usable at once. One round trip.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    pub async fn clear_all(&self, player_id: impl Display) -> Result<()> {
        let key = &self.keys.cooldowns(player_id);
        self.client.call(Family::Write, |redis| async move { redis.del(key.as_str()).await }).await
    }

    /// The write of an event that started a cooldown, for the transaction of a projection
    /// ([`RedisTx::write`](crate::RedisTx::write)). The cooldown is counted from the event's time: events
    /// whose cooldown is over by now start none.
    ///
    /// Only the latest event of a skill counts, in whatever order they come. Its sequence is remembered
    /// while the cooldown runs, and for five minutes at least; in a replay of what is older, an earlier and
    /// longer cooldown may be seen until its successor comes by.
    ///
    /// ```
    /// use std::time::Duration;
    /// use aether_core::RecordedEvent;
    /// use aether_redis::{Cooldowns, RedisTx};
    ///
    /// fn project(event: &RecordedEvent, tx: &mut RedisTx) {
    ///     let cooldown = Duration::from_secs(8);
    ///     tx.write(Cooldowns::started(tx.keys(), 42, "fireball", cooldown, event));
    /// }
    /// ```
    pub fn started(
        keys: &KeySpace,
        player_id: impl Display,
        skill: impl Display,
        duration: Duration,
        stamp: impl Into<Stamp>,
    ) -> GuardedWrite {
        let stamp = stamp.into();
        let at = stamp.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let ends = micros(at).saturating_add(micros(duration));
        GuardedWrite::put(&keys.cooldown(&player_id, &skill), stamp)
            .lifetime(duration.max(REMEMBERED))
            .hash(keys.cooldowns(&player_id), [(field(&skill), ends.to_string())])
    }

    /// The write of an event that made a skill usable again: the counterpart of
    /// [`started`](Cooldowns::started).
    pub fn cleared(
        keys: &KeySpace,
        player_id: impl Display,
        skill: impl Display,
        stamp: impl Into<Stamp>,
    ) -> GuardedWrite {
        GuardedWrite::put(&keys.cooldown(&player_id, &skill), stamp)
            .lifetime(REMEMBERED)
            .hash_remove(keys.cooldowns(&player_id), [field(&skill)])
    }

    async fn run_start(
        &self,
        player_id: impl Display,
        skill: impl Display,
        duration: Duration,
        what: &str,
    ) -> Result<CooldownStart> {
        let arguments = vec![field(skill), micros(duration).to_string(), what.to_owned()];
        let mut reply = self.run(&START, &self.keys.cooldowns(player_id), arguments).await?;
        match reply.text()?.as_str() {
            "started" => Ok(CooldownStart::Started),
            "running" => Ok(CooldownStart::Running { left: reply.micros()? }),
            _ => Err(reply.error()),
        }
    }

    async fn left(
        &self,
        player_id: impl Display,
        arguments: Vec<String>,
    ) -> Result<BTreeMap<String, Duration>> {
        let mut reply = self.run(&LEFT, &self.keys.cooldowns(player_id), arguments).await?;
        let mut left = BTreeMap::new();
        while !reply.is_empty() {
            let field = reply.text()?;
            let skill = field.strip_prefix(SKILL).unwrap_or(&field);
            left.insert(skill.to_owned(), reply.micros()?);
        }
        Ok(left)
    }

    async fn run(&self, script: &Script, key: &Key, arguments: Vec<String>) -> Result<Reply> {
        let connection = self.client.connection()?;
        let reply = script.run(&self.client, &connection, vec![key.to_string()], arguments).await;
        Reply::new("cooldowns", reply.map_err(|error| error.at(key, "hash"))?)
    }
}

const SKILL: &str = "skill:";

fn field(skill: impl Display) -> String {
    format!("{SKILL}{skill}")
}
