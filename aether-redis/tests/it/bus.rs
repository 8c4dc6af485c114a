//! The bus over Redis keeps every promise.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_contract::Backend;
use aether_contract::buses::CAPACITY;
use aether_core::backend::EventStore as _;
use aether_core::chrono::Utc;
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::memory::{MemoryReadModels, MemoryStore};
use aether_core::uuid::Uuid;
use aether_core::{Engine, Filter, Json, Node, Position};
use aether_realtime::bus::{Announcer, Bus, Channels, Feed, FeedSettings, Feeds, Notice, Signal};
use aether_redis::{Error, KeySpace, RedisBus, RedisClient};
use aether_servers::Redis;
use async_trait::async_trait;

use crate::probe::{connect, eventually, own, quick, raw, raw_lines};

/// A server of its own: what is cut here would cut others, too.
struct Own {
    redis: Redis,
    keys: KeySpace,
}

#[async_trait]
impl Backend for Own {
    type Handle = Arc<dyn Bus>;

    async fn open() -> Self {
        let redis = own().await;
        let keys = KeySpace::with_prefix("essai:").unwrap().hash_tags(true);
        Self { redis, keys }
    }

    async fn connect(&self) -> Arc<dyn Bus> {
        let client = connect(self.redis.url()).await;
        Arc::new(RedisBus::with_capacity(client, self.keys.clone(), CAPACITY).unwrap())
    }

    async fn cut(&self) {
        let killed = raw(self.redis.url(), "CLIENT KILL TYPE pubsub");
        assert!(killed.starts_with(':'), "{killed}");
    }

    async fn restart(&self) {
        self.redis.kill9().await.unwrap();
        self.redis.restart().await.unwrap();
    }

    async fn is_subscribed(&self, channel: &str) -> bool {
        raw_lines(self.redis.url(), &format!("PUBSUB NUMSUB essai:{channel}"), 4)[3] != ":0"
    }
}

aether_contract::bus_contract!(Own);

async fn bus_on(redis: &Redis) -> RedisBus {
    RedisBus::new(connect(redis.url()).await, KeySpace::new()).unwrap()
}

fn hello(channel: &str) -> [Notice; 1] {
    [Notice::passing(channel, Json::empty())]
}

#[tokio::test]
async fn a_process_listens_to_many_channels_over_one_connection() {
    let redis = own().await;
    let bus = bus_on(&redis).await;
    let mut listeners: Vec<_> =
        (0..1000).map(|n| bus.listen(&format!("combat:{}:updates", n % 500))).collect();
    for listener in &mut listeners {
        assert_eq!(listener.next().await, Some(Signal::Up));
    }
    let clients = raw(redis.url(), "CLIENT LIST TYPE pubsub");
    assert!(clients.starts_with('$'), "{clients}");
    let text = raw_lines(redis.url(), "CLIENT LIST TYPE pubsub", 2);
    assert!(text[1].contains("sub=500"), "{text:?}");
    assert_eq!(bus.channels(), 500);
    drop(listeners);
    eventually("all are unsubscribed", async || {
        raw_lines(redis.url(), "PUBSUB CHANNELS", 1)[0] == "*0"
    })
    .await;
}

#[tokio::test]
async fn a_bus_without_redis_says_so_and_comes_up_with_it() {
    let redis = own().await;
    redis.kill9().await.unwrap();
    let client = RedisClient::connect(redis.url()).with(quick().lazy(true)).await.unwrap();
    let bus = RedisBus::new(client, KeySpace::new()).unwrap();
    let mut listener = bus.listen("a");
    let started = Instant::now();
    let error = bus.publish(&hello("a")).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(started.elapsed() < Duration::from_millis(500), "answered at once");
    assert!(!bus.is_up());
    redis.restart().await.unwrap();
    assert_eq!(listener.next().await, Some(Signal::Up));
    eventually("published", async || bus.publish(&hello("a")).await.is_ok()).await;
    assert!(matches!(listener.next().await, Some(Signal::Notice(_))));
}

/// The connection stays open and nobody answers: a network that swallows, a server that hangs.
#[tokio::test]
async fn a_connection_that_is_dead_and_does_not_say_so_is_noticed() {
    let redis = own().await;
    let bus = bus_on(&redis).await;
    let mut listener = bus.listen("a");
    assert_eq!(listener.next().await, Some(Signal::Up));
    redis.pause().await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(10), listener.next()).await;
    assert_eq!(told.unwrap(), Some(Signal::Down));
    redis.resume().await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(20), listener.next()).await;
    assert_eq!(told.unwrap(), Some(Signal::Up));
}

