//! A Redis Cluster for tests: three masters, a replica of each, all on this machine.

use uuid::Uuid;

use super::super::ServersError;
use super::super::discovery::look_for_redis_cluster;
use super::super::selection::Choice;
use super::migration::Migration;
use super::node::{Node, Wait, random_id, settings, stop};
use super::wire::{Answer, ask};
use super::{RedisOptions, addresses};

/// Masters, and as many replicas: node `n` is a master at first, node `n + 3` its replica.
const MASTERS: usize = 3;
/// How many slots there are.
const SLOTS: usize = 16384;

/// A Redis Cluster of six processes; those we started are stopped when this is dropped.
///
/// Nodes have numbers: 0 to 2 are masters at first, 3 to 5 their replicas. A master that dies is replaced
/// within about three seconds. The hooks that break things are for clusters we started.
#[derive(Debug)]
pub struct RedisCluster {
    url: String,
    /// Empty for a cluster of the environment.
    nodes: Vec<Node>,
}

impl RedisCluster {
    /// Finds or starts a cluster and waits until it works: about three seconds.
    ///
    /// # Errors
    ///
    /// [`ServersError::NeedsLocalRedis`] without a `redis-server` program, and the others that say why
    /// there is no cluster.
    pub async fn start(options: RedisOptions) -> Result<RedisCluster, ServersError> {
        let cluster = RedisCluster::launch(options).await?;
        cluster.ready().await?;
        Ok(cluster)
    }

    /// As [`start`](RedisCluster::start), but returns as soon as the processes run: see
    /// [`ready`](RedisCluster::ready).
    ///
    /// # Errors
    ///
    /// As [`start`](RedisCluster::start).
    pub async fn launch(options: RedisOptions) -> Result<RedisCluster, ServersError> {
        let program = match look_for_redis_cluster(&options)? {
            Choice::Environment(url) => return Ok(RedisCluster { url, nodes: Vec::new() }),
            Choice::Local(program) => program,
            Choice::Docker => {
                return Err(ServersError::NeedsLocalRedis { what: "a Redis Cluster" });
            }
        };
        let ids: Vec<String> = (0..2 * MASTERS).map(|_| random_id()).collect();
        let nodes = Node::start_group(&program, usize::MAX, ids.len(), 2, |ports, index| {
            let (port, bus) = (ports[index][0], ports[index][1]);
            let cluster = format!(
                "cluster-enabled yes\ncluster-config-file nodes.conf\ncluster-port {bus}\n\
                 cluster-node-timeout 1000\ncluster-replica-validity-factor 0\n"
            );
            // a later setting wins
            let text = cluster + &settings(port, &options.settings);
            vec![("redis.conf", text), ("nodes.conf", map(&ids, ports, index))]
        })
        .await?;
        let others = nodes[1..].iter().map(|node| format!("node=127.0.0.1:{}", node.port));
        let others: Vec<String> = others.collect();
        let url = format!("redis-cluster://127.0.0.1:{}?{}", nodes[0].port, others.join("&"));
        Ok(RedisCluster { url, nodes })
    }

    /// Waits until every node says that all slots are served, and every replica follows its master.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotReady`] if that takes more than a minute.
    pub async fn ready(&self) -> Result<(), ServersError> {
        let nodes = addresses(&self.url).map_err(ServersError::io("read an address"))?;
        let wait = Wait::or("the Redis Cluster does not work");
        while !self.works(&nodes).await {
            wait.pause().await?;
        }
        Ok(())
    }

    async fn works(&self, nodes: &[(String, u16)]) -> bool {
        for (host, port) in nodes {
            let state = ask(host, *port, &["CLUSTER", "INFO"]).await;
            let role = ask(host, *port, &["INFO", "replication"]).await;
            let (Ok(state), Ok(role)) = (state, role) else { return false };
            let works = state.field("cluster_state") == Some("ok");
            let follows = role.field("master_link_status").is_none_or(|link| link == "up");
            // a master counts its replicas when they have caught up
            let followed = role.field("role") != Some("master")
                || self.nodes.is_empty()
                || role.text().contains("state=online");
            if !(works && follows && followed) {
                return false;
            }
        }
        true
    }

    /// The address of all nodes, `redis-cluster://host:port?node=host:port&…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A prefix for keys and channels that nobody else uses.
    pub fn prefix(&self) -> String {
        format!("aether-{}:", Uuid::new_v4().simple())
    }

    /// The address of one node alone, `redis-cluster://host:port`.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a cluster of the environment.
    pub fn url_of(&self, node: usize) -> Result<String, ServersError> {
        Ok(format!("redis-cluster://127.0.0.1:{}", self.node(node)?.port))
    }

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

    /// Kills a node without a warning (SIGKILL); its data is lost.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a cluster of the environment.
    pub async fn kill9(&self, node: usize) -> Result<(), ServersError> {
        self.node(node)?.kill9().await
    }

    /// Makes a node stand still (SIGSTOP).
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a cluster of the environment.
    pub async fn pause(&self, node: usize) -> Result<(), ServersError> {
        self.node(node)?.pause().await
    }

    /// Lets a paused node go on.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a cluster of the environment.
    pub async fn resume(&self, node: usize) -> Result<(), ServersError> {
        self.node(node)?.resume().await
    }

    /// Starts a node again, empty; it remembers the cluster.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a cluster of the environment, [`ServersError::DidNotStart`].
    pub async fn restart(&self, node: usize) -> Result<(), ServersError> {
        self.node(node)?.restart().await
    }

    /// Stops all nodes and returns when they are gone; those of the environment are left as they are.
    ///
    /// # Errors
    ///
    /// [`ServersError::Io`] when the system refuses.
    pub async fn stop(self) -> Result<(), ServersError> {
        stop(self.nodes).await
    }

    fn node(&self, node: usize) -> Result<&Node, ServersError> {
        self.nodes.get(node).ok_or(ServersError::NotOurs { action: "reach into" })
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

/// The cluster that all tests of this process share: that of the environment, or started by whoever
/// asks first. Take a [prefix](RedisCluster::prefix) for your keys, with hash tags.
///
/// # Errors
///
/// Those of [`RedisCluster::start`]; the next caller tries again.
pub async fn shared_redis_cluster() -> Result<&'static RedisCluster, ServersError> {
    static SHARED: tokio::sync::OnceCell<RedisCluster> = tokio::sync::OnceCell::const_new();
    SHARED.get_or_try_init(|| RedisCluster::start(RedisOptions::default())).await
}
