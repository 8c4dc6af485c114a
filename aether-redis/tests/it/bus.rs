//! The bus over Redis keeps every promise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aether_core::{Bus, Json, Notice, Signal};
use aether_redis::{Error, KeySpace, RedisBus, RedisClient};
use aether_testkit::buses::{BusBackend, CAPACITY, feeds, lines, resume};
use aether_testkit::servers::{Redis, RedisCluster, RedisOptions, RedisSentinel};
use async_trait::async_trait;

use crate::probe::{connect, eventually, own, quick, raw, raw_lines};

/// A server of its own: what is cut here would cut others, too.
struct Own {
    redis: Redis,
    keys: KeySpace,
}

#[async_trait]
impl BusBackend for Own {
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

aether_testkit::bus_contract!(Own);

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
    let client = RedisClient::connect_with(redis.url(), quick().lazy(true)).await.unwrap();
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

/// A deployment of several servers, which several promises share: each has a prefix of its own.
struct Several {
    deployed: Arc<Deployed>,
    keys: KeySpace,
}

enum Deployed {
    Sentinel(RedisSentinel),
    Cluster(RedisCluster),
}

impl Deployed {
    fn nodes(&self) -> Vec<String> {
        (0..)
            .map_while(|node| match self {
                Self::Sentinel(redis) => redis.url_of(node).ok(),
                Self::Cluster(redis) => redis.url_of(node).ok(),
            })
            .collect()
    }

    fn several(self: &Arc<Self>) -> Arc<Several> {
        static PREFIX: AtomicU32 = AtomicU32::new(0);
        let prefix = format!("essai-{}:", PREFIX.fetch_add(1, Ordering::SeqCst));
        let keys = KeySpace::with_prefix(prefix).unwrap().hash_tags(true);
        Arc::new(Several { deployed: self.clone(), keys })
    }
}

#[async_trait]
impl BusBackend for Several {
    async fn open() -> Self {
        unreachable!("several promises share one")
    }

    async fn connect(&self) -> Arc<dyn Bus> {
        let url = match &*self.deployed {
            Deployed::Sentinel(redis) => redis.url(),
            Deployed::Cluster(redis) => redis.url(),
        };
        let client = RedisClient::connect_with(url, quick().lazy(true)).await.unwrap();
        while client.ping().await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Arc::new(RedisBus::with_capacity(client, self.keys.clone(), CAPACITY).unwrap())
    }

    async fn cut(&self) {
        for node in self.deployed.nodes() {
            raw(&node, "CLIENT KILL TYPE pubsub");
        }
    }

    /// Fails over: what it was takes no more part, or is a replica now.
    async fn restart(&self) {
        match &*self.deployed {
            Deployed::Sentinel(redis) => drop(redis.failover().await),
            Deployed::Cluster(redis) => {
                let slot = redis.slot_of("any").await.unwrap();
                if let Ok(master) = redis.master_of(slot).await {
                    drop(redis.failover(master).await);
                }
            }
        }
    }

    async fn is_subscribed(&self, channel: &str) -> bool {
        let command = format!("PUBSUB NUMSUB {}{channel}", self.keys.prefix());
        self.deployed
            .nodes()
            .iter()
            .any(|node| raw_lines(node, &command, 4).get(3).is_some_and(|number| number != ":0"))
    }
}

/// Those of the contract that could go wrong for having several servers.
async fn keeps_its_promises(deployed: Deployed) {
    let deployed = Arc::new(deployed);
    lines::a_notice_reaches_every_listener_of_its_channel_and_nobody_else(deployed.several()).await;
    lines::notices_keep_the_order_of_their_publisher(deployed.several()).await;
    lines::the_subscription_ends_with_its_last_listener(deployed.several()).await;
    lines::a_hundred_channels_are_kept_apart(deployed.several()).await;
    lines::a_cut_is_told_and_heals(deployed.several()).await;
    feeds::what_is_stored_comes_first_and_then_what_happens(deployed.several()).await;
    feeds::a_cut_loses_and_doubles_nothing(deployed.several()).await;
    resume::a_hundred_clients_see_everything_once_in_order_whatever_is_cut(deployed.several())
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_behind_sentinel_keeps_its_promises() {
    let redis = RedisSentinel::start(RedisOptions::default().own()).await.unwrap();
    keeps_its_promises(Deployed::Sentinel(redis)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_on_a_cluster_keeps_its_promises() {
    let redis = RedisCluster::start(RedisOptions::default().own()).await.unwrap();
    keeps_its_promises(Deployed::Cluster(redis)).await;
}
