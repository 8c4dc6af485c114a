//! Integration events: what other systems hear of the log.

use std::sync::Arc;

use async_trait::async_trait;

use crate::backend::forward;
use crate::envelope::RecordedEvent;
use crate::error::{BoxError, Result};
use crate::event::{AnyEvent, Recorded};
use crate::ids::{AggregateId, Position};
use crate::json::Json;
use crate::projection::{
    Checkpoint, Handler, Maintenance, Projection, ProjectionSettings, ReadModels, Shard, Step,
};
use crate::store::Filter;

mod boxed;

pub use boxed::BoxSink;

/// Where integration events go: a stream in Redis, Kafka, NATS, a web hook.
pub trait Sink: Send + Sync + 'static {
    /// Hands messages over, in this order. They count as published when it returns `Ok`.
    ///
    /// # Errors
    ///
    /// Whatever went wrong: the same messages come again, perhaps in smaller batches. One that cannot be
    /// delivered for good is parked as a dead letter, and its aggregate's later ones behind it.
    fn deliver(&self, messages: &[Message]) -> impl Future<Output = Result<(), BoxError>> + Send;
}

impl<S: Sink> Sink for Arc<S> {
    async fn deliver(&self, messages: &[Message]) -> Result<(), BoxError> {
        S::deliver(self, messages).await
    }
}

/// An integration event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// What it is about: a topic, a subject, a routing key.
    pub topic: String,
    /// Messages with the same key stay in order: partition by it.
    pub key: AggregateId,
    /// The position of the event it came from. Rises with every message of a key, and is the same
    /// whenever the message is delivered again: what a receiver leaves out doubles by.
    pub position: Position,
    /// What it says.
    pub body: Json,
}

impl Message {
    /// A message; `key` and `position` are those of the event it came from.
    #[must_use]
    pub fn new(topic: impl Into<String>, key: AggregateId, position: Position, body: Json) -> Self {
        Self { topic: topic.into(), key, position, body }
    }
}

/// Publishes events to a [`Sink`]: at least once, in order per aggregate, from the log itself, so that
/// nothing is published that was not stored, and nothing stored is forgotten.
///
/// How far it has come is moved after the sink has taken the messages: after a crash in between they come
/// again, under the same [position](Message::position).
///
/// ```
/// use aether_core::projection::{Message, Publisher, Sink};
/// use aether_core::{BoxError, Filter, Json};
///
/// struct Printer;
///
/// impl Sink for Printer {
///     async fn deliver(&self, messages: &[Message]) -> Result<(), BoxError> {
///         messages.iter().for_each(|message| println!("{} {}", message.topic, message.body.as_str()));
///         Ok(())
///     }
/// }
///
/// # #[derive(serde::Serialize, serde::Deserialize, aether_core::Event)]
/// # enum FightEnded { FightEnded { winner: u32 } }
/// let publisher = Publisher::new("ended_fights", Filter::events::<FightEnded>(), Printer)
///     .translate(|event| {
///         let body = Json::encode(&serde_json::json!({ "fight": event.aggregate_id }))?;
///         Ok(Some(("fights.ended".to_owned(), body)))
///     });
/// ```
pub struct Publisher<S> {
    name: &'static str,
    filter: Filter,
    sink: S,
    settings: ProjectionSettings,
    translate: Box<Translate>,
}

type Translate = dyn Fn(&RecordedEvent) -> Result<Option<(String, Json)>, BoxError> + Send + Sync;

impl<S: Sink> Publisher<S> {
    /// A publisher under a name of its own, for the events that pass the filter. Without a
    /// [translation](Publisher::translate), a message's topic is the event's type and its body the
    /// envelope.
    pub fn new(name: &'static str, filter: Filter, sink: S) -> Self {
        let envelope =
            |event: &RecordedEvent| Ok(Some((event.event_type.to_string(), Json::encode(event)?)));
        let settings = ProjectionSettings::default();
        Self { name, filter, sink, settings, translate: Box::new(envelope) }
    }

    /// Other settings than the default ones.
    #[must_use]
    pub fn with(mut self, settings: ProjectionSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Says what others are told of an event: topic and body, or nothing. What leaves the house should
    /// not change whenever an event's form does.
    #[must_use]
    pub fn translate(
        mut self,
        translate: impl Fn(&RecordedEvent) -> Result<Option<(String, Json)>, BoxError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.translate = Box::new(translate);
        self
    }
}

impl<S: Sink> Projection<()> for Publisher<S> {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        self.name
    }

    fn filter(&self) -> Filter {
        self.filter.clone()
    }

    fn settings(&self) -> ProjectionSettings {
        self.settings.clone()
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], _tx: &mut ()) -> Result<(), BoxError> {
        let mut messages = Vec::with_capacity(events.len());
        for event in events {
            if let Some((topic, body)) = (self.translate)(event)? {
                let (key, position) = (event.aggregate_id, event.position);
                messages.push(Message { topic, key, position, body });
            }
        }
        if messages.is_empty() { Ok(()) } else { self.sink.deliver(&messages).await }
    }
}

/// Checkpoints of work whose effects lie outside of the read models: no transaction is open while
/// it is done.
pub(crate) struct Outside<R>(pub(crate) R);

#[async_trait]
impl<R: ReadModels> ReadModels for Outside<R> {
    type Tx = ();

    forward! { |self| self.0; meaning, database, checkpoints }

    async fn begin(&self) -> Result<()> {
        Ok(())
    }

    async fn commit(&self, _tx: (), shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        let tx = self.0.begin().await?;
        self.0.commit(tx, shard, step).await
    }

    async fn roll_back(&self, _tx: (), _: &Shard) -> Result<()> {
        Ok(())
    }

    /// What was published is not published again.
    fn maintenance(&self, _: Handler<()>) -> Option<Arc<dyn Maintenance>> {
        None
    }
}