#[tokio::test]
async fn a_message_of_somebody_else_is_something_missed() {
    let redis = own().await;
    let bus = bus_on(&redis).await;
    let mut listener = bus.listen("a");
    assert_eq!(listener.next().await, Some(Signal::Up));
    raw(redis.url(), "PUBLISH a hello");
    assert_eq!(listener.next().await, Some(Signal::Lagged));
    raw(
        redis.url(),
        r#"PUBLISH a "{\"sequence\":3,\"after\":2,\"definition\":\"ff\",\"payload\":[1]}""#,
    );
    let Some(Signal::Notice(notice)) = listener.next().await else { panic!("a notice") };
    assert_eq!((notice.position.get(), notice.definition), (3, 255));
    assert_eq!(notice.body.unwrap().as_str(), "[1]");
}

#[tokio::test]
async fn what_is_dropped_is_disconnected() {
    let redis = own().await;
    let bus = bus_on(&redis).await;
    let mut listener = bus.listen("a");
    assert_eq!(listener.next().await, Some(Signal::Up));
    drop(bus);
    let ended = tokio::time::timeout(Duration::from_secs(5), async {
        while listener.next().await.is_some() {}
    });
    ended.await.unwrap();
    eventually("nobody is subscribed", async || {
        raw_lines(redis.url(), "PUBSUB CHANNELS", 1)[0] == "*0"
    })
    .await;
}

#[tokio::test]
async fn who_has_no_right_to_publish_is_told() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let bus = RedisBus::new(client, KeySpace::new()).unwrap();
    raw(redis.url(), "ACL SETUSER default -publish");
    let error = bus.publish(&hello("a")).await.unwrap_err();
    let found = Error::find_in(&error);
    assert!(matches!(found, Some(Error::Denied { .. })), "{error}");
}

#[tokio::test]
async fn games_that_differ_in_the_database_number_show_only_their_own_events() {
    let redis = own().await;
    let mut seen = Vec::new();
    let games: Vec<Game> = vec![Game::start(&redis, 0).await, Game::start(&redis, 1).await];
    for round in 0..5_u64 {
        for (game, number) in games.iter().zip(0_u64..) {
            game.note(round * 10 + number).await;
        }
        for game in &games {
            seen.push(game.next().await);
        }
    }
    let expected = (0..5).flat_map(|round| [round * 10, round * 10 + 1]);
    assert_eq!(seen, expected.collect::<Vec<_>>());
    for game in games {
        game.node.stop().await.unwrap();
    }
}

/// A store of its own, announced on a database of a Redis.
struct Game {
    store: MemoryStore,
    node: Node,
    feed: tokio::sync::Mutex<Feed<u64>>,
}

impl Game {
    async fn start(redis: &Redis, database: u8) -> Self {
        let client = connect(&format!("{}/{database}", redis.url())).await;
        let bus = RedisBus::new(client, KeySpace::new()).unwrap();
        let notes = Channels::new("notes", Filter::all(), |event| {
            Ok([("notes".to_owned(), event.payload.decode::<u64>()?)])
        });
        let store = MemoryStore::new();
        let engine = Engine::new(store.clone());
        let announcer = Announcer::new("announcer", bus.clone()).channels(&notes);
        let models = MemoryReadModels::<()>::default();
        let checkpoints = announcer.checkpoints(models, engine.store().clone());
        let node = Node::builder(&engine).projection(checkpoints, announcer).start().unwrap();
        // what is not told is not looked for
        let settings = FeedSettings::new().verify(Duration::from_secs(3600));
        let feeds = Feeds::new(Arc::new(store.clone()), bus).with(settings);
        let channel = notes.channel("notes", Filter::all());
        let feed = feeds.follow(&channel, Position::START).await.unwrap();
        Self { store, node, feed: feed.into() }
    }

    async fn note(&self, number: u64) {
        let payload = Json::encode(&number).unwrap();
        let event = NewEvent::from_json("Noted", payload, Uuid::now_v7().into(), Utc::now());
        let stream = StreamId::new("Notes", Uuid::from_u128(1));
        let append = Append::to(stream, ExpectedVersion::Any, vec![event]);
        self.store.append(append).await.unwrap();
    }

    async fn next(&self) -> u64 {
        let next = async { self.feed.lock().await.next().await.unwrap().message };
        tokio::time::timeout(Duration::from_secs(20), next).await.unwrap()
    }
}
