//! Feeds of this process: what they share.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use aether_core::backend::{EventStore, Patience, Seen};
use aether_core::log::{Anchor, Incarnation, Page, Read};
use aether_core::{Error, Position, RecordedEvent, Result};
use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{OnceCell, Semaphore};

use super::channels::{Channel, Source, SourceKey, store_mark};
use super::feed::{Feed, Item};
use super::known::Known;
use super::trunk::Trunk;
use super::{Bus, Listener};

/// How long a position that the store does not know yet is waited for: a replica may be behind.
const BEHIND: Duration = Duration::from_secs(2);

/// Follows channels: every message once, in order, whatever becomes of the bus. One per process; cheap to clone.
///
/// All feeds of a channel in this process share one subscription and one reader of the event store. So a thousand
/// clients of one combat cost what one does. Needs an [`Announcer`](super::Announcer) somewhere to be quick;
/// without one, or without the bus, messages come from the store as often as it is [looked
/// at](FeedSettings::verify).
///
/// A client that was cut off comes back with [`FeedUpdate::anchor`](super::FeedUpdate::anchor) and [`resume`](Feeds::resume)s
/// after it. A log that was restored from a backup, or has failed over to a standby that was behind, may have lost what
/// a client has seen: then [`EventsLost`](Error::EventsLost) says so, and the client loads anew.
///
/// ```
/// # use aether_core::log::Anchor;
/// # use aether_core::{Engine, Position, Result};
/// # use aether_realtime::bus::{Bus, Channel, Feeds};
/// # async fn example(engine: Engine, bus: impl Bus, channel: Channel<String>, loaded: Position) -> Result<()> {
/// let feeds = Feeds::new(engine.store().clone(), bus);
/// // past what a state was loaded with
/// let mut feed = feeds.follow(&channel, loaded).await?;
/// let update = feed.next().await?;
/// println!("{} {}", update.position, update.message);
/// // the client is cut off, and comes back with the last message it has
/// let mut feed = feeds.resume(&channel, update.anchor()).await?;
/// loop {
///     let update = feed.next().await?;
///     println!("{} {}", update.position, update.message);
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Feeds {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    store: Arc<dyn EventStore>,
    bus: Arc<dyn Bus>,
    settings: FeedSettings,
    reads: Semaphore,
    trunks: Mutex<Trunks>,
    /// What stands for the store in notices.
    mark: OnceCell<u64>,
}

type Trunks = HashMap<SourceKey, Weak<Trunk>>;

/// Settings of [`Feeds`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeedSettings {
    /// How often the event store is looked at, for each channel, while the bus is down. Default 1 second.
    pub poll: Duration,
    /// How often the event store is looked at for each channel on which nothing came meanwhile: the longest
    /// that a message stays away whose loss the bus does not notice, and that it takes to find a quiet log in another
    /// incarnation. Default 10 seconds.
    pub verify: Duration,
    /// How many messages of each channel are kept for feeds that are behind; one that is further behind reads
    /// the event store on its own. Default 256.
    pub kept: usize,
    /// How many bytes of JSON are kept of each channel, at the most; the newest message is kept in any case.
    /// Default 1 MiB.
    pub kept_bytes: usize,
    /// How many events are read from the store at once. Default 256.
    pub page: u32,
    /// How many reads of the store run at the same time, over all channels. Default 8.
    pub reads: usize,
    /// For how long transient errors of the store are waited out before a feed gives them out. Default 60
    /// seconds.
    pub patience: Duration,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
            verify: Duration::from_secs(10),
            kept: 256,
            kept_bytes: 1 << 20,
            page: 256,
            reads: 8,
            patience: Duration::from_secs(60),
        }
    }
}

impl FeedSettings {
    /// The default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`poll`](FeedSettings::poll).
    #[must_use]
    pub const fn poll(mut self, pause: Duration) -> Self {
        self.poll = pause;
        self
    }

    /// Sets [`verify`](FeedSettings::verify).
    #[must_use]
    pub const fn verify(mut self, pause: Duration) -> Self {
        self.verify = pause;
        self
    }

    /// Sets [`kept`](FeedSettings::kept).
    #[must_use]
    pub const fn kept(mut self, messages: usize) -> Self {
        self.kept = messages;
        self
    }

    /// Sets [`kept_bytes`](FeedSettings::kept_bytes).
    #[must_use]
    pub const fn kept_bytes(mut self, bytes: usize) -> Self {
        self.kept_bytes = bytes;
        self
    }

    /// Sets [`page`](FeedSettings::page).
    #[must_use]
    pub const fn page(mut self, events: u32) -> Self {
        self.page = events;
        self
    }

    /// Sets [`reads`](FeedSettings::reads).
    #[must_use]
    pub const fn reads(mut self, reads: usize) -> Self {
        self.reads = reads;
        self
    }

