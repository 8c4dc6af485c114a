//! What is found out about a server when a client connects: whether it fits, and why nobody answers.

use std::time::Duration;

use fred::clients::{Client, WithOptions};
use fred::error::Error as FredError;
use fred::interfaces::{ClientLike as _, LuaInterface as _};
use fred::types::config::{Config, Server, ServerConfig};
use fred::types::{ClusterHash, CustomCommand, Value};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::RedisClient;
use super::config::{Purpose, builder};
use super::health::Topology;
use crate::error::{Error, Result};
use crate::settings::RedisSettings;

/// The oldest version that knows all that the scripts use.
const VERSION: u64 = 7;
/// Changes nothing, and runs on a server that has no memory left.
const PROBE: &str = "#!lua flags=no-writes,allow-oom\nreturn 1";
/// How long a look at a server may take.
const LOOK: Duration = Duration::from_secs(1);
/// The beginning of a TLS record that no server takes: one that speaks TLS answers with an alert.
const TLS: [u8; 10] = [22, 3, 1, 0, 5, 1, 0, 0, 1, 0];

impl RedisClient {
    /// Whether the server is of a version and a kind that fit, and the user may do what every call needs.
    pub(super) async fn greet(&self) -> Result<()> {
        let redis = self.any_connection().map_err(|error| self.meaning(error))?;
        // a greeting that changes nothing, and that every user may send
        let hello = CustomCommand::new_static("HELLO", ClusterHash::Random, false);
        let said = redis.custom(hello, Vec::<String>::new()).await;
        self.fits(&said.map_err(|error| self.meaning(error))?)?;
        self.may(&redis).await.map_err(|error| self.meaning(error))
    }

    /// Whether the user may ask for a sign of life and run scripts.
    async fn may(&self, redis: &WithOptions<Client>) -> Result<(), FredError> {
        let none = Vec::<String>::new;
        let (_, digest): ((), String) =
            tokio::try_join!(redis.ping(None), redis.script_load(PROBE))?;
        match redis.evalsha::<Value, _, _, _>(digest, none(), none()).await {
            // another node of a Cluster
            Err(error) if !error.details().starts_with("NOSCRIPT") => return Err(error),
            _ => {}
        }
        redis.eval::<Value, _, _, _>(PROBE, none(), none()).await.map(drop)
    }

    /// As [`greet`](Self::greet), as soon as there is a connection, for a client that nobody waits for.
    pub(super) fn greet_later(&self) {
        let (weak, mut alive) =
            (std::sync::Arc::downgrade(&self.inner), self.inner.alive.subscribe());
        let came = self.inner.came_back.clone();
        self.spawn(async move {
            loop {
                let came = came.notified();
                let Some(inner) = weak.upgrade() else { return };
                let client = Self { inner };
                if client.is_connected() {
                    match client.greet().await {
                        Err(error) if error.is_transient() => {}
                        Err(error) => return tracing::error!(%error, "this redis cannot be used"),
                        Ok(()) => return,
                    }
                }
                drop(client);
                tokio::select! {
                    () = came => {}
                    _ = alive.changed() => return,
                }
            }
        });
    }

    fn fits(&self, hello: &Value) -> Result<()> {
        let field = |name: &str| match hello {
            Value::Map(map) => map.get(&name.into()).and_then(Value::as_string),
            _ => None,
        };
        let version = field("version").unwrap_or_default();
        let major = version.split('.').next().and_then(|major| major.parse::<u64>().ok());
        if major.is_some_and(|major| major < VERSION) {
            return Err(Error::Unsupported { reason: format!("it is version {version}") });
        }
        match (self.topology(), field("mode").as_deref()) {
            (Topology::Single, Some("cluster")) => Err(mismatch(
                "the server is a node of a cluster; write redis-cluster:// or rediss-cluster://",
            )),
            (Topology::Single, Some("sentinel")) => Err(mismatch(
                "the server is a sentinel; write redis-sentinel://host:port?sentinelServiceName=name",
            )),
            _ => Ok(()),
        }
    }
}

