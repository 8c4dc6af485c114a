//! What all feeds of a channel in this process share: one listener, one reader of the store, the last messages.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};
use std::time::Duration;

use aether_core::backend::span::{moment, part};
use aether_core::backend::{Patience, panic_text};
use aether_core::log::{Anchor, Incarnation};
use aether_core::{Error, Position, Result};
use futures::FutureExt as _;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::channels::Source;
use super::feed::Item;
use super::feeds::Inner;
use super::known::Known;
use super::ring::Ring;
use super::{Listener, Notice, Signal};

/// How soon after the bus came up the store is looked at once more. A reader of the store that is just behind
/// the publisher's may see a little less of the log than it.
const SETTLE: Duration = Duration::from_millis(250);
/// How long a notice's event is waited for in the store, which may be a replica that is behind.
const BEHIND: Duration = Duration::from_secs(5);
/// How many signals are taken before feeds are woken up.
const BURST: usize = 256;

/// Keeps the [`Ring`] of a channel going, as long as there are feeds.
pub(super) struct Trunk {
    shared: Arc<Shared>,
    source: Source,
    feeds: Weak<Inner>,
    task: JoinHandle<()>,
}

struct Shared {
    state: Mutex<State>,
    /// Moves whenever the state does.
    news: watch::Sender<u64>,
    /// A feed has found the log in another incarnation.
    look: Notify,
}

/// How a channel is.
pub(super) enum State {
    /// Where the log ends is not known yet.
    Starting,
    /// The last messages.
    Running(Box<Ring>),
    /// The store cannot be read.
    Failed(Arc<Error>),
}

impl Trunk {
    pub(super) fn start(feeds: &Arc<Inner>, source: Source) -> Self {
        let (state, news) = (Mutex::new(State::Starting), watch::Sender::new(0));
        let shared = Arc::new(Shared { state, news, look: Notify::new() });
        let run = Run {
            listener: feeds.listen(&source.channel),
            mark: source.definition.mark,
            store: 0,
            feeds: feeds.clone(),
            source: source.clone(),
            shared: shared.clone(),
            covered: Position::START,
            incarnation: None,
            waiting: None,
        };
        Self {
            shared,
            source,
            feeds: Arc::downgrade(feeds),
            task: tokio::spawn(run.until_it_fails()),
        }
    }

    /// Wakes up whenever there may be something new.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.shared.news.subscribe()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    /// Has the store looked at once more, and news told then.
    pub(super) fn look_again(&self) {
        self.shared.look.notify_one();
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(*self.state(), State::Failed(_))
    }
}

