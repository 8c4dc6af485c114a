//! What is counted for a day.

mod days;

use std::fmt::Display;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aether_core::time::Clock;
use chrono_tz::Tz;
use fred::interfaces::{HyperloglogInterface as _, KeysInterface as _};
use fred::types::Value;

use crate::client::{Family, RedisClient};
use crate::ephemeral::counters::days::Days;
use crate::ephemeral::reply::Reply;
use crate::error::{Error, Result};
use crate::guard::Stamp;
use crate::key_space::KeySpace;
use crate::script::Script;

static ADD: Script = Script::new(include_str!("counters/add.lua"));
static OVER: Script = Script::new(include_str!("counters/over.lua"));

/// Counters and numbers of distinct members for the day that is, in the key `stats:{name}:today` until the
/// next midnight of a time zone. Cheap to clone.
///
/// A name is either a counter ([`add`](Counters::add)) or a set of members that are only counted
/// ([`mark`](Counters::mark): a HyperLogLog, 12 KiB at most, with an error of 0.81 %).
///
/// # What is guaranteed
///
/// - **Days do not mix.** The clock of Redis says which day it is; that of the program is only a guess, which
///   is corrected with one more round trip where it is off by days. Whatever was counted a millisecond
///   before midnight is gone at midnight.
/// - **A day is what the time zone says**: of 23, 24 or 25 hours, and where clocks skip midnight, it begins
///   with the skip.
/// - **Events count once, and on their day**: [`add_event`](Counters::add_event) and
///   [`mark_event`](Counters::mark_event) can be sent again.
///
/// Counters are not durable. What has to be exact for ever belongs into a read model in SQL.
///
/// ```no_run
/// use aether_redis::{Counters, KeySpace, RedisClient, Tz};
///
/// # async fn run(client: RedisClient) -> aether_redis::Result<()> {
/// let counters = Counters::new(client, KeySpace::new()).zone(Tz::Europe__Paris).keep(30);
/// counters.add("combats", 1).await?;
/// counters.mark("active_players", 42).await?;
/// println!("{} combats today", counters.value("combats").await?);
/// println!("{} players this week", counters.unique_over("active_players", 7).await?);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Counters {
    client: RedisClient,
    keys: KeySpace,
    zone: Tz,
    keep: u16,
    /// What the day is guessed by; the machine's clock unless said otherwise.
    clock: Option<Arc<dyn Clock>>,
}

/// What became of [`Counters::add_event`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventCount {
    /// It was counted.
    Counted {
        /// The number of its day.
        value: i64,
    },
    /// It was counted before: its source has a sequence as high already.
    Seen,
    /// Its day is over and not kept.
    Over,
}

impl Counters {
    /// Counters under the prefix of `keys`, for days in UTC.
    #[must_use]
    pub const fn new(client: RedisClient, keys: KeySpace) -> Self {
        Self { client, keys, zone: Tz::UTC, keep: 0, clock: None }
    }

    /// Whose midnight ends a day. Default: UTC. Must be the same wherever a name is counted; a day that has
    /// begun in one zone ends in it.
    #[must_use]
    pub const fn zone(mut self, zone: Tz) -> Self {
        self.zone = zone;
        self
    }

    /// For how many days after its end a day can still be asked for
    /// ([`value_over`](Counters::value_over), [`unique_over`](Counters::unique_over)), and be counted for by
    /// events: 0 to 366, default 0. Each day is kept under `stats:{name}:{date}`.
    #[must_use]
    pub const fn keep(mut self, days: u16) -> Self {
        self.keep = if days > 366 { 366 } else { days };
        self
    }

