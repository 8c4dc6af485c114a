//! Groups of consumers.

use std::sync::Arc;
use std::time::Duration;

use fred::interfaces::StreamsInterface as _;
use fred::types::Value;
use futures::future::join_all;
use tokio::sync::watch;

use crate::client::Family;
use crate::error::Result;
use crate::script::Script;

use super::consumer::Consumer;
use super::message::{Handler, StreamHandler, pairs};
use super::{Part, RedisStream, says, unexpected};

static CREATE: Script = Script::new(include_str!("create.lua")).measured_as(Family::Stream);

/// A group of consumers of a [`RedisStream`]: each message is handled by one of them, at least once.
///
/// - What a consumer has in hand stays with it as long as it gives signs of life. A message of one that was
///   killed, or paused, is taken over after [`claim_after`](GroupSettings::claim_after).
/// - A message that fails is tried again by the same consumer, after growing pauses. After
///   [`attempts`](GroupSettings::attempts) it goes to the dead letter stream (`…:{group}:dead`), in the step that
///   acknowledges it. One that kills its consumers goes there, too.
/// - Messages of one key are handled one after another, in order, by each consumer; two consumers of the same part
///   know nothing of each other. For order per key in the whole group, run one consumer per part.
///
/// Redis may be away for any time: consumers wait for it. One that was flushed gets its groups back from the
/// consumers that run, and they handle all that is published after the flush. A group that begins with the
/// [next message](GroupSettings::from_start), and had no consumer running then, begins anew with the first.
#[derive(Debug, Clone)]
pub struct ConsumerGroup {
    stream: RedisStream,
    name: Arc<str>,
    settings: GroupSettings,
}

/// Settings of a [`ConsumerGroup`]. All its consumers have the same settings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupSettings {
    /// How many messages are read at once. Default 64.
    pub batch: u32,
    /// How many messages a consumer handles at the same time, in each part. Default 16.
    pub concurrency: usize,
    /// For how long Redis waits for messages before it answers that there are none: how long stopping takes at
    /// least. Default 500 ms.
    pub block: Duration,
    /// How long a consumer is silent before others take over what it has in hand. Default 30 seconds.
    pub claim_after: Duration,
    /// How often a message is tried before it is buried. Default 5.
    pub attempts: u32,
    /// The pause before the second attempt, doubled with each further one; up to half of each is taken off at random.
    /// Default 100 ms.
    pub backoff: Duration,
    /// For how long one call of the handler may run before it counts as failed. Default 10 seconds.
    pub time_limit: Duration,
    /// How many dead letters of each part are kept; the oldest go first. Default 100 000.
    pub dead_letters: u32,
    /// A consumer without messages that was silent for this long is removed. Default one hour.
    pub forget_after: Duration,
    /// Whether a new group begins with the oldest message there is, or with the next one. Default `true`.
    pub from_start: bool,
}

impl Default for GroupSettings {
    fn default() -> Self {
        Self {
            batch: 64,
            concurrency: 16,
            block: Duration::from_millis(500),
            claim_after: Duration::from_secs(30),
            attempts: 5,
            backoff: Duration::from_millis(100),
            time_limit: Duration::from_secs(10),
            dead_letters: 100_000,
            forget_after: Duration::from_secs(3600),
            from_start: true,
        }
    }
}

impl GroupSettings {
    /// The default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`batch`](GroupSettings::batch).
    #[must_use]
    pub const fn batch(mut self, messages: u32) -> Self {
        self.batch = messages;
        self
    }

    /// Sets [`concurrency`](GroupSettings::concurrency).
    #[must_use]
    pub const fn concurrency(mut self, messages: usize) -> Self {
        self.concurrency = messages;
        self
    }

    /// Sets [`block`](GroupSettings::block).
    #[must_use]
    pub const fn block(mut self, wait: Duration) -> Self {
        self.block = wait;
        self
    }

    /// Sets [`claim_after`](GroupSettings::claim_after).
    #[must_use]
    pub const fn claim_after(mut self, silence: Duration) -> Self {
        self.claim_after = silence;
        self
    }

    /// Sets [`attempts`](GroupSettings::attempts).
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets [`backoff`](GroupSettings::backoff).
    #[must_use]
    pub const fn backoff(mut self, pause: Duration) -> Self {
        self.backoff = pause;
        self
    }

    /// Sets [`time_limit`](GroupSettings::time_limit).
    #[must_use]
    pub const fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Sets [`dead_letters`](GroupSettings::dead_letters).
    #[must_use]
    pub const fn dead_letters(mut self, kept: u32) -> Self {
        self.dead_letters = kept;
        self
    }