impl Drop for Trunk {
    fn drop(&mut self) {
        self.task.abort();
        if let Some(feeds) = self.feeds.upgrade() {
            feeds.forget(&self.source);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    fn tell(&self) {
        self.news.send_modify(|news| *news = news.wrapping_add(1));
    }

    fn fail(&self, error: Error) {
        *self.state() = State::Failed(Arc::new(error));
        self.tell();
    }
}

/// The task of a [`Trunk`].
struct Run {
    listener: Listener,
    /// The definition it takes messages of.
    mark: u64,
    /// What stands for the store in notices; 0 if it has no name.
    store: u64,
    feeds: Arc<Inner>,
    source: Source,
    shared: Arc<Shared>,
    /// How far the channel is known: that of the ring.
    covered: Position,
    /// The incarnation of the log that this holds for: that of the ring.
    incarnation: Option<Incarnation>,
    /// A signal that was met among notices.
    waiting: Option<Signal>,
}

impl Run {
    async fn until_it_fails(self) {
        let shared = self.shared.clone();
        // `route` is called behind a net of its own; this one is for what nobody thought of
        let ended = AssertUnwindSafe(self.run()).catch_unwind().await;
        let error = match ended {
            Ok(Err(error)) => error,
            Ok(Ok(never)) => match never {},
            Err(panic) => Error::Backend { source: panic_text(panic.as_ref()).into() },
        };
        shared.fail(error);
    }

    async fn run(mut self) -> Result<std::convert::Infallible> {
        self.begin().await?;
        let settings = self.feeds.settings().clone();
        // spread, so that many channels do not look at the same time
        let spread = 0.75 + self.source.share() / 2.0;
        let poll = part(settings.poll, spread);
        let verify = part(settings.verify, spread);
        let (mut up, mut closed) = (false, false);
        let mut look = moment(Instant::now(), poll);
        loop {
            let signal = match self.waiting.take() {
                Some(signal) => Some(signal),
                None => tokio::select! {
                    signal = self.listener.next(), if !closed => {
                        closed = signal.is_none();
                        Some(signal.unwrap_or(Signal::Down))
                    }
                    () = tokio::time::sleep_until(look) => None,
                    () = self.shared.look.notified() => None,
                },
            };
            let pause = match signal {
                Some(Signal::Notice(notice)) => {
                    if !self.take_all(notice).await? {
                        // says nothing about what was to be looked for
                        continue;
                    }
                    if up { verify } else { poll }
                }
                Some(Signal::Up) => {
                    up = true;
                    self.catch_up(Position::START, "up").await?;
                    SETTLE.min(verify)
                }
                Some(Signal::Down) => {
                    up = false;
                    self.catch_up(Position::START, "down").await?;
                    poll
                }
                Some(Signal::Lagged) => {
                    self.catch_up(Position::START, "lagged").await?;
                    SETTLE.min(verify)
                }
                None => {
                    self.catch_up(Position::START, if up { "verify" } else { "poll" }).await?;
                    if up { verify } else { poll }
                }
            };
            look = moment(Instant::now(), pause);
        }
    }

    /// Begins at the end of the log: what lies before it, feeds read on their own.
    async fn begin(&mut self) -> Result<()> {
        let settings = self.feeds.settings();
        let begin = || async {
            let store = self.feeds.mark().await?;
            Ok((store, Known::at_end(self.feeds.store()).await?))
        };
        let (store, (end, known)) = Patience::new(settings.patience).retry(begin).await?;
        let mut ring = Ring::new(known, settings.kept, settings.kept_bytes);
        ring.cover(end);
        (self.covered, self.incarnation) = (ring.covered(), ring.known().incarnation);
        self.store = store;
        *self.shared.state() = State::Running(Box::new(ring));
        self.shared.tell();
        Ok(())
    }

    /// Looks for what was told in the log as it is now, and continues after it. If it is not there, this begins anew,
    /// and each feed proves on its own what it has shown.
    async fn recognize(&mut self, found: Option<Incarnation>) -> Result<()> {
        let known = match &*self.shared.state() {
            State::Running(ring) => ring.known().clone(),
            State::Starting | State::Failed(_) => return Ok(()),
        };
        let patience = self.feeds.settings().patience;
        match self.feeds.prove(&self.source, &known.seen, patience).await {
            Ok(proven) => {
                if let State::Running(ring) = &mut *self.shared.state() {
                    ring.recognize(proven.unwrap_or(found));
                    (self.covered, self.incarnation) = (ring.covered(), ring.known().incarnation);
                }
                self.shared.tell();
                Ok(())
            }
            Err(error @ Error::EventsLost { .. }) => {
                let channel = &self.source.channel;
                tracing::warn!(%channel, %error, "the channel begins anew; its feeds prove what they have shown");
                self.begin().await
            }
            Err(error) => Err(error),
        }
    }

    /// Takes a notice, and those that are waiting behind it. Whether the channel has come further.
    async fn take_all(&mut self, first: Notice) -> Result<bool> {
        let before = self.covered;
        let mut target = self.take(first);
        for _ in 1..BURST {
            if target.is_some() {
                break;
            }
            match self.listener.next().now_or_never().flatten() {
                Some(Signal::Notice(notice)) => target = self.take(notice),
                other => {
                    self.waiting = other;
                    break;
                }
            }
        }
        self.shared.tell();
        if let Some(target) = target {
            self.catch_up(target, "gap").await?;
        }
        Ok(self.covered > before)
    }

    /// Takes a notice if it is the next one. How far the store is to be read if it is not.
    fn take(&mut self, notice: Notice) -> Option<Position> {
        let known = notice.store == self.store && self.store != 0;
        if !known && notice.store != 0 && self.store != 0 {
            metrics::counter!("aether_feed_foreign_notices_total").increment(1);
            return None;
        }
        let position = notice.position;
        // of the release before: in none
        let another = notice.incarnation.is_some() && notice.incarnation != self.incarnation;
        if position <= self.covered && !(known && another) {
            return None;
        }
        let linked = known
            && notice.incarnation == self.incarnation
            && notice.definition == self.mark
            && notice.after <= self.covered;
        let (true, Some(event_id), Some(body)) = (linked, notice.event_id, notice.body) else {
            return Some(position);
        };
        self.push(Item { anchor: Anchor { position, event_id }, body: Ok(body) });
        metrics::counter!("aether_feed_messages_total", "from" => "bus").increment(1);
        None
    }

    fn push(&mut self, item: Item) {
        self.covered = item.position();
        if let State::Running(ring) = &mut *self.shared.state() {
            ring.push(item);
        }
    }

    /// Reads the store to its end, and at least up to `target`.
    async fn catch_up(&mut self, target: Position, cause: &'static str) -> Result<()> {
        metrics::counter!("aether_feed_catch_ups_total", "cause" => cause).increment(1);
        let mut patience = Patience::new(self.feeds.settings().patience);
        let begun = Instant::now();
        loop {
            let (items, page) = match self.feeds.read(&self.source, self.covered).await {
                Ok((items, page)) if page.incarnation == self.incarnation => (items, page),
                Ok((_, page)) => {
                    self.recognize(page.incarnation).await?;
                    continue;
                }
                Err(Error::PositionAhead { .. })
                    if self.feeds.store().incarnation() != self.incarnation =>
                {
                    self.recognize(self.feeds.store().incarnation()).await?;
                    continue;
                }
                // a replica that is behind
                Err(error @ Error::PositionAhead { .. }) => {
                    patience.after(error).await?;
                    continue;
                }
                Err(error) if error.is_transient() => {
                    patience.after(error).await?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            metrics::counter!("aether_feed_messages_total", "from" => "store")
                .increment(items.len() as u64);
            for item in items {
                self.push(item);
            }
            if let State::Running(ring) = &mut *self.shared.state() {
                ring.cover(page.position);
            }
            self.covered = self.covered.max(page.position);
            self.shared.tell();
            if !page.caught_up {
                patience.renew();
                continue;
            }
            if self.covered >= target {
                return Ok(());
            }
            let error = Error::PositionAhead { requested: target, last: self.covered };
            if begun.elapsed() > BEHIND {
                let channel = &self.source.channel;
                tracing::warn!(%channel, %error, "a notice of an event that is not in the log");
                return Ok(());
            }
            patience.after(error).await?;
        }
    }
}
