//! Bulk import: order, versions, whole chunks, and readers that never see half of one.

use std::collections::HashMap;

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, Limits, Read, StreamId};
use aether_core::{Error as StoreError, Filter, Position};
use aether_postgres::{Error, ImportEvent, Imported, PgStore};
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt as _, stream as futures_stream};

use crate::backend::{connect, database};
use crate::census::{Census, number};
use crate::samples::{any, assert_versions, at, event, event_at, positions, read, stream, streams};

fn items(streams: &[StreamId], count: usize) -> Vec<ImportEvent> {
    let item = |n: usize| ImportEvent::new(streams[n % streams.len()].clone(), event());
    (0..count).map(item).collect()
}

fn flowing(items: Vec<ImportEvent>) -> impl Stream<Item = ImportEvent> + Send {
    futures_stream::iter(items)
}

#[tokio::test]
async fn an_import_keeps_its_order_and_goes_on_behind_what_is_there() {
    let database = database().await;
    let (store, streams) = (connect(&database).await, streams(7));
    store.append(any(&streams[0], 3)).await.unwrap();
    let items = items(&streams, 100);
    // chunks that fit, that do not divide the whole, and one that is larger
    let mut from = 0;
    for (chunk, count) in [(10, 30), (7, 30), (1000, 39), (1, 1)] {
        let imported = store.import(flowing(items[from..from + count].to_vec()), chunk).await;
        let imported = imported.unwrap();
        from += count;
        assert_eq!(imported.events, count as u64);
        let log = read(&store, Filter::all()).await;
        assert_eq!(log.last().unwrap().position, imported.position, "chunks of {chunk}");
    }
    let log = read(&store, Filter::all()).await;
    let ids: Vec<_> = log[3..].iter().map(|event| event.event_id).collect();
    assert_eq!(ids, items.iter().map(|item| item.event.event_id()).collect::<Vec<_>>());
    assert!(positions(&log).windows(2).all(|pair| pair[0] < pair[1]));
    let mut versions = HashMap::from([(streams[0].aggregate_id, 3)]);
    for event in &log[3..] {
        let version = versions.entry(event.aggregate_id).or_insert(0);
        *version += 1;
        assert_eq!(event.version.get(), *version);
    }
    assert_eq!(log[3].payload.decode::<serde_json::Value>().unwrap()["key"], "of “silver” — é");
    Census::take(database.url()).await;
    // and appends continue after the import
    let version = store.append(any(&streams[0], 1)).await.unwrap().writes[0].version.get();
    assert_eq!(version, 3 + 15 + 1);
    store.close().await;
}

#[tokio::test]
async fn a_transaction_of_an_import_holds_to_the_bytes_of_an_append() {
    let database = database().await;
    let bytes = 3 * event().bytes() + 10;
    let limits = Limits::default().append_bytes(bytes);
    let store = PgStore::builder().limits(limits).connect(database.url()).await.unwrap();
    let imported = store.import(flowing(items(&streams(2), 30)), 50_000).await.unwrap();
    assert_eq!(imported.events, 30);
    let sql = "SELECT max(n) FROM (SELECT count(*) AS n FROM evenements GROUP BY xmin::text) AS t";
    assert_eq!(number(database.url(), sql).await, 3);
    Census::take(database.url()).await;
    store.close().await;
}

#[tokio::test]
async fn an_empty_import_stores_nothing() {
    let database = database().await;
    let store = connect(&database).await;
    assert_eq!(store.import(flowing(vec![]), 10).await.unwrap(), Imported::default());
    store.close().await;
}

