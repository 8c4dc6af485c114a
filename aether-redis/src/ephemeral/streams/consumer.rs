//! One consumer in one part of a stream: reads, hands out, takes over from the dead.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::Backoff;
use aether_core::time::SystemRandom;
use fred::clients::Client;
use fred::interfaces::{ClientLike as _, StreamsInterface as _};
use fred::types::Value;
use fred::types::streams::XID;
use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::Family;
use crate::error::{Error, Result};
use crate::script::Script;

use super::group::ConsumerGroup;
use super::hands::{Hands, Held};
use super::message::{Entry, Handler, StreamMessage};
use super::{Part, says, unexpected};

mod lane;

static CLAIM: Script = Script::new(include_str!("claim.lua")).measured_as(Family::Stream);
static FAIL: Script = Script::new(include_str!("fail.lua")).measured_as(Family::Stream);
static HOLD: Script = Script::new(include_str!("hold.lua")).measured_as(Family::Stream);
static FORGET: Script = Script::new(include_str!("forget.lua")).measured_as(Family::Stream);

/// How many messages wait in front of each lane.
const WAITING: usize = 4;
/// How many ids go into one call.
const CHUNK: usize = 500;
/// The pauses after Redis could not be asked.
const PAUSES: Backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));

/// A message, and the hold on it.
type InHand = (StreamMessage, Held);

/// Shared by its reader, its lanes and its keeper.
pub(super) struct Consumer {
    group: ConsumerGroup,
    part: Part,
    name: Arc<str>,
    handler: Arc<dyn Handler>,
    hands: Hands,
    /// Messages that were read and not begun when it was stopped.
    given_back: Mutex<Vec<String>>,
}

impl Consumer {
    pub(super) fn new(
        group: ConsumerGroup,
        part: Part,
        name: Arc<str>,
        handler: Arc<dyn Handler>,
    ) -> Arc<Self> {
        let (hands, given_back) = (Hands::default(), Mutex::default());
        Arc::new(Self { group, part, name, handler, hands, given_back })
    }

    /// Works until it is told to stop, or something does not pass.
    pub(super) async fn run(self: Arc<Self>, stop: watch::Receiver<bool>) -> Result<()> {
        let (mut lanes, mut keeper, mut inlets) = (JoinSet::new(), JoinSet::new(), Vec::new());
        for _ in 0..self.group.tuned().concurrency.max(1) {
            let (inlet, outlet) = mpsc::channel(WAITING);
            inlets.push(inlet);
            lanes.spawn(lane::run(self.clone(), outlet, stop.clone()));
        }
        keeper.spawn(self.clone().keep());
        let result = self.read_on(&inlets, stop).await;
        drop(inlets);
        // each finishes the message it is at
        while lanes.join_next().await.is_some() {}
        keeper.shutdown().await;
        self.leave().await;
        result
    }

