//! One reader of a channel.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{Patience, SharedError};
use aether_core::log::{Anchor, Incarnation};
use aether_core::{Error, EventId, Json, Position, Result};
use futures::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use super::channels::Channel;
use super::feeds::Feeds;
use super::known::Known;
use super::trunk::{State, Trunk};

/// The pause before the store is read again that is behind what came over the bus.
const REPLICA: Duration = Duration::from_millis(10);

/// A message on a channel, as feeds share it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) anchor: Anchor,
    pub(super) body: Result<Json, Arc<Error>>,
}

impl Item {
    pub(super) const fn position(&self) -> Position {
        self.anchor.position
    }

    /// How much text it holds.
    pub(super) fn bytes(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.as_str().len())
    }
}

/// What a [`Feed`] gives out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeedUpdate<M> {
    /// The position of the event it tells of: higher with every message of a channel.
    pub position: Position,
    /// The event it tells of.
    pub event_id: EventId,
    /// The message.
    pub message: M,
}

impl<M> FeedUpdate<M> {
    /// What a client keeps to [come back](Feeds::resume) later: by the event, the log is recognized.
    #[must_use]
    pub const fn anchor(&self) -> Anchor {
        Anchor { position: self.position, event_id: self.event_id }
    }
}

/// The messages of a channel, each once, in order, for as long as it lives: from the bus while that is quick
/// enough, from the event store otherwise. See [`Bus`](super::Bus) for why.
///
/// When the log is found in another [incarnation](Incarnation) (its server has crashed, failed over or was
/// restored), the feed looks whether the log still has what it has shown. If so, it continues. If not,
/// [`EventsLost`](Error::EventsLost) says so, each time it is asked: the client loads anew, and follows from there.
///
/// Memory is bounded: a feed that is read slowly holds one page, and reads the event store on its own when it
/// has fallen behind what [is kept](super::FeedSettings::kept) of its channel. It slows nobody but itself.
#[derive(Debug)]
pub struct Feed<M> {
    feeds: Feeds,
    channel: Channel<M>,
    trunk: Arc<Trunk>,
    news: watch::Receiver<u64>,
    buffer: VecDeque<Item>,
    /// How far messages were fetched into the buffer.
    fetched: Position,
    /// What it has fetched, or began after.
    known: Known,
    /// The position of the last message it gave out.
    position: Position,
}