    /// What the day is guessed by, before Redis says which one it is. Default: the machine's clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Adds to today's counter, and gives its new value. One round trip.
    ///
    /// # Errors
    ///
    /// [`Error::WrongType`], [`Error::OutOfRange`]. Transient ones: it may have been counted, so a retry may count
    /// it twice.
    pub async fn add(&self, name: &str, amount: i64) -> Result<i64> {
        match self.run_add(name, "count", amount.to_string(), None).await? {
            Added::Done(mut reply) => reply.signed(),
            Added::Seen | Added::Over => Err(unexpected(name)),
        }
    }

    /// Adds to the counter of the day of an event, once: for projections, which may see an event again. An
    /// event whose day has not begun by the clock of Redis counts for today.
    ///
    /// The events of one `source` come in the order of their sequences, and each adds once to a name: the
    /// source is the projection if it has one shard, else the aggregate. What comes out of order (a dead
    /// letter that is retried) is taken for counted. Sent at once, ahead of the projection's commit: should
    /// that fail, the event comes again and is left out. One round trip.
    ///
    /// # Errors
    ///
    /// [`Error::WrongType`] and [`Error::OutOfRange`] (the event is not counted, nor marked as counted), transient
    /// ones (retry).
    pub async fn add_event(
        &self,
        name: &str,
        amount: i64,
        source: impl Display,
        stamp: impl Into<Stamp>,
    ) -> Result<EventCount> {
        let stamp = stamp.into();
        // the script takes an empty source for none
        let event = Event {
            at: stamp.at,
            source: format!("/{source}"),
            sequence: stamp.sequence.to_string(),
        };
        Ok(match self.run_add(name, "count", amount.to_string(), Some(event)).await? {
            Added::Done(mut reply) => EventCount::Counted { value: reply.signed()? },
            Added::Seen => EventCount::Seen,
            Added::Over => EventCount::Over,
        })
    }

    /// Today's value; 0 if nothing was counted. One round trip.
    ///
    /// # Errors
    ///
    /// [`Error::WrongType`], transient ones (retry).
    pub async fn value(&self, name: &str) -> Result<i64> {
        let key = &self.keys.statistic(name).key("today");
        let value: Value = self
            .client
            .call(Family::Read, |redis| async move { redis.get(key.as_str()).await })
            .await
            .map_err(|error| error.at(key, "counter"))?;
        if value.is_null() {
            return Ok(0);
        }
        value.as_i64().ok_or_else(|| Error::WrongType { key: key.to_string(), expected: "counter" })
    }

    /// The sum of today and the days before it, `days` in all. Days that were not [kept](Counters::keep)
    /// count nothing. One round trip.
    ///
    /// # Errors
    ///
    /// As [`value`](Counters::value).
    pub async fn value_over(&self, name: &str, days: u16) -> Result<i64> {
        let mut reply = self.run_over(name, "count", days).await?;
        let mut sum: i64 = 0;
        while !reply.is_empty() {
            sum = sum.saturating_add(reply.signed()?);
        }
        Ok(sum)
    }

    /// Marks a member as seen today. Whether it is new, as far as a HyperLogLog can tell. One round trip.
    ///
    /// # Errors
    ///
    /// [`Error::WrongType`], transient ones (retry: a member counts once).
    pub async fn mark(&self, name: &str, member: impl Display) -> Result<bool> {
        self.run_mark(name, member, None).await
    }

    /// Marks a member as seen on the day of an event, as [`add_event`](Counters::add_event) counts one. Needs
    /// no order. `false` too if that day is over and not kept.
    ///
    /// # Errors
    ///
    /// As [`mark`](Counters::mark).
    pub async fn mark_event(
        &self,
        name: &str,
        member: impl Display,
        stamp: impl Into<Stamp>,
    ) -> Result<bool> {
        let at = stamp.into().at;
        let event = Event { at, source: String::new(), sequence: String::new() };
        self.run_mark(name, member, Some(event)).await
    }

