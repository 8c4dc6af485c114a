//! The port every backend implements: append, load, read the log, wait.

use std::ops::RangeInclusive;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::append::{Append, Appended};
use crate::coordination::Coordinator;
use crate::envelope::RecordedEvent;
use crate::error::{Error, Result};
use crate::event::EventSet;
use crate::ids::{AggregateId, Anchor, Incarnation, Name, Position, StreamId, Version};
use crate::limits::Limits;
use crate::shape::Fingerprint;

mod command_ids;
mod identity;
mod snapshots;

pub use command_ids::CommandIds;
pub use identity::LogIdentity;
pub use snapshots::{Snapshot, Snapshots};

/// An event store: streams of events, and one log over all of them. Snapshots, command ids and the identity of the log
/// are ports of their own, which every store has.
///
/// Object-safe: hold it as `Arc<dyn EventStore>`. The promises below are checked for every backend by
/// the store suite of `aether-contract`.
///
/// - **Atomic**: an append is stored whole or not at all.
/// - **Versions** of a stream are 1, 2, 3 … without gaps, and expectations are enforced by the store.
/// - **Total order**: once a reader has seen position `p`, no event ever appears at or below `p`.
///   Events of one aggregate have rising positions.
/// - **Durable**: what [`append`](EventStore::append) has answered is there after a crash (as far as the
///   backend keeps anything).
#[async_trait]
pub trait EventStore: LogIdentity + Snapshots + CommandIds {
    /// Stores events. An append that [is empty](Append::is_empty) is answered without asking the
    /// backend.
    ///
    /// Dropping the future takes the append back as long as it waits; once it is on its way into the database, it may be
    /// stored nevertheless. Waits are bounded: where too many appends wait, or one waits too long for a transaction that
    /// holds its aggregate, the answer is transient.
    ///
    /// # Errors
    ///
    /// In every case but `OutcomeUnknown` nothing was stored.
    ///
    /// - [`Conflict`](crate::Error::Conflict): load again and decide again.
    /// - [`TypeMismatch`](crate::Error::TypeMismatch), [`InvalidEvent`](crate::Error::InvalidEvent) and
    ///   [`InvalidAppend`](crate::Error::InvalidAppend) never succeed.
    /// - [`CommandVoided`](crate::Error::CommandVoided) and [`CommandMismatch`](crate::Error::CommandMismatch) never
    ///   succeed under this command id.
    /// - [`OutcomeUnknown`](crate::Error::OutcomeUnknown): retry only with a command id.
    /// - Transient ones: retry. [`Closed`](crate::Error::Closed): the store is shut down.
    async fn append(&self, append: Append) -> Result<Appended>;

    /// The history of one aggregate: the events of its stream, after a snapshot if one fits. A stream
    /// that does not exist has an empty history. One round trip, where nothing is out of the ordinary.
    ///
    /// The engine relies on it only if it [is whole](History::check).
    ///
    /// # Errors
    ///
    /// - [`IncompleteHistory`](crate::Error::IncompleteHistory): the store knows that it lacks something.
    /// - [`TypeMismatch`](crate::Error::TypeMismatch): the id belongs to another type.
    /// - [`VersionAhead`](crate::Error::VersionAhead): [`Until::Version`] was not reached yet.
    /// - Transient ones: retry.
    async fn load(&self, load: Load) -> Result<History>;

    /// A page of the log in order of position.
    ///
    /// # Errors
    ///
    /// [`PositionAhead`](crate::Error::PositionAhead) if `after` lies past the end of the log,
    /// [`InvalidFilter`](crate::Error::InvalidFilter), transient ones (retry).
    async fn read(&self, read: Read) -> Result<Page>;

    /// Waits until the log can be read beyond `after`, and returns how far it can be read. Answers
    /// at once when it already can. Wakes within milliseconds of an append, whichever process made
    /// it. Ends early, with a position at or below `after`, when the log is found in another
    /// [incarnation](LogIdentity::incarnation). Cancel safe.
    ///
    /// # Errors
    ///
    /// Transient ones (retry), [`Closed`](crate::Error::Closed).
    async fn wait(&self, after: Position) -> Result<Position>;

    /// How far the log can be read now: everything that was stored before this call, unless an append
    /// that had begun earlier is still running. No crash of the server gives a position up to there to another
    /// event. One round trip; a few while the server still flushes.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn end(&self) -> Result<Position>;

    /// The newest event at or below a position that the log can be read to, if there is one. One round trip, by
    /// index.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn newest(&self, until: Position) -> Result<Option<Anchor>>;

    /// Where the nodes of this store agree on who runs what.
    fn coordinator(&self) -> Arc<dyn Coordinator>;

    /// Takes no more appends, finishes those it has taken, ends all waits, then returns. Later appends
    /// and waits are answered with [`Closed`](crate::Error::Closed); what is stored can still be read.
    /// Calling it again does nothing.
    async fn close(&self);
}

