//! Redis with Sentinel for tests: a master, two replicas and three sentinels, all on this machine.

use std::path::Path;

use super::RedisOptions;
use super::group::{RedisGroup, Topology};
use super::node::{Node, Wait, random_id, settings};
use super::wire::{Answer, ask};
use crate::ServersError;
use crate::selection::{Choice, Surroundings};

/// A master and its replicas.
const SERVERS: usize = 3;
const SENTINELS: usize = 3;
/// What the sentinels call the master.
const NAME: &str = "aether";

/// A master, two replicas and three sentinels.
///
/// Nodes 0 to 2 are the servers, 0 the master at first; 3 to 5 are the sentinels. A master that dies is replaced within
/// about three seconds.
pub type RedisSentinel = RedisGroup<Sentinel>;

/// The sentinels of a [`RedisSentinel`] watch a master and its replicas.
#[derive(Debug)]
pub struct Sentinel;

impl Topology for Sentinel {
    const NAME: &'static str = "Redis with Sentinel";
    const NOT_READY: &'static str = "Sentinel does not work";
    const NODE_SCHEME: &'static str = "redis";

    fn choose(here: &Surroundings) -> Result<Choice, ServersError> {
        here.choose_redis_sentinel()
    }

    async fn launch(program: &Path, options: &RedisOptions) -> Result<Vec<Node>, ServersError> {
        let ids: Vec<String> = (0..SENTINELS).map(|_| random_id()).collect();
        Node::start_group(program, SERVERS, SERVERS + SENTINELS, 1, |ports, index| {
            let ports: Vec<u16> = ports.iter().map(|ports| ports[0]).collect();
            match index {
                0 => vec![("redis.conf", settings(ports[0], &options.settings))],
                1..SERVERS => {
                    let settings = settings(ports[index], &options.settings);
                    let master = format!("replicaof 127.0.0.1 {}\n", ports[0]);
                    vec![("redis.conf", settings + &master)]
                }
                _ => vec![("sentinel.conf", watching(&ids, &ports, index - SERVERS))],
            }
        })
        .await
    }

    fn url(nodes: &[Node]) -> String {
        let (first, others) = (&nodes[SERVERS], &nodes[SERVERS + 1..]);
        let others = others.iter().map(|node| format!("&node=127.0.0.1:{}", node.port));
        let others: String = others.collect();
        format!("redis-sentinel://127.0.0.1:{}?sentinelServiceName={NAME}{others}", first.port)
    }

    /// Whether every sentinel knows the replicas and the other sentinels.
    async fn works(sentinel: &RedisSentinel, addresses: &[(String, u16)]) -> bool {
        for (host, port) in addresses {
            let Ok(info) = ask(host, *port, &["INFO", "sentinel"]).await else { return false };
            let known = format!("slaves={},sentinels={SENTINELS}", SERVERS - 1);
            let works = info.text().contains("status=ok,address=")
                && (sentinel.nodes.is_empty() || info.text().contains(&known));
            let Ok(replicas) = ask(host, *port, &["SENTINEL", "REPLICAS", NAME]).await else {
                // somebody else's, who does not let everybody ask
                continue;
            };
            if !(works && replicas.list().iter().all(has_reported)) {
                return false;
            }
        }
        for replica in sentinel.nodes.iter().take(SERVERS).skip(1) {
            let role = replica.ask(&["INFO", "replication"]).await;
            if !role.is_ok_and(|role| role.field("master_link_status") == Some("up")) {
                return false;
            }
        }
        true
    }
}

impl RedisSentinel {
    /// The server that the sentinels take for the master.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for servers of the environment; [`ServersError::NotReady`] if they know
    /// none.
    pub async fn master(&self) -> Result<usize, ServersError> {
        let words = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME];
        for sentinel in self.nodes.iter().skip(SERVERS) {
            let Ok(address) = sentinel.ask(&words).await else { continue };
            let port = address.list().get(1).and_then(|port| port.text().parse().ok());
            let server = self.nodes.iter().position(|node| Some(node.port) == port);
            return server.ok_or(ServersError::NotReady { what: "there is no master" });
        }
        Err(ServersError::NotOurs { action: "reach into" })
    }

    /// Lets a replica take over although the master is well, and returns the new master. What the old one
    /// acknowledged last may be lost.
    ///
    /// # Errors
    ///
    /// As [`master`](RedisSentinel::master).
    pub async fn failover(&self) -> Result<usize, ServersError> {
        let old = self.master().await?;
        let sentinel = self.node(SERVERS)?;
        // a replica is only good for it when it has answered lately
        let wait = Wait::or("no replica can take over");
        while sentinel.ask(&["SENTINEL", "FAILOVER", NAME]).await.is_err() {
            wait.pause().await?;
        }
        self.replaced(old).await
    }

    /// Waits until another server than `old` is the master, and returns it.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotReady`] after a minute.
    pub async fn replaced(&self, old: usize) -> Result<usize, ServersError> {
        let wait = Wait::or("the master was not replaced");
        loop {
            match self.master().await {
                Ok(master) if master != old && self.nodes[master].is_master().await => {
                    return Ok(master);
                }
                _ => wait.pause().await?,
            }
        }
    }
}

/// Whether a sentinel has heard from a replica, which cannot be promoted before: a list of names and
/// values, one of which says how many milliseconds ago that was.
fn has_reported(replica: &Answer) -> bool {
    let fields: Vec<&str> = replica.list().iter().map(Answer::text).collect();
    let age = fields.chunks(2).find_map(|field| match field {
        ["info-refresh", age] => age.parse::<u64>().ok(),
        _ => None,
    });
    age.is_some_and(|age| age < 60_000)
}

/// What sentinel `me` remembers: all of it, so that nobody has to be discovered.
fn watching(ids: &[String], ports: &[u16], me: usize) -> String {
    let mut text = format!(
        "bind 127.0.0.1\nport {}\ndir .\nsentinel myid {}\n\
         sentinel monitor {NAME} 127.0.0.1 {} 2\n\
         sentinel down-after-milliseconds {NAME} 500\n\
         sentinel failover-timeout {NAME} 3000\n\
         sentinel parallel-syncs {NAME} 2\n",
        ports[SERVERS + me],
        ids[me],
        ports[0],
    );
    for port in &ports[1..SERVERS] {
        text.push_str(&format!("sentinel known-replica {NAME} 127.0.0.1 {port}\n"));
    }
    for (index, id) in ids.iter().enumerate().filter(|(index, _)| *index != me) {
        let port = ports[SERVERS + index];
        text.push_str(&format!("sentinel known-sentinel {NAME} 127.0.0.1 {port} {id}\n"));
    }
    text
}

/// The Redis with Sentinel that all tests of this process share: that of the environment, or started by
/// the first that asks. Take a [prefix](RedisSentinel::prefix) for your keys.
///
/// # Errors
///
/// Those of [`RedisSentinel::start`]; the next caller tries again.
pub async fn shared_redis_sentinel() -> Result<&'static RedisSentinel, ServersError> {
    static SHARED: tokio::sync::OnceCell<RedisSentinel> = tokio::sync::OnceCell::const_new();
    SHARED.get_or_try_init(|| RedisSentinel::start(RedisOptions::default())).await
}