    async fn read_on(
        &self,
        inlets: &[mpsc::Sender<InHand>],
        mut stop: watch::Receiver<bool>,
    ) -> Result<()> {
        let claim_every = self.group.tuned().claim_after / 2;
        let claim_every = claim_every.clamp(Duration::from_millis(50), Duration::from_secs(15));
        let (mut line, mut sweep, mut pauses) = (None, Instant::now(), PAUSES);
        // the newest message there was when this consumer began
        let mut before = None;
        loop {
            if *stop.borrow() {
                return Ok(());
            }
            let round = async {
                if before.is_none() {
                    before = Some(self.group.create(&self.part, None).await?);
                }
                if sweep <= Instant::now() {
                    self.take_over(inlets).await?;
                    self.tidy().await?;
                    sweep = Instant::now() + claim_every;
                }
                self.read(&mut line, inlets).await
            };
            match round.await {
                Ok(()) => {
                    pauses.reset();
                    continue;
                }
                Err(error) if is_final(&error) => return Err(error),
                Err(error) if is_group_gone(&error) => {
                    match self.group.create(&self.part, before.as_deref()).await {
                        Err(error) if is_final(&error) => return Err(error),
                        created => {
                            tracing::debug!(stream = %self.part.entity, ?created, "a new group");
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(stream = %self.part.entity, %error, "nothing can be read; waiting");
                }
            }
            let pause = pauses.pause(&SystemRandom);
            let stopped = tokio::time::timeout(pause, stop.wait_for(|stop| *stop));
            drop(stopped.await);
        }
    }

    /// Waits for new messages and hands them out. Never given up in the middle: what Redis has given out would
    /// be in nobody's hands.
    async fn read(&self, line: &mut Option<Line>, inlets: &[mpsc::Sender<InHand>]) -> Result<()> {
        let (settings, client) = (self.group.tuned(), self.group.stream().client());
        let Line(connection) = match line {
            Some(line) => line,
            None => {
                let limit = settings.block + Duration::from_secs(2);
                line.insert(Line(client.dedicated(limit).await?))
            }
        };
        let key = self.part.entity.root();
        let block = u64::try_from(settings.block.as_millis()).unwrap_or(u64::MAX).max(1);
        let read = connection.xreadgroup::<Value, _, _, _, _>(
            self.group.name(),
            &*self.name,
            Some(u64::from(settings.batch.max(1))),
            Some(block),
            false,
            key.as_str(),
            XID::NewInGroup,
        );
        let reply = read.await.map_err(|error| client.error()(error).at(&key, "stream"))?;
        self.hand_out(entries(reply).into_iter().map(|entry| (entry, 1)).collect(), inlets).await
    }

    /// Takes over what others have in hand and give no sign of life for.
    async fn take_over(&self, inlets: &[mpsc::Sender<InHand>]) -> Result<()> {
        let settings = self.group.tuned();
        let mut cursor = "0-0".to_owned();
        loop {
            let mut arguments = vec![
                self.group.name().to_owned(),
                self.name.to_string(),
                settings.claim_after.as_millis().to_string(),
                settings.batch.max(1).to_string(),
                settings.attempts.max(1).to_string(),
                settings.dead_letters.max(1).to_string(),
                cursor,
            ];
            arguments.extend(self.hands.all());
            let mut reply = self.script(&CLAIM, true, arguments).await?.into_array().into_iter();
            let (next, claimed, buried) = (reply.next(), reply.next(), reply.next());
            cursor = next.and_then(Value::into_string).ok_or_else(|| unexpected("a cursor"))?;
            let buried = buried.and_then(|buried| buried.as_u64()).unwrap_or(0);
            metrics::counter!("aether_redis_stream_buried_total").increment(buried);
            if buried > 0 {
                tracing::error!(stream = %self.part.entity, group = self.group.name(), buried,
                    "messages that no consumer could finish are dead letters now");
            }
            let claimed = claimed.map(Value::into_array).unwrap_or_default();
            metrics::counter!("aether_redis_stream_claimed_total").increment(claimed.len() as u64);
            self.hand_out(claimed.into_iter().filter_map(claimed_entry).collect(), inlets).await?;
            if cursor == "0-0" {
                return Ok(());
            }
        }
    }

    /// Gives messages to the lanes of their keys; waits while those are busy.
    async fn hand_out(
        &self,
        entries: Vec<(Entry, u32)>,
        inlets: &[mpsc::Sender<InHand>],
    ) -> Result<()> {
        // all of them are in hand from here on, however long the last one waits
        let hold = |(entry, deliveries): (Entry, u32)| {
            let held = self.hands.take(&entry.id)?;
            Some((entry, deliveries, held))
        };
        let held: Vec<_> = entries.into_iter().filter_map(hold).collect();
        for (entry, deliveries, held) in held {
            let id = entry.id.clone();
            match entry.message(self.part.index, deliveries) {
                Ok(message) => {
                    let lane = lane::of(message.key, inlets.len());
                    if inlets[lane].send((message, held)).await.is_err() {
                        return Err(unexpected("a lane that has ended"));
                    }
                }
                Err(reason) => {
                    self.failed(&id, &reason, 0).await?;
                }
            }
        }
        Ok(())
    }

    /// Removes those who are gone, and tells how far behind the group is.
    async fn tidy(&self) -> Result<()> {
        let silence = self.group.tuned().forget_after.as_millis().to_string();
        let arguments = vec![self.group.name().to_owned(), silence, String::new()];
        self.script(&FORGET, false, arguments).await?;
        if let Some(lag) = self.group.lag_of(&self.part).await? {
            let stream = self.part.entity.root().to_string();
            let group = self.group.name().to_owned();
            let labels = [("stream", stream), ("group", group)];
            metrics::gauge!("aether_redis_stream_pending", &labels).set(lag.pending as f64);
            if let Some(unread) = lag.unread {
                metrics::gauge!("aether_redis_stream_unread", &labels).set(unread as f64);
            }
        }
        Ok(())
    }

    /// Gives signs of life for what is in hand, until it is aborted.
    async fn keep(self: Arc<Self>) {
        let every = self.group.tuned().claim_after / 3;
        let mut tick = tokio::time::interval(every.max(Duration::from_millis(10)));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.hold("hold", &self.hands.all()).await;
        }
    }

    async fn hold(&self, what: &str, ids: &[String]) {
        for ids in ids.chunks(CHUNK) {
            let mut arguments =
                vec![self.group.name().to_owned(), self.name.to_string(), what.to_owned()];
            arguments.extend_from_slice(ids);
            if let Err(error) = self.script(&HOLD, false, arguments).await {
                tracing::debug!(stream = %self.part.entity, %error, "no sign of life was given");
            }
        }
    }

    /// Gives back what was not begun, and says goodbye.
    async fn leave(&self) {
        let ids = std::mem::take(&mut *self.given_back());
        self.hold("release", &ids).await;
        let arguments = vec![self.group.name().to_owned(), "0".to_owned(), self.name.to_string()];
        if let Err(error) = self.script(&FORGET, false, arguments).await {
            tracing::debug!(stream = %self.part.entity, %error, "a consumer could not be removed");
        }
    }

    fn given_back(&self) -> parking_lot::MutexGuard<'_, Vec<String>> {
        self.given_back.lock()
    }

