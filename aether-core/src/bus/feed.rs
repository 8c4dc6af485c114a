//! One reader of a channel.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use crate::error::{Error, Result, SharedError};
use crate::ids::Position;
use crate::json::Json;
use crate::subscription::Pause;

use super::channels::Channel;
use super::feeds::Feeds;
use super::trunk::{State, Trunk};

/// The pause before the store is read again that is behind what came over the bus.
const REPLICA: Duration = Duration::from_millis(10);

/// A message on a channel, as feeds share it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) position: Position,
    pub(super) body: Result<Json, Arc<Error>>,
}

impl Item {
    /// How much text it holds.
    pub(super) fn bytes(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.as_str().len())
    }
}

/// What a [`Feed`] gives out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update<M> {
    /// The position of the event it tells of: higher with every message of a channel. The client keeps it, to
    /// [go on](Feeds::follow) from there.
    pub position: Position,
    /// The message.
    pub message: M,
}

/// The messages of a channel, each once, in order, for as long as it lives: from the bus while that is quick
/// enough, from the event store otherwise. See [`Bus`](super::Bus) for why.
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
    seen: Position,
}

impl<M: Serialize + DeserializeOwned + 'static> Feed<M> {
    pub(super) fn new(feeds: Feeds, channel: Channel<M>, seen: Position) -> Self {
        let trunk = feeds.trunk(channel.source());
        let (news, buffer) = (trunk.news(), VecDeque::new());
        Self { feeds, channel, trunk, news, buffer, fetched: seen, seen }
    }

    /// The position of the last message it gave out.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.seen
    }

    /// The next message; waits for it. Cancel safe.
    ///
    /// # Errors
    ///
    /// [`Undecodable`](Error::Undecodable) or [`Backend`](Error::Backend) in place of a message that could not
    /// be made; [`Closed`](Error::Closed) when the store is closed; transient ones that outlast the
    /// [patience](super::FeedSettings::patience). It can be asked again, and goes on: nothing is lost or
    /// doubled.
    pub async fn next(&mut self) -> Result<Update<M>> {
        loop {
            if let Some(item) = self.buffer.pop_front() {
                self.seen = item.position;
                return self.update(item);
            }
            self.refill().await?;
        }
    }

    /// The same messages as a [`Stream`]. An error ends nothing but [`Closed`](Error::Closed), which ends it.
    pub fn into_stream(self) -> impl Stream<Item = Result<Update<M>>> + Send {
        futures::stream::unfold(self, |mut feed| async move {
            match feed.next().await {
                Err(Error::Closed) => None,
                update => Some((update, feed)),
            }
        })
    }

    fn update(&self, item: Item) -> Result<Update<M>> {
        let position = item.position;
        let body =
            item.body.map_err(|error| Error::Backend { source: Box::new(SharedError(error)) })?;
        let message = body.decode().map_err(|error| Error::Backend {
            source: format!("the message at {position} on {}: {error}", self.channel.name()).into(),
        })?;
        Ok(Update { position, message })
    }

    /// Puts messages into the buffer, or moves on past events that are none; waits if there is nothing.
    async fn refill(&mut self) -> Result<()> {
        self.news.borrow_and_update();
        match self.look() {
            Look::Items(items) => self.keep(items),
            Look::Nothing => {
                // the sender lives in the trunk that this holds
                let _ = self.news.changed().await;
            }
            Look::Behind => {
                let (items, reached) = self.read().await?;
                self.keep(items);
                self.fetched = self.fetched.max(reached);
                if self.buffer.is_empty() && matches!(self.look(), Look::Behind) {
                    tokio::time::sleep(REPLICA).await;
                }
            }
            Look::Failed(error) => {
                // whoever asks again gets another chance
                self.trunk = self.feeds.trunk(self.channel.source());
                self.news = self.trunk.news();
                return Err(match *error {
                    Error::Closed => Error::Closed,
                    _ if error.is_transient() => {
                        Error::Unavailable { source: Box::new(SharedError(error)) }
                    }
                    _ => Error::Backend { source: Box::new(SharedError(error)) },
                });
            }
        }
        Ok(())
    }

    fn look(&self) -> Look {
        match &*self.trunk.state() {
            State::Starting => Look::Nothing,
            State::Failed(error) => Look::Failed(error.clone()),
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
            self.fetched = last.position;
        }
        self.buffer.extend(items);
    }

    /// A page from the store; transient errors are waited out.
    async fn read(&self) -> Result<(Vec<Item>, Position)> {
        let mut pause = Pause::new(self.feeds.settings().patience);
        loop {
            match self.feeds.inner().read(self.channel.source(), self.fetched).await {
                Ok((items, page)) => return Ok((items, page.position)),
                Err(error) if error.is_transient() => pause.after(error).await?,
                // a replica that is behind
                Err(error @ Error::PositionAhead { .. }) => pause.after(error).await?,
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
    Failed(Arc<Error>),
}

impl std::fmt::Debug for Trunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trunk").finish_non_exhaustive()
    }
}
