//! Connections that break at the worst moment.

use std::time::Duration;

use aether_core::Error;
use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion};
use aether_postgres::PgStore;
use aether_servers::Database;
use futures::future::join_all;
use tokio::sync::oneshot;

use crate::backend::{connect, database};
use crate::census::{Census, number};
use crate::load::Writers;
use crate::proxy::{Cut, Proxy};
use crate::samples::{any, assert_versions, command, event_of, exact, ids, stream, streams};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_notice_nothing_of_terminated_connections() {
    let database = database().await;
    let store = connect(&database).await;
    let writers = Writers::start(&store, 24);
    for _ in 0..15 {
        writers.acknowledge(30).await;
        let ended = number(
            database.url(),
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        assert!(ended.await > 0);
    }
    writers.acknowledge(100).await;
    let account = writers.stop().await;
    account.assert_true(database.url()).await;
    assert_eq!((account.refused.len(), account.unknown.len()), (0, 0));
    store.close().await;
}

/// A store whose connections run through a proxy, and carry nothing but appends.
async fn behind_a_proxy(database: &Database) -> (PgStore, Proxy) {
    let proxy = Proxy::start(database.url()).await;
    let store = PgStore::builder()
        .writers(1)
        .announce_every(None)
        .without_listening()
        .connect(&proxy.url(database.url()))
        .await
        .unwrap();
    // from here on the statement is prepared: an append is one message and one answer
    store.append(any(&stream(), 1)).await.unwrap();
    (store, proxy)
}

/// Sends an append over a wire that is cut, and asserts that it is stored once nevertheless.
async fn survives(cut: fn() -> Cut, append: Append) {
    let database = database().await;
    let (store, proxy) = behind_a_proxy(&database).await;
    proxy.cut(cut());
    let appended = store.append(append.clone()).await.unwrap();
    assert!(proxy.has_cut(), "the wire was never cut");
    assert!(!appended.duplicate, "the caller asked once");
    assert_eq!(appended.writes[0].version.get(), 2);
    assert_eq!(appended.writes[0].positions.len(), 2);

    let stored =
        store.load(aether_core::log::Load::stream(append.writes()[0].stream.clone())).await;
    let stored = stored.unwrap().events;
    assert_eq!(stored.iter().map(|e| e.event_id).collect::<Vec<_>>(), ids(&append));
    assert_eq!(stored.iter().map(|e| e.position).collect::<Vec<_>>(), appended.writes[0].positions);
    assert_eq!(Census::take(database.url()).await.len(), 3);
    store.close().await;
}

#[tokio::test]
async fn a_reply_lost_after_the_commit_is_found_again() {
    survives(|| Cut::Reply, any(&stream(), 2)).await;
}

#[tokio::test]
async fn a_reply_lost_after_the_commit_is_no_conflict_with_oneself() {
    survives(|| Cut::Reply, exact(&stream(), 0, 2)).await;
}

#[tokio::test]
async fn a_reply_lost_after_the_commit_is_found_again_under_its_command_id() {
    survives(|| Cut::Reply, any(&stream(), 2).with_command_id(command())).await;
}

#[tokio::test]
async fn a_request_cut_off_on_its_way_is_sent_again() {
    survives(|| Cut::Request, any(&stream(), 2)).await;
}

#[tokio::test]
async fn a_request_cut_off_on_its_way_is_sent_again_under_its_command_id() {
    survives(|| Cut::Request, any(&stream(), 2).with_command_id(command())).await;
}

#[tokio::test]
async fn a_request_that_reaches_the_server_after_it_was_given_up_stores_nothing_twice() {
    let database = database().await;
    let (store, proxy) = behind_a_proxy(&database).await;
    let stream = stream();
    let ((deliver, held), (delivered, arrived)) = (oneshot::channel(), oneshot::channel());
    proxy.cut(Cut::LateRequest(held, delivered));
    store.append(any(&stream, 2)).await.unwrap();
    assert!(proxy.has_cut());
    deliver.send(()).unwrap();
    arrived.await.unwrap();
    assert_versions(&store, &stream, 2).await;
    assert_eq!(Census::take(database.url()).await.len(), 3);
    store.close().await;
}

#[tokio::test]
async fn an_append_that_breaks_every_connection_is_given_up_and_its_neighbours_are_stored() {
    let database = database().await;
    let (store, proxy) = behind_a_proxy(&database).await;
    proxy.poison("TooMuch");
    let poisoned = vec![event_of("TooMuch", chrono::Utc::now())];
    let poisoned = store.append(Append::to(stream(), ExpectedVersion::Any, poisoned));
    let strangers = streams(20);
    let strangers = join_all(strangers.iter().map(|stream| store.append(any(stream, 1))));
    let answered = async { futures::join!(poisoned, strangers) };
    let answered = tokio::time::timeout(Duration::from_secs(60), answered).await;
    let (answer, strangers) = answered.expect("it is not sent for ever");
    assert!(matches!(answer, Err(Error::OutcomeUnknown { .. })), "{answer:?}");
    for answer in strangers {
        answer.unwrap();
    }
    assert_eq!(Census::take(database.url()).await.len(), 21);
    // and the writer is alive
    store.append(any(&stream(), 1)).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_refusal_whose_reply_was_lost_is_still_a_refusal() {
    let database = database().await;
    let (store, proxy) = behind_a_proxy(&database).await;
    let stream = stream();
    proxy.cut(Cut::Reply);
    let answer = store.append(exact(&stream, 7, 1)).await;
    assert!(proxy.has_cut());
    assert!(matches!(answer, Err(Error::Conflict { .. })), "{answer:?}");
    assert_versions(&store, &stream, 0).await;
    store.close().await;
}
