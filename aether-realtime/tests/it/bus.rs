//! The bus in memory keeps every promise; and what only a bus that can be made to lie shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aether_contract::Backend;
use aether_contract::buses::CAPACITY;
use aether_core::backend::Checkpoints as _;
use aether_core::chrono::Utc;
use aether_core::memory::{MemoryReadModels, MemoryStore};
use aether_core::time::{Random as _, SeededRandom};
use aether_core::{AggregateId, Engine, Error, Filter, Json, Node, Position, Result};
use aether_realtime::bus::{
    Announcer, Bus, Channel, Channels, Feed, FeedSettings, Feeds, Listener, MemoryBus, Notice,
    Signal,
};
use aether_testkit::chaos::{ChaosStore, Fault, Faults};
use aether_testkit::clock::ManualClock;
use async_trait::async_trait;
use futures::FutureExt as _;

use crate::chest::{Chest, Deposit};
use crate::mortal::MortalStore;

struct Memory(MemoryBus);

#[async_trait]
impl Backend for Memory {
    type Handle = Arc<dyn Bus>;

    async fn open() -> Self {
        Self(MemoryBus::with_capacity(CAPACITY))
    }

    async fn connect(&self) -> Arc<dyn Bus> {
        Arc::new(self.0.clone())
    }

    async fn cut(&self) {
        self.0.cut();
    }

    async fn mend(&self) {
        self.0.mend();
    }

    async fn is_subscribed(&self, channel: &str) -> bool {
        self.0.has_listeners(channel)
    }
}

aether_contract::bus_contract!(Memory);

/// Loses, doubles and shuffles what it is given, and tells nobody.
struct Liar {
    inner: MemoryBus,
    random: SeededRandom,
}

#[async_trait]
impl Bus for Liar {
    async fn publish(&self, notices: &[Notice]) -> Result<()> {
        let mut sent: Vec<Notice> = notices.to_vec();
        for notice in notices {
            match self.random.next() % 4 {
                0 => sent.retain(|other| other != notice),
                1 => sent.push(notice.clone()),
                _ => {}
            }
        }
        sent.sort_by_key(|_| self.random.next());
        self.inner.publish(&sent).await
    }

    fn listen(&self, channel: &str) -> Listener {
        self.inner.listen(channel)
    }
}

fn gains() -> (Channels<u32>, Channel<u32>) {
    let gains =
        Channels::new("gains", Filter::all(), |event| Ok(Some(("or", event.version.get()))));
    let channel = gains.channel("or", Filter::all());
    (gains, channel)
}

fn announce(engine: &Engine, announcer: Announcer) -> Node {
    announce_from(engine, MemoryReadModels::default(), announcer)
}

fn announce_from(engine: &Engine, models: MemoryReadModels<()>, announcer: Announcer) -> Node {
    let checkpoints = announcer.checkpoints(models, engine.store().clone());
    Node::builder(engine).projection(checkpoints, announcer).start().unwrap()
}

async fn earn(engine: &Engine, id: AggregateId, times: u32) {
    for _ in 0..times {
        engine.execute::<Chest>(id, Deposit(1)).await.unwrap();
    }
}

async fn next(feed: &mut Feed<u32>) -> u32 {
    let next = tokio::time::timeout(Duration::from_secs(20), feed.next()).await;
    next.expect("a message in time").unwrap().message
}

/// Everything is right without a word from the bus; signals and notices only make it quick.
#[tokio::test]
async fn a_bus_that_lies_delays_messages_and_does_no_other_harm() {
    for seed in 0..10 {
        let engine = Engine::new(MemoryStore::new());
        let id = AggregateId::generate();
        let (gains, channel) = gains();
        let bus = Arc::new(Liar { inner: MemoryBus::new(), random: SeededRandom::new(seed) });
        let node = announce(&engine, Announcer::new("menteur", bus.clone()).channels(&gains));
        let settings = FeedSettings::new().verify(Duration::from_millis(20)).kept(8).page(5);
        let feeds = Feeds::new(engine.store().clone(), bus).with(settings);
        let mut feed = feeds.follow(&channel, Position::START).await.unwrap();
        for round in 0..30 {
            earn(&engine, id, 10).await;
            for step in 1..=10 {
                assert_eq!(next(&mut feed).await, round * 10 + step, "seed {seed}");
            }
        }
        assert!(feed.next().now_or_never().is_none());
        node.stop().await.unwrap();
    }
}

