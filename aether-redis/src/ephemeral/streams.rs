//! Streams: where integration events go, to be worked off by groups of consumers.

use std::sync::Arc;
use std::time::Duration;

use fred::interfaces::StreamsInterface as _;
use fred::types::Value;

use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};
use crate::key_space::{Entity, KeySpace};
use crate::script::Script;

mod consumer;
mod dead;
mod group;
mod hands;
mod message;
mod sink;

pub use dead::DeadMessage;
pub use group::{ConsumerGroup, GroupLag, GroupSettings};
pub use message::{StreamHandler, StreamMessage};
pub use sink::StreamSink;

static TRIM: Script = Script::new(include_str!("streams/trim.lua")).measured_as(Family::Stream);

/// A stream of integration events in Redis, in one or several parts. Cheap to clone.
///
/// [`sink`](RedisStream::sink) is its entrance: give it to a [`Publisher`](aether_core::projection::Publisher).
/// [`group`](RedisStream::group) is its exit.
///
/// | what | guaranteed | how |
/// |---|---|---|
/// | nothing is published that was not stored, nothing stored is forgotten | as long as Redis keeps what it has acknowledged | the publisher reads the log, and moves its checkpoint last |
/// | a message is in the stream once | redeliveries right after each other included | one script compares the position last seen of each key |
/// | messages of a key keep their order | in the stream always | one part per key |
/// | each group handles each message at least once | whatever consumer dies | what is not acknowledged is taken over |
/// | a message that cannot be handled stops nobody | it goes to the dead letter stream, with its error | one script buries and acknowledges |
/// | nothing that a group still needs is trimmed | up to [`Retention::limit`] | the script that trims asks the groups |
///
/// A Redis that fails over may lose what it had acknowledged just before: then the message is in the log, and not
/// in the stream. Set the publisher's checkpoint back to repeat it.
///
/// ```no_run
/// use aether_core::backend::ReadModels;
/// use aether_core::projection::Publisher;
/// use aether_core::{Engine, Filter, Node};
/// use aether_redis::{KeySpace, RedisClient, RedisStream};
///
/// # async fn run(engine: Engine, read_models: impl ReadModels) -> Result<(), Box<dyn std::error::Error>> {
/// let client = RedisClient::connect("redis://localhost").await?;
/// let stream = RedisStream::new(client, &KeySpace::new(), "event:stream");
/// let publisher = Publisher::new("event-stream", Filter::all(), stream.sink());
/// Node::builder(&engine).publisher(read_models, publisher).start()?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct RedisStream {
    client: RedisClient,
    keys: KeySpace,
    name: Arc<str>,
    parts: Arc<[Part]>,
}

/// One part of a stream: a key, with what belongs to it in the same slot.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) index: u16,
    pub(crate) entity: Entity,
}

/// For how long entries of a stream are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retention {
    /// Entries that every group has acknowledged go after this time. `None`: never. Default one day.
    pub age: Option<Duration>,
    /// With more entries than this in one part, the oldest go even if a group still needs them: what keeps
    /// Redis from running full when consumers are away. `None`: never. Default a million.
    pub limit: Option<u64>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { age: Some(Duration::from_secs(24 * 3600)), limit: Some(1_000_000) }
    }
}

impl Retention {
    /// Keeps everything.
    pub const EVERYTHING: Self = Self { age: None, limit: None };

    /// Entries that every group has acknowledged go after this time.
    #[must_use]
    pub const fn age(mut self, age: Duration) -> Self {
        self.age = Some(age);
        self
    }

    /// With more entries than this in one part, the oldest go.
    #[must_use]
    pub const fn limit(mut self, entries: u64) -> Self {
        self.limit = Some(entries);
        self
    }
}

/// What trimming has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trimmed {
    /// How many entries went.
    pub entries: u64,
    /// Whether some went that a group still needed: the [limit](Retention::limit) was reached.
    pub unread: bool,
}

