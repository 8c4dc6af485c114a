//! A Redis server for tests: found or started, and broken on purpose.

mod cluster;
mod group;
mod migration;
mod node;
mod sentinel;
mod tls;
mod wire;

use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use rustix::process::Signal;
use tokio::net::TcpStream;
use uuid::Uuid;

use super::ServersError;
use super::backing::{Backing, Origin};
use super::container::Container;
use super::discovery::look_for_redis;
use super::local::{LocalServer, Sign, free_ports};
use super::selection::{Choice, REDIS_URL};
use super::watchdog::quote;

pub use cluster::{Cluster, RedisCluster, shared_redis_cluster};
pub use group::RedisGroup;
pub use migration::Migration;
pub use sentinel::{RedisSentinel, Sentinel, shared_redis_sentinel};

use tls::Certificate;
use wire::{ANSWER_LIMIT, Answer, ask};

/// The container used when there is no local program.
const IMAGE: (&str, &str) = ("redis", "7-alpine");

/// How a Redis server is started: nothing is written to the disk, everything else is the default.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RedisOptions {
    /// More settings, `(name, value)`, as in `redis.conf`; a later one wins.
    pub settings: Vec<(String, String)>,
    /// Whether to start a server even when the environment has one. Default `false`.
    pub own: bool,
    /// Whether the server speaks TLS, with a certificate made for it. Only for a server of its own,
    /// started from a local program. Default `false`.
    pub tls: bool,
}

impl RedisOptions {
    /// Starts a server even when the environment has one: for tests that kill or pause theirs.
    #[must_use]
    pub fn own(mut self) -> Self {
        self.own = true;
        self
    }

    /// Starts a server of its own that speaks TLS: its [address](Redis::url) is `rediss://…`, and
    /// [its certificate](Redis::certificate) is a root of its own.
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self.own()
    }

    /// Adds one setting.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }
}

/// A Redis server; one we started is stopped when this is dropped.
#[derive(Debug)]
pub struct Redis {
    url: String,
    /// Where it is asked for signs of life, without TLS.
    host: String,
    port: u16,
    certificate: Option<String>,
    origin: Origin,
    backing: Backing,
}

impl Redis {
    /// Finds or starts a server, as described in [the crate](crate).
    ///
    /// # Errors
    ///
    /// [`ServersError::NothingFound`] and the others that say why there is no server.
    pub async fn start(options: RedisOptions) -> Result<Redis, ServersError> {
        match look_for_redis(&options).await? {
            Choice::Environment(url) => {
                let not_answering = |source: std::io::Error| ServersError::NotAnswering {
                    variable: REDIS_URL,
                    source: source.into(),
                };
                let (host, port) = address(&url).map_err(not_answering)?;
                // A password or TLS may stand between us and an answer: connecting must do.
                let connect = TcpStream::connect((&*host, port));
                let late = |_| std::io::ErrorKind::TimedOut.into();
                let connected = tokio::time::timeout(ANSWER_LIMIT, connect).await;
                connected.map_err(late).flatten().map_err(not_answering)?;
                let (origin, backing) = (Origin::Environment, Backing::Environment);
                Ok(Redis { url, host, port, certificate: None, origin, backing })
            }
            Choice::Local(program) => start_local(&program, &options).await,
            Choice::Docker if options.tls => {
                Err(ServersError::NeedsLocalRedis { what: "a Redis with TLS" })
            }
            Choice::Docker => start_container(&options).await,
        }
    }

    /// The address, `redis://host:port`, or `rediss://host:port` with [TLS](RedisOptions::tls).
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate to trust, as PEM text, for a server with [TLS](RedisOptions::tls).
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Where the server came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// A prefix for keys and channels that nobody else uses: the fresh database of Redis.
    pub fn prefix(&self) -> String {
        format!("aether-{}:", Uuid::new_v4().simple())
    }

    /// Kills the server without a warning (SIGKILL) and waits until it is gone; its data is lost.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a server of the environment.
    pub async fn kill9(&self) -> Result<(), ServersError> {
        self.backing.kill9().await
    }

    /// Starts the server again on the same port, empty; one that still runs is stopped first.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a server of the environment, [`ServersError::DidNotStart`].
    pub async fn restart(&self) -> Result<(), ServersError> {
        self.backing.terminate(Signal::TERM).await?;
        match &self.backing {
            Backing::Environment => Ok(()),
            Backing::Docker(container) => {
                container.start_again().await?;
                wait_for(&self.host, self.port).await.map(drop)
            }
            Backing::Local(server) => match server.start_on(self.port, &look).await? {
                Some(_) => Ok(()),
                None => Err(server.did_not_start(0)),
            },
        }
    }

