//! Listens to invalidations of other processes, and knows whether it hears everything.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aether_core::backend::Backoff;
use aether_core::time::SystemRandom;
use aether_realtime::cache::MemoryCache;
use fred::clients::Client;
use fred::error::{Error as FredError, ErrorKind};
use fred::interfaces::{ClientLike as _, EventInterface as _, PubsubInterface as _};
use fred::types::Message;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{sleep, timeout};

use super::message;
use crate::client::RedisClient;
use crate::error::{Error, Result};
use crate::key_space::Key;

/// The longest pause between attempts to listen, and how long one may take.
const LONGEST: Duration = Duration::from_secs(1);

/// Until when it is known that every invalidation was heard.
#[derive(Debug)]
pub(super) struct Watch {
    begin: Instant,
    /// Nanoseconds since `begin`.
    until: AtomicU64,
}

impl Default for Watch {
    fn default() -> Self {
        Self { begin: Instant::now(), until: AtomicU64::new(0) }
    }
}

impl Watch {
    /// A process that stood still finds out by itself: its time went on.
    pub(super) fn stands(&self) -> bool {
        let until = self.until.load(Ordering::Acquire);
        until > 0 && self.begin.elapsed() < Duration::from_nanos(until)
    }

    fn set(&self, until: Instant) {
        let nanos = until.saturating_duration_since(self.begin).as_nanos();
        self.until.store(u64::try_from(nanos).unwrap_or(u64::MAX), Ordering::Release);
    }

    /// Whether anything was vouched for.
    fn end(&self) -> bool {
        self.until.swap(0, Ordering::AcqRel) > 0
    }
}

/// Keeps near copies right.
pub(super) struct Tracker {
    pub(super) client: RedisClient,
    pub(super) channel: Key,
    pub(super) beat: Key,
    pub(super) near: MemoryCache,
    pub(super) watch: std::sync::Arc<Watch>,
    pub(super) silence: Duration,
}

/// Ends a connection with its user, however that ends.
struct Listener(Client);

impl Drop for Listener {
    fn drop(&mut self) {
        let client = self.0.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { drop(timeout(LONGEST, client.quit()).await) });
        }
    }
}

impl Tracker {
    /// Until it is aborted.
    pub(super) async fn run(self) {
        let tracking = metrics::gauge!("aether_redis_cache_tracking");
        tracking.set(0.0);
        let mut pauses = Backoff::new(Duration::from_millis(50), LONGEST);
        let mut failure = None;
        loop {
            let Err(error) = self.listen(&tracking).await;
            tracking.set(0.0);
            if self.watch.end() {
                self.near.clear();
                pauses.reset();
                metrics::counter!("aether_redis_cache_dropped_total").increment(1);
            }
            let told = Some(error.to_string());
            if error.is_transient() {
                tracing::debug!(%error, "invalidations are not heard: there are no copies in process");
            } else if told != failure {
                tracing::error!(%error, "invalidations cannot be heard: there are no copies in process");
            }
            failure = told;
            sleep(pauses.pause(&SystemRandom)).await;
        }
    }

    /// Listens on one connection until it breaks.
    async fn listen(&self, tracking: &metrics::Gauge) -> Result<Infallible> {
        let limit = self.silence;
        let late = |_| Error::Timeout { limit };
        let listener = Listener(self.connect()?);
        let client = &listener.0;
        let mut messages = client.message_rx();
        let mut errors = client.error_rx();
        drop(timeout(LONGEST, client.init()).await.map_err(late)?.map_err(self.client.error())?);
        let subscribed = timeout(LONGEST, client.subscribe(self.channel.as_str())).await;
        subscribed.map_err(late)?.map_err(self.client.error())?;
        // nothing that was copied before is known to be right
        self.near.clear();
        loop {
            let sent = Instant::now();
            let beat = timeout(self.silence, client.publish::<i64, _, _>(self.beat.as_str(), ""));
            let answered = self.hear_while(&mut messages, beat).await?;
            answered.map_err(late)?.map_err(self.client.error())?;
            // what came before the answer is waiting by now
            loop {
                match messages.try_recv() {
                    Ok(message) => self.hear(&message),
                    Err(TryRecvError::Empty) => break,
                    Err(error) => return Err(missed(error)),
                }
            }
            self.watch.set(sent + self.silence);
            tracking.set(1.0);
            let broken = timeout(self.silence / 4, errors.recv());
            if let Ok(broken) = self.hear_while(&mut messages, broken).await? {
                let error = broken.map_or_else(missed_error, |(error, _)| error);
                return Err(self.client.error()(error));
            }
        }
    }

    /// A connection of its own, that is not opened again when it breaks: a new one is made then.
    fn connect(&self) -> Result<Client> {
        let pooled = self.client.connection()?;
        let inner = pooled.client_config();
        Ok(Client::new(
            inner,
            Some(pooled.perf_config()),
            Some(pooled.connection_config().clone()),
            None,
        ))
    }

    /// Handles messages until something else is done.
    async fn hear_while<R>(
        &self,
        messages: &mut Receiver<Message>,
        other: impl Future<Output = R>,
    ) -> Result<R> {
        let mut other = std::pin::pin!(other);
        loop {
            tokio::select! {
                biased;
                message = messages.recv() => self.hear(&message.map_err(missed)?),
                result = &mut other => return Ok(result),
            }
        }
    }

    fn hear(&self, message: &Message) {
        if message.channel != self.channel.as_str() {
            return;
        }
        metrics::counter!("aether_redis_cache_invalidations_total").increment(1);
        match message.value.as_str().as_deref().and_then(message::read) {
            Some(target) => self.near.forget(&[target]),
            None => self.near.clear(),
        }
    }
}

/// Too slow for the messages, or the connection is closed.
fn missed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Unreachable { source: error.into() }
}

fn missed_error(error: RecvError) -> FredError {
    FredError::new(ErrorKind::Canceled, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_ends_by_itself() {
        let watch = Watch::default();
        assert!(!watch.stands());
        watch.set(Instant::now() + Duration::from_secs(3600));
        assert!(watch.stands());
        // as after a pause of the whole process
        watch.set(Instant::now() + Duration::from_millis(1));
        let deadline = Instant::now() + Duration::from_secs(10);
        while watch.stands() {
            assert!(Instant::now() < deadline, "it stands for ever");
            std::thread::yield_now();
        }
        assert!(watch.end() && !watch.end());
    }
}
