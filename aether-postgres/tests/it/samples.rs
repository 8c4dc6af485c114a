//! Streams, events and appends for the tests.

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, Load, NewEvent, Read, StreamId};
use aether_core::{CommandId, EventId, Filter, Json, RecordedEvent, Version};
use aether_postgres::PgStore;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A stream that nobody has used.
pub(crate) fn stream() -> StreamId {
    StreamId::new("Chest", Uuid::now_v7())
}

pub(crate) fn streams(count: usize) -> Vec<StreamId> {
    (0..count).map(|_| stream()).collect()
}

pub(crate) fn command() -> CommandId {
    CommandId::new(Uuid::now_v7())
}

/// An event that happens now.
pub(crate) fn event() -> NewEvent {
    event_at(Utc::now())
}

pub(crate) fn events(count: usize) -> Vec<NewEvent> {
    (0..count).map(|_| event()).collect()
}

pub(crate) fn event_at(time: DateTime<Utc>) -> NewEvent {
    event_of("ChestOpened", time)
}

pub(crate) fn event_of(event_type: &'static str, time: DateTime<Utc>) -> NewEvent {
    let payload =
        Json::encode(&serde_json::json!({ "gold": 12, "key": "of “silver” — é" })).unwrap();
    NewEvent::from_json(event_type, payload, EventId::new(Uuid::now_v7()), time)
}

/// A moment, written as RFC 3339.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Appends this many events, whatever is there.
pub(crate) fn any(stream: &StreamId, count: usize) -> Append {
    Append::to(stream.clone(), ExpectedVersion::Any, events(count))
}

/// Appends this many events if the stream is at a version.
pub(crate) fn exact(stream: &StreamId, version: u32, count: usize) -> Append {
    let expected = ExpectedVersion::Exact(Version::new(version));
    Append::to(stream.clone(), expected, events(count))
}

/// The ids of the events of an append.
pub(crate) fn ids(append: &Append) -> Vec<EventId> {
    let events = append.writes().iter().flat_map(|write| &write.events);
    events.map(NewEvent::event_id).collect()
}

/// A stream's events.
pub(crate) async fn load(store: &PgStore, stream: &StreamId) -> Vec<RecordedEvent> {
    store.load(Load::stream(stream.clone())).await.unwrap().events
}

/// Asserts that a stream holds exactly the versions 1 to `last`.
pub(crate) async fn assert_versions(store: &PgStore, stream: &StreamId, last: u32) {
    let versions: Vec<_> = load(store, stream).await.iter().map(|e| e.version.get()).collect();
    assert_eq!(versions, (1..=last).collect::<Vec<_>>(), "versions of {stream}");
}

/// The whole log that passes a filter, in small pages.
pub(crate) async fn read(store: &PgStore, filter: Filter) -> Vec<RecordedEvent> {
    let mut read = Read::all().filter(filter).limit(7);
    let mut all = Vec::new();
    loop {
        let page = store.read(read.clone()).await.unwrap();
        all.extend(page.events);
        read = read.after(page.position);
        if page.caught_up {
            return all;
        }
    }
}

pub(crate) fn positions(events: &[RecordedEvent]) -> Vec<u64> {
    events.iter().map(|event| event.position.get()).collect()
}