    /// Sets [`forget_after`](GroupSettings::forget_after).
    #[must_use]
    pub const fn forget_after(mut self, silence: Duration) -> Self {
        self.forget_after = silence;
        self
    }

    /// Sets [`from_start`](GroupSettings::from_start).
    #[must_use]
    pub const fn from_start(mut self, from_start: bool) -> Self {
        self.from_start = from_start;
        self
    }
}

/// How far a group is behind in one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupLag {
    /// The part.
    pub part: u16,
    /// Messages that consumers have in hand, or had when they died.
    pub pending: u64,
    /// Messages that nobody has read yet; `None` where Redis cannot tell.
    pub unread: Option<u64>,
    /// How many consumers there are.
    pub consumers: u64,
}

impl ConsumerGroup {
    pub(super) fn new(stream: RedisStream, name: String) -> Self {
        Self { stream, name: name.into(), settings: GroupSettings::default() }
    }

    /// Other settings than the default ones.
    #[must_use]
    pub fn settings(mut self, settings: GroupSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Consumes until `shutdown` is ready: then finishes the messages it is at, gives back those it has not
    /// begun, and returns. `consumer` is a name that no other consumer of the group has at the same time.
    ///
    /// Takes a connection of its own for each part, beside the pool of the client. Makes the group if there is
    /// none.
    ///
    /// # Errors
    ///
    /// What does not pass: [`WrongType`](crate::Error::WrongType), [`Denied`](crate::Error::Denied).
    pub async fn run(
        &self,
        consumer: impl Into<String>,
        handler: impl StreamHandler,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<()> {
        let (consumer, handler): (Arc<str>, Arc<dyn Handler>) =
            (consumer.into().into(), Arc::new(handler));
        let (stop, stopped) = watch::channel(false);
        let stop = Arc::new(stop);
        let parts = self.stream.parts().iter().map(|part| {
            let consumer =
                Consumer::new(self.clone(), part.clone(), consumer.clone(), handler.clone());
            let (stop, stopped) = (stop.clone(), stopped.clone());
            async move {
                let result = consumer.run(stopped).await;
                // one that cannot go on takes the others along
                stop.send_replace(true);
                result
            }
        });
        let mut parts = std::pin::pin!(join_all(parts));
        let results = tokio::select! {
            results = &mut parts => results,
            () = shutdown => {
                stop.send_replace(true);
                parts.await
            }
        };
        results.into_iter().collect()
    }

    /// How far it is behind, part by part; parts where the group is not known yet are left out.
    ///
    /// # Errors
    ///
    /// [`WrongType`](crate::Error::WrongType), transient ones (retry).
    pub async fn lag(&self) -> Result<Vec<GroupLag>> {
        let mut lags = Vec::new();
        for part in self.stream.parts() {
            lags.extend(self.lag_of(part).await?);
        }
        Ok(lags)
    }

    pub(super) async fn lag_of(&self, part: &Part) -> Result<Option<GroupLag>> {
        let key = &part.entity.root();
        let groups = self.stream.client().call(Family::Stream, |redis| async move {
            redis.xinfo_groups::<Value, _>(key.as_str()).await
        });
        let groups = match groups.await {
            Ok(groups) => groups,
            Err(error) if says(&error, "no such key") => return Ok(None),
            Err(error) => return Err(error.at(key, "stream")),
        };
        for group in groups.into_array() {
            let Some(group) = pairs(group) else { continue };
            let number = |field: &str| group.get(field).and_then(|number| number.parse().ok());
            if group.get("name").is_some_and(|name| **name == *self.name) {
                return Ok(Some(GroupLag {
                    part: part.index,
                    pending: number("pending").unwrap_or(0),
                    unread: number("lag"),
                    consumers: number("consumers").unwrap_or(0),
                }));
            }
        }
        Ok(None)
    }

    /// Makes the group in a part, and the part if need be; does nothing if it is there. Returns the newest id the
    /// part has had. With one from before the group is made again: what came after it is not passed over.
    pub(super) async fn create(&self, part: &Part, before: Option<&str>) -> Result<String> {
        let start = if self.settings.from_start { "0" } else { before.unwrap_or("$") };
        let key = part.entity.root();
        let arguments = vec![self.name.to_string(), start.to_owned()];
        let newest = self.stream.run(&CREATE, vec![key.to_string()], arguments).await;
        let newest = newest.map_err(|error| error.at(&key, "stream"))?;
        newest.into_string().ok_or_else(|| unexpected("the newest id of a stream"))
    }

    pub(super) const fn stream(&self) -> &RedisStream {
        &self.stream
    }

    pub(super) const fn tuned(&self) -> &GroupSettings {
        &self.settings
    }
}
