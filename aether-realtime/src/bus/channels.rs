//! Which messages there are on which channels: one definition for the publisher and for those who catch up.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use aether_core::backend::{EventStore, panic_text};
use aether_core::event::JsonError;
use aether_core::{BoxError, Error, Filter, Json, RecordedEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::feed::Item;

/// A family of channels, one for each combat for instance, whose messages are `M`: which part of an event is told, and
/// on which channels.
///
/// The same definition makes the messages that an [`Announcer`](super::Announcer) publishes and those that a
/// [`Feed`](super::Feed) takes from the event store, so that they cannot differ. It depends on the event alone.
/// A channel belongs to one definition. Cloning gives another handle on the same one.
///
/// ```
/// use aether_core::Filter;
/// use aether_realtime::bus::Channels;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct CombatUpdate { what: String }
///
/// let updates = Channels::new(
///     "combat-updates",
///     Filter::all().aggregate_types(["Combat"]),
///     |event| {
///         let channel = format!("combat:{}:updates", event.aggregate_id);
///         Ok(Some((channel, CombatUpdate { what: event.event_type.to_string() })))
///     },
/// );
/// # let id = aether_core::AggregateId::new(uuid::Uuid::nil());
/// let channel = updates.channel(format!("combat:{id}:updates"), Filter::all().aggregates([id]));
/// assert_eq!(channel.name(), "combat:00000000-0000-0000-0000-000000000000:updates");
/// ```
pub struct Channels<M> {
    definition: Arc<Definition>,
    messages: PhantomData<fn() -> M>,
}

/// One of [these channels](Channels), with the events that are told of on it.
pub struct Channel<M> {
    source: Source,
    messages: PhantomData<fn() -> M>,
}

impl<M: Serialize + DeserializeOwned + 'static> Channels<M> {
    /// A definition under a name of its own: of the events that pass the filter, `route` makes messages with
    /// their channels, or none. On one channel it makes at most one of an event.
    ///
    /// What `route` fails at is not published; a feed gives the error out in its place, and goes on.
    #[must_use]
    pub fn new<C, I>(
        name: &'static str,
        filter: Filter,
        route: impl Fn(&RecordedEvent) -> Result<I, BoxError> + Send + Sync + 'static,
    ) -> Self
    where
        C: Into<String>,
        I: IntoIterator<Item = (C, M)>,
    {
        let route = move |event: &RecordedEvent| {
            let messages = route(event)?.into_iter();
            Ok(messages.map(|(channel, body)| (channel.into(), Json::encode(&body))).collect())
        };
        let mark = mark(name, 0, &filter);
        let definition = Definition { name, filter, mark, route: Arc::new(route) };
        Self { definition: Arc::new(definition), messages: PhantomData }
    }

    /// Raise it whenever messages change: other events, other channels, another form. While old and new code
    /// run at the same time, each leaves the other's messages alone and takes its own from the event store.
    /// A changed name or filter does the same by itself. Default 0.
    #[must_use]
    pub fn revision(self, revision: u32) -> Self {
        let Definition { name, filter, .. } = &*self.definition;
        let mark = mark(name, revision, filter);
        let definition = Definition { mark, ..(*self.definition).clone() };
        Self { definition: Arc::new(definition), messages: PhantomData }
    }

    /// One of the channels. `filter` lets every event pass that is told of on it, and few others: it is what
    /// the event store is asked for, by an index at best (aggregates, types).
    #[must_use]
    pub fn channel(&self, name: impl Into<String>, filter: Filter) -> Channel<M> {
        let filter = filter.within(&self.definition.filter);
        let (channel, definition) = (Arc::from(name.into()), self.definition.clone());
        let key = (Arc::clone(&channel), mark("", 0, &filter) ^ definition.mark);
        let source = Source { definition, channel, filter, key };
        Channel { source, messages: PhantomData }
    }

    pub(super) const fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }
}

impl<M> Channel<M> {
    /// The name of the channel.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.source.channel
    }

    /// The events that the event store is asked for: all that are told of on it, and few others.
    #[must_use]
    pub const fn filter(&self) -> &Filter {
        &self.source.filter
    }

    pub(super) const fn source(&self) -> &Source {
        &self.source
    }
}

impl<M> Clone for Channels<M> {
    fn clone(&self) -> Self {
        Self { definition: self.definition.clone(), messages: PhantomData }
    }
}