/// Which part of which stream to load.
#[derive(Debug, Clone)]
pub struct Load {
    /// The stream.
    pub stream: StreamId,
    /// Only events after this version. Default: from the first.
    pub after: Version,
    /// How far. Default: to the newest.
    pub until: Until,
    /// Start from the newest snapshot with this fingerprint, if there is one within the range.
    pub snapshot: Option<Fingerprint>,
}

impl Load {
    /// The whole stream.
    #[must_use]
    pub const fn stream(stream: StreamId) -> Self {
        Self { stream, after: Version::ZERO, until: Until::Now, snapshot: None }
    }

    /// Only events after `version`.
    #[must_use]
    pub const fn after(mut self, version: Version) -> Self {
        self.after = version;
        self
    }

    /// Only up to a version or time.
    #[must_use]
    pub const fn until(mut self, until: Until) -> Self {
        self.until = until;
        self
    }

    /// Start from a snapshot of this shape.
    #[must_use]
    pub const fn with_snapshot(mut self, fingerprint: Fingerprint) -> Self {
        self.snapshot = Some(fingerprint);
        self
    }
}

/// How far a stream is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// To its newest event.
    Now,
    /// To this version, inclusive; an error if the stream has not reached it.
    Version(Version),
    /// To the last event that happened at or before this time.
    Time(DateTime<Utc>),
}

impl Until {
    /// The same, with a time as stores [keep](Limits::microseconds) it. Before the earliest one nothing has
    /// happened. For backends.
    #[must_use]
    pub fn kept(self) -> Self {
        match self {
            Self::Time(time) => {
                Limits::stored_time(time).map_or(Self::Version(Version::ZERO), Self::Time)
            }
            other => other,
        }
    }
}

/// What [`EventStore::load`] found.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The snapshot to start from, if one was asked for and fits.
    pub snapshot: Option<Snapshot>,
    /// The events after the snapshot (or after [`Load::after`]), in order of version.
    pub events: Vec<RecordedEvent>,
    /// The version the stream had; [`Version::ZERO`] if it does not exist.
    pub head: Version,
    /// The version the history reaches: the head, or where [`Load::until`] ends it.
    pub end: Version,
}

/// Which page of the log to read.
#[derive(Debug, Clone)]
pub struct Read {
    /// Only events after this position. Default: from the first.
    pub after: Position,
    /// Only events up to this position, inclusive. Default: [`Position::END`].
    pub until: Position,
    /// At most this many events. Default 1000; held to `1..=`[`Read::MAX_LIMIT`].
    pub limit: u32,
    /// At most this many [bytes](RecordedEvent::bytes) of events, but always one event. Default 16 MiB.
    pub bytes: usize,
    /// Which events. Default: all.
    pub filter: Filter,
}

impl Read {
    /// The most events a page can have.
    pub const MAX_LIMIT: u32 = 10_000;

    /// From the first event on.
    #[must_use]
    pub fn all() -> Self {
        Self {
            after: Position::START,
            until: Position::END,
            limit: 1000,
            bytes: 16 << 20,
            filter: Filter::default(),
        }
    }

    /// Only events after `position`.
    #[must_use]
    pub const fn after(mut self, position: Position) -> Self {
        self.after = position;
        self
    }

    /// Only events up to `position`, inclusive.
    #[must_use]
    pub const fn until(mut self, position: Position) -> Self {
        self.until = position;
        self
    }

    /// At most `limit` events.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.clamp(1, Self::MAX_LIMIT);
        self
    }

    /// At most `bytes` of events, but always one event.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Only events that pass `filter`.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }
}

/// Which events a reader wants. An empty list means "any"; different lists must all match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these event types.
    pub event_types: Vec<Name>,
    /// Only events of aggregates of these types.
    pub aggregate_types: Vec<Name>,
    /// Only events of these aggregates.
    pub aggregate_ids: Vec<AggregateId>,
    /// Only events with this correlation id.
    pub correlation_id: Option<Uuid>,
    /// Only events of aggregates in these [slices](AggregateId::slice).
    pub slices: Option<RangeInclusive<u16>>,
}

impl Filter {
    /// Every event.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// The events of a set, under all names they are stored under, the old ones too.
    ///
    /// ```
    /// # use aether_core::{Event, Filter, Upcasters};
    /// # #[derive(serde::Serialize, serde::Deserialize, Event)]
    /// # #[event(upcasters = history)]
    /// # enum ChestEvent { Deposited { gold: u32 } }
    /// # fn history() -> Upcasters { Upcasters::new().rename("Added", "Deposited") }
    /// assert_eq!(Filter::events::<ChestEvent>().event_types, ["Deposited", "Added"]);
    /// ```
    #[must_use]
    pub fn events<S: EventSet>() -> Self {
        let names = S::stored_names();
        let mut filter = Self::all();
        for name in &names {
            let stored = Name::from_static(name.stored);
            if !filter.event_types.contains(&stored) {
                filter.event_types.push(stored);
            }
        }
        // one that is taken from any aggregate: then all are asked for
        let aggregates: Option<Vec<_>> = names.iter().map(|name| name.aggregate).collect();
        for aggregate in aggregates.unwrap_or_default() {
            let aggregate = Name::from_static(aggregate);
            if !filter.aggregate_types.contains(&aggregate) {
                filter.aggregate_types.push(aggregate);
            }
        }
        filter
    }

