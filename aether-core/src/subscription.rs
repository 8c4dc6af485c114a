//! Reading the log from somewhere on, and then live.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt as _, Stream};
use tokio::task::JoinHandle;

use crate::backend::Patience;
use crate::envelope::RecordedEvent;
use crate::error::{Error, Result};
use crate::ids::{Anchor, Incarnation, Position};
use crate::store::{EventStore, Filter, Page, Read};

mod seen;

pub use seen::Seen;

/// The log as a reader sees it: every event that passes its filter, in order, each exactly once as
/// long as the reader lives; first those that are stored, then new ones within milliseconds.
///
/// A reader that stops remembers [`Batch::anchor`] and [resumes](SubscriptionBuilder::resume) after it later.
///
/// When the log is found in another [incarnation](Incarnation) (its server has crashed, failed over or was
/// restored), the reader looks whether the log still has what it has seen. If so, it continues. If not,
/// [`EventsLost`](Error::EventsLost) says so, each time it is asked.
///
/// Memory is bounded. At most three pages are held: the one being handed out and two read ahead, or one where the
/// filter leaves most events out. Each is of [`batch_size`](SubscriptionBuilder::batch_size) events and
/// [`batch_bytes`](SubscriptionBuilder::batch_bytes) at most. A slow reader slows nobody but itself. Transient
/// errors are waited out (with growing pauses, see [`SubscriptionBuilder::patience`]).
///
/// ```
/// # use aether_core::{Engine, Position, Result};
/// # async fn example(engine: Engine) -> Result<()> {
/// let mut combats = engine.subscribe(Position::START).aggregate_types(["Combat"]).start();
/// loop {
///     let batch = combats.next_batch().await?;
///     for event in &batch.events {
///         println!("{} {}", event.position, event.event_type);
///     }
///     // all up to batch.position has been seen
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Subscription {
    store: Arc<dyn EventStore>,
    read: Read,
    patience: Duration,
    /// The next pages, being read while the caller works on the last one.
    ahead: VecDeque<Ahead>,
    /// How many positions a range has that is read ahead: fewer than events in a page where these are large.
    range: u64,
    /// Whether the last page ended at the end of the log.
    caught_up: bool,
    /// What it has handed out.
    seen: Seen,
    /// The incarnation of the log that has it; `None` before the first page.
    recognized: Option<Option<Incarnation>>,
}

impl std::fmt::Debug for dyn EventStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventStore")
    }
}

/// Some events, and how far the reader has come with them.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Batch {
    /// The events, in order of position. May be empty: then the reader has only moved past events
    /// that its filter leaves out.
    pub events: Vec<RecordedEvent>,
    /// Everything up to here has been seen: start here to go on later.
    pub position: Position,
    /// Whether this was the end of the log when it was read.
    pub caught_up: bool,
    /// The last event that was seen, in this batch or before: by it the log is recognized later.
    pub anchor: Option<Anchor>,
    /// The incarnation of the log that it was read in. `None` where there is only one.
    pub incarnation: Option<Incarnation>,
}

/// Puts a [`Subscription`] together.
#[derive(Debug, Clone)]
#[must_use = "a subscription reads nothing before `start`"]
pub struct SubscriptionBuilder {
    store: Arc<dyn EventStore>,
    read: Read,
    patience: Duration,
    anchor: Option<Anchor>,
}

impl SubscriptionBuilder {
    /// Only events after `position`. Default: from the first.
    ///
    /// A position alone does not tell whether the log is still the one it was taken from: see
    /// [`resume`](SubscriptionBuilder::resume).
    pub fn after(mut self, position: Position) -> Self {
        self.read.after = position;
        self.anchor = None;
        self
    }

    /// Only events past the last one that was seen, as [`Batch::anchor`] told it. The subscription fails with
    /// [`EventsLost`](Error::EventsLost) if the log does not have it any more.
    pub fn resume(mut self, anchor: Anchor) -> Self {
        self.read.after = anchor.position;
        self.anchor = Some(anchor);
        self
    }

