//! A Redis Cluster for tests: three masters, a replica of each, all on this machine.

use std::path::Path;

use super::RedisOptions;
use super::addresses;
use super::group::{RedisGroup, Topology};
use super::migration::Migration;
use super::node::{Node, Wait, random_id, settings};
use super::wire::{Answer, ask};
use crate::ServersError;
use crate::selection::{Choice, Surroundings};

/// Masters, and as many replicas: node `n` is a master at first, node `n + 3` its replica.
const MASTERS: usize = 3;
/// How many slots there are.
const SLOTS: usize = 16384;

/// A Redis Cluster of six processes.
///
/// Nodes 0 to 2 are masters at first, 3 to 5 their replicas. A master that dies is replaced within about three
/// seconds.
pub type RedisCluster = RedisGroup<Cluster>;

/// The nodes of a [`RedisCluster`] share the slots.
#[derive(Debug)]
pub struct Cluster;

impl Topology for Cluster {
    const NAME: &'static str = "a Redis Cluster";
    const NOT_READY: &'static str = "the Redis Cluster does not work";
    const NODE_SCHEME: &'static str = "redis-cluster";

    fn choose(here: &Surroundings) -> Result<Choice, ServersError> {
        here.choose_redis_cluster()
    }

    async fn launch(program: &Path, options: &RedisOptions) -> Result<Vec<Node>, ServersError> {
        let ids: Vec<String> = (0..2 * MASTERS).map(|_| random_id()).collect();
        Node::start_group(program, usize::MAX, ids.len(), 2, |ports, index| {
            let (port, bus) = (ports[index][0], ports[index][1]);
            let cluster = format!(
                "cluster-enabled yes\ncluster-config-file nodes.conf\ncluster-port {bus}\n\
                 cluster-node-timeout 1000\ncluster-replica-validity-factor 0\n"
            );
            // a later setting wins
            let text = cluster + &settings(port, &options.settings);
            vec![("redis.conf", text), ("nodes.conf", map(&ids, ports, index))]
        })
        .await
    }

    fn url(nodes: &[Node]) -> String {
        let others = nodes[1..].iter().map(|node| format!("node=127.0.0.1:{}", node.port));
        let others: Vec<String> = others.collect();
        format!("redis-cluster://127.0.0.1:{}?{}", nodes[0].port, others.join("&"))
    }

    /// Whether every node says that all slots are served, and every replica follows its master.
    async fn works(cluster: &RedisCluster, addresses: &[(String, u16)]) -> bool {
        for (host, port) in addresses {
            let state = ask(host, *port, &["CLUSTER", "INFO"]).await;
            let role = ask(host, *port, &["INFO", "replication"]).await;
            let (Ok(state), Ok(role)) = (state, role) else { return false };
            let works = state.field("cluster_state") == Some("ok");
            let follows = role.field("master_link_status").is_none_or(|link| link == "up");
            // a master counts its replicas when they have caught up
            let followed = role.field("role") != Some("master")
                || cluster.nodes.is_empty()
                || role.text().contains("state=online");
            if !(works && follows && followed) {
                return false;
            }
        }
        true
    }
}

impl RedisCluster {
    /// The slot of a key.
    ///
    /// # Errors
    ///
    /// [`ServersError::Io`] if no node answers.
    pub async fn slot_of(&self, key: &str) -> Result<u16, ServersError> {
        let slot = self.ask_any(&["CLUSTER", "KEYSLOT", key]).await?.number();
        u16::try_from(slot).map_err(|_| ServersError::NotReady { what: "a key has no slot" })
    }

    /// The node that serves a slot, as the other nodes see it.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a cluster of the environment; [`ServersError::Io`] if no node
    /// answers; [`ServersError::NotReady`] if nobody serves it.
    pub async fn master_of(&self, slot: u16) -> Result<usize, ServersError> {
        let ranges = self.ask_any(&["CLUSTER", "SLOTS"]).await?;
        let port = ranges.list().iter().find_map(|range| {
            let [first, last, master, ..] = range.list() else { return None };
            let covers = first.number()..=last.number();
            covers.contains(&i64::from(slot)).then(|| master.list().get(1).map(Answer::number))?
        });
        let node = self.nodes.iter().position(|node| Some(i64::from(node.port)) == port);
        node.ok_or(ServersError::NotReady { what: "nobody serves the slot" })
    }