    /// How many distinct members were seen today, with an error of 0.81 %. One round trip.
    ///
    /// # Errors
    ///
    /// As [`value`](Counters::value).
    pub async fn unique(&self, name: &str) -> Result<u64> {
        let key = &self.keys.statistic(name).key("today");
        self.client
            .call(Family::Read, |redis| async move { redis.pfcount(key.as_str()).await })
            .await
            .map_err(|error| error.at(key, "HyperLogLog"))
    }

    /// How many distinct members were seen today and on the days before it, `days` in all: who came on
    /// several days counts once. Days that were not [kept](Counters::keep) count nothing. One round trip.
    ///
    /// # Errors
    ///
    /// As [`value`](Counters::value).
    pub async fn unique_over(&self, name: &str, days: u16) -> Result<u64> {
        self.run_over(name, "mark", days).await?.number()
    }

    async fn run_mark(
        &self,
        name: &str,
        member: impl Display,
        event: Option<Event>,
    ) -> Result<bool> {
        match self.run_add(name, "mark", member.to_string(), event).await? {
            Added::Done(mut reply) => Ok(reply.number()? == 1),
            Added::Seen | Added::Over => Ok(false),
        }
    }

    async fn run_add(
        &self,
        name: &str,
        kind: &str,
        what: String,
        event: Option<Event>,
    ) -> Result<Added> {
        let statistic = self.keys.statistic(name);
        let keys = [statistic.key("today"), statistic.key("sequences")].map(|key| key.to_string());
        let before = if event.is_some() { self.keep + 1 } else { 1 };
        let [at, source, sequence] = event.map(Event::arguments).unwrap_or_default();
        let head = vec![
            statistic.key("").to_string(),
            self.keep.to_string(),
            kind.to_owned(),
            what,
            at,
            source,
            sequence,
        ];
        let (tag, mut reply) = self.run(&ADD, keys.into(), head, before).await?;
        match tag.as_str() {
            "done" => Ok(Added::Done(reply)),
            "stale" => Ok(Added::Seen),
            "over" => Ok(Added::Over),
            "range" => Err(Error::OutOfRange { key: reply.text()? }),
            _ => Err(reply.error()),
        }
    }

    async fn run_over(&self, name: &str, kind: &str, days: u16) -> Result<Reply> {
        let statistic = self.keys.statistic(name);
        let days = days.clamp(1, 367);
        let head = vec![statistic.key("").to_string(), days.to_string(), kind.to_owned()];
        let keys = vec![statistic.key("today").to_string()];
        match self.run(&OVER, keys, head, days).await? {
            (tag, reply) if tag == "done" => Ok(reply),
            (_, reply) => Err(reply.error()),
        }
    }

    /// Runs a script that has to know the days. If they are not those that Redis lives in, once more with
    /// the days around its time.
    async fn run(
        &self,
        script: &Script,
        keys: Vec<String>,
        head: Vec<String>,
        before: u16,
    ) -> Result<(String, Reply)> {
        let clock = self.clock.as_ref();
        let mut now = clock.map_or_else(SystemTime::now, |clock| clock.now().into());
        let mut corrected = false;
        loop {
            let days = Days::around(self.zone, now, before);
            let arguments = head.iter().cloned().chain(days.arguments()).collect();
            let connection = self.client.connection()?;
            let reply = script.run(&self.client, &connection, keys.clone(), arguments).await?;
            let mut reply = Reply::new("counters", reply)?;
            let tag = reply.text()?;
            if tag != "days" || corrected {
                return Ok((tag, reply));
            }
            now = UNIX_EPOCH + Duration::from_millis(reply.number()?);
            corrected = true;
        }
    }
}

/// What a script has to know of an event.
struct Event {
    at: SystemTime,
    source: String,
    sequence: String,
}

impl Event {
    fn arguments(self) -> [String; 3] {
        let at = self.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        [at.to_string(), self.source, self.sequence]
    }
}

enum Added {
    Done(Reply),
    Seen,
    Over,
}

fn unexpected(name: &str) -> Error {
    Error::UnexpectedReply { reason: format!("the counter {name} was not counted") }
}