    /// Only events that pass `filter`.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.read.filter = filter;
        self
    }

    /// Only these event types.
    pub fn event_types<N: Into<crate::log::Name>>(
        mut self,
        types: impl IntoIterator<Item = N>,
    ) -> Self {
        self.read.filter = self.read.filter.event_types(types);
        self
    }

    /// Only events of these aggregate types.
    pub fn aggregate_types<N: Into<crate::log::Name>>(
        mut self,
        types: impl IntoIterator<Item = N>,
    ) -> Self {
        self.read.filter = self.read.filter.aggregate_types(types);
        self
    }

    /// Only events of these aggregates.
    pub fn aggregates<I: Into<crate::AggregateId>>(
        mut self,
        ids: impl IntoIterator<Item = I>,
    ) -> Self {
        self.read.filter = self.read.filter.aggregates(ids);
        self
    }

    /// At most this many events in a batch. Default 1000.
    pub fn batch_size(mut self, events: u32) -> Self {
        self.read = self.read.limit(events);
        self
    }

    /// At most this many bytes of events in a batch, but always one event. Default 16 MiB.
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.read = self.read.bytes(bytes);
        self
    }

    /// For how long transient errors of the store are waited out before they are returned. Default
    /// 60 seconds.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The subscription. Reads nothing until it is asked.
    pub fn start(self) -> Subscription {
        let Self { store, read, patience, anchor } = self;
        let seen = anchor.map_or_else(|| Seen::from(read.after), Seen::up_to);
        let ahead = VecDeque::new();
        let range = read.limit.into();
        let caught_up = false;
        let recognized = None;
        Subscription { store, read, patience, ahead, range, caught_up, seen, recognized }
    }
}

impl Subscription {
    /// A subscription to all events of a store, from the first.
    pub fn builder(store: impl EventStore) -> SubscriptionBuilder {
        Self::of(Arc::new(store))
    }

    pub(crate) fn of(store: Arc<dyn EventStore>) -> SubscriptionBuilder {
        let patience = Duration::from_secs(60);
        SubscriptionBuilder { store, read: Read::all(), patience, anchor: None }
    }