#[tokio::test]
async fn without_a_bus_messages_come_from_the_store() {
    let engine = Engine::new(MemoryStore::new());
    let id = AggregateId::generate();
    let (_, channel) = gains();
    let bus = MemoryBus::new();
    bus.cut();
    let settings = FeedSettings::new().poll(Duration::from_millis(20));
    let feeds = Feeds::new(engine.store().clone(), bus).with(settings);
    let mut feed = feeds.follow(&channel, Position::START).await.unwrap();
    for round in 1..=5 {
        earn(&engine, id, 1).await;
        assert_eq!(next(&mut feed).await, round);
    }
}

#[tokio::test]
async fn what_was_stored_during_a_cut_comes_when_the_bus_is_back() {
    let engine = Engine::new(MemoryStore::new());
    let id = AggregateId::generate();
    let (_, channel) = gains();
    let bus = MemoryBus::new();
    let never = Duration::from_secs(3600);
    let settings = FeedSettings::new().poll(never).verify(never);
    let feeds = Feeds::new(engine.store().clone(), bus.clone()).with(settings);
    let mut feed = feeds.follow(&channel, Position::START).await.unwrap();
    earn(&engine, id, 1).await;
    assert_eq!(next(&mut feed).await, 1);
    for round in 1..=20 {
        bus.cut();
        // at the cut the store is looked at once more
        let looked = tokio::time::timeout(Duration::from_millis(5), feed.next()).await;
        assert!(looked.is_err(), "nothing has happened");
        earn(&engine, id, 1).await;
        bus.mend();
        assert_eq!(next(&mut feed).await, round + 1);
    }
}

