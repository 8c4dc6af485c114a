//! The listeners of this process, by channel: what every bus hands its messages to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures::Stream;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast};

use super::{Notice, Signal};

/// Fans messages out to the listeners of this process: the local half of a [`Bus`](super::Bus), for those who
/// write one. Cloning gives another handle on the same exchange.
///
/// Each channel has one bounded buffer, however many listen: a listener that falls behind by more than
/// its capacity hears [`Signal::Lagged`] and continues with the newest.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use aether_core::Json;
/// use aether_realtime::bus::{Exchange, Notice, Signal};
///
/// let exchange = Exchange::new(16);
/// let mut listener = exchange.listen("world:events");
/// exchange.set_up("world:events", true);
/// exchange.deliver(Notice::passing("world:events", Json::empty()));
/// assert_eq!(listener.next().await, Some(Signal::Up));
/// assert!(matches!(listener.next().await, Some(Signal::Notice(_))));
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Exchange {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    capacity: usize,
    channels: Mutex<HashMap<Arc<str>, Arc<Line>>>,
    /// Channels whose first listener came or whose last one went.
    changed: Mutex<HashSet<Arc<str>>>,
    /// Tells that there are some.
    change: Notify,
    closed: AtomicBool,
}

/// One channel with listeners. Gone with the last of them.
#[derive(Debug)]
struct Line {
    channel: Arc<str>,
    /// How many there are; changes under the lock of the channels.
    listeners: AtomicUsize,
    up: AtomicBool,
    signals: broadcast::Sender<Signal>,
}

impl Exchange {
    /// An exchange that keeps the last `capacity` messages of each channel for listeners that are behind:
    /// about a hundred bytes for each, and what they say.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let inner = Inner {
            capacity: capacity.max(1),
            channels: Mutex::default(),
            changed: Mutex::default(),
            change: Notify::new(),
            closed: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner) }
    }

    /// A listener on a channel, which is down for it until it is [told otherwise](Exchange::set_up).
    #[must_use]
    pub fn listen(&self, channel: &str) -> Listener {
        let mut channels = self.inner.channels();
        if let Some(line) = channels.get(channel) {
            return Listener::new(self.inner.clone(), line.clone());
        }
        let line = Arc::new(Line {
            channel: channel.into(),
            listeners: AtomicUsize::new(0),
            up: AtomicBool::new(false),
            signals: broadcast::Sender::new(self.inner.capacity),
        });
        channels.insert(line.channel.clone(), line.clone());
        let listener = Listener::new(self.inner.clone(), line.clone());
        drop(channels);
        self.inner.mark(line.channel.clone());
        listener
    }

    /// Hands a message to the listeners of its channel; `false` if there are none.
    pub fn deliver(&self, notice: Notice) -> bool {
        let line = self.inner.channels().get(&notice.channel).cloned();
        line.is_some_and(|line| line.signals.send(Signal::Notice(notice)).is_ok())
    }

    /// Tells the listeners of a channel that they have missed something.
    pub fn lag(&self, channel: &str) {
        if let Some(line) = self.inner.channels().get(channel) {
            // nobody listening any more has missed nothing
            let _ = line.signals.send(Signal::Lagged);
        }
    }

    /// Tells the listeners of a channel whether everything reaches them from here on. Telling it again
    /// does nothing.
    pub fn set_up(&self, channel: &str, up: bool) {
        if let Some(line) = self.inner.channels().get(channel) {
            line.set(up);
        }
    }

    /// Tells all listeners that messages may be missing.
    pub fn all_down(&self) {
        for line in self.inner.channels().values() {
            line.set(false);
        }
    }

    /// The channels that somebody listens to.
    #[must_use]
    pub fn channels(&self) -> Vec<Arc<str>> {
        self.inner.channels().keys().cloned().collect()
    }

    /// Whether somebody listens to a channel.
    #[must_use]
    pub fn has_listeners(&self, channel: &str) -> bool {
        self.inner.channels().contains_key(channel)
    }

    /// Waits until channels have found their first listener, or lost their last one, and names them;
    /// [`has_listeners`](Exchange::has_listeners) tells how it is now. Cancel safe; for one task only.
    pub async fn changed(&self) -> Vec<Arc<str>> {
        loop {
            let changed = std::mem::take(&mut *self.inner.changed.lock());
            if !changed.is_empty() {
                return changed.into_iter().collect();
            }
            self.inner.change.notified().await;
        }
    }

    /// Ends all listening: listeners hear what is in their buffer, and then `None`.
    pub fn close(&self) {
        self.inner.closed.store(true, Ordering::SeqCst);
        for line in self.inner.channels().values() {
            // wakes them up
            let _ = line.signals.send(Signal::Down);
        }
    }
}

impl Inner {
    fn channels(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<Line>>> {
        self.channels.lock()
    }

    fn mark(&self, channel: Arc<str>) {
        self.changed.lock().insert(channel);
        self.change.notify_one();
    }
}

impl Line {
    /// First the state, then the signal: a listener that jumps over signals looks at the state after
    /// them.
    fn set(&self, up: bool) {
        if self.up.swap(up, Ordering::SeqCst) != up {
            let _ = self.signals.send(if up { Signal::Up } else { Signal::Down });
        }
    }
}

/// Hears what is sent on one channel. Dropping it ends the subscription if it was the last one.
#[derive(Debug)]
pub struct Listener {
    exchange: Arc<Inner>,
    line: Arc<Line>,
    signals: broadcast::Receiver<Signal>,
    /// What it was told last.
    up: bool,
    /// The state is to be looked at before the next signal.
    look: bool,
}

impl Listener {
    /// Called under the lock of the channels.
    fn new(exchange: Arc<Inner>, line: Arc<Line>) -> Self {
        line.listeners.fetch_add(1, Ordering::SeqCst);
        let signals = line.signals.subscribe();
        Self { exchange, line, signals, up: false, look: true }
    }

    /// The channel.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.line.channel
    }

    /// The next signal; `None` when the bus was closed. At first the channel counts as down. Cancel safe.
    pub async fn next(&mut self) -> Option<Signal> {
        loop {
            if std::mem::take(&mut self.look) {
                let up = self.line.up.load(Ordering::SeqCst);
                if up != self.up {
                    self.up = up;
                    return Some(if up { Signal::Up } else { Signal::Down });
                }
            }
            if self.exchange.closed.load(Ordering::SeqCst) && self.signals.is_empty() {
                return None;
            }
            match self.signals.recv().await {
                Ok(signal @ (Signal::Up | Signal::Down)) => {
                    let up = signal == Signal::Up;
                    if std::mem::replace(&mut self.up, up) != up {
                        return Some(signal);
                    }
                }
                Ok(signal) => return Some(signal),
                Err(RecvError::Lagged(_)) => {
                    // what is left in the buffer is old, and the signals among it may be gone
                    self.signals = self.line.signals.subscribe();
                    self.look = true;
                    metrics::counter!("aether_bus_lagged_total").increment(1);
                    return Some(Signal::Lagged);
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// The same signals as a [`Stream`].
    pub fn into_stream(self) -> impl Stream<Item = Signal> + Send {
        futures::stream::unfold(self, |mut listener| async move {
            listener.next().await.map(|signal| (signal, listener))
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut channels = self.exchange.channels();
        if self.line.listeners.fetch_sub(1, Ordering::SeqCst) == 1 {
            channels.remove(&self.line.channel);
            drop(channels);
            self.exchange.mark(self.line.channel.clone());
        }
    }
}
