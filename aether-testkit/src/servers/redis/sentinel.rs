//! Redis with Sentinel for tests: a master, two replicas and three sentinels, all on this machine.

use uuid::Uuid;

use super::super::ServersError;
use super::super::discovery::look_for_redis_sentinel;
use super::super::selection::Choice;
use super::node::{Node, Wait, random_id, settings, stop};
use super::wire::{Answer, ask};
use super::{RedisOptions, addresses};

/// A master and its replicas.
const SERVERS: usize = 3;
const SENTINELS: usize = 3;
/// What the sentinels call the master.
const NAME: &str = "aether";

/// A master, two replicas and three sentinels; those we started are stopped when this is dropped.
///
/// Servers have numbers: 0 is the master at first. A master that dies is replaced within about three
/// seconds. The hooks that break things are for servers we started.
#[derive(Debug)]
pub struct RedisSentinel {
    url: String,
    /// First the servers, then the sentinels; empty for those of the environment.
    nodes: Vec<Node>,
}

impl RedisSentinel {
    /// Finds or starts them and waits until they work: about a second.
    ///
    /// # Errors
    ///
    /// [`ServersError::NeedsLocalRedis`] without a `redis-server` program, and the others that say why
    /// there is none.
    pub async fn start(options: RedisOptions) -> Result<RedisSentinel, ServersError> {
        let sentinel = RedisSentinel::launch(options).await?;
        sentinel.ready().await?;
        Ok(sentinel)
    }

    /// As [`start`](RedisSentinel::start), but returns as soon as the processes run: see
    /// [`ready`](RedisSentinel::ready).
    ///
    /// # Errors
    ///
    /// As [`start`](RedisSentinel::start).
    pub async fn launch(options: RedisOptions) -> Result<RedisSentinel, ServersError> {
        let program = match look_for_redis_sentinel(&options)? {
            Choice::Environment(url) => return Ok(RedisSentinel { url, nodes: Vec::new() }),
            Choice::Local(program) => program,
            Choice::Docker => {
                return Err(ServersError::NeedsLocalRedis { what: "Redis with Sentinel" });
            }
        };
        let ids: Vec<String> = (0..SENTINELS).map(|_| random_id()).collect();
        let nodes = Node::start_group(&program, SERVERS, SERVERS + SENTINELS, 1, |ports, index| {
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
        .await?;
        let (first, others) = (&nodes[SERVERS], &nodes[SERVERS + 1..]);
        let others = others.iter().map(|node| format!("&node=127.0.0.1:{}", node.port));
        let others: String = others.collect();
        let url =
            format!("redis-sentinel://127.0.0.1:{}?sentinelServiceName={NAME}{others}", first.port);
        Ok(RedisSentinel { url, nodes })
    }

    /// Waits until every sentinel knows the replicas and the other sentinels.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotReady`] if that takes more than a minute.
    pub async fn ready(&self) -> Result<(), ServersError> {
        let sentinels = addresses(&self.url).map_err(ServersError::io("read an address"))?;
        let wait = Wait::or("Sentinel does not work");
        while !self.works(&sentinels).await {
            wait.pause().await?;
        }
        Ok(())
    }

    async fn works(&self, sentinels: &[(String, u16)]) -> bool {
        for (host, port) in sentinels {
            let Ok(info) = ask(host, *port, &["INFO", "sentinel"]).await else { return false };
            let known = format!("slaves={},sentinels={SENTINELS}", SERVERS - 1);
            let works = info.text().contains("status=ok,address=")
                && (self.nodes.is_empty() || info.text().contains(&known));
            let Ok(replicas) = ask(host, *port, &["SENTINEL", "REPLICAS", NAME]).await else {
                // somebody else's, who does not let everybody ask
                continue;
            };
            if !(works && replicas.list().iter().all(has_reported)) {
                return false;
            }
        }
        for replica in self.nodes.iter().take(SERVERS).skip(1) {
            let role = replica.ask(&["INFO", "replication"]).await;
            if !role.is_ok_and(|role| role.field("master_link_status") == Some("up")) {
                return false;
            }
        }
        true
    }

    /// The address of all sentinels, `redis-sentinel://host:port?sentinelServiceName=aether&node=…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A prefix for keys and channels that nobody else uses.
    pub fn prefix(&self) -> String {
        format!("aether-{}:", Uuid::new_v4().simple())
    }

    /// The address of one server alone, `redis://host:port`.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for servers of the environment.
    pub fn url_of(&self, server: usize) -> Result<String, ServersError> {
        Ok(format!("redis://127.0.0.1:{}", self.node(server)?.port))
    }

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

    /// Kills a server without a warning (SIGKILL); its data is lost.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for servers of the environment.
    pub async fn kill9(&self, server: usize) -> Result<(), ServersError> {
        self.node(server)?.kill9().await
    }

    /// Makes a server stand still (SIGSTOP).
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for servers of the environment.
    pub async fn pause(&self, server: usize) -> Result<(), ServersError> {
        self.node(server)?.pause().await
    }

    /// Lets a paused server go on; the sentinels make it a replica if it was replaced meanwhile.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for servers of the environment.
    pub async fn resume(&self, server: usize) -> Result<(), ServersError> {
        self.node(server)?.resume().await
    }

    /// Starts a server again, empty.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for servers of the environment, [`ServersError::DidNotStart`].
    pub async fn restart(&self, server: usize) -> Result<(), ServersError> {
        self.node(server)?.restart().await
    }

    /// Stops everything and returns when it is gone; what is of the environment is left as it is.
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
}

/// Whether a sentinel has heard from a replica, which can not be promoted before: a list of names and
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
/// whoever asks first. Take a [prefix](RedisSentinel::prefix) for your keys.
///
/// # Errors
///
/// Those of [`RedisSentinel::start`]; the next caller tries again.
pub async fn shared_redis_sentinel() -> Result<&'static RedisSentinel, ServersError> {
    static SHARED: tokio::sync::OnceCell<RedisSentinel> = tokio::sync::OnceCell::const_new();
    SHARED.get_or_try_init(|| RedisSentinel::start(RedisOptions::default())).await
}
