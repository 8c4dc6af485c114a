//! Servers, raw commands and patience.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aether_redis::{KeySpace, RedisClient, RedisSettings, Stamp};
use aether_servers::{Redis, RedisOptions};
use async_trait::async_trait;

/// A client on the shared server, and keys that nobody else uses.
#[allow(dead_code, reason = "for tests that need no topology of their own")]
pub(crate) async fn shared() -> (RedisClient, KeySpace) {
    let Place { client, keys, .. } = Place::single().await;
    (client, keys)
}

/// One way Redis is deployed, with a client on it and keys that nobody else uses. The client's user has the rights of
/// the README and no others.
pub(crate) struct Place {
    pub(crate) client: RedisClient,
    pub(crate) keys: KeySpace,
    url: String,
    /// With the credentials of the user.
    login: String,
}

impl Place {
    pub(crate) async fn single() -> Self {
        let redis = aether_servers::shared_redis().await.unwrap();
        Self::at(redis.url(), &redis.prefix(), false).await
    }

    pub(crate) async fn sentinel() -> Self {
        let redis = aether_servers::shared_redis_sentinel().await.unwrap();
        Self::at(redis.url(), &redis.prefix(), false).await
    }

    pub(crate) async fn cluster() -> Self {
        let redis = aether_servers::shared_redis_cluster().await.unwrap();
        Self::at(redis.url(), &redis.prefix(), true).await
    }

    async fn at(url: &str, prefix: &str, hash_tags: bool) -> Self {
        let keys = KeySpace::with_prefix(prefix).unwrap().hash_tags(hash_tags);
        let user = prefix.trim_end_matches(':');
        for server in servers_of(url) {
            assert_eq!(raw(&server, &rights("game", user, prefix)), "+OK");
        }
        let login = with_user(url, &format!("{user}:password"));
        Self { client: connect(&login).await, keys, url: url.to_owned(), login }
    }

    /// Another client on the same Redis.
    pub(crate) async fn another_client(&self) -> RedisClient {
        connect(&self.login).await
    }

    /// The address, without credentials.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// One command, where its keys live; the first line of the answer.
    pub(crate) fn raw(&self, command: &str) -> String {
        let mut address = servers_of(&self.url).swap_remove(0);
        loop {
            let answer = raw(&address, command);
            match answer.strip_prefix("-MOVED ").and_then(|moved| moved.split_once(' ')) {
                Some((_, elsewhere)) => address = elsewhere.to_owned(),
                None => return answer,
            }
        }
    }
}

/// What the README says to give a user, here for another one and another prefix.
pub(crate) fn rights(of: &str, user: &str, prefix: &str) -> String {
    let readme = include_str!("../../README.md");
    let (_, rules) = readme.split_once(&format!("ACL SETUSER {of} ")).unwrap();
    let (rules, _) = rules.split_once("```").unwrap();
    let rules: Vec<&str> = rules.split_whitespace().collect();
    format!("ACL SETUSER {user} {}", rules.join(" ").replace("prod:", prefix))
}

/// An address with credentials.
pub(crate) fn with_user(url: &str, user: &str) -> String {
    url.replacen("://", &format!("://{user}@"), 1)
}

/// All servers that data is on, as `host:port`; a master first.
pub(crate) fn servers_of(url: &str) -> Vec<String> {
    let (scheme, rest) = url.split_once("://").unwrap();
    let address = rest.split('?').next().unwrap().to_owned();
    match scheme {
        "redis-sentinel" => {
            let words = raw_lines(&address, "SENTINEL GET-MASTER-ADDR-BY-NAME aether", 5);
            let master = format!("{}:{}", words[2], words[4]);
            // its replicas, seven lines each
            let role = raw_lines(&master, "ROLE", 1000);
            let replicas = role.get(5..).unwrap_or_default().chunks_exact(7);
            let replicas = replicas.map(|lines| format!("{}:{}", lines[2], lines[4]));
            let replicas: Vec<String> = replicas.collect();
            std::iter::once(master).chain(replicas).collect()
        }
        "redis-cluster" => {
            let nodes = raw_lines(&address, "CLUSTER NODES", 20);
            let nodes = nodes.iter().filter_map(|line| line.split_once('@')?.0.rsplit_once(' '));
            nodes.map(|(_, node)| node.to_owned()).collect()
        }
        _ => vec![address],
    }
}