    /// The replica of a master.
    ///
    /// # Errors
    ///
    /// As [`master_of`](RedisCluster::master_of).
    pub async fn replica_of(&self, master: usize) -> Result<usize, ServersError> {
        let port = self.node(master)?.port.to_string();
        for (index, node) in self.nodes.iter().enumerate() {
            let Ok(role) = node.ask(&["INFO", "replication"]).await else { continue };
            if role.field("master_port") == Some(&*port) {
                return Ok(index);
            }
        }
        Err(ServersError::NotReady { what: "the master has no replica" })
    }

    /// Lets a master's replica take over in good order (nothing is lost), and returns it when it has.
    ///
    /// # Errors
    ///
    /// As [`master_of`](RedisCluster::master_of).
    pub async fn failover(&self, master: usize) -> Result<usize, ServersError> {
        let replica = self.replica_of(master).await?;
        self.node(replica)?.ask(&["CLUSTER", "FAILOVER"]).await?;
        self.promoted(replica).await?;
        Ok(replica)
    }

    /// Waits until a replica has become a master, because its own one died or was told to go.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotReady`] after a minute.
    pub async fn promoted(&self, replica: usize) -> Result<(), ServersError> {
        let node = self.node(replica)?;
        let wait = Wait::or("the replica was not promoted");
        while !node.is_master().await {
            wait.pause().await?;
        }
        Ok(())
    }

    /// Begins to move a slot to another master: keys that are not on the old one are asked for on the
    /// new one (`ASK`), until [`finish`](Migration::finish).
    ///
    /// # Errors
    ///
    /// As [`master_of`](RedisCluster::master_of).
    pub async fn migrate(&self, slot: u16, to: usize) -> Result<Migration<'_>, ServersError> {
        let from = self.master_of(slot).await?;
        Migration::begin(&self.nodes, slot, from, to).await
    }

    /// Asks the first node that answers and is not alone.
    async fn ask_any(&self, words: &[&str]) -> Result<Answer, ServersError> {
        let nodes = addresses(&self.url).map_err(ServersError::io("read an address"))?;
        let mut last = std::io::ErrorKind::NotConnected.into();
        for (index, (host, port)) in nodes.iter().enumerate() {
            if self.nodes.get(index).is_some_and(|node| !node.runs()) {
                continue;
            }
            match ask(host, *port, words).await {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
        Err(ServersError::io("ask a cluster")(last))
    }
}

/// What node `me` remembers of the cluster: all of it, so that nobody has to be introduced.
fn map(ids: &[String], ports: &[Vec<u16>], me: usize) -> String {
    let mut text = String::new();
    for (index, id) in ids.iter().enumerate() {
        let (port, bus) = (ports[index][0], ports[index][1]);
        let myself = if index == me { "myself," } else { "" };
        let master = index % MASTERS;
        let first = master * SLOTS / MASTERS;
        let last = (master + 1) * SLOTS / MASTERS - 1;
        let role = match index < MASTERS {
            true => format!("{myself}master - 0 0 {} connected {first}-{last}", index + 1),
            false => format!("{myself}slave {} 0 0 {} connected", ids[master], master + 1),
        };
        text.push_str(&format!("{id} 127.0.0.1:{port}@{bus} {role}\n"));
    }
    text.push_str(&format!("vars currentEpoch {} lastVoteEpoch 0\n", ids.len()));
    text
}

/// The cluster that all tests of this process share: that of the environment, or started by the first that
/// asks first. Take a [prefix](RedisCluster::prefix) for your keys, with hash tags.
///
/// # Errors
///
/// Those of [`RedisCluster::start`]; the next caller tries again.
pub async fn shared_redis_cluster() -> Result<&'static RedisCluster, ServersError> {
    static SHARED: tokio::sync::OnceCell<RedisCluster> = tokio::sync::OnceCell::const_new();
    SHARED.get_or_try_init(|| RedisCluster::start(RedisOptions::default())).await
}
