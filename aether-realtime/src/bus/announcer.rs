//! Publishes what was stored: a projection whose read model is the bus.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{
    Checkpoint, Checkpoints, EventStore, Maintenance, ReadModels, Registration, Step, forward,
};
use aether_core::log::Incarnation;
use aether_core::projection::{Handler, Shard};
use aether_core::time::{Clock, SystemClock};
use aether_core::{
    AnyEvent, BoxError, Error, EventId, Filter, Json, Position, Projection, Recorded,
    RecordedEvent, Result,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, OnceCell};

use super::chain::{self, Chain};
use super::channels::{Channels, Definition, store_mark};
use super::{Bus, Notice};

/// Publishes the messages of [`Channels`] on a [`Bus`], as soon as their events are stored: what makes
/// [`Feeds`](super::Feeds) quick. A projection as any other, over its own [`checkpoints`](Announcer::checkpoints); one
/// node at a time runs it.
///
/// Messages are sent in the order of the log, with [links](Notice::after) that let a reader see whether it has
/// missed one. A bus that is away is waited for. One announcer for several kinds of channels needs one pass over
/// the log; several announcers can run on different nodes.
///
/// ```
/// # use aether_core::backend::ReadModels;
/// # use aether_core::{Engine, Node, Result};
/// # use aether_realtime::bus::{Announcer, Bus, Channels};
/// # fn example(engine: &Engine, read_models: impl ReadModels, bus: impl Bus, updates: Channels<String>) -> Result<Node> {
/// let announcer = Announcer::new("announcer", bus).channels(&updates);
/// let checkpoints = announcer.checkpoints(read_models, engine.store().clone());
/// Node::builder(engine).projection(checkpoints, announcer).start()
/// # }
/// ```
#[derive(Debug)]
pub struct Announcer {
    name: &'static str,
    bus: Arc<dyn Bus>,
    definitions: Vec<Arc<Definition>>,
    body_limit: usize,
    max_age: Duration,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Announcer {
    /// An announcer under a name of its own (what its checkpoint is kept under), for no channels yet.
    #[must_use]
    pub fn new(name: &'static str, bus: impl Bus) -> Self {
        Self {
            name,
            bus: Arc::new(bus),
            definitions: Vec::new(),
            body_limit: 16 * 1024,
            max_age: Duration::from_secs(60),
            clock: Arc::new(SystemClock),
        }
    }

    /// Publishes the messages of these channels, too.
    #[must_use]
    pub fn channels<M: Serialize + DeserializeOwned + 'static>(
        mut self,
        channels: &Channels<M>,
    ) -> Self {
        self.definitions.push(channels.definition().clone());
        self
    }

    /// Messages with more bytes of JSON than this are only mentioned; readers fetch them from the event store.
    /// Default 16 KiB.
    #[must_use]
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Messages of events that were stored longer ago are not sent: after an outage, and when an announcer is
    /// new to an old log. Readers have found them in the event store meanwhile. Default 60 seconds; must be
    /// longer than they take for that ([`FeedSettings::verify`](super::FeedSettings::verify)).
    #[must_use]
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// The clock that [`max_age`](Announcer::max_age) is measured by. Default the machine's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The read models to run it with: its checkpoint is kept in `models`, and it tells of events of `store`.
    #[must_use]
    pub fn checkpoints<R: ReadModels>(&self, models: R, store: impl EventStore) -> Announced<R> {
        Announced {
            models,
            store: Teller { store: Arc::new(store), mark: OnceCell::new() },
            bus: self.bus.clone(),
            max_age: self.max_age,
            clock: self.clock.clone(),
            chain: Mutex::new(Chain::new(chain::REMEMBERED)),
        }
    }

    fn draft(&self, event: &RecordedEvent, drafts: &mut Drafts) {
        for definition in &self.definitions {
            let messages = match definition.messages(event) {
                Ok(messages) => messages,
                Err(error) => {
                    tracing::warn!(announcer = self.name, %error, "an event is not announced");
                    drafts.0.push(Draft::unknown(event.position));
                    continue;
                }
            };
            for (channel, body) in messages {
                let body = body.inspect_err(|error| {
                    tracing::warn!(announcer = self.name, channel, %error, "a message cannot be made");
                });
                drafts.0.push(Draft {
                    step: chain::Step { position: event.position, channel: Some(channel.into()) },
                    event_id: Some(event.event_id),
                    definition: definition.mark,
                    body: body.ok().filter(|body| body.as_str().len() <= self.body_limit),
                    stored_at: event.recorded_at,
                });
            }
        }
    }
}

impl Projection<Drafts> for Announcer {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        self.name
    }

    fn filter(&self) -> Filter {
        Filter::around(self.definitions.iter().map(|definition| &definition.filter))
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        drafts: &mut Drafts,
    ) -> Result<(), BoxError> {
        for event in events {
            self.draft(event, drafts);
        }
        Ok(())
    }
}

