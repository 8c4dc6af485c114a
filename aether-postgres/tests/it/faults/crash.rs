//! A server that is killed under load, comes back, or stays away.

use std::time::Duration;

use aether_core::Engine;
use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_postgres::PgStore;
use aether_testkit::eventually;

use crate::backend::{database_on, own_server};
use crate::load::Writers;
use crate::samples::{any, command, stream};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_killed_server_and_is_there_once() {
    let server = own_server().await;
    let database = database_on(&server).await;
    let store = PgStore::builder().max_connections(8).connect(database.url()).await.unwrap();
    let writers = Writers::start(&store, 24);
    for _ in 0..3 {
        writers.acknowledge(150).await;
        server.kill9().await.unwrap();
        server.restart().await.unwrap();
    }
    // the same store object, with no help
    writers.acknowledge(300).await;
    let account = writers.stop().await;
    account.assert_true(database.url()).await;
    assert!(account.unknown.is_empty(), "back within `recovery`, every outcome is found out");

    // readers and engines on it recover too
    let engine = Engine::new(store.clone());
    let read = async || engine.store().read(Read::all().limit(1)).await.ok();
    assert_eq!(eventually("the log can be read again", read).await.events.len(), 1);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stays_away_is_answered_with_a_typed_error_and_nothing_is_lost_when_it_is_back()
 {
    let server = own_server().await;
    let database = database_on(&server).await;
    let store = PgStore::builder()
        .max_connections(8)
        .recovery(Duration::from_millis(200))
        .acquire_timeout(Duration::from_millis(100))
        .connect(database.url())
        .await
        .unwrap();
    // writers panic on an answer that is neither transient nor says that the outcome is unknown
    let writers = Writers::start(&store, 12);
    writers.acknowledge(100).await;
    server.kill9().await.unwrap();
    writers.answer(30).await;
    let refused = store.append(any(&stream(), 1)).await.unwrap_err();
    assert!(refused.is_transient() || refused.is_outcome_unknown(), "{refused:?}");

    server.restart().await.unwrap();
    writers.acknowledge(100).await;
    let account = writers.stop().await;
    assert!(!account.refused.is_empty(), "it was away for longer than anybody waits");
    account.assert_true(database.url()).await;

    // a command id makes the unknown known
    let append = any(&stream(), 1).with_command_id(command());
    let first = store.append(append.clone()).await.unwrap();
    let again = store.append(append).await.unwrap();
    assert_eq!((again.duplicate, again.position()), (true, first.position()));
    store.close().await;
}