    /// Sets [`patience`](FeedSettings::patience).
    #[must_use]
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl Feeds {
    /// Feeds from a bus and the event store behind it, with default settings.
    #[must_use]
    pub fn new(store: impl EventStore, bus: impl Bus) -> Self {
        Self::of(Arc::new(store), Arc::new(bus), FeedSettings::default())
    }

    /// The same with other settings. Feeds that were made before stay as they are.
    #[must_use]
    pub fn with(self, settings: FeedSettings) -> Self {
        Self::of(self.inner.store.clone(), self.inner.bus.clone(), settings)
    }

    fn of(store: Arc<dyn EventStore>, bus: Arc<dyn Bus>, settings: FeedSettings) -> Self {
        let reads = Semaphore::new(settings.reads.max(1));
        let trunks = Mutex::default();
        let mark = OnceCell::new();
        let inner = Inner { store, bus, settings, reads, trunks, mark };
        Self { inner: Arc::new(inner) }
    }

    /// Everything on a channel after `seen`: first what is stored, then what happens. `seen` is the position that a state
    /// was loaded at.
    ///
    /// A position alone does not tell whether the log is still the one it was taken from: see
    /// [`resume`](Feeds::resume). From now on the feed keeps the newest event up to there as its proof. One round trip.
    ///
    /// # Errors
    ///
    /// [`PositionAhead`](Error::PositionAhead) if `seen` lies past the end of the log (the client has to
    /// load anew), transient ones (retry), [`Closed`](Error::Closed).
    pub async fn follow<M>(&self, channel: &Channel<M>, seen: Position) -> Result<Feed<M>>
    where
        M: Serialize + DeserializeOwned + 'static,
    {
        if seen > Position::START {
            let before = Position::new(seen.get() - 1);
            if let Ok(reached) = tokio::time::timeout(BEHIND, self.inner.store.wait(before)).await {
                reached?;
            } else {
                let last = self.inner.store.end().await?;
                return Err(Error::PositionAhead { requested: seen, last });
            }
        }
        let known = Known::at(self.inner.store(), seen).await?;
        Ok(Feed::new(self.clone(), channel.clone(), known, seen))
    }

    /// Everything on a channel after the last message that a client has, as
    /// [`FeedUpdate::anchor`](super::FeedUpdate::anchor) told it. One round trip.
    ///
    /// # Errors
    ///
    /// [`EventsLost`](Error::EventsLost) if the log does not have its event any more (the client has to load anew),
    /// transient ones (retry).
    pub async fn resume<M>(&self, channel: &Channel<M>, anchor: Anchor) -> Result<Feed<M>>
    where
        M: Serialize + DeserializeOwned + 'static,
    {
        let seen = Seen::up_to(anchor);
        let proven = self.inner.prove(channel.source(), &seen, BEHIND).await?;
        let known = Known { seen, incarnation: proven.flatten() };
        Ok(Feed::new(self.clone(), channel.clone(), known, anchor.position))
    }

    /// What happens on a channel from now on.
    ///
    /// # Errors
    ///
    /// Transient ones (retry), [`Closed`](Error::Closed).
    pub async fn follow_live<M>(&self, channel: &Channel<M>) -> Result<Feed<M>>
    where
        M: Serialize + DeserializeOwned + 'static,
    {
        let (end, known) = Known::at_end(self.inner.store()).await?;
        Ok(Feed::new(self.clone(), channel.clone(), known, end))
    }

    /// How many channels are followed.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.inner.trunks().len()
    }

    pub(super) fn settings(&self) -> &FeedSettings {
        &self.inner.settings
    }

    pub(super) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    /// What the feeds of a channel share: made for the first of them.
    pub(super) fn trunk(&self, source: &Source) -> Arc<Trunk> {
        let key = &source.key;
        let mut trunks = self.inner.trunks();
        // dropped after the lock is released: the last one to drop a trunk takes it
        let standing = trunks.get(key).and_then(Weak::upgrade);
        let trunk = match &standing {
            Some(trunk) if !trunk.has_failed() => trunk.clone(),
            _ => {
                let trunk = Arc::new(Trunk::start(&self.inner, source.clone()));
                trunks.insert(key.clone(), Arc::downgrade(&trunk));
                trunk
            }
        };
        drop(trunks);
        drop(standing);
        trunk
    }
}

impl Inner {
    pub(super) const fn settings(&self) -> &FeedSettings {
        &self.settings
    }

    pub(super) fn store(&self) -> &dyn EventStore {
        self.store.as_ref()
    }

    /// What stands for the store in notices; 0 if it has no name.
    pub(super) async fn mark(&self) -> Result<u64> {
        self.mark.get_or_try_init(|| store_mark(self.store())).await.copied()
    }

    pub(super) fn listen(&self, channel: &str) -> Listener {
        self.bus.listen(channel)
    }

    /// A page of a channel from the store. Cancel safe.
    pub(super) async fn read(&self, source: &Source, after: Position) -> Result<(Vec<Item>, Page)> {
        // never closed
        let _turn = self.reads.acquire().await.map_err(|_| Error::Closed)?;
        let read = Read::all().after(after).filter(source.filter.clone());
        let mut page = self.store.read(read.limit(self.settings.page)).await?;
        metrics::counter!("aether_feed_store_reads_total").increment(1);
        let events: Vec<RecordedEvent> = std::mem::take(&mut page.events);
        Ok((events.iter().filter_map(|event| source.item(event)).collect(), page))
    }

    /// Fails unless the log has what a reader of a channel has seen. Returns the incarnation it was looked for in, if
    /// anything was. Transient errors are waited out.
    pub(super) async fn prove(
        &self,
        source: &Source,
        seen: &Seen,
        patience: Duration,
    ) -> Result<Option<Option<Incarnation>>> {
        let prove = || async {
            // never closed
            let _turn = self.reads.acquire().await.map_err(|_| Error::Closed)?;
            let counts = |event: &RecordedEvent| source.tells_of(event);
            seen.prove(self.store(), &source.filter, counts).await
        };
        Patience::new(patience).retry(prove).await
    }

    /// Forgets a trunk that is gone, unless another one stands in its place.
    pub(super) fn forget(&self, source: &Source) {
        let mut trunks = self.trunks();
        if trunks.get(&source.key).is_some_and(|trunk| trunk.strong_count() == 0) {
            trunks.remove(&source.key);
        }
    }

    fn trunks(&self) -> MutexGuard<'_, Trunks> {
        self.trunks.lock()
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").field("settings", &self.settings).finish_non_exhaustive()
    }
}