impl<M> Clone for Channel<M> {
    fn clone(&self) -> Self {
        Self { source: self.source.clone(), messages: PhantomData }
    }
}

impl<M> fmt::Debug for Channels<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channels").field("name", &self.definition.name).finish_non_exhaustive()
    }
}

impl<M> fmt::Debug for Channel<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("name", &self.source.channel).finish_non_exhaustive()
    }
}

type Route = dyn Fn(&RecordedEvent) -> Result<Vec<(String, Result<Json, JsonError>)>, BoxError>
    + Send
    + Sync;

/// A definition, whatever its messages are.
#[derive(Clone)]
pub(super) struct Definition {
    pub(super) name: &'static str,
    pub(super) filter: Filter,
    /// What notices call it: the same in every process that has the same name, filter and revision.
    pub(super) mark: u64,
    route: Arc<Route>,
}

/// A message with its channel, or what went wrong with it.
type Routed = (String, Result<Json, Error>);

impl Definition {
    /// The messages of an event, each with its channel or what went wrong with it.
    ///
    /// # Errors
    ///
    /// What `route` failed with: nobody knows then on which channels something is missing.
    pub(super) fn messages(&self, event: &RecordedEvent) -> Result<Vec<Routed>, Error> {
        if !self.filter.matches(event) {
            return Ok(Vec::new());
        }
        let routed = catch_unwind(AssertUnwindSafe(|| (self.route)(event)));
        let messages = match routed {
            Ok(Ok(messages)) => messages,
            Ok(Err(error)) => return Err(self.failed(event, error)),
            Err(panic) => {
                return Err(self.failed(event, panic_text(panic.as_ref()).into()));
            }
        };
        let mut seen = HashSet::new();
        let mut checked = Vec::with_capacity(messages.len());
        for (channel, body) in messages {
            if seen.insert(channel.clone()) {
                checked.push((channel, body.map_err(|error| self.failed(event, error.into()))));
            } else if let Some((_, body)) = checked.iter_mut().find(|(name, _)| *name == channel) {
                *body = Err(self.failed(event, format!("two messages for {channel}").into()));
            }
        }
        Ok(checked)
    }

    fn failed(&self, event: &RecordedEvent, error: BoxError) -> Error {
        match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::Backend {
                source: format!(
                    "{} makes no message of {} at position {}: {error}",
                    self.name, event.event_type, event.position
                )
                .into(),
            },
        }
    }
}

/// A channel, whatever its messages are.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) definition: Arc<Definition>,
    pub(super) channel: Arc<str>,
    pub(super) filter: Filter,
    /// Tells channels apart that are called the same.
    pub(super) key: SourceKey,
}

pub(super) type SourceKey = (Arc<str>, u64);

impl Source {
    /// The message of an event on this channel, if there is one.
    pub(super) fn item(&self, event: &RecordedEvent) -> Option<Item> {
        let body = match self.definition.messages(event) {
            Ok(messages) => {
                let ours = |(channel, _): &(String, _)| **channel == *self.channel;
                messages.into_iter().find(ours)?.1.map_err(Arc::new)
            }
            Err(error) => Err(Arc::new(error)),
        };
        Some(Item { anchor: event.anchor(), body })
    }

    /// Whether an event has a message on this channel, or may have one.
    pub(super) fn tells_of(&self, event: &RecordedEvent) -> bool {
        self.item(event).is_some()
    }

    /// A share of one, the same for this channel everywhere: spreads what many channels do at times.
    pub(super) fn share(&self) -> f64 {
        (fnv(&self.channel) >> 40) as f64 / (1_u64 << 24) as f64
    }
}

/// Stands for a definition.
fn mark(name: &str, revision: u32, filter: &Filter) -> u64 {
    let Filter { event_types, aggregate_types, aggregate_ids, correlation_id, slices } = filter;
    fnv(&format!(
        "{name}|{revision}|{event_types:?}|{aggregate_types:?}|{aggregate_ids:?}|{correlation_id:?}|{slices:?}"
    ))
}

/// Stands for a store in notices; 0 if it has no name.
pub(super) async fn store_mark(store: &dyn EventStore) -> Result<u64, Error> {
    let identity = store.identity().await?;
    Ok(identity.map_or(0, |identity| fnv(&identity).max(1)))
}

/// FNV-1a, 64 bits.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