/// The messages of a batch, on their way to the bus.
#[derive(Debug, Default)]
pub struct Drafts(Vec<Draft>);

#[derive(Debug)]
struct Draft {
    step: chain::Step,
    event_id: Option<EventId>,
    definition: u64,
    body: Option<Json>,
    stored_at: DateTime<Utc>,
}

impl Draft {
    /// An event that may be on any channel.
    fn unknown(position: Position) -> Self {
        let step = chain::Step { position, channel: None };
        let stored_at = DateTime::UNIX_EPOCH;
        Self { step, event_id: None, definition: 0, body: None, stored_at }
    }
}

/// Checkpoints of an [`Announcer`], kept in the read models `R`; moving one sends the messages first.
///
/// From where to where a checkpoint moves is what the links of the messages rest on: everything in between has
/// gone through here.
#[derive(Debug)]
pub struct Announced<R> {
    models: R,
    store: Teller,
    bus: Arc<dyn Bus>,
    max_age: Duration,
    clock: Arc<dyn Clock>,
    chain: Mutex<Chain>,
}

/// The store whose events are announced, with what stands for it in notices.
struct Teller {
    store: Arc<dyn EventStore>,
    mark: OnceCell<u64>,
}

impl Teller {
    async fn mark(&self) -> Result<u64> {
        self.mark.get_or_try_init(|| store_mark(self.store.as_ref())).await.copied()
    }
}

impl std::fmt::Debug for Teller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Teller").field(&self.mark.get()).finish()
    }
}

impl<R: ReadModels> Announced<R> {
    fn notices(
        &self,
        store: u64,
        incarnation: Option<Incarnation>,
        drafts: Vec<Draft>,
        links: Vec<Position>,
    ) -> Vec<Notice> {
        let (now, all) = (self.clock.now(), drafts.len());
        let mut notices = Vec::with_capacity(all);
        for (draft, after) in drafts.into_iter().zip(links) {
            let Draft { step, event_id, definition, body, stored_at } = draft;
            let chain::Step { position, channel } = step;
            let old = (now - stored_at).to_std().is_ok_and(|age| age > self.max_age);
            let Some(channel) = channel.filter(|_| !old) else { continue };
            notices.push(Notice {
                channel,
                position,
                event_id,
                after,
                store,
                incarnation,
                definition,
                body,
            });
        }
        metrics::counter!("aether_bus_published_total").increment(notices.len() as u64);
        metrics::counter!("aether_bus_skipped_total").increment((all - notices.len()) as u64);
        notices
    }
}

#[async_trait]
impl<R: ReadModels> ReadModels for Announced<R> {
    type Tx = Drafts;

    forward! { |self| self.models; meaning, database }

    async fn begin(&self) -> Result<Drafts> {
        Ok(Drafts::default())
    }

    /// Sends the messages, then moves the checkpoint. A bus that fails is
    /// [unavailable](Error::Unavailable), whatever it says: it is no fault of the events.
    async fn commit(&self, tx: Drafts, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        let mut drafts = tx.0;
        if !step.parked.is_empty() {
            let parked = step.parked.iter().map(|letter| Draft::unknown(letter.position));
            drafts.extend(parked);
            drafts.sort_by_key(|draft| draft.step.position);
        }
        let store = self.store.mark().await?;
        let steps: Vec<chain::Step> = drafts.iter().map(|draft| draft.step.clone()).collect();
        let mut chain = self.chain.lock().await;
        chain.resume(step.from.position, step.read_in);
        let links = chain.links(&steps);
        let notices = self.notices(store, step.read_in, drafts, links);
        if !notices.is_empty() {
            let sent = self.bus.publish(&notices).await;
            sent.map_err(|error| Error::Unavailable { source: error.into() })?;
        }
        let inner = self.models.begin().await?;
        let reached = self.models.commit(inner, shard, step).await?;
        chain.advance(&steps, step.to);
        Ok(reached)
    }

    async fn roll_back(&self, tx: Drafts, _: &Shard) -> Result<()> {
        drop(tx);
        Ok(())
    }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        Arc::new(OneShard(self.models.checkpoints()))
    }

    /// What was announced is not announced again.
    fn maintenance(&self, _: Handler<Drafts>) -> Option<Arc<dyn Maintenance>> {
        None
    }
}

/// Checkpoints of projections in one shard.
struct OneShard(Arc<dyn Checkpoints>);

#[async_trait]
impl Checkpoints for OneShard {
    forward! { |self| self.0; claim, checkpoint, stored, orders, report, letters, order }

    /// Besides the errors of the trait: [`Error::Backend`] if it was registered in several shards, whose
    /// links would not be true.
    async fn register(&self, projection: &Registration<'_>) -> Result<u16> {
        match self.0.register(projection).await? {
            1 => Ok(1),
            shards => Err(Error::Backend {
                source: format!(
                    "{} is cut into {shards} shards; an announcer runs in one: give it another name",
                    projection.projection
                )
                .into(),
            }),
        }
    }
}