    /// Makes the server stand still (SIGSTOP): connections stay open and nobody answers.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a server of the environment.
    pub async fn pause(&self) -> Result<(), ServersError> {
        self.backing.pause().await
    }

    /// Lets a paused server go on.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotOurs`] for a server of the environment.
    pub async fn resume(&self) -> Result<(), ServersError> {
        self.backing.resume().await
    }

    /// Stops the server and returns when it is gone; one of the environment is left as it is.
    ///
    /// # Errors
    ///
    /// [`ServersError::Io`] when the system refuses.
    pub async fn stop(self) -> Result<(), ServersError> {
        self.backing.stop().await
    }
}

async fn start_local(program: &Path, options: &RedisOptions) -> Result<Redis, ServersError> {
    // Nothing is kept, so nothing has to be finished; a busy script cannot hold this up.
    let mut server = LocalServer::new("Redis", "KILL", false)?;
    let settings = server.folder().join("redis.conf");
    server.set_command(format!("{} {}", quote(program), quote(&settings)));
    let certificate = match options.tls {
        true => Some(Certificate::make(server.folder())?),
        false => None,
    };
    let tls_port = AtomicU16::new(0);
    let configure = |port: u16| {
        let mut text = format!("bind 127.0.0.1\nport {port}\nsave \"\"\nappendonly no\n");
        if let Some(certificate) = &certificate {
            let port = free_ports(1)?[0];
            tls_port.store(port, Ordering::SeqCst);
            text.push_str(&certificate.settings(port));
        }
        for (name, value) in &options.settings {
            text.push_str(&format!("{name} {value}\n"));
        }
        std::fs::write(&settings, text)
    };
    let (port, version) = server.start_on_free_port(configure, look).await?;
    let url = match certificate {
        Some(_) => format!("rediss://127.0.0.1:{}", tls_port.into_inner()),
        None => format!("redis://127.0.0.1:{port}"),
    };
    let certificate = certificate.map(Certificate::into_pem);
    let backing = Backing::Local(server);
    let origin = backing.origin(&version);
    Ok(Redis { url, host: "127.0.0.1".to_owned(), port, certificate, origin, backing })
}

async fn start_container(options: &RedisOptions) -> Result<Redis, ServersError> {
    let fixed = ["redis-server", "--save", "", "--appendonly", "no"].map(str::to_owned);
    let more =
        options.settings.iter().flat_map(|(name, value)| [format!("--{name}"), value.clone()]);
    let arguments: Vec<String> = fixed.into_iter().chain(more).collect();
    let container = Container::start(IMAGE, 6379, &[], arguments).await?;
    wait_for(&container.host, container.port).await?;
    let (host, port) = (container.host.clone(), container.port);
    let url = format!("redis://{host}:{port}");
    let (origin, backing) = (Origin::Docker, Backing::Docker(container));
    Ok(Redis { url, host, port, certificate: None, origin, backing })
}

/// Asks whether the process `pid` answers on `port`, and with which version.
fn look(port: u16, pid: i32) -> BoxFuture<'static, Sign<String>> {
    Box::pin(async move {
        match ask("127.0.0.1", port, &["INFO", "server"]).await {
            Ok(info) if info.field("process_id") == Some(&*pid.to_string()) => {
                Sign::Ready(info.field("redis_version").unwrap_or("unknown").to_owned())
            }
            Ok(info) if info.field("process_id").is_some() => Sign::Stranger,
            _ => Sign::Waiting,
        }
    })
}

async fn wait_for(host: &str, port: u16) -> Result<Answer, ServersError> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match ask(host, port, &["INFO", "server"]).await {
            Ok(info) if info.field("process_id").is_some() => return Ok(info),
            Err(error) if Instant::now() > deadline => {
                return Err(ServersError::io("connect to a server that was started")(error));
            }
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

fn address(url: &str) -> std::io::Result<(String, u16)> {
    let url = url::Url::parse(url).map_err(std::io::Error::other)?;
    let host = url.host_str().ok_or_else(|| std::io::Error::other("no host in the address"))?;
    Ok((host.to_owned(), url.port().unwrap_or(6379)))
}

/// The host and port of an address, and those of its `node=host:port` parameters.
fn addresses(url: &str) -> std::io::Result<Vec<(String, u16)>> {
    let mut all = vec![address(url)?];
    let url = url::Url::parse(url).map_err(std::io::Error::other)?;
    for (_, node) in url.query_pairs().filter(|(name, _)| name == "node") {
        let (host, port) = node.rsplit_once(':').ok_or(std::io::ErrorKind::InvalidInput)?;
        all.push((host.to_owned(), port.parse().map_err(std::io::Error::other)?));
    }
    Ok(all)
}