#[tokio::test]
async fn a_wrong_type_or_a_bad_event_stops_the_import_before_its_chunk() {
    let database = database().await;
    let (store, streams) = (connect(&database).await, streams(3));
    let mistaken = StreamId::new("Player", streams[0].aggregate_id);
    let nameless = StreamId::new("", streams[1].aggregate_id);
    let early = event_at(DateTime::<Utc>::MIN_UTC);
    let bad = [
        ImportEvent::new(mistaken, event()),
        ImportEvent::new(nameless, event()),
        ImportEvent::new(streams[2].clone(), early),
    ];
    for (round, bad) in bad.into_iter().enumerate() {
        let mut items = items(&streams, 30);
        // the second chunk of three
        items[15] = bad;
        let stopped = store.import(flowing(items), 10).await.unwrap_err();
        let Error::Import { imported, source } = &stopped else { panic!("{stopped:?}") };
        assert_eq!(*imported, 10);
        assert!(stopped.to_string().contains("stopped after 10 events"), "{stopped}");
        let reason = source.downcast_ref::<Error>();
        assert!(
            matches!(
                reason,
                Some(Error::Store(
                    StoreError::TypeMismatch { .. } | StoreError::InvalidEvent { .. }
                ))
            ),
            "{reason:?}"
        );
        assert_eq!(Census::take(database.url()).await.len(), 10 * (round + 1));
    }
    // within one chunk that is the first to name the stream
    let fresh = stream();
    let items = vec![
        ImportEvent::new(fresh.clone(), event()),
        ImportEvent::new(StreamId::new("Other", fresh.aggregate_id), event()),
    ];
    store.import(flowing(items), 10).await.unwrap_err();
    assert_versions(&store, &fresh, 0).await;
    assert_eq!(Census::take(database.url()).await.len(), 30);
    store.close().await;
}