    /// Tells Redis that a message has failed; what is to become of it.
    async fn failed(&self, id: &str, reason: &str, attempts: u32) -> Result<Verdict> {
        let arguments = vec![
            self.group.name().to_owned(),
            self.name.to_string(),
            id.to_owned(),
            reason.chars().take(1000).collect(),
            attempts.to_string(),
            self.group.tuned().dead_letters.max(1).to_string(),
        ];
        let reply = self.script(&FAIL, true, arguments).await?;
        let (what, deliveries): (String, u32) =
            reply.convert().map_err(self.group.stream().client().error())?;
        match what.as_str() {
            "again" => Ok(Verdict::Again(deliveries)),
            "gone" => Ok(Verdict::Gone),
            _ => {
                metrics::counter!("aether_redis_stream_buried_total").increment(1);
                tracing::error!(
                    stream = %self.part.entity, group = self.group.name(), id, deliveries, reason,
                    "a message is a dead letter now"
                );
                Ok(Verdict::Buried)
            }
        }
    }

    async fn ack(&self, id: &str) -> Result<()> {
        let (key, group) = (&self.part.entity.root(), self.group.name());
        let acked = self.group.stream().client().call(Family::Stream, |redis| async move {
            redis.xack::<u64, _, _, _>(key.as_str(), group, id).await
        });
        acked.await.map(drop)
    }

    async fn script(&self, script: &Script, dead: bool, arguments: Vec<String>) -> Result<Value> {
        let mut keys = vec![self.part.entity.root().to_string()];
        if dead {
            keys.push(self.group.dead_key(&self.part).to_string());
        }
        let reply = self.group.stream().run(script, keys, arguments).await;
        reply.map_err(|error| error.at(&self.part.entity.root(), "stream"))
    }
}

/// A connection that reads wait on. Closed when it is dropped, also with a consumer that was given up.
struct Line(Client);

impl Drop for Line {
    fn drop(&mut self) {
        let client = self.0.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = client.quit().await {
                    tracing::debug!(%error, "redis did not say goodbye");
                }
            });
        }
    }
}

/// What becomes of a message that has failed.
enum Verdict {
    /// It may be tried again; this is the number of that delivery.
    Again(u32),
    Buried,
    /// It is somebody else's now.
    Gone,
}

/// Redis was flushed.
fn is_group_gone(error: &Error) -> bool {
    ["NOGROUP", "UNBLOCKED", "no such key"].iter().any(|gone| says(error, gone))
}

/// Trying again does not help.
const fn is_final(error: &Error) -> bool {
    matches!(error, Error::WrongType { .. } | Error::Denied { .. })
}

/// From `[id, deliveries, [field, value, …]]`.
fn claimed_entry(claim: Value) -> Option<(Entry, u32)> {
    let mut claim = claim.into_array().into_iter();
    let (id, deliveries, fields) = (claim.next()?, claim.next()?, claim.next()?);
    let deliveries = u32::try_from(deliveries.as_u64()?).unwrap_or(u32::MAX);
    Some((Entry::parse(Value::Array(vec![id, fields]))?, deliveries))
}

/// The entries in the answer to a read: a map, or pairs of keys and entries.
fn entries(reply: Value) -> Vec<Entry> {
    let lists: Vec<Value> = match reply {
        Value::Null => Vec::new(),
        Value::Map(map) => map.inner().into_values().collect(),
        reply => {
            let pairs = reply.into_array().into_iter();
            pairs.filter_map(|pair| pair.into_array().into_iter().nth(1)).collect()
        }
    };
    lists.into_iter().flat_map(Value::into_array).filter_map(Entry::parse).collect()
}
