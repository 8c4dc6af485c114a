//! The bus over Redis pub/sub.

use std::sync::Arc;

use aether_core::{Error as CoreError, Result as CoreResult};
use aether_realtime::bus::{Bus, Exchange, Listener, Notice};
use async_trait::async_trait;
use fred::interfaces::{ClientLike as _, PubsubInterface as _};
use fred::types::ClusterHash;
use fred::types::config::Options;
use tokio::sync::oneshot;

use crate::client::{Family, RedisClient};
use crate::error::Result;
use crate::key_space::KeySpace;

mod driver;
mod line;
mod wire;

use driver::Driver;
use line::Line;

/// How many messages of each channel are kept for listeners that are behind.
const CAPACITY: usize = 128;

/// A [`Bus`] over the pub/sub of Redis: as many listeners as there are in this process share **one** connection
/// beside the pool, and one subscription per channel. Cheap to clone; the last clone that is dropped ends it.
///
/// Listeners are told [`Down`](aether_realtime::bus::Signal::Down) when that connection is lost, or has not answered for
/// a second or two, and [`Up`](aether_realtime::bus::Signal::Up) when their channel is subscribed again on a new one. What
/// was published in between is lost to them: listen through [`Feeds`](aether_realtime::bus::Feeds) to miss nothing.
///
/// A bus that cannot come up (a wrong password, a user without `PING` or without a right to the channels) is an
/// error in the log. [`failure`](RedisBus::failure) says why until it is up. It is tried again all the while.
///
/// Publishing takes one round trip for as many notices as there are, on a connection of the pool. On a Cluster all
/// messages under a prefix go through one node, where listeners are subscribed too: each node gets every message
/// anyway, but what nodes tell each other can get lost unnoticed. While that node changes, messages can get lost that
/// way; [`Feeds`](aether_realtime::bus::Feeds) find out.
///
/// On the channel, a message is JSON that any client can read:
/// `{"sequence":42,"after":40,"store":"5c…","definition":"9f…","payload":{…}}`. `payload` is missing where it has to
/// be fetched from the event store; for `after` see [`Notice::after`]. Channels know no database numbers: games that
/// share a server take prefixes of their own. [`Feeds`](aether_realtime::bus::Feeds) leave out what is of another store.
///
/// ```no_run
/// use aether_core::{Engine, Filter, Position};
/// use aether_realtime::bus::{Channels, Feeds};
/// use aether_redis::{KeySpace, RedisBus, RedisClient};
///
/// # async fn run(engine: Engine, updates: Channels<String>) -> Result<(), Box<dyn std::error::Error>> {
/// let client = RedisClient::connect("redis://localhost").await?;
/// let bus = RedisBus::new(client, KeySpace::new())?;
/// let feeds = Feeds::new(engine.store().clone(), bus);
/// let mut feed = feeds.follow(&updates.channel("world:events", Filter::all()), Position::START).await?;
/// println!("{}", feed.next().await?.message);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RedisBus {
    inner: Arc<Inner>,
}

struct Inner {
    client: RedisClient,
    keys: KeySpace,
    exchange: Exchange,
    line: Arc<Line>,
    /// The driver ends when this is dropped.
    _stop: oneshot::Sender<()>,
}

impl RedisBus {
    /// A bus with the address and settings of `client`, on channels under the prefix of `keys`. Connects in
    /// the background, whether Redis is there or not.
    ///
    /// The tokio runtime that this is called in drives it.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`](crate::Error::Failed) if the client's settings do not hold together.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn new(client: RedisClient, keys: KeySpace) -> Result<Self> {
        Self::with_capacity(client, keys, CAPACITY)
    }

    /// A bus whose listeners may fall behind by this many messages of their channel before they
    /// [miss some](aether_realtime::bus::Signal::Lagged). Default 128.
    ///
    /// # Errors
    ///
    /// As [`new`](RedisBus::new).
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn with_capacity(client: RedisClient, keys: KeySpace, messages: usize) -> Result<Self> {
        let exchange = Exchange::new(messages);
        let (stop, stopped) = oneshot::channel();
        let line = Arc::new(Line::default());
        let driver =
            Driver::new(client.subscriber()?, keys.clone(), exchange.clone(), line.clone());
        drop(tokio::spawn(driver.run(stopped)));
        let inner = Inner { client, keys, exchange, line, _stop: stop };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Whether the listening connection stands and is subscribed to everything that is listened to.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.inner.line.is_up()
    }

    /// Why the bus is down, as Redis or the connection has said last. `None` while it is up, and before the first
    /// attempt has ended.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.inner.line.failure()
    }

    /// How many channels are listened to in this process.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.inner.exchange.channels().len()
    }
}

#[async_trait]
impl Bus for RedisBus {
    async fn publish(&self, notices: &[Notice]) -> CoreResult<()> {
        if notices.is_empty() {
            return Ok(());
        }
        let Inner { client, keys, .. } = &*self.inner;
        let message = |notice: &Notice| {
            let channel = keys.channel(&notice.channel).to_string();
            Ok((channel, wire::encode(notice)?))
        };
        let messages: serde_json::Result<Vec<(String, String)>> =
            notices.iter().map(message).collect();
        let messages = messages.map_err(|error| CoreError::Backend { source: Box::new(error) })?;
        let messages = &messages;
        let sent: Vec<i64> = client
            .call(Family::Bus, |redis| async move {
                let cluster_hash = Some(ClusterHash::Custom(keys.meeting_slot()));
                let to_the_meeting = Options { cluster_hash, ..redis.options().clone() };
                let pipeline = redis.pipeline().with_options(&to_the_meeting);
                for (channel, message) in messages {
                    let () = pipeline.publish(channel.clone(), message.clone()).await?;
                }
                pipeline.all().await
            })
            .await?;
        metrics::counter!("aether_redis_bus_sent_total").increment(sent.len() as u64);
        Ok(())
    }

    fn listen(&self, channel: &str) -> Listener {
        self.inner.exchange.listen(channel)
    }
}

impl std::fmt::Debug for RedisBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisBus")
            .field("up", &self.is_up())
            .field("keys", &self.inner.keys)
            .finish_non_exhaustive()
    }
}
