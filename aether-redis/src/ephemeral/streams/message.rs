//! What consumers get.

use std::collections::HashMap;

use aether_core::{AggregateId, BoxError, Json, Position};
use fred::types::Value;
use futures::future::{BoxFuture, FutureExt as _};

/// A message of a [`RedisStream`](super::RedisStream) on its way to a consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamMessage {
    /// What Redis calls the entry.
    pub id: String,
    /// The part of the stream it is in.
    pub part: u16,
    /// What it is about.
    pub topic: String,
    /// Messages with the same key are in order.
    pub key: AggregateId,
    /// The position of the event it came from. Rises with every message of a key; the same message has the same
    /// one however often it comes.
    pub position: Position,
    /// What it says.
    pub body: Json,
    /// How often it was given out in this group, this time included.
    pub deliveries: u32,
}

/// Handles the messages of a [`ConsumerGroup`](super::ConsumerGroup).
pub trait StreamHandler: Send + Sync + 'static {
    /// Handles one message. It is acknowledged when this returns `Ok`, and may come again all the same: its
    /// effects are idempotent, or compare [positions](StreamMessage::position).
    ///
    /// # Errors
    ///
    /// Whatever went wrong: the message is tried again, and goes to the dead letter stream after
    /// [`GroupSettings::attempts`](super::GroupSettings::attempts). A panic, and a call that takes longer than
    /// [`GroupSettings::time_limit`](super::GroupSettings::time_limit), count as failures.
    fn handle(&self, message: &StreamMessage) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// The boxed twin of [`StreamHandler`].
pub(super) trait Handler: Send + Sync {
    fn handle<'a>(&'a self, message: &'a StreamMessage) -> BoxFuture<'a, Result<(), BoxError>>;
}

impl<H: StreamHandler> Handler for H {
    fn handle<'a>(&'a self, message: &'a StreamMessage) -> BoxFuture<'a, Result<(), BoxError>> {
        StreamHandler::handle(self, message).boxed()
    }
}

/// An entry as it was found.
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) fields: HashMap<String, String>,
}

impl Entry {
    /// From `[id, [field, value, …]]`; `None` if there are no fields any more.
    pub(super) fn parse(entry: Value) -> Option<Self> {
        let mut parts = entry.into_array().into_iter();
        let (id, fields) = (parts.next()?.into_string()?, parts.next()?);
        Some(Self { id, fields: pairs(fields)? })
    }

    /// The message in it, if it is one of ours.
    pub(super) fn message(mut self, part: u16, deliveries: u32) -> Result<StreamMessage, String> {
        let mut take = |field: &str| {
            let value = self.fields.remove(field);
            value.ok_or_else(|| format!("it has no field {field}: not a message of this library"))
        };
        let (topic, body) = (take("topic")?, Json::from_stored(&take("body")?));
        let key = take("key")?;
        let key = key.parse::<aether_core::uuid::Uuid>();
        let key = key.map(AggregateId::new).map_err(|error| format!("its key: {error}"))?;
        let position = take("position")?.parse().map(Position::new);
        let position = position.map_err(|error| format!("its position: {error}"))?;
        Ok(StreamMessage { id: self.id, part, topic, key, position, body, deliveries })
    }
}

/// `[field, value, …]`, or a map of them.
pub(super) fn pairs(fields: Value) -> Option<HashMap<String, String>> {
    let text = |value: Value| value.as_str_lossy().map(std::borrow::Cow::into_owned);
    match fields {
        Value::Null => None,
        Value::Map(map) => {
            let pairs = map.inner().into_iter();
            Some(
                pairs.filter_map(|(key, value)| Some((key.into_string()?, text(value)?))).collect(),
            )
        }
        fields => {
            let mut values = fields.into_array().into_iter();
            let mut pairs = HashMap::new();
            while let (Some(field), Some(value)) = (values.next(), values.next()) {
                pairs.insert(text(field)?, text(value)?);
            }
            Some(pairs)
        }
    }
}