#[tokio::test]
async fn months_without_a_partition_get_one() {
    let database = database().await;
    let (store, stream) = (connect(&database).await, stream());
    let times =
        ["1999-12-31T23:59:59.999999Z", "2000-01-01T00:00:00Z", "2001-07-04T01:02:03.000004Z"];
    let items = times.map(|time| ImportEvent::new(stream.clone(), event_at(at(time)))).to_vec();
    store.import(flowing(items), 10).await.unwrap();
    assert_eq!(number(database.url(), "SELECT count(*) FROM ONLY evenements_default").await, 0);
    for month in ["1999_12", "2000_01", "2001_07"] {
        let sql = format!("SELECT count(*) FROM ONLY evenements_{month}");
        assert_eq!(number(database.url(), &sql).await, 1, "{month}");
    }
    let stored = crate::samples::load(&store, &stream).await;
    assert_eq!(stored.iter().map(|e| e.timestamp).collect::<Vec<_>>(), times.map(at));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_chunk_is_shown_before_all_of_it_is_stored_and_appends_to_the_same_aggregates_go_on()
 {
    const CHUNK: usize = 500;
    let database = database().await;
    let (store, other) = (connect(&database).await, connect(&database).await);
    let streams = streams(20);
    let items = items(&streams, 8 * CHUNK);
    let chunk_of: HashMap<_, _> =
        items.iter().enumerate().map(|(n, item)| (item.event.event_id(), n / CHUNK)).collect();

    let importing = tokio::spawn({
        let store = store.clone();
        async move { store.import(flowing(items), CHUNK).await.unwrap() }
    });
    let appending = tokio::spawn({
        let (other, streams) = (other.clone(), streams.clone());
        async move {
            for n in 0..60 {
                other.append(any(&streams[n % streams.len()], 1)).await.unwrap();
            }
        }
    });
    let mut reader = Position::START;
    let mut seen = [0; 8];
    while seen.iter().sum::<usize>() < 8 * CHUNK {
        other.wait(reader).await.unwrap();
        let page = other.read(Read::all().after(reader).limit(10_000)).await.unwrap();
        reader = page.position;
        for event in &page.events {
            if let Some(chunk) = chunk_of.get(&event.event_id) {
                seen[*chunk] += 1;
            }
        }
        for chunk in (0..8).filter(|chunk| (1..CHUNK).contains(&seen[*chunk])) {
            // a reader may stand in the middle of a chunk, but of one that is stored as a whole
            let ids: Vec<_> = chunk_of.iter().filter(|(_, of)| **of == chunk).collect();
            let ids: Vec<_> = ids.iter().map(|(id, _)| id.as_uuid()).collect();
            let stored: i64 =
                sqlx::query_scalar("SELECT count(*) FROM evenements WHERE event_id = ANY ($1)")
                    .bind(ids)
                    .fetch_one(other.pool())
                    .await
                    .unwrap();
            assert_eq!(stored as usize, CHUNK, "a reader was shown half a chunk");
        }
    }
    let imported = importing.await.unwrap();
    appending.await.unwrap();
    assert_eq!(imported.events as usize, 8 * CHUNK);
    assert_eq!(Census::take(database.url()).await.len(), 8 * CHUNK + 60);
    // the position it tells is that of its last event
    let log = other.read(Read::all().after(Position::new(imported.position.get() - 1)).limit(1));
    let last = log.await.unwrap().events.remove(0);
    assert_eq!(chunk_of.get(&last.event_id), Some(&7));
    futures::join!(store.close(), other.close());
}

#[tokio::test]
async fn an_import_is_seen_by_those_who_wait() {
    let database = database().await;
    let (store, other) = (connect(&database).await, connect(&database).await);
    let waiting = tokio::spawn(async move { other.wait(Position::START).await.unwrap() });
    let imported = store.import(flowing(items(&streams(2), 10)).boxed(), 100).await.unwrap();
    assert!(waiting.await.unwrap() >= imported.position);
    store.close().await;
}

/// The same event for another stream.
fn moved(item: &ImportEvent, to: &StreamId) -> ImportEvent {
    ImportEvent::new(to.clone(), item.event.clone())
}

async fn refused_elsewhere(store: &PgStore, item: &ImportEvent) {
    let elsewhere = stream();
    let moved =
        flowing(vec![ImportEvent::new(elsewhere.clone(), event()), moved(item, &elsewhere)]);
    let error = store.import(moved, 50).await.unwrap_err();
    let Error::Import { imported: 0, source } = error else { panic!("{error}") };
    let source = source.downcast_ref::<Error>().unwrap();
    assert!(matches!(source, Error::EventStored { .. }), "{source}");
    assert_versions(store, &elsewhere, 0).await;
}

#[tokio::test]
async fn an_event_id_is_stored_once_however_imports_and_appends_alternate() {
    let database = database().await;
    let (store, streams) = (connect(&database).await, streams(3));
    for _ in 0..3 {
        // right after another import; then with what an append has added since
        for appended in [0, 2] {
            let imported = items(&streams, 25);
            let event = event();
            if appended > 0 {
                store.append(any(&streams[1], appended)).await.unwrap();
                let append =
                    Append::to(streams[2].clone(), ExpectedVersion::Any, vec![event.clone()]);
                store.append(append).await.unwrap();
                refused_elsewhere(&store, &ImportEvent::new(streams[2].clone(), event)).await;
            }
            let first = store.import(flowing(imported.clone()), 10).await.unwrap();
            assert_eq!((first.events, first.passed_over), (25, 0));
            refused_elsewhere(&store, &imported[0]).await;
            refused_elsewhere(&store, &imported[24]).await;
            // begun anew, with more after it
            let more = imported.iter().cloned().chain(items(&streams, 5)).collect();
            let again = store.import(flowing(more), 10).await.unwrap();
            assert_eq!((again.events, again.passed_over), (5, 25));
        }
    }
}

#[tokio::test]
async fn an_import_beside_appends_can_be_begun_anew() {
    let database = database().await;
    let (store, streams) = (connect(&database).await, streams(3));
    let appending = {
        let (store, other) = (store.clone(), stream());
        tokio::spawn(async move {
            loop {
                store.append(any(&other, 1)).await.unwrap();
            }
        })
    };
    let items = items(&streams, 400);
    let first = store.import(flowing(items.clone()), 10).await.unwrap();
    assert_eq!((first.events, first.passed_over), (400, 0));
    let again = store.import(flowing(items.clone()), 30).await.unwrap();
    assert_eq!((again.events, again.passed_over), (0, 400));
    refused_elsewhere(&store, &items[17]).await;
    appending.abort();
    for (stream, last) in streams.iter().zip([134, 133, 133]) {
        assert_versions(&store, stream, last).await;
    }
}