impl RedisStream {
    /// The stream under `name`, in one part: its key is the name after the prefix. On a Cluster (where the key
    /// space has to have [hash tags](KeySpace::hash_tags)), what follows the first colon is the tag. The model's
    /// stream is called `event:stream`.
    #[must_use]
    pub fn new(client: RedisClient, keys: &KeySpace, name: &str) -> Self {
        let part = Part { index: 0, entity: keys.stream(name, None) };
        Self { client, keys: keys.clone(), name: name.into(), parts: Arc::new([part]) }
    }

    /// The same in several parts, `name:0` and on, dealt out by the messages' keys: each part has its own
    /// consumers, and on a Cluster its own slot. Changing the number later changes which key is where: let
    /// consumers finish first. More than one, at most 256.
    #[must_use]
    pub fn in_parts(self, parts: u16) -> Self {
        let parts = (0..parts.clamp(1, 256))
            .map(|index| Part { index, entity: self.keys.stream(&self.name, Some(index)) })
            .collect();
        Self { parts, ..self }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where messages go in; what is old is trimmed by the way, under default [`Retention`] or
    /// [another](StreamSink::with).
    #[must_use]
    pub fn sink(&self) -> StreamSink {
        StreamSink::new(self.clone())
    }

    /// A group of consumers: together they handle every message, each group on its own.
    #[must_use]
    pub fn group(&self, name: impl Into<String>) -> ConsumerGroup {
        ConsumerGroup::new(self.clone(), name.into())
    }

    /// How many entries there are.
    ///
    /// # Errors
    ///
    /// [`WrongType`](Error::WrongType), transient ones (retry).
    pub async fn len(&self) -> Result<u64> {
        let mut entries = 0;
        for part in self.parts() {
            let key = &part.entity.root();
            let length: Result<u64> = self
                .client
                .call(Family::Stream, |redis| async move { redis.xlen(key.as_str()).await })
                .await;
            entries += length.map_err(|error| error.at(key, "stream"))?;
        }
        Ok(entries)
    }

    /// Whether there are none.
    ///
    /// # Errors
    ///
    /// As [`len`](RedisStream::len).
    pub async fn is_empty(&self) -> Result<bool> {
        Ok(self.len().await? == 0)
    }

    /// Removes what is not to be kept any longer. The [sink](RedisStream::sink) does so by itself.
    ///
    /// # Errors
    ///
    /// [`WrongType`](Error::WrongType), transient ones (retry).
    pub async fn trim(&self, retention: Retention) -> Result<Trimmed> {
        let mut trimmed = Trimmed::default();
        for part in self.parts() {
            let one = self.trim_part(part, retention).await?;
            trimmed.entries += one.entries;
            trimmed.unread |= one.unread;
        }
        Ok(trimmed)
    }

    pub(crate) async fn trim_part(&self, part: &Part, retention: Retention) -> Result<Trimmed> {
        let age = retention.age.map_or(0, |age| age.as_millis().max(1));
        let arguments = vec![age.to_string(), retention.limit.unwrap_or(0).to_string()];
        let key = part.entity.root();
        let reply = self.run(&TRIM, vec![key.to_string()], arguments).await;
        let reply = reply.map_err(|error| error.at(&key, "stream"))?;
        let (entries, unread): (u64, u64) = reply.convert().map_err(self.client.error())?;
        let unread = unread == 1;
        metrics::counter!("aether_redis_stream_trimmed_total").increment(entries);
        if unread {
            metrics::counter!("aether_redis_stream_trimmed_unread_total").increment(1);
            tracing::warn!(stream = %key, "entries went that a group had not handled: the limit was reached");
        }
        Ok(Trimmed { entries, unread })
    }

    pub(crate) async fn run(
        &self,
        script: &Script,
        keys: Vec<String>,
        arguments: Vec<String>,
    ) -> Result<Value> {
        script.run(&self.client, &self.client.connection()?, keys, arguments).await
    }

    pub(crate) const fn client(&self) -> &RedisClient {
        &self.client
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// Whether Redis has said this.
fn says(error: &Error, text: &str) -> bool {
    matches!(error, Error::Failed { source } if source.to_string().contains(text))
}

/// An answer of a script that is not what it should be.
fn unexpected(what: &str) -> Error {
    Error::UnexpectedReply { reason: what.to_owned() }
}