/// The `host:port` of each sentinel.
pub(crate) fn sentinels_of(url: &str) -> Vec<String> {
    let rest = url.strip_prefix("redis-sentinel://").unwrap();
    let (first, query) = rest.split_once('?').unwrap();
    let others = query.split('&').filter_map(|pair| pair.strip_prefix("node="));
    std::iter::once(first).chain(others).map(str::to_owned).collect()
}

/// Mounts tests, `async fn(Place)`, on every way Redis is deployed.
macro_rules! on_every_topology {
    ($($test:ident,)*) => {
        on_every_topology! { @ single [$($test)*] }
        on_every_topology! { @ sentinel [$($test)*] }
        on_every_topology! { @ cluster [$($test)*] }
    };
    (@ $topology:ident [$($test:ident)*]) => {
        mod $topology {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(crate::probe::Place::$topology().await).await;
                }
            )*
        }
    };
}
pub(crate) use on_every_topology;

/// A way Redis is deployed, as a type: for suites that take one for their backend.
#[async_trait]
pub(crate) trait Deployment: Send + Sync + 'static {
    async fn place() -> Place;
}

pub(crate) struct Single;
pub(crate) struct Sentinel;
pub(crate) struct Cluster;

#[async_trait]
impl Deployment for Single {
    async fn place() -> Place {
        Place::single().await
    }
}

#[async_trait]
impl Deployment for Sentinel {
    async fn place() -> Place {
        Place::sentinel().await
    }
}

#[async_trait]
impl Deployment for Cluster {
    async fn place() -> Place {
        Place::cluster().await
    }
}

/// Mounts a contract suite on a backend, generic over its [`Deployment`], on every way Redis is deployed.
macro_rules! suite_on_every_topology {
    ($suite:ident, $backend:ident) => {
        mod single {
            use super::$backend;

            aether_contract::$suite!($backend<crate::probe::Single>);
        }
        mod sentinel {
            use super::$backend;

            aether_contract::$suite!($backend<crate::probe::Sentinel>);
        }
        mod cluster {
            use super::$backend;

            aether_contract::$suite!($backend<crate::probe::Cluster>);
        }
    };
}
pub(crate) use suite_on_every_topology;

/// A server to be killed, paused and flushed.
pub(crate) async fn own() -> Redis {
    Redis::start(RedisOptions::default().own()).await.unwrap()
}

pub(crate) async fn connect(url: &str) -> RedisClient {
    RedisClient::connect(url).with(quick()).await.unwrap()
}

/// Short limits: what fails, fails soon.
pub(crate) fn quick() -> RedisSettings {
    RedisSettings::new()
        .pool_size(2)
        .command_timeout(Duration::from_millis(400))
        .unresponsive_after(Duration::from_secs(1))
}

/// One command over a plain connection; the first line of the answer.
pub(crate) fn raw(url: &str, command: &str) -> String {
    raw_lines(url, command, 1).swap_remove(0)
}

/// One command over a plain connection; the first lines of the answer.
pub(crate) fn raw_lines(url: &str, command: &str, count: usize) -> Vec<String> {
    let mut stream = TcpStream::connect(url.trim_start_matches("redis://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // it closes the connection, so that fewer lines than expected are no reason to wait
    write!(stream, "{command}\r\nQUIT\r\n").unwrap();
    BufReader::new(stream).lines().take(count).map_while(Result::ok).collect()
}

/// A number that `INFO` gives, after `name` and before anything that is no digit.
pub(crate) fn info(url: &str, section: &str, name: &str) -> u64 {
    let mut stream = TcpStream::connect(url.trim_start_matches("redis://")).unwrap();
    write!(stream, "INFO {section}\r\nQUIT\r\n").unwrap();
    let lines = BufReader::new(stream).lines().map(Result::unwrap).collect::<Vec<_>>();
    let value = lines.iter().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    value[..end].parse().unwrap_or_default()
}

/// The address of the shared server.
#[allow(dead_code, reason = "for tests that need no topology of their own")]
pub(crate) async fn shared_url() -> &'static str {
    aether_servers::shared_redis().await.unwrap().url()
}

pub(crate) fn stamp(sequence: u64) -> Stamp {
    Stamp::new(sequence, SystemTime::now())
}

pub(crate) fn seconds_ago(sequence: u64, seconds: u64) -> Stamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Stamp::new(sequence, UNIX_EPOCH + now - Duration::from_secs(seconds))
}

/// Asks until the answer is yes, for up to ten seconds.
pub(crate) async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition().await {
        assert!(Instant::now() < deadline, "not within ten seconds: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