/// Says more of an error with which connecting has failed, as far as a look at the servers tells.
pub(super) async fn explain(error: Error, config: &Config, settings: &RedisSettings) -> Error {
    match error {
        Error::Unreachable { .. } | Error::Timeout { .. } | Error::UnexpectedReply { .. } => {}
        known => return known,
    }
    for server in config.server.hosts() {
        if let Some(found) = look(&server, config.tls.is_some()).await {
            return found;
        }
    }
    if let Some(found) = ask_sentinels(config, settings).await {
        return found;
    }
    let places: Vec<String> = config.server.hosts().iter().map(ToString::to_string).collect();
    match error {
        Error::Unreachable { source } => {
            Error::Unreachable { source: format!("{source} ({})", places.join(", ")).into() }
        }
        error => error,
    }
}

/// Why a server cannot be talked to, if it says something of its own accord, or in another protocol.
async fn look(server: &Server, tls: bool) -> Option<Error> {
    let said = answer(server, b"PING\r\n").await?;
    let text = String::from_utf8_lossy(&said);
    let text = text.lines().next().unwrap_or_default();
    match said.first() {
        Some(b'+' | b'-') if tls => {
            Some(mismatch("the server speaks no TLS; write redis in place of rediss"))
        }
        Some(b'-') => match Error::of(FredError::new(unknown(), text[1..].to_owned()), LOOK) {
            found @ (Error::TooManyClients { .. } | Error::Denied { .. }) => Some(found),
            _ => None,
        },
        Some(b'+') => None,
        Some(_) => Some(Error::Unsupported { reason: "what answers is no redis".to_owned() }),
        None if tls => None,
        None => match answer(server, &TLS).await?.first() {
            Some(20..=23) => {
                Some(mismatch("the server speaks TLS; write rediss in place of redis"))
            }
            _ => None,
        },
    }
}

/// What a server answers to some bytes: nothing if it hangs up. `None` if it cannot be reached, or keeps silent.
async fn answer(server: &Server, bytes: &[u8]) -> Option<Vec<u8>> {
    let asked = async {
        let mut stream = TcpStream::connect((&*server.host, server.port)).await.ok()?;
        stream.write_all(bytes).await.ok()?;
        let mut said = vec![0; 128];
        // one that hangs up with bytes unread resets the connection
        let read = stream.read(&mut said).await.unwrap_or(0);
        said.truncate(read);
        Some(said)
    };
    timeout(LOOK, asked).await.ok().flatten()
}

/// What the client library leaves out: why no sentinel leads to a master.
async fn ask_sentinels(config: &Config, settings: &RedisSettings) -> Option<Error> {
    let ServerConfig::Sentinel { hosts, service_name, username, password } = &config.server else {
        return None;
    };
    for server in hosts {
        let config = Config {
            server: ServerConfig::Centralized { server: server.clone() },
            username: username.clone(),
            password: password.clone(),
            database: None,
            ..config.clone()
        };
        let sentinel = builder(config, settings, Purpose::Alone(LOOK)).build().ok()?;
        let found = timeout(LOOK * 2, ask_sentinel(&sentinel, service_name)).await;
        let closing = sentinel.clone();
        let limit = settings.connect_timeout;
        drop(tokio::spawn(async move { closing.quit().await }));
        match found {
            Ok(Ok(Value::Null)) => {
                return Some(mismatch(&format!(
                    "the sentinels know no service {service_name:?}; check sentinelServiceName"
                )));
            }
            Ok(Err(error)) if error.details().contains("unknown command") => {
                return Some(mismatch("the server is no sentinel; write redis:// or rediss://"));
            }
            Ok(Err(error)) => {
                if let denied @ Error::Denied { .. } = Error::of(error, limit) {
                    return Some(denied);
                }
            }
            _ => {}
        }
    }
    None
}

async fn ask_sentinel(sentinel: &Client, service: &str) -> Result<Value, FredError> {
    sentinel.init().await?;
    let ask = CustomCommand::new_static("SENTINEL", ClusterHash::Random, false);
    sentinel.custom(ask, vec!["GET-MASTER-ADDR-BY-NAME", service]).await
}

fn mismatch(reason: &str) -> Error {
    Error::Mismatch { reason: reason.to_owned() }
}

/// The kind of what the client library does not know.
const fn unknown() -> fred::error::ErrorKind {
    fred::error::ErrorKind::Unknown
}
