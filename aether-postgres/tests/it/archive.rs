//! Archived history stays readable, in the same order, through every door of the library.

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, Load, Metadata, NewEvent, Until};
use aether_core::{EventId, Filter, Json, Position, RecordedEvent, Subscription, Version};
use aether_postgres::PgStore;
use chrono::{DateTime, Utc};
use sqlx::{Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use crate::backend::{connect, database};
use crate::census::{Census, number};
use crate::samples::{any, assert_versions, at, event_at, positions, read, stream};

const SPLIT: &str = "2026-01-15T00:00:00Z";

fn event_with(metadata: &Metadata, time: DateTime<Utc>) -> NewEvent {
    event_at(time).with_metadata(Json::encode(metadata).unwrap())
}

/// Three streams with events on both sides of the split, all of one correlation, each caused by the
/// one before it.
struct History {
    streams: Vec<aether_core::log::StreamId>,
    correlation: Uuid,
    events: Vec<EventId>,
}

impl History {
    async fn write(store: &PgStore) -> Self {
        let (streams, correlation) = (crate::samples::streams(3), Uuid::now_v7());
        let mut events: Vec<EventId> = Vec::new();
        for day in 1..=30_usize {
            let metadata = Metadata {
                correlation_id: Some(correlation),
                causation_id: events.last().copied(),
                ..Metadata::default()
            };
            let event = event_with(&metadata, at(&format!("2026-01-{day:02}T12:00:00Z")));
            events.push(event.event_id());
            let stream = streams[day % 3].clone();
            store.append(Append::to(stream, ExpectedVersion::Any, vec![event])).await.unwrap();
        }
        Self { streams, correlation, events }
    }
}

/// Everything the library tells about the history.
async fn told(store: &PgStore, history: &History) -> Vec<Vec<RecordedEvent>> {
    let mut all = Vec::new();
    for stream in &history.streams {
        for until in [Until::Now, Until::Version(Version::new(7)), Until::Time(at(SPLIT))] {
            let load = Load::stream(stream.clone()).after(Version::new(2)).until(until);
            all.push(store.load(load).await.unwrap().events);
        }
    }
    all.push(read(store, Filter::all()).await);
    all.push(read(store, Filter::all().correlation(history.correlation)).await);
    all.push(read(store, Filter::all().event_types(["ChestOpened"])).await);
    all.push(read(store, Filter::all().aggregates([history.streams[1].aggregate_id])).await);
    all.push(store.caused_by(history.events[0], 1000).await.unwrap());
    all.push(store.caused_by(history.events[20], 1000).await.unwrap());
    let mut subscription =
        Subscription::builder(std::sync::Arc::new(store.clone())).batch_size(4).start();
    let mut live = Vec::new();
    loop {
        let batch = subscription.next_batch().await.unwrap();
        live.extend(batch.events);
        if batch.caught_up {
            break;
        }
    }
    all.push(live);
    all
}

fn essence(told: &[Vec<RecordedEvent>]) -> Vec<Vec<(u64, EventId, u32, String)>> {
    let one = |event: &RecordedEvent| {
        let text = format!("{} {} {}", event.payload, event.metadata, event.timestamp);
        (event.position.get(), event.event_id, event.version.get(), text)
    };
    told.iter().map(|events| events.iter().map(one).collect()).collect()
}

#[tokio::test]
async fn archived_events_are_told_as_before_by_every_query() {
    let database = database().await;
    let store = connect(&database).await;
    let history = History::write(&store).await;
    let before = told(&store, &history).await;
    assert_eq!(before.last().unwrap().len(), 30);
    assert_eq!(before[13].len(), 30, "the whole chain of causes");
    assert_eq!(before[14].len(), 10);

    // in several steps: also half archived, nothing is missing
    assert_eq!(store.archive(at(SPLIT), 5).await.unwrap(), 5);
    assert_eq!(essence(&told(&store, &history).await), essence(&before));
    assert_eq!(store.archive(at(SPLIT), 100).await.unwrap(), 9);
    assert_eq!(store.archive(at(SPLIT), 100).await.unwrap(), 0);
    assert_eq!(number(database.url(), "SELECT count(*) FROM evenements_archive").await, 14);
    assert_eq!(number(database.url(), "SELECT count(*) FROM evenements").await, 16);
    assert_eq!(essence(&told(&store, &history).await), essence(&before));

    // and when nothing is left in the table of the living
    assert_eq!(store.archive(at("2027-01-01T00:00:00Z"), 100).await.unwrap(), 16);
    assert_eq!(essence(&told(&store, &history).await), essence(&before));
    store.close().await;
}

#[tokio::test]
async fn appends_to_an_archived_aggregate_go_on() {
    let database = database().await;
    let (store, stream) = (connect(&database).await, stream());
    store.append(any(&stream, 3)).await.unwrap();
    assert_eq!(store.archive(Utc::now() + chrono::TimeDelta::days(1), 100).await.unwrap(), 3);
    let conflict = store.append(crate::samples::exact(&stream, 0, 1)).await.unwrap_err();
    assert!(conflict.is_conflict(), "{conflict:?}");
    let appended = store.append(crate::samples::exact(&stream, 3, 2)).await.unwrap();
    assert_eq!(appended.writes[0].version.get(), 5);
    assert!(appended.position().unwrap() > Position::new(3));
    assert_versions(&store, &stream, 5).await;
    assert_eq!(positions(&read(&store, Filter::all()).await).len(), 5);
    Census::take(database.url()).await;
    store.close().await;
}

#[tokio::test]
async fn an_archiving_that_is_interrupted_has_moved_nothing() {
    let database = database().await;
    let store = connect(&database).await;
    let history = History::write(&store).await;
    let before = told(&store, &history).await;
    let mut archiver = PgConnection::connect(database.url()).await.unwrap();
    archiver.execute("BEGIN").await.unwrap();
    archiver.execute("SELECT aether_archive('infinity', 1000)").await.unwrap();
    // not committed: nobody sees any of it
    assert_eq!(essence(&told(&store, &history).await), essence(&before));
    let pid = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND state = 'idle in transaction'";
    assert_eq!(number(database.url(), pid).await, 1);
    assert!(archiver.execute("COMMIT").await.is_err());
    assert_eq!(number(database.url(), "SELECT count(*) FROM evenements_archive").await, 0);
    assert_eq!(essence(&told(&store, &history).await), essence(&before));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loads_and_reads_miss_nothing_while_events_are_being_archived() {
    let database = database().await;
    let store = connect(&database).await;
    let history = History::write(&store).await;
    let archiving =
        async { while store.archive(at("2027-01-01T00:00:00Z"), 1).await.unwrap() > 0 {} };
    let mut archiving = std::pin::pin!(archiving);
    let looking = async || {
        for stream in &history.streams {
            assert_versions(&store, stream, 10).await;
        }
        assert_eq!(read(&store, Filter::all()).await.len(), 30);
    };
    loop {
        tokio::select! {
            () = &mut archiving => break,
            () = looking() => {}
        }
    }
    looking().await;
    store.close().await;
}
