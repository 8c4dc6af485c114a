//! A small world whose events are told of: combats in a store in memory, channels, and announcers.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::EventStore;
use aether_core::chrono::Utc;
use aether_core::log::{Anchor, Append, ExpectedVersion, NewEvent, Read, StreamId};
use aether_core::memory::{MemoryReadModels, MemoryStore};
use aether_core::uuid::Uuid;
use aether_core::{AggregateId, Engine, Filter, Json, Node, Position};
use aether_realtime::bus::{
    Announcer, Bus, Channel, Channels, Feed, FeedSettings, FeedUpdate, Feeds,
};
use aether_testkit::DEADLINE;

/// What is told of an event: which one of its combat it is, and a payload.
pub(super) type Tale = (u32, serde_json::Value);

pub(super) struct World {
    pub(super) store: MemoryStore,
    pub(super) engine: Engine,
    /// Each combat has one: `combat:{n}:updates`.
    pub(super) updates: Channels<Tale>,
    /// Every third event of every combat is told of on `world:events`.
    pub(super) news: Channels<Tale>,
}

pub(super) fn combat(number: u128) -> AggregateId {
    AggregateId::new(Uuid::from_u128(number))
}

impl World {
    pub(super) fn new() -> Self {
        let store = MemoryStore::new();
        let all = || Filter::all().aggregate_types(["Combat"]);
        let updates = Channels::new("combat-updates", all(), |event| {
            if event.payload.as_str() == "\"illisible\"" {
                return Err("illisible on purpose".into());
            }
            let tale = (event.version.get(), event.payload.decode()?);
            Ok([(format!("combat:{}:updates", event.aggregate_id), tale)])
        });
        let news = Channels::new("world-events", all(), |event| {
            let tale = (event.version.get(), serde_json::Value::Null);
            Ok((event.version.get() % 3 == 0).then_some(("world:events", tale)))
        });
        Self { engine: Engine::new(store.clone()), store, updates, news }
    }

    /// Stores events of a combat; the position of the last one.
    pub(super) async fn append(&self, number: u128, count: usize) -> Position {
        self.append_with(number, vec![Json::empty(); count]).await
    }

    pub(super) async fn append_with(&self, number: u128, payloads: Vec<Json>) -> Position {
        let event =
            |payload| NewEvent::from_json("CoupPorte", payload, Uuid::now_v7().into(), Utc::now());
        let stream = StreamId::new("Combat", combat(number).as_uuid());
        let events = payloads.into_iter().map(event).collect();
        let append = Append::to(stream, ExpectedVersion::Any, events);
        let appended = self.store.append(append).await.expect("it can append");
        *appended.writes[0].positions.last().expect("there are events")
    }

    pub(super) fn channel(&self, number: u128) -> Channel<Tale> {
        channel_of(&self.updates, number)
    }

    pub(super) fn world_events(&self) -> Channel<Tale> {
        self.news.channel("world:events", Filter::all())
    }

    /// A node that announces, under the checkpoints in `models`.
    pub(super) fn announce(&self, bus: Arc<dyn Bus>, models: &MemoryReadModels<()>) -> Node {
        let announcer =
            Announcer::new("annonces", bus).channels(&self.updates).channels(&self.news);
        self.run(announcer, models)
    }

    pub(super) fn run(&self, announcer: Announcer, models: &MemoryReadModels<()>) -> Node {
        let checkpoints = announcer.checkpoints(models.clone(), self.engine.store().clone());
        Node::builder(&self.engine)
            .lease(Duration::from_millis(300))
            .projection(checkpoints, announcer)
            .start()
            .expect("a node of one announcer")
    }

    /// Feeds that do not look into the store on their own, but for what they are told.
    pub(super) fn feeds(&self, bus: Arc<dyn Bus>) -> Feeds {
        let settings = FeedSettings::new()
            .verify(Duration::from_secs(3600))
            .poll(Duration::from_millis(50))
            .kept(32)
            .page(16);
        Feeds::new(Arc::new(self.store.clone()), bus).with(settings)
    }

    /// The positions of the events of a combat, or of every third one of all.
    pub(super) async fn truth(&self, number: Option<u128>) -> Vec<u64> {
        let filter = Filter::all().aggregates(number.map(combat));
        let mut read = Read::all().filter(filter).limit(Read::MAX_LIMIT);
        let mut positions = Vec::new();
        loop {
            let page = self.store.read(read.clone()).await.expect("it can read");
            let told =
                page.events.iter().filter(|event| number.is_some() || event.version.get() % 3 == 0);
            positions.extend(told.map(|event| event.position.get()));
            read = read.after(page.position);
            if page.caught_up {
                return positions;
            }
        }
    }
}

pub(super) fn channel_of(updates: &Channels<Tale>, number: u128) -> Channel<Tale> {
    let id = combat(number);
    updates.channel(format!("combat:{id}:updates"), Filter::all().aggregates([id]))
}

/// A feed for a client that has seen everything up to a message, or nothing yet.
pub(super) async fn come_back(
    feeds: &Feeds,
    channel: &Channel<Tale>,
    last: Option<Anchor>,
) -> Feed<Tale> {
    let feed = match last {
        Some(last) => feeds.resume(channel, last).await,
        None => feeds.follow(channel, Position::START).await,
    };
    feed.expect("it can be followed")
}

/// The next message of a feed.
pub(super) async fn update(feed: &mut Feed<Tale>) -> FeedUpdate<Tale> {
    let next = tokio::time::timeout(DEADLINE, feed.next()).await;
    next.unwrap_or_else(|_| panic!("no message after {} in {DEADLINE:?}", feed.position()))
        .expect("a message")
}

/// The positions of the next `count` messages of a feed.
pub(super) async fn positions(feed: &mut Feed<Tale>, count: usize) -> Vec<u64> {
    let mut positions = Vec::with_capacity(count);
    for _ in 0..count {
        positions.push(update(feed).await.position.get());
    }
    positions
}
