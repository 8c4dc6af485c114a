//! A store under test, and what the promises say about it over and over.

use std::ops::RangeInclusive;
use std::sync::Arc;

use aether_core::backend::EventStore;
use aether_core::log::{Append, Appended, ExpectedVersion, Load, Name, NewEvent, StreamId};
use aether_core::{Error, Filter, Position, RecordedEvent, Result, Version};
use serde_json::Value;
use tokio::sync::Barrier;

use super::Stage;
use super::reader::Reader;
use super::source::Source;

/// A fresh store with a source of events for it. Its methods panic where the store fails.
pub(crate) struct Subject<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) source: Arc<Source>,
}

impl<'a> Subject<'a> {
    pub(crate) fn of(stage: &'a Stage) -> Self {
        Self { stage, store: stage.store(), source: Arc::new(Source::new()) }
    }

    /// Both handles on the data: the store's own, and that of a second process.
    pub(crate) async fn handles(&self) -> [Arc<dyn EventStore>; 2] {
        [self.store.clone(), self.stage.another().await]
    }

    pub(crate) async fn append(&self, append: Append) -> Appended {
        self.store.append(append).await.expect("this append can be stored")
    }

    /// Adds generated events to a stream, whatever is there.
    pub(crate) async fn add(&self, stream: &StreamId, events: usize) -> Appended {
        self.append(any(stream, self.source.events(events))).await
    }

    pub(crate) async fn events(&self, stream: &StreamId) -> Vec<RecordedEvent> {
        self.load(Load::stream(stream.clone())).await
    }

    pub(crate) async fn load(&self, load: Load) -> Vec<RecordedEvent> {
        self.store.load(load).await.expect("this load can be answered").events
    }

    /// Asserts that the stream holds exactly the versions 1 to `last`.
    pub(crate) async fn assert_versions(&self, stream: &StreamId, last: u32) {
        assert_eq!(versions(&self.events(stream).await), numbers(1..=last), "versions of {stream}");
    }

    /// Asserts that nothing at all is known of a stream: its id can be used for any type.
    pub(crate) async fn assert_no_trace(&self, stream: &StreamId) {
        assert_eq!(self.events(stream).await.len(), 0, "{stream} must have no events");
        let other = StreamId::new("Other", stream.aggregate_id);
        let event = self.source.event();
        let appended = self.store.append(no_stream(&other, vec![event])).await;
        let appended = appended.expect("an id that was never stored is free for any type");
        assert_eq!(appended.writes[0].version, Version::new(1));
    }

    /// Where a reader stands that has read everything, at least up to a position: at the end of the
    /// log, which may lie past the last event (numbers that were drawn in vain).
    pub(crate) async fn end_behind(&self, position: Position) -> Position {
        let mut reader = Reader::new(self.store.clone(), Filter::all(), 1_000);
        reader.read_up_to(position).await;
        while !reader.step().await {}
        reader.position
    }

    /// The log up to a position, read in pages with all of [`Reader`]'s checks.
    pub(crate) async fn log(&self, filter: Filter, up_to: Position) -> Vec<RecordedEvent> {
        let mut reader = Reader::new(self.store.clone(), filter, 7);
        reader.read_up_to(up_to).await;
        reader.events
    }
}

/// Appends whatever is there.
pub(crate) fn any(stream: &StreamId, events: Vec<NewEvent>) -> Append {
    Append::to(stream.clone(), ExpectedVersion::Any, events)
}

/// Appends if the stream has no events.
pub(crate) fn no_stream(stream: &StreamId, events: Vec<NewEvent>) -> Append {
    Append::to(stream.clone(), ExpectedVersion::NoStream, events)
}

pub(crate) fn exact(version: u32) -> ExpectedVersion {
    ExpectedVersion::Exact(Version::new(version))
}

pub(crate) fn versions(events: &[RecordedEvent]) -> Vec<u32> {
    events.iter().map(|event| event.version.get()).collect()
}

