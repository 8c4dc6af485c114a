//! The bus behind Sentinel and on a Cluster.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aether_contract::Backend;
use aether_contract::buses::{CAPACITY, feeds, lines, resume};
use aether_core::Position;
use aether_realtime::bus::{Bus, Listener, Notice, Signal};
use aether_redis::{KeySpace, RedisBus, RedisClient};
use aether_servers::{RedisCluster, RedisOptions, RedisSentinel};
use async_trait::async_trait;

use crate::probe::{quick, raw, raw_lines};

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
    /// The addresses of all servers, without a scheme.
    fn nodes(&self) -> Vec<String> {
        (0..)
            .map_while(|node| match self {
                Self::Sentinel(redis) => redis.url_of(node).ok(),
                Self::Cluster(redis) => redis.url_of(node).ok(),
            })
            .map(|url| address(&url))
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
impl Backend for Several {
    type Handle = Arc<dyn Bus>;

    async fn open() -> Self {
        unreachable!("several promises share one")
    }

    async fn connect(&self) -> Arc<dyn Bus> {
        let url = match &*self.deployed {
            Deployed::Sentinel(redis) => redis.url(),
            Deployed::Cluster(redis) => redis.url(),
        };
        let client = RedisClient::connect(url).with(quick().lazy(true)).await.unwrap();
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

    /// Fails over: what was the master is a replica then.
    async fn restart(&self) {
        match &*self.deployed {
            Deployed::Sentinel(redis) => {
                // refused while the last one is under way
                raw(&address(redis.url()), "SENTINEL FAILOVER aether");
            }
            Deployed::Cluster(_) => {
                let nodes = self.deployed.nodes();
                let is_replica = |node: &&String| raw_lines(node, "ROLE", 3)[2] == "slave";
                if let Some(replica) = nodes.iter().find(is_replica) {
                    raw(replica, "CLUSTER FAILOVER");
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

fn address(url: &str) -> String {
    url.split(['/', '?']).nth(2).unwrap().to_owned()
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

/// The nodes of a Cluster tell each other what is published, and nobody what got lost on the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_reaches_its_listeners_while_nodes_have_lost_each_other() {
    let options = RedisOptions::default().own().setting("enable-debug-command", "yes");
    let redis = RedisCluster::start(options).await.unwrap();
    let several = Arc::new(Deployed::Cluster(redis)).several();
    let nodes = several.deployed.nodes();
    let id_of = |node: &String| raw_lines(node, "CLUSTER MYID", 2).swap_remove(1);
    let ids: Vec<String> = nodes.iter().map(id_of).collect();
    let lose_each_other = || {
        for (node, own) in nodes.iter().zip(&ids) {
            // a link that is not there cannot be lost: Redis 7.0 crashes
            while raw_lines(node, "CLUSTER LINKS", 500).iter().filter(|line| *line == "to").count()
                < 5
            {
                std::thread::yield_now();
            }
            for other in ids.iter().filter(|id| *id != own) {
                assert_eq!(raw(node, &format!("DEBUG CLUSTERLINK KILL to {other}")), "+OK");
            }
        }
    };
    let publisher = several.connect().await;
    let mut listeners = Vec::new();
    for channel in ["a", "b", "c", "d", "e", "f"] {
        let bus = several.connect().await;
        let mut listener = bus.listen(channel);
        assert_eq!(listener.next().await, Some(Signal::Up));
        listeners.push((bus, listener));
    }
    for number in 1..=20 {
        let notice = |(_, listener): &(_, Listener)| Notice {
            channel: listener.channel().into(),
            position: Position::new(number),
            event_id: None,
            after: Position::new(number - 1),
            store: 3,
            incarnation: None,
            definition: 7,
            body: None,
        };
        let notices: Vec<Notice> = listeners.iter().map(notice).collect();
        lose_each_other();
        publisher.publish(&notices).await.unwrap();
        for (_, listener) in &mut listeners {
            let heard = tokio::time::timeout(Duration::from_secs(30), listener.next()).await;
            let Ok(Some(Signal::Notice(heard))) = heard else { panic!("{number}: {heard:?}") };
            assert_eq!(heard.position.get(), number);
        }
    }
}
