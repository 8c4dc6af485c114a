//! The one connection that listens, and the task that keeps it subscribed.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use aether_realtime::bus::Exchange;
use fred::clients::SubscriberClient;
use fred::error::Error as FredError;
use fred::interfaces::{ClientLike as _, EventInterface as _, PubsubInterface as _};
use fred::types::config::Options;
use fred::types::{ClusterHash, ClusterStateChange, Message};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;

use crate::error::Error;
use crate::key_space::KeySpace;

use super::line::Line;
use super::wire;

/// How often the connection is asked for a sign of life.
const CHECK: Duration = Duration::from_secs(1);
/// For how long an answer is waited for.
const LIMIT: Duration = Duration::from_secs(1);
/// How many channels are named in one command.
const CHUNK: usize = 500;

/// Keeps what Redis is subscribed to the same as what is listened to in this process.
pub(super) struct Driver {
    client: SubscriberClient,
    keys: KeySpace,
    exchange: Exchange,
    /// What this connection is subscribed to.
    subscribed: HashSet<Arc<str>>,
    line: Arc<Line>,
}

impl Driver {
    pub(super) fn new(
        client: SubscriberClient,
        keys: KeySpace,
        exchange: Exchange,
        line: Arc<Line>,
    ) -> Self {
        Self { client, keys, exchange, subscribed: HashSet::new(), line }
    }

