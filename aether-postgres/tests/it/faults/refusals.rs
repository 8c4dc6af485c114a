//! Resources that end: typed, transient or not, and strangers in the same batch go on.

use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, Appended, ExpectedVersion, StreamId};
use aether_core::{Error, Result};
use aether_postgres::PgStore;
use aether_servers::Database;
use futures::future::join_all;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::{Census, run};
use crate::samples::{any, assert_versions, event_of, stream, streams};

/// A transaction that has appended to a stream and stays open.
pub(super) async fn hold(store: &PgStore, database: &Database, stream: &StreamId) -> PgConnection {
    let mut holder = PgConnection::connect(database.url()).await.unwrap();
    holder.execute("BEGIN; SET LOCAL statement_timeout = 0").await.unwrap();
    store.append_in(&mut holder, any(stream, 1)).await.unwrap();
    holder
}

/// Sends appends so that they are in one batch: one writer, woken when all are queued.
pub(super) async fn in_one_batch(store: &PgStore, streams: &[StreamId]) -> Vec<Result<Appended>> {
    join_all(streams.iter().map(|stream| store.append(any(stream, 1)))).await
}

pub(super) async fn one_writer(database: &Database) -> PgStore {
    PgStore::builder().writers(1).connect(database.url()).await.unwrap()
}

#[tokio::test]
async fn an_exhausted_pool_is_a_transient_error_and_nothing_is_stored() {
    let database = database().await;
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_millis(100))
        .connect(database.url())
        .await
        .unwrap();
    let store = PgStore::builder().announce_every(None).without_listening().build(pool.clone());
    let (taken, stream) = (pool.acquire().await.unwrap(), stream());
    let refused = store.append(any(&stream, 1)).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable { .. }), "{refused:?}");
    assert!(refused.is_transient());
    let refused = store.read(aether_core::log::Read::all()).await.unwrap_err();
    assert!(refused.is_transient(), "{refused:?}");
    drop(taken);
    assert_eq!(Census::take(database.url()).await.len(), 0);
    store.append(any(&stream, 1)).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_held_stream_delays_no_stranger_in_the_same_batch() {
    let database = database().await;
    let store = one_writer(&database).await;
    let held = stream();
    store.append(any(&held, 1)).await.unwrap();
    strangers_go_on(&store, &database, held, 3).await;
}

#[tokio::test]
async fn a_stream_that_is_just_being_created_delays_no_stranger_in_the_same_batch() {
    let database = database().await;
    let store = one_writer(&database).await;
    strangers_go_on(&store, &database, stream(), 2).await;
}

/// Appends to a held stream and to strangers; the strangers are stored while it is still held.
async fn strangers_go_on(store: &PgStore, database: &Database, held: StreamId, versions: u32) {
    let mut holder = hold(store, database, &held).await;
    let waiting = store.append(any(&held, 1));
    let strangers = streams(40);
    let mut going_on = std::pin::pin!(in_one_batch(store, &strangers));
    let mut waiting = std::pin::pin!(waiting);
    let answers = tokio::select! {
        biased;
        // asked first: in the batch of the others, in front of them
        early = &mut waiting => panic!("the stream is held: {early:?}"),
        answers = &mut going_on => answers,
        () = tokio::time::sleep(Duration::from_secs(20)) => panic!("strangers wait for the holder"),
    };
    for (answer, stream) in answers.into_iter().zip(&strangers) {
        answer.unwrap();
        assert_versions(store, stream, 1).await;
    }
    holder.execute("COMMIT").await.unwrap();
    waiting.await.unwrap();
    assert_versions(store, &held, versions).await;
    store.close().await;
}

/// The disk of a test cannot be filled without privileges: a trigger answers what PostgreSQL answers
/// then, for one event type.
#[tokio::test]
async fn a_full_disk_is_told_as_such_and_strangers_are_stored() {
    let database = database().await;
    run(
        database.url(),
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             RAISE EXCEPTION 'could not extend file: No space left on device'
             USING ERRCODE = 'disk_full';
         END $$;
         CREATE TRIGGER no_room BEFORE INSERT ON evenements FOR EACH ROW
         WHEN (NEW.event_type = 'TooLarge') EXECUTE FUNCTION no_room()",
    )
    .await;
    let store = one_writer(&database).await;
    let (full, strangers) = (stream(), streams(10));
    let events = vec![event_of("TooLarge", chrono::Utc::now())];
    let too_much = store.append(Append::to(full.clone(), ExpectedVersion::Any, events));
    let (refused, answers) = futures::join!(too_much, in_one_batch(&store, &strangers));
    let refused = refused.unwrap_err();
    assert!(matches!(refused, Error::StorageFull { .. }), "{refused:?}");
    assert!(refused.to_string().contains("no room left"), "{refused}");
    for (answer, stream) in answers.into_iter().zip(&strangers) {
        answer.unwrap();
        assert_versions(&store, stream, 1).await;
    }
    assert_versions(&store, &full, 0).await;
    assert_eq!(Census::take(database.url()).await.len(), 10);
    store.close().await;
}

#[tokio::test]
async fn transactions_that_are_read_only_by_default_do_not_stop_the_store() {
    let database = database().await;
    let (before, stream) = (connect(&database).await, stream());
    before.append(any(&stream, 2)).await.unwrap();
    before.close().await;
    let name = database.name();
    let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    run(database.url(), &set).await;

    let store = connect(&database).await;
    store.append(any(&stream, 1)).await.unwrap();
    assert_versions(&store, &stream, 3).await;
    assert_eq!(crate::samples::read(&store, aether_core::Filter::all()).await.len(), 3);
    store.close().await;
}