impl<M: Serialize + DeserializeOwned + 'static> Feed<M> {
    pub(super) fn new(feeds: Feeds, channel: Channel<M>, known: Known, position: Position) -> Self {
        let trunk = feeds.trunk(channel.source());
        let news = trunk.news();
        let buffer = VecDeque::new();
        let fetched = known.seen.resume();
        Self { feeds, channel, trunk, news, buffer, fetched, known, position }
    }

    /// The position of the last message it gave out, or the one that it was followed from.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The next message; waits for it. Cancel safe.
    ///
    /// # Errors
    ///
    /// [`Undecodable`](Error::Undecodable) or [`Backend`](Error::Backend) in place of a message that could not
    /// be made; [`EventsLost`](Error::EventsLost) if the log has lost events that it has shown or began after: every
    /// time from then on; [`Closed`](Error::Closed) when the store is closed; transient ones that outlast the
    /// [patience](super::FeedSettings::patience). After the others it can be asked again, and continues: nothing is lost
    /// or doubled.
    pub async fn next(&mut self) -> Result<FeedUpdate<M>> {
        loop {
            if let Some(item) = self.buffer.pop_front() {
                self.position = item.position();
                return self.update(item);
            }
            self.refill().await?;
        }
    }

    /// The same messages as a [`Stream`]. Two errors end it: [`Closed`](Error::Closed) at once, and
    /// [`EventsLost`](Error::EventsLost) is the last thing it tells.
    pub fn into_stream(self) -> impl Stream<Item = Result<FeedUpdate<M>>> + Send {
        futures::stream::unfold(Some(self), |feed| async move {
            let mut feed = feed?;
            match feed.next().await {
                Err(Error::Closed) => None,
                Err(lost @ Error::EventsLost { .. }) => Some((Err(lost), None)),
                update => Some((update, Some(feed))),
            }
        })
    }

    fn update(&self, item: Item) -> Result<FeedUpdate<M>> {
        let Anchor { position, event_id } = item.anchor;
        let body = item
            .body
            .map_err(|error| Error::Backend { source: Box::new(SharedError::new(error)) })?;
        let message = body.decode().map_err(|error| Error::Backend {
            source: format!("the message at {position} on {}: {error}", self.channel.name()).into(),
        })?;
        Ok(FeedUpdate { position, event_id, message })
    }

    /// Puts messages into the buffer, or moves on past events that are none; waits if there is nothing.
    async fn refill(&mut self) -> Result<()> {
        self.news.borrow_and_update();
        match self.look() {
            Look::Items(items) => self.keep(items),
            Look::Nothing => self.wait().await,
            Look::Another { incarnation, proven } => {
                if !proven && !self.is_in(incarnation).await? {
                    self.look_again().await;
                    return Ok(());
                }
                self.known.incarnation = incarnation;
                // positions past the last message may be those of other events now
                self.fetched = self.known.seen.resume();
            }
            Look::Behind => {
                let Some((items, reached)) = self.read().await? else {
                    self.look_again().await;
                    return Ok(());
                };
                self.keep(items);
                self.fetched = self.fetched.max(reached);
                if self.buffer.is_empty() && matches!(self.look(), Look::Behind) {
                    tokio::time::sleep(REPLICA).await;
                }
            }
            Look::Failed(error) => {
                // those who ask again get another chance
                self.trunk = self.feeds.trunk(self.channel.source());
                self.news = self.trunk.news();
                return Err(match *error {
                    Error::Closed => Error::Closed,
                    _ if error.is_transient() => {
                        Error::Unavailable { source: Box::new(SharedError::new(error)) }
                    }
                    _ => Error::Backend { source: Box::new(SharedError::new(error)) },
                });
            }
        }
        Ok(())
    }

    async fn wait(&mut self) {
        // the sender lives in the trunk that this holds
        let _ = self.news.changed().await;
    }

    /// Waits until the trunk, too, has found the log in another incarnation.
    async fn look_again(&mut self) {
        self.trunk.look_again();
        self.wait().await;
    }

    fn look(&self) -> Look {
        match &*self.trunk.state() {
            State::Starting => Look::Nothing,
            State::Failed(error) => Look::Failed(error.clone()),
            State::Running(ring) if ring.known().incarnation != self.known.incarnation => {
                let incarnation = ring.known().incarnation;
                Look::Another { incarnation, proven: ring.has_proven(&self.known) }
            }
            State::Running(ring) => {
                match ring.after(self.fetched, self.feeds.settings().page as usize) {
                    None => Look::Behind,
                    Some(items) if items.is_empty() => Look::Nothing,
                    Some(items) => Look::Items(items),
                }
            }
        }
    }

    fn keep(&mut self, items: Vec<Item>) {
        if let Some(last) = items.last() {
            self.fetched = last.position();
            self.known.seen.add(items.len(), last.anchor);
        }
        self.buffer.extend(items);
    }

    /// Whether the log in this incarnation has what was fetched, or is in yet another one.
    async fn is_in(&self, incarnation: Option<Incarnation>) -> Result<bool> {
        let inner = self.feeds.inner();
        let patience = self.feeds.settings().patience;
        let proven = inner.prove(self.channel.source(), &self.known.seen, patience).await?;
        Ok(proven.is_none_or(|proven| proven == incarnation))
    }

    /// A page from the store, unless the log is in another incarnation; transient errors are waited out.
    async fn read(&self) -> Result<Option<(Vec<Item>, Position)>> {
        let inner = self.feeds.inner();
        let known = self.known.incarnation;
        let mut patience = Patience::new(self.feeds.settings().patience);
        loop {
            match inner.read(self.channel.source(), self.fetched).await {
                Ok((items, page)) => {
                    let same = page.incarnation == known;
                    return Ok(same.then_some((items, page.position)));
                }
                Err(Error::PositionAhead { .. }) if inner.store().incarnation() != known => {
                    return Ok(None);
                }
                Err(error) if error.is_transient() => patience.after(error).await?,
                // a replica that is behind
                Err(error @ Error::PositionAhead { .. }) => patience.after(error).await?,
                Err(error) => return Err(error),
            }
        }
    }
}

/// What a feed finds in its trunk.
enum Look {
    Items(Vec<Item>),
    Nothing,
    /// What it needs is not kept any more.
    Behind,
    /// The trunk has found the log in another incarnation.
    Another {
        incarnation: Option<Incarnation>,
        /// What this feed has fetched is still there.
        proven: bool,
    },
    Failed(Arc<Error>),
}

impl std::fmt::Debug for Trunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trunk").finish_non_exhaustive()
    }
}