#[tokio::test]
async fn linked_notices_need_no_look_into_the_store() {
    let store = MortalStore::new();
    let id = AggregateId::generate();
    let engine = Engine::new(store.clone());
    let counting = store.counting_apart();
    let (gains, channel) = gains();
    let bus = MemoryBus::new();
    let node = announce(&engine, Announcer::new("annonces", bus.clone()).channels(&gains));
    let feeds = Feeds::new(Arc::new(counting.clone()), bus);
    let mut all = Vec::new();
    for _ in 0..50 {
        all.push(feeds.follow_live(&channel).await.unwrap());
    }
    earn(&engine, id, 1).await;
    for feed in &mut all {
        assert_eq!(next(feed).await, 1);
    }
    let before = counting.pages();
    for round in 2..=100 {
        earn(&engine, id, 1).await;
        for feed in &mut all {
            assert_eq!(next(feed).await, round);
        }
    }
    let reads = counting.pages() - before;
    assert!(reads <= 3, "{reads} reads of the store for 50 feeds and 99 messages");
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_store_that_fails_now_and_then_delays_messages_and_does_no_other_harm() {
    let store = MemoryStore::new();
    let id = AggregateId::generate();
    let engine = Engine::new(store.clone());
    let (gains, channel) = gains();
    let bus = MemoryBus::new();
    let node = announce(&engine, Announcer::new("annonces", bus.clone()).channels(&gains));
    let chaos = ChaosStore::wrap(Arc::new(store), Faults::none());
    let feeds = Feeds::new(Arc::new(chaos.clone()), bus.clone());
    let mut feed = feeds.follow(&channel, Position::START).await.unwrap();
    for round in 0..10 {
        bus.cut();
        for _ in 0..3 {
            chaos.next_read(Fault::Unavailable);
        }
        earn(&engine, id, 3).await;
        bus.mend();
        for step in 1..=3 {
            assert_eq!(next(&mut feed).await, round * 3 + step);
        }
    }
    assert!(chaos.injected().total() >= 10, "{:?}", chaos.injected());
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_closed_store_ends_its_feeds() {
    let (engine, (_, channel)) = (Engine::new(MemoryStore::new()), gains());
    let bus = MemoryBus::new();
    let id = AggregateId::generate();
    let settings = FeedSettings::new().poll(Duration::from_millis(5));
    let feeds = Feeds::new(engine.store().clone(), bus.clone()).with(settings);
    earn(&engine, id, 1).await;
    let mut feed = feeds.follow(&channel, Position::START).await.unwrap();
    assert_eq!(next(&mut feed).await, 1);
    engine.close().await;
    // what is stored can still be followed from the start; from its end there is nothing to wait for
    assert!(matches!(feeds.follow(&channel, Position::new(2)).await, Err(Error::Closed)));
}

/// Sends nothing at all: counts.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

#[async_trait]
impl Bus for Counter {
    async fn publish(&self, notices: &[Notice]) -> Result<()> {
        self.0.fetch_add(notices.len(), Ordering::SeqCst);
        Ok(())
    }

    fn listen(&self, channel: &str) -> Listener {
        MemoryBus::new().listen(channel)
    }
}

#[tokio::test]
async fn an_announcer_that_is_new_to_an_old_log_does_not_tell_it_all() {
    let engine = Engine::new(MemoryStore::new());
    let id = AggregateId::generate();
    let (gains, _) = gains();
    earn(&engine, id, 20).await;
    let clock = ManualClock::at(Utc::now());
    clock.advance(Duration::from_mins(2));
    let counter = Counter::default();
    let announcer =
        Announcer::new("annonces", counter.clone()).channels(&gains).clock(clock.clone());
    let node = announce(&engine, announcer);
    engine.settle().await.unwrap();
    assert_eq!(counter.0.load(Ordering::SeqCst), 0);
    clock.set_back(Duration::from_mins(2));
    earn(&engine, id, 3).await;
    engine.settle().await.unwrap();
    assert_eq!(counter.0.load(Ordering::SeqCst), 3);
    node.stop().await.unwrap();
}

/// Refuses everything, for good, until it is opened.
#[derive(Clone)]
struct Shut(MemoryBus, Arc<AtomicUsize>);

#[async_trait]
impl Bus for Shut {
    async fn publish(&self, notices: &[Notice]) -> Result<()> {
        match self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => Err(Error::Backend { source: "no rights on purpose".into() }),
            Err(_) => self.0.publish(notices).await,
        }
    }

    fn listen(&self, channel: &str) -> Listener {
        self.0.listen(channel)
    }
}

#[tokio::test]
async fn a_bus_that_refuses_is_waited_for_and_no_event_is_parked() {
    let (engine, id, (gains, channel)) =
        (Engine::new(MemoryStore::new()), AggregateId::generate(), gains());
    let (models, bus) = (MemoryReadModels::<()>::default(), MemoryBus::new());
    let shut = Shut(bus.clone(), Arc::new(AtomicUsize::new(6)));
    let announcer = Announcer::new("annonces", shut).channels(&gains);
    let node = announce_from(&engine, models.clone(), announcer);
    let mut listener = bus.listen(channel.name());
    earn(&engine, id, 3).await;
    engine.settle().await.unwrap();
    let mut heard = Vec::new();
    while let Some(Some(signal)) = listener.next().now_or_never() {
        if let Signal::Notice(notice) = signal {
            heard.push(notice.position.get());
        }
    }
    assert_eq!(heard, [1, 2, 3]);
    assert!(models.letters("annonces", None).await.unwrap().is_empty());
    node.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_not_from_the_log_is_for_listeners_only() {
    let bus = MemoryBus::new();
    let mut listener = bus.listen("zone:3:chat");
    let said = Notice::passing("zone:3:chat", Json::encode("bonjour").unwrap());
    bus.publish(std::slice::from_ref(&said)).await.unwrap();
    assert_eq!(listener.next().await, Some(Signal::Up));
    assert_eq!(listener.next().await, Some(Signal::Notice(said)));
}