pub(crate) fn positions(events: &[RecordedEvent]) -> Vec<Position> {
    events.iter().map(|event| event.position).collect()
}

pub(crate) fn numbers(range: RangeInclusive<u32>) -> Vec<u32> {
    range.collect()
}

/// All positions of appends, in order.
pub(crate) fn sorted_positions<'a>(
    appends: impl IntoIterator<Item = &'a Appended>,
) -> Vec<Position> {
    let writes = appends.into_iter().flat_map(|appended| &appended.writes);
    let mut all: Vec<_> = writes.flat_map(|write| write.positions.iter().copied()).collect();
    all.sort_unstable();
    all
}

/// The position of an append that has stored events.
pub(crate) fn end_of(appended: &Appended) -> Position {
    appended.position().expect("an append with events has a position")
}

/// The store's verdicts on appends that are sent at the same moment, each over its own handle.
pub(crate) async fn race_appends(
    appends: impl IntoIterator<Item = (Arc<dyn EventStore>, Append)>,
) -> Vec<Result<Appended>> {
    race(appends.into_iter().map(|(store, append)| async move { store.append(append).await })).await
}

/// Runs futures as tasks that start together; what they return, in their order.
pub(crate) async fn race<F>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let futures: Vec<F> = futures.into_iter().collect();
    let start = Arc::new(Barrier::new(futures.len().max(1)));
    let tasks: Vec<_> = futures
        .into_iter()
        .map(|future| {
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                future.await
            })
        })
        .collect();
    let mut outputs = Vec::with_capacity(tasks.len());
    for task in tasks {
        outputs.push(joined(task.await));
    }
    outputs
}

/// The output of a task; its panic goes on here.
pub(crate) fn joined<T>(result: Result<T, tokio::task::JoinError>) -> T {
    result.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

#[track_caller]
pub(crate) fn assert_conflict(
    result: Result<Appended>,
    stream: &StreamId,
    expected: ExpectedVersion,
    actual: u32,
) {
    match result {
        Err(Error::Conflict { stream: s, expected: e, actual: a }) => {
            assert_eq!((&s, e, a.get()), (stream, expected, actual), "what the conflict says");
        }
        other => panic!("{stream} is not at {expected}: a conflict was due, not {other:?}"),
    }
}

#[track_caller]
pub(crate) fn assert_type_mismatch<T: std::fmt::Debug>(
    result: Result<T>,
    stream: &StreamId,
    actual: &str,
) {
    match result {
        Err(Error::TypeMismatch { aggregate_id, requested, actual: found }) => {
            let told = (aggregate_id, requested, found);
            let due =
                (stream.aggregate_id, stream.aggregate_type.clone(), Name::from(actual.to_owned()));
            assert_eq!(told, due, "what the mismatch says");
        }
        other => panic!("{stream} is a {actual}: a type mismatch was due, not {other:?}"),
    }
}

/// Asserts that an event is stored as it was sent: payload and metadata as JSON values, the time to
/// the microsecond.
#[track_caller]
pub(crate) fn assert_stored_as_sent(
    stored: &RecordedEvent,
    sent: &NewEvent,
    stream: &StreamId,
    version: u32,
) {
    assert_eq!(stored.stream(), *stream);
    assert_eq!(stored.version, Version::new(version));
    assert_eq!(stored.event_id, sent.event_id());
    assert_eq!(stored.event_type, *sent.event_type());
    assert_eq!(stored.schema_version, sent.schema_version());
    assert_eq!(value(&stored.payload), value(sent.payload()));
    assert_eq!(value(&stored.metadata), value(sent.metadata()));
    let drift = (stored.timestamp - sent.timestamp()).abs();
    assert!(
        drift < aether_core::chrono::TimeDelta::microseconds(1),
        "{} was stored as {}",
        sent.timestamp(),
        stored.timestamp
    );
}

#[track_caller]
pub(crate) fn value(json: &aether_core::Json) -> Value {
    json.decode().expect("a store keeps JSON")
}
