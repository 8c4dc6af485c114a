//! A Redis server for tests: found or started, and broken on purpose.

use std::path::Path;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use super::ServersError;
use super::backing::{Backing, Origin};
use super::container::Container;
use super::discovery::look_for_redis;
use super::local::{LocalServer, Sign};
use super::selection::{Choice, REDIS_URL};
use super::watchdog::quote;

/// The container used when there is no local program.
const IMAGE: (&str, &str) = ("redis", "7-alpine");
/// How long a server may take for one answer while it starts.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// How a Redis server is started: nothing is written to the disk, everything else is the default.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RedisOptions {
    /// More settings, `(name, value)`, as in `redis.conf`; a later one wins.
    pub settings: Vec<(String, String)>,
    /// Whether to start a server even when the environment has one. Default `false`.
    pub own: bool,
}

impl RedisOptions {
    /// Starts a server even when the environment has one: for tests that kill or pause theirs.
    #[must_use]
    pub fn own(mut self) -> Self {
        self.own = true;
        self
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
    origin: Origin,
    backing: Backing,
}

impl Redis {
    /// Finds or starts a server, as described in [the module](super).
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
                Ok(Redis { url, origin: Origin::Environment, backing: Backing::Environment })
            }
            Choice::Local(program) => start_local(&program, &options).await,
            Choice::Docker => start_container(&options).await,
        }
    }

    /// The address, `redis://host:port`.
    pub fn url(&self) -> &str {
        &self.url
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
        let (host, port) =
            address(&self.url).map_err(ServersError::io("read the address of a server"))?;
        match &self.backing {
            Backing::Environment => Ok(()),
            Backing::Docker(container) => {
                container.start_again().await?;
                wait_for(&host, port).await.map(drop)
            }
            Backing::Local(server) => match server.start_on(port, &look).await? {
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
    let configure = |port: u16| {
        let mut text = format!("bind 127.0.0.1\nport {port}\nsave \"\"\nappendonly no\n");
        for (name, value) in &options.settings {
            text.push_str(&format!("{name} {value}\n"));
        }
        std::fs::write(&settings, text)
    };
    let (port, version) = server.start_on_free_port(configure, look).await?;
    let backing = Backing::Local(server);
    let origin = backing.origin(&version);
    Ok(Redis { url: format!("redis://127.0.0.1:{port}"), origin, backing })
}

async fn start_container(options: &RedisOptions) -> Result<Redis, ServersError> {
    let fixed = ["redis-server", "--save", "", "--appendonly", "no"].map(str::to_owned);
    let more =
        options.settings.iter().flat_map(|(name, value)| [format!("--{name}"), value.clone()]);
    let arguments: Vec<String> = fixed.into_iter().chain(more).collect();
    let container = Container::start(IMAGE, 6379, &[], arguments).await?;
    wait_for(&container.host, container.port).await?;
    let url = format!("redis://{}:{}", container.host, container.port);
    Ok(Redis { url, origin: Origin::Docker, backing: Backing::Docker(container) })
}

/// Asks whether the process `pid` answers on `port`, and with which version.
fn look(port: u16, pid: i32) -> BoxFuture<'static, Sign<String>> {
    Box::pin(async move {
        match Info::of("127.0.0.1", port).await {
            Ok(info) if info.field("process_id") == Some(&*pid.to_string()) => {
                Sign::Ready(info.field("redis_version").unwrap_or("unknown").to_owned())
            }
            Ok(info) if info.field("process_id").is_some() => Sign::Stranger,
            _ => Sign::Waiting,
        }
    })
}

async fn wait_for(host: &str, port: u16) -> Result<Info, ServersError> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match Info::of(host, port).await {
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

/// The answer to `INFO server`, lines of `name:value`.
struct Info(String);

impl Info {
    async fn of(host: &str, port: u16) -> std::io::Result<Info> {
        let ask = async {
            let mut stream = TcpStream::connect((host, port)).await?;
            // The server closes the connection after QUIT, which ends the reading.
            stream.write_all(b"INFO server\r\nQUIT\r\n").await?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await?;
            Ok(Info(String::from_utf8_lossy(&answer).into_owned()))
        };
        let late = |_| std::io::ErrorKind::TimedOut.into();
        tokio::time::timeout(ANSWER_LIMIT, ask).await.map_err(late).flatten()
    }

    fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.0.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    }
}
