//! The other process of the work `notify`: hears of every event, and notes when.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aether_core::Filter;
use aether_postgres::PgStore;
use aether_realtime::bus::{Channel, Channels, Feeds};
use aether_redis::{KeySpace, RedisBus, RedisClient};
use anyhow::{Context as _, Result, ensure};
use fred::interfaces::{ClientLike as _, EventInterface as _, PubsubInterface as _};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::realtime;

const ASKED: &str = "AETHER_BENCH_LISTEN";
/// How long messages that are under way are waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a listener has to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Listen {
    /// `None`: it listens to the bare channels of the hand-written side.
    pub(super) postgres: Option<String>,
    pub(super) redis: String,
    pub(super) prefix: String,
    /// How many channels there are.
    pub(super) channels: usize,
}

/// What is told on a channel.
pub(super) fn channels() -> Channels<String> {
    Channels::new("bench", Filter::all(), |event| {
        Ok(Some((name(event.aggregate_id.as_uuid()), event.event_type.to_string())))
    })
}

fn name(stream: Uuid) -> String {
    format!("bench:{stream}")
}

/// The stream behind a channel.
pub(super) fn stream(channel: usize) -> Uuid {
    Uuid::from_u128(channel as u128 + 1)
}

pub(super) fn bare_channel(prefix: &str, channel: usize) -> String {
    format!("{prefix}by_hand:{channel}")
}

/// Nanoseconds since 1970: the same in both processes.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

type Heard = Arc<Mutex<BTreeMap<u64, u64>>>;

impl Listen {
    /// Whether this process was started to listen.
    ///
    /// # Errors
    ///
    /// When it was, and cannot be told what to.
    pub fn asked() -> Result<Option<Self>> {
        let asked = std::env::var(ASKED).ok();
        Ok(asked.map(|asked| serde_json::from_str(&asked)).transpose()?)
    }

    /// Listens until standard input says how many messages there were.
    ///
    /// # Errors
    ///
    /// When it cannot listen, or some never came.
    #[allow(clippy::print_stdout, reason = "how it answers")]
    pub async fn run(self) -> Result<()> {
        let heard = Heard::default();
        match &self.postgres {
            Some(postgres) => self.follow(postgres, &heard).await?,
            None => self.subscribe(&heard).await?,
        }
        println!("ready");
        let line = tokio::task::spawn_blocking(|| std::io::stdin().lines().next()).await?;
        let count: usize = line.context("nobody said how many there were")??.parse()?;
        let deadline = Instant::now() + PATIENCE;
        while heard.lock().len() < count {
            let came = heard.lock().len();
            ensure!(Instant::now() < deadline, "{came} of {count} messages came");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for (id, at) in &*heard.lock() {
            println!("{id} {at}");
        }
        Ok(())
    }

    async fn follow(&self, postgres: &str, heard: &Heard) -> Result<()> {
        let store = Arc::new(PgStore::connect(postgres).await?);
        let client = RedisClient::connect(&self.redis).await?;
        let bus = RedisBus::new(client, KeySpace::with_prefix(self.prefix.as_str())?)?;
        let feeds = Feeds::new(store, bus);
        let channels = channels();
        for channel in 0..self.channels {
            let id = stream(channel);
            let filter = Filter::all().aggregates([id]);
            let channel: Channel<String> = channels.channel(name(id), filter);
            let mut feed = feeds.follow_live(&channel).await?;
            let heard = heard.clone();
            tokio::spawn(async move {
                while let Ok(update) = feed.next().await {
                    heard.lock().insert(update.position.get(), now());
                }
            });
        }
        // subscribed everywhere: what is told from now on is heard at once
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok(())
    }

    async fn subscribe(&self, heard: &Heard) -> Result<()> {
        let client = realtime::builder(&self.redis)?.build_subscriber_client()?;
        drop(client.init().await?);
        let mut messages = client.message_rx();
        let names: Vec<_> = (0..self.channels).map(|it| bare_channel(&self.prefix, it)).collect();
        client.subscribe(names).await?;
        let heard = heard.clone();
        tokio::spawn(async move {
            // the connection lives as long as its client
            let _client = client;
            while let Ok(message) = messages.recv().await {
                if let Some(id) = message.value.as_u64() {
                    heard.lock().insert(id, now());
                }
            }
        });
        Ok(())
    }
}

/// A listener as its parent sees it.
pub(super) struct Listener {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Listener {
    pub(super) fn start(listen: &Listen) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .env(ASKED, serde_json::to_string(listen)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take().context("no input")?;
        let stdout = BufReader::new(child.stdout.take().context("no output")?);
        let mut listener = Self { child, stdin, stdout };
        let mut line = String::new();
        listener.stdout.read_line(&mut line)?;
        ensure!(line.trim_end() == "ready", "the listener said {line:?}");
        Ok(listener)
    }

    /// When it heard of what, once it has heard of this many.
    pub(super) fn finish(mut self, count: usize) -> Result<BTreeMap<u64, u64>> {
        writeln!(self.stdin, "{count}")?;
        let mut heard = BTreeMap::new();
        for line in (&mut self.stdout).lines() {
            let line = line?;
            let (id, at) = line.split_once(' ').context("half a line")?;
            heard.insert(id.parse()?, at.parse()?);
        }
        ensure!(self.child.wait()?.success(), "the listener failed");
        Ok(heard)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