    /// How far it has come.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.read.after
    }

    /// The next events; waits for them at the end of the log. Cancel safe.
    ///
    /// # Errors
    ///
    /// It can be asked again: nothing is lost or doubled.
    ///
    /// - [`PositionAhead`](Error::PositionAhead): it started past the end of the log.
    /// - [`EventsLost`](Error::EventsLost): the log has lost events that it has seen.
    /// - [`Closed`](Error::Closed): the store is closed.
    /// - Transient ones that outlast the [patience](SubscriptionBuilder::patience).
    pub async fn next_batch(&mut self) -> Result<Batch> {
        let mut patience = Patience::new(self.patience);
        loop {
            match self.try_next_batch().await {
                Err(error) if error.is_transient() => patience.after(error).await?,
                result => return result,
            }
        }
    }

    async fn try_next_batch(&mut self) -> Result<Batch> {
        if self.caught_up {
            self.wait().await?;
            self.caught_up = false;
        }
        let (page, range) = loop {
            match self.next_page().await {
                Ok((page, range)) if self.recognizes(&page) => break (page, range),
                Ok(_) => self.recognize().await?,
                // perhaps only positions that were nobody's are gone
                Err(Error::PositionAhead { .. }) if self.seen.resume() < self.read.after => {
                    self.recognize().await?;
                }
                Err(error) => return Err(error),
            }
        };
        let from = std::mem::replace(&mut self.read.after, page.position);
        let whole_range = range.is_some_and(|end| page.position >= end);
        if !whole_range {
            // the range ends past the log, or past what a page holds: what was asked for next does not follow
            self.ahead.clear();
        }
        self.caught_up = page.caught_up && !whole_range;
        if !self.caught_up {
            let span = page.position.get().saturating_sub(from.get());
            self.fit_range(&page.events, span, whole_range);
            self.read_ahead(page.events.len() as u64, span);
        }
        if let Some(last) = page.events.last() {
            self.seen.add(page.events.len(), last.anchor());
        }
        Ok(Batch {
            events: page.events,
            position: page.position,
            caught_up: self.caught_up,
            anchor: self.seen.last(),
            incarnation: page.incarnation,
        })
    }

    /// Waits for more, or until the log is in another incarnation.
    async fn wait(&self) -> Result<()> {
        let mut waiting = self.store.wait(self.read.after);
        // begun first: from now on a change ends it
        if let Some(ended) = (&mut waiting).now_or_never() {
            return ended.map(drop);
        }
        match self.recognized {
            Some(known) if self.store.incarnation().is_some_and(|now| known != Some(now)) => Ok(()),
            _ => waiting.await.map(drop),
        }
    }

    /// Whether a page is from the incarnation that has what was seen.
    fn recognizes(&mut self, page: &Page) -> bool {
        if self.recognized.is_none() && self.seen.last().is_none() {
            self.recognized = Some(page.incarnation);
        }
        self.recognized == Some(page.incarnation)
    }

    /// Looks for what was seen in the log as it is now, and continues after it.
    async fn recognize(&mut self) -> Result<()> {
        self.ahead.clear();
        let proven = self.seen.prove(self.store.as_ref(), &self.read.filter, |_| true).await?;
        if self.recognized.is_some() {
            tracing::warn!(
                position = %self.seen.resume(),
                "the log is in another incarnation and has what was seen; reading on"
            );
        }
        // without anything seen the next page is as good as the first
        self.recognized = proven;
        self.read.after = self.seen.resume();
        Ok(())
    }

    /// The next page, and where its range ends if it was asked for as one.
    async fn next_page(&mut self) -> Result<(Page, Option<Position>)> {
        loop {
            if self.ahead.is_empty() {
                self.ahead.push_back(Ahead::start(&self.store, self.read.clone(), None));
            }
            let Some(next) = self.ahead.front_mut() else { continue };
            let (result, range) = (next.result().await, next.range);
            self.ahead.pop_front();
            match result {
                Ok(page) => return Ok((page, range)),
                // a range may have been asked for when the log did not reach it yet
                Err(_) if range.is_some() => self.ahead.clear(),
                Err(error) => return Err(error),
            }
        }
    }

    /// Holds ranges to what a page takes: what does not go into it is read in vain.
    fn fit_range(&mut self, events: &[RecordedEvent], span: u64, whole_range: bool) {
        let limit = u64::from(self.read.limit.clamp(1, Read::MAX_LIMIT));
        let half_empty =
            || events.iter().map(RecordedEvent::bytes).sum::<usize>() <= self.read.bytes / 2;
        if !whole_range {
            self.range = span.clamp(1, limit);
        } else if self.range < limit && half_empty() {
            self.range = (self.range * 2).min(limit);
        }
    }

    /// Has the pages after the last one read, which had `events` within `span` positions.
    ///
    /// Where a page has to say where the next one begins, they can only be read one after another.
    /// Where most positions are events that the filter lets pass, ranges of positions are as good as
    /// pages, and two of them are read at the same time.
    fn read_ahead(&mut self, events: u64, span: u64) {
        const RANGES: usize = 2;
        if events * 2 < span {
            if self.ahead.is_empty() {
                self.ahead.push_back(Ahead::start(&self.store, self.read.clone(), None));
            }
            return;
        }
        while self.ahead.len() < RANGES {
            let after = match self.ahead.back() {
                Some(Ahead { range: Some(end), .. }) => *end,
                Some(_) => return,
                None => self.read.after,
            };
            let end = Position::new(after.get() + self.range);
            let read = Read { after, until: end, ..self.read.clone() };
            self.ahead.push_back(Ahead::start(&self.store, read, Some(end)));
        }
    }

    /// The same events one by one, as a [`Stream`]. An error ends nothing: the next item goes on
    /// where the last event was.
    pub fn into_stream(self) -> impl Stream<Item = Result<RecordedEvent>> + Send {
        let buffer: VecDeque<RecordedEvent> = VecDeque::new();
        futures::stream::unfold((self, buffer), |(mut subscription, mut buffer)| async move {
            loop {
                if let Some(event) = buffer.pop_front() {
                    return Some((Ok(event), (subscription, buffer)));
                }
                match subscription.next_batch().await {
                    Ok(batch) => buffer = batch.events.into(),
                    Err(Error::Closed) => return None,
                    Err(error) => return Some((Err(error), (subscription, buffer))),
                }
            }
        })
    }
}

/// A page that is being read in a task of its own; dropped with the subscription.
#[derive(Debug)]
struct Ahead {
    task: JoinHandle<Result<Page>>,
    /// Where the range of positions ends that it is for.
    range: Option<Position>,
}

impl Ahead {
    fn start(store: &Arc<dyn EventStore>, read: Read, range: Option<Position>) -> Self {
        let store = store.clone();
        Self { task: tokio::spawn(async move { store.read(read).await }), range }
    }

    async fn result(&mut self) -> Result<Page> {
        Pin::new(&mut self.task)
            .await
            .unwrap_or_else(|panic| Err(Error::Backend { source: Box::new(panic) }))
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.task.abort();
    }
}
