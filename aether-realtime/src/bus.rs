//! Telling others at once: a bus for what was just stored, and feeds that miss nothing of it.
//!
//! Begin with the example `examples/small/live_feed.rs`.

use std::sync::Arc;

use aether_core::log::Incarnation;
use aether_core::{EventId, Json, Position, Result};
use async_trait::async_trait;

mod announcer;
mod chain;
mod channels;
mod exchange;
mod feed;
mod feeds;
mod known;
mod memory;
mod ring;
mod trunk;

pub use announcer::{Announced, Announcer, Drafts};
pub use channels::{Channel, Channels};
pub use exchange::{Exchange, Listener};
pub use feed::{Feed, FeedUpdate};
pub use feeds::{FeedSettings, Feeds};
pub use memory::MemoryBus;

/// A way from publishers to listeners, in any process: quick, and at most once.
///
/// Listen with [`Feeds`] to miss nothing: the bus makes them quick, the event store makes them right. A bare
/// [`Listener`] is for what may be missed.
///
/// Object-safe: hold it as `Arc<dyn Bus>`. The promises below are checked for every bus by the bus suite of
/// `aether-contract`:
///
/// - **On one channel**, what one publisher sends arrives in its order, to every listener there is.
/// - **Whatever may be missing is told**: by [`Signal::Down`], until [`Signal::Up`], or [`Signal::Lagged`].
/// - **Slow listeners** hold up nobody, and cost bounded memory.
///
/// # What can be relied on, and why
///
/// Pub/sub loses messages: connections break, servers fail over, listeners are slow. Positions in the log have
/// gaps, and far more of them on one channel, so a listener cannot see from a position alone whether it has
/// missed one. Therefore each [`Notice`] carries a **link**, [`Notice::after`]: *between `after` and `position`
/// there is nothing else on this channel*. This is a statement about the log in one [incarnation](Incarnation), below the
/// horizon, where nothing ever changes: it was true when it was made, and stays true however late and often it is sent.
///
/// A reader that has seen everything up to `seen` on its channel
///
/// - leaves out a notice at or below `seen`: it is a double;
/// - takes one with `after <= seen`: nothing lies in between, so it has seen everything up to its position then;
/// - goes to the event store for everything else, and comes back with a higher `seen`.
///
/// So **no gap, no double, and the order of the log** rest on links and on the store alone, and hold whatever
/// the bus does:
///
/// | what happens | what comes of it |
/// |---|---|
/// | the publisher dies between the store and the bus, or before its checkpoint | the next one goes on from the checkpoint: doubles are left out |
/// | two publishers for a moment; a paused one wakes up | both say true things: doubles, or older notices, which are left out |
/// | an old notice arrives before those it follows | its link does not reach down to `seen`: the store is asked |
/// | a restarted publisher does not know what was on a channel before | it links to where it started: the store is asked, once |
/// | a connection is cut, Redis fails over, a buffer runs over | the next notice's link does not reach down to `seen`; at the latest the signal, or the look below |
/// | two stores publish on the same channels | notices name their [store](aether_core::backend::LogIdentity::identity): those of another one are left out, and one without a name is only a hint to look |
/// | old and new code at the same time | notices name the [definition](Channels::revision) they follow; one that follows another is only a hint to look |
/// | the log fails over to a standby that was behind, or is restored | notices name the incarnation that their event was read in; one of another is only a hint to look, and the look tells: readers prove what they have seen, or say that it is lost |
///
/// **That nothing stays away** is another matter: when the last notice of a channel is lost, no link tells. That is
/// what the signals are for: readers look into the store at [`Signal::Up`] and at [`Signal::Lagged`], every
/// [`poll`](FeedSettings::poll) while the bus is down, and on a quiet channel every
/// [`verify`](FeedSettings::verify). The last is for what no signal tells: a server that was cut off from its
/// successor. A notice is sent after its event could be read, so a reader that goes to the store on its account
/// finds the event there; a replica that is behind is waited for.
#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// Sends notices, in this order. They count as sent when it returns `Ok`; nobody needs to be there.
    ///
    /// # Errors
    ///
    /// Transient ones (retry: notices may be sent twice, readers leave doubles out). Some of the notices may
    /// have been sent.
    async fn publish(&self, notices: &[Notice]) -> Result<()>;

    /// Listens to a channel, from now on. Returns at once; [`Signal::Up`] tells when it has taken effect.
    /// All listeners of a channel in this process share one subscription, which ends with the last of them.
    fn listen(&self, channel: &str) -> Listener;
}

#[async_trait]
impl<B: Bus + ?Sized> Bus for Arc<B> {
    async fn publish(&self, notices: &[Notice]) -> Result<()> {
        (**self).publish(notices).await
    }

    fn listen(&self, channel: &str) -> Listener {
        (**self).listen(channel)
    }
}

impl std::fmt::Debug for dyn Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bus")
    }
}

/// One message on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Where it is sent.
    pub channel: Arc<str>,
    /// The position of the event it tells of. A channel has at most one message for each event.
    /// [`Position::START`]: it is not from the log.
    pub position: Position,
    /// The event. `None`, from the release before this one: the event store has it.
    pub event_id: Option<EventId>,
    /// Its link: there is nothing else on this channel after `after` and before `position`.
    pub after: Position,
    /// Stands for the [store](aether_core::backend::LogIdentity::identity) that its event is in; 0 for one that is not known.
    pub store: u64,
    /// The incarnation of the log that its event was read in; `None` where there is only one.
    pub incarnation: Option<Incarnation>,
    /// Which [definition](Channels) of its channel it follows.
    pub definition: u64,
    /// What it says. `None`: it is too large, or could not be made; the event store has it.
    pub body: Option<Json>,
}

impl Notice {
    /// A message that is not from the log: nobody catches up on it, and [feeds](Feeds) do not show it.
    #[must_use]
    pub fn passing(channel: impl Into<Arc<str>>, body: Json) -> Self {
        let (channel, nowhere) = (channel.into(), Position::START);
        Self {
            channel,
            position: nowhere,
            event_id: None,
            after: nowhere,
            store: 0,
            incarnation: None,
            definition: 0,
            body: Some(body),
        }
    }
}

/// What a [`Listener`] hears.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// A message.
    Notice(Notice),
    /// From here on nothing is missing, until the next [`Down`](Signal::Down) or [`Lagged`](Signal::Lagged).
    Up,
    /// From some moment before this on, messages may be missing: the connection was lost.
    Down,
    /// The listener was too slow for its buffer, or a message could not be read: some are missing.
    Lagged,
}