    /// Runs until `stopped` is dropped.
    pub(super) async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        let mut messages = self.client.message_rx();
        let mut connections = self.client.reconnect_rx();
        let mut losses = self.client.error_rx();
        let mut moves = self.client.cluster_change_rx();
        let mut check = tokio::time::interval(CHECK);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // runs until `quit`
        drop(self.client.connect());
        let exchange = self.exchange.clone();
        loop {
            // what was lost before what came; and both before messages, which can wait
            tokio::select! {
                biased;
                _ = &mut stopped => break,
                loss = losses.recv() => match loss {
                    Err(RecvError::Closed) => break,
                    Ok((error, _)) => self.failed(error),
                    Err(RecvError::Lagged(_)) => self.lost(),
                },
                connection = connections.recv() => match connection {
                    Err(RecvError::Closed) => break,
                    // Lagged: there were several. What was lost has been told; a Cluster tells of every node,
                    // and to subscribe again where one is subscribed does nothing.
                    _ => self.subscribe_all().await,
                },
                moved = moves.recv() => match moved {
                    Err(RecvError::Closed) => break,
                    moved => self.moved(moved.ok()),
                },
                _ = check.tick() => self.check().await,
                changed = exchange.changed() => self.follow(changed).await,
                message = messages.recv() => match message {
                    Ok(message) => self.deliver(&message),
                    Err(RecvError::Lagged(missed)) => self.missed(missed),
                    Err(RecvError::Closed) => break,
                },
            }
        }
        self.exchange.close();
        if let Err(error) = self.client.quit().await {
            tracing::debug!(%error, "redis did not say goodbye");
        }
    }

    fn deliver(&self, message: &Message) {
        metrics::counter!("aether_redis_bus_received_total").increment(1);
        let Some(channel) = self.keys.channel_name(&message.channel) else { return };
        let text = message.value.as_str();
        match text.as_deref().and_then(|text| wire::decode(channel, text)) {
            // nobody may be listening any more
            Some(notice) => drop(self.exchange.deliver(notice)),
            None => {
                tracing::warn!(channel, "a message that is not one of ours");
                self.exchange.lag(channel);
            }
        }
    }

    /// This task was too slow.
    fn missed(&self, messages: u64) {
        metrics::counter!("aether_redis_bus_missed_total").increment(messages);
        for channel in self.exchange.channels() {
            self.exchange.lag(&channel);
        }
    }

    /// The connection is gone, and what it was subscribed to.
    fn lost(&mut self) {
        self.subscribed.clear();
        if self.line.falls() {
            metrics::counter!("aether_redis_bus_interruptions_total").increment(1);
            tracing::info!("the bus is interrupted");
        }
        self.exchange.all_down();
    }

    /// As [`lost`](Self::lost), and why.
    fn failed(&mut self, error: FredError) {
        self.lost();
        self.line.fails(&Error::of(error, LIMIT));
    }

    /// Subscribes, on a new connection, to everything that is listened to.
    async fn subscribe_all(&mut self) {
        // those that come from here on are told by `changed`
        let channels = self.exchange.channels();
        match self.subscribe(channels).await {
            Ok(()) => {
                if self.line.rises() {
                    tracing::debug!(channels = self.subscribed.len(), "the bus is up");
                }
            }
            Err(error) => self.failed(error),
        }
    }

    /// Follows what is listened to.
    async fn follow(&mut self, changed: Vec<Arc<str>>) {
        if !self.line.is_up() {
            return;
        }
        let (mut new, mut gone) = (Vec::new(), Vec::new());
        for channel in changed {
            match (self.exchange.has_listeners(&channel), self.subscribed.contains(&channel)) {
                (true, false) => new.push(channel),
                // the last one went, and another one came
                (true, true) => self.exchange.set_up(&channel, true),
                (false, true) => gone.push(channel),
                (false, false) => {}
            }
        }
        let followed = async {
            self.unsubscribe(gone).await?;
            self.subscribe(new).await
        };
        if let Err(error) = followed.await {
            self.failed(error);
        }
    }

    async fn subscribe(&mut self, channels: Vec<Arc<str>>) -> Result<(), FredError> {
        let redis = self.client.with_options(&self.options());
        for chunk in channels.chunks(CHUNK) {
            redis.subscribe(self.names(chunk)).await?;
        }
        // the answers to these commands are not waited for: an answer to what follows tells that they have
        // taken effect
        redis.ping::<()>(None).await?;
        for channel in channels {
            self.exchange.set_up(&channel, true);
            self.subscribed.insert(channel);
        }
        metrics::gauge!("aether_redis_bus_channels").set(self.subscribed.len() as f64);
        Ok(())
    }

    async fn unsubscribe(&mut self, channels: Vec<Arc<str>>) -> Result<(), FredError> {
        let redis = self.client.with_options(&self.options());
        for chunk in channels.chunks(CHUNK) {
            redis.unsubscribe(self.names(chunk)).await?;
        }
        for channel in &channels {
            self.subscribed.remove(channel);
        }
        Ok(())
    }

    /// A connection can be dead without anybody having said so.
    async fn check(&mut self) {
        if !self.line.is_up() {
            if self.client.is_connected() {
                self.subscribe_all().await;
            }
            return;
        }
        let answer = self.client.with_options(&self.options()).ping::<()>(None).await;
        if let Err(error) = answer {
            tracing::warn!(%error, "the listening connection does not answer; opening another one");
            self.reconnect();
            self.line.fails(&Error::of(error, LIMIT));
        }
    }

    /// The nodes of a Cluster are not the ones they were: the connection that was listened on may be gone without a
    /// word, or another node may be the one to listen to. `None`: several changes.
    fn moved(&mut self, changes: Option<Vec<ClusterStateChange>>) {
        let added = |change: &ClusterStateChange| matches!(change, ClusterStateChange::Add(_));
        // new connections are told by `reconnect_rx`
        if !self.subscribed.is_empty() && !changes.is_some_and(|all| all.iter().all(added)) {
            self.reconnect();
        }
    }

    /// Opens new connections in the background; `reconnect_rx` tells of them.
    fn reconnect(&mut self) {
        self.lost();
        let client = self.client.clone();
        drop(tokio::spawn(async move { client.force_reconnection().await }));
    }

    fn names(&self, channels: &[Arc<str>]) -> Vec<String> {
        channels.iter().map(|channel| self.keys.channel(channel).to_string()).collect()
    }

    /// On a Cluster everything goes to the node where messages are published.
    fn options(&self) -> Options {
        let meeting = ClusterHash::Custom(self.keys.meeting_slot());
        Options {
            timeout: Some(LIMIT),
            max_attempts: Some(1),
            cluster_hash: self.client.is_clustered().then_some(meeting),
            ..Options::default()
        }
    }
}