    /// Only these event types, under the names they are stored under. It does not know what they were called
    /// before; [`Filter::events`] does.
    #[must_use]
    pub fn event_types<N: Into<Name>>(mut self, types: impl IntoIterator<Item = N>) -> Self {
        self.event_types.extend(types.into_iter().map(Into::into));
        self
    }

    /// Only events of these aggregate types.
    #[must_use]
    pub fn aggregate_types<N: Into<Name>>(mut self, types: impl IntoIterator<Item = N>) -> Self {
        self.aggregate_types.extend(types.into_iter().map(Into::into));
        self
    }

    /// Only events of these aggregates.
    #[must_use]
    pub fn aggregates<I: Into<AggregateId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.aggregate_ids.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Only events with this correlation id: everything that followed from one request.
    #[must_use]
    pub const fn correlation(mut self, id: Uuid) -> Self {
        self.correlation_id = Some(id);
        self
    }

    /// Only events of aggregates in these [slices](AggregateId::slice): a part of the log that keeps each
    /// aggregate whole.
    #[must_use]
    pub fn slices(mut self, slices: RangeInclusive<u16>) -> Self {
        self.slices = Some(slices);
        self
    }

    /// This filter, with the lists of `other` where it has none itself: what narrows `other` down.
    #[must_use]
    pub fn within(mut self, other: &Self) -> Self {
        fn narrow<T: Clone>(list: &mut Vec<T>, other: &[T]) {
            if list.is_empty() {
                list.extend_from_slice(other);
            }
        }
        narrow(&mut self.event_types, &other.event_types);
        narrow(&mut self.aggregate_types, &other.aggregate_types);
        narrow(&mut self.aggregate_ids, &other.aggregate_ids);
        self.correlation_id = self.correlation_id.or(other.correlation_id);
        self.slices = self.slices.or_else(|| other.slices.clone());
        self
    }

    /// A filter that lets pass whatever one of these does, and perhaps more.
    #[must_use]
    pub fn around<'a>(filters: impl IntoIterator<Item = &'a Self>) -> Self {
        fn widen<T: Clone + PartialEq>(list: &mut Vec<T>, other: &[T]) {
            if other.is_empty() || list.is_empty() {
                list.clear();
            } else {
                let missing: Vec<T> =
                    other.iter().filter(|item| !list.contains(item)).cloned().collect();
                list.extend(missing);
            }
        }
        let mut filters = filters.into_iter();
        let first = filters.next().cloned().unwrap_or_default();
        filters.fold(first, |mut all, filter| {
            widen(&mut all.event_types, &filter.event_types);
            widen(&mut all.aggregate_types, &filter.aggregate_types);
            widen(&mut all.aggregate_ids, &filter.aggregate_ids);
            all.correlation_id = all.correlation_id.filter(|id| filter.correlation_id == Some(*id));
            all.slices = all.slices.filter(|slices| filter.slices.as_ref() == Some(slices));
            all
        })
    }

    /// Checks what backends cannot look for.
    ///
    /// # Errors
    ///
    /// [`InvalidFilter`](crate::Error::InvalidFilter) for a name that holds the NUL character.
    pub fn check(&self) -> Result<()> {
        let mut names = self.event_types.iter().chain(&self.aggregate_types);
        match names.find(|name| name.contains('\0')) {
            Some(name) => Err(Error::InvalidFilter { name: name.clone() }),
            None => Ok(()),
        }
    }

    /// Whether it lets every event pass.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it lets `event` pass.
    #[must_use]
    pub fn matches(&self, event: &RecordedEvent) -> bool {
        let any_or = |empty: bool, found: bool| empty || found;
        any_or(self.event_types.is_empty(), self.event_types.contains(&event.event_type))
            && any_or(
                self.aggregate_types.is_empty(),
                self.aggregate_types.contains(&event.aggregate_type),
            )
            && any_or(
                self.aggregate_ids.is_empty(),
                self.aggregate_ids.contains(&event.aggregate_id),
            )
            && self.correlation_id.is_none_or(|id| event.metadata().correlation_id == Some(id))
            && self
                .slices
                .as_ref()
                .is_none_or(|slices| slices.contains(&event.aggregate_id.slice()))
    }
}

/// A page of the log.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The events, in order of position.
    pub events: Vec<RecordedEvent>,
    /// How far the reader has come: every event at or below it that passes the filter has been seen.
    /// Read on from here. Ahead of the last event when the filter left out what followed.
    pub position: Position,
    /// Whether there was nothing more to read, up to [`Read::until`], when the page was read.
    pub caught_up: bool,
    /// The incarnation of the log that it was read in. `None` where there is only one.
    pub incarnation: Option<Incarnation>,
}
