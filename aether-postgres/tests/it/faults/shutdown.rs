//! The end of a store: what was accepted is finished, nothing is left behind.

use aether_core::Error;
use aether_core::backend::EventStore as _;
use aether_postgres::PgStore;
use aether_testkit::eventually;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::{Census, number};
use crate::samples::{any, assert_versions, ids, stream, streams};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_many_queued_appends_is_stored_or_told_that_the_store_is_closed() {
    let database = database().await;
    let store =
        PgStore::builder().max_batch(8).max_connections(4).connect(database.url()).await.unwrap();
    let tasks: Vec<_> = streams(200)
        .into_iter()
        .map(|stream| {
            let (store, append) = (store.clone(), any(&stream, 2));
            tokio::spawn(async move { (ids(&append), store.append(append).await) })
        })
        .collect();
    // the first is stored: the others are on their way
    let first = async || {
        (number(database.url(), "SELECT count(*) FROM evenements").await > 0).then_some(())
    };
    eventually("an append is stored", first).await;
    store.close().await;
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    let census = Census::take(database.url()).await;
    for (ids, answer) in answers {
        let stored = match answer {
            Ok(_) => true,
            Err(Error::Closed) => false,
            Err(other) => panic!("stored or closed, not {other:?}"),
        };
        assert!(ids.iter().all(|id| census.has(*id) == stored), "the answer is the truth");
    }
}

#[tokio::test]
async fn closing_waits_for_an_append_that_waits_for_a_held_stream() {
    let database = database().await;
    let (store, stream) = (connect(&database).await, stream());
    store.append(any(&stream, 1)).await.unwrap();
    let mut holder = PgConnection::connect(database.url()).await.unwrap();
    holder.execute("BEGIN").await.unwrap();
    store.append_in(&mut holder, any(&stream, 1)).await.unwrap();

    let waiting = tokio::spawn({
        let (store, append) = (store.clone(), any(&stream, 1));
        async move { store.append(append).await }
    });
    let blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                   AND datname = current_database()";
    let ask = async || (number(database.url(), blocked).await > 0).then_some(());
    eventually("the append waits in its lane", ask).await;
    let closing = tokio::spawn({
        let store = store.clone();
        async move { store.close().await }
    });
    // refused from now on: closing has begun
    let ask = async || {
        matches!(store.append(any(&crate::samples::stream(), 1)).await, Err(Error::Closed))
            .then_some(())
    };
    eventually("the store refuses", ask).await;
    assert!(!closing.is_finished() && !waiting.is_finished());
    holder.execute("COMMIT").await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().writes[0].version.get(), 3);
    closing.await.unwrap();
    assert_versions(&store, &stream, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_dropped_finishes_what_it_took_and_leaves_no_connection() {
    let database = database().await;
    let url = format!("{}?application_name=dropped", database.url());
    let store = PgStore::builder().max_connections(4).connect(&url).await.unwrap();
    let tasks: Vec<_> = streams(50)
        .into_iter()
        .enumerate()
        .map(|(n, stream)| {
            let (store, append) = (store.clone(), any(&stream, 1));
            let ids = ids(&append);
            let task = tokio::spawn(async move { store.append(append).await });
            if n % 5 == 0 {
                // a caller that goes away
                task.abort();
            }
            (ids, task)
        })
        .collect();
    drop(store);
    let mut acknowledged = Vec::new();
    for (ids, task) in tasks {
        if let Ok(answer) = task.await {
            answer.unwrap();
            acknowledged.extend(ids);
        }
    }
    let open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dropped'
                AND datname = current_database()";
    let ask = async || (number(database.url(), open).await == 0).then_some(());
    eventually("the dropped store has no connection left", ask).await;
    let census = Census::take(database.url()).await;
    assert!(acknowledged.len() >= 40 && acknowledged.iter().all(|id| census.has(*id)));
}
