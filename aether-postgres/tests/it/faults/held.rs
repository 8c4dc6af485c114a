//! What other transactions hold, and callers that give up: nobody waits for a stranger.

use std::time::Duration;

use aether_core::Error;
use aether_core::backend::{CommandIds as _, EventStore as _};
use aether_core::log::{Append, StreamId};
use aether_postgres::PgStore;
use aether_servers::Database;
use aether_testkit::eventually;
use futures::FutureExt as _;
use futures::future::join_all;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::refusals::{hold, in_one_batch, one_writer};
use crate::backend::database;
use crate::census::Census;
use crate::samples::{any, assert_versions, command, stream, streams};

const LIMIT: Duration = Duration::from_secs(20);

/// A transaction that has appended and stays open.
async fn hold_with(store: &PgStore, database: &Database, appends: Vec<Append>) -> PgConnection {
    let mut holder = PgConnection::connect(database.url()).await.unwrap();
    holder.execute("BEGIN").await.unwrap();
    for append in appends {
        store.append_in(&mut holder, append).await.unwrap();
    }
    holder
}

/// Returns when a call waits for a lock.
async fn somebody_waits(database: &Database) {
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waits = async || (crate::census::number(database.url(), sql).await > 0).then_some(());
    eventually("a call waits for a lock", waits).await;
}

/// Returns when no call is under way.
async fn nothing_is_under_way(store: &PgStore) {
    let pool = store.pool();
    let idle = async || (pool.num_idle() == pool.size() as usize).then_some(());
    eventually("no call is under way", idle).await;
}

#[tokio::test]
async fn a_held_command_id_delays_no_stranger_in_the_same_batch() {
    let database = database().await;
    let store = one_writer(&database).await;
    let (id, first, second) = (command(), stream(), stream());
    let first = any(&first, 1).with_command_id(id);
    let mut holder = hold_with(&store, &database, vec![first]).await;

    let strangers = streams(40);
    let mut waiting = std::pin::pin!(store.append(any(&second, 1).with_command_id(id)));
    let mut going_on = std::pin::pin!(in_one_batch(&store, &strangers));
    let answers = tokio::select! {
        biased;
        early = &mut waiting => panic!("the command id is held: {early:?}"),
        answers = &mut going_on => answers,
        () = tokio::time::sleep(LIMIT) => panic!("strangers wait for the holder of a command id"),
    };
    for (answer, stream) in answers.into_iter().zip(&strangers) {
        answer.unwrap();
        assert_versions(&store, stream, 1).await;
    }
    holder.execute("COMMIT").await.unwrap();
    assert!(waiting.await.unwrap().duplicate);
    assert_versions(&store, &second, 0).await;
    store.close().await;
}

#[tokio::test]
async fn a_held_command_id_can_be_used_up_later_and_holds_up_nobody() {
    let database = database().await;
    let store = one_writer(&database).await;
    let id = command();
    let append = any(&stream(), 1).with_command_id(id);
    let mut holder = hold_with(&store, &database, vec![append]).await;
    let voided = tokio::time::timeout(LIMIT, store.void_command(id, None)).await;
    let refused = voided.expect("it does not wait for the holder").unwrap_err();
    assert!(matches!(refused, Error::Timeout { .. }), "{refused:?}");
    assert!(refused.is_transient());
    holder.execute("ROLLBACK").await.unwrap();
    assert_eq!(store.void_command(id, None).await.unwrap(), None);
    store.close().await;
}

#[tokio::test]
async fn what_its_caller_gave_up_while_it_waited_is_not_stored() {
    let database = database().await;
    let store = one_writer(&database).await;
    let held = stream();
    let mut holder = hold(&store, &database, &held).await;
    let mut waiting = join_all((0..50).map(|_| store.append(any(&held, 1)))).boxed();
    tokio::select! {
        early = &mut waiting => panic!("the stream is held: {early:?}"),
        () = somebody_waits(&database) => {}
    }
    drop(waiting);
    nothing_is_under_way(&store).await;
    holder.execute("COMMIT").await.unwrap();
    store.append(any(&held, 1)).await.unwrap();
    assert_versions(&store, &held, 2).await;
    store.close().await;
}

#[tokio::test]
async fn aggregates_that_stay_held_delay_none_that_is_held_for_a_moment() {
    let database = database().await;
    let store = one_writer(&database).await;
    let forever = streams(12);
    let briefly = stream();
    let all = forever.iter().map(|stream| any(stream, 1)).collect();
    let mut holder = hold_with(&store, &database, all).await;
    let mut short = hold(&store, &database, &briefly).await;

    let mut waiting = join_all(forever.iter().map(|stream| store.append(any(stream, 1)))).boxed();
    let mut brief = store.append(any(&briefly, 1)).boxed();
    tokio::select! {
        biased;
        early = &mut waiting => panic!("the streams are held: {early:?}"),
        early = &mut brief => panic!("the stream is held: {early:?}"),
        () = somebody_waits(&database) => {}
    }
    short.execute("COMMIT").await.unwrap();
    tokio::select! {
        early = &mut waiting => panic!("the streams are held: {early:?}"),
        answer = &mut brief => drop(answer.unwrap()),
        () = tokio::time::sleep(LIMIT) => panic!("it waits for streams that others hold"),
    }
    holder.execute("COMMIT").await.unwrap();
    for answer in waiting.await {
        answer.unwrap();
    }
    for stream in &forever {
        assert_versions(&store, stream, 2).await;
    }
    store.close().await;
}

#[tokio::test]
async fn an_append_waits_for_other_transactions_as_long_as_its_patience() {
    let database = database().await;
    let store = PgStore::builder()
        .writers(1)
        .patience(Duration::from_millis(200))
        .connect(database.url())
        .await
        .unwrap();
    let held = stream();
    store.append(any(&held, 1)).await.unwrap();
    let mut holder = hold(&store, &database, &held).await;

    let mut batch = streams(20);
    batch.insert(10, held.clone());
    for (answer, stream) in in_one_batch(&store, &batch).await.into_iter().zip(&batch) {
        if *stream == held {
            let refused = answer.unwrap_err();
            assert!(matches!(refused, Error::Timeout { .. }), "{refused:?}");
            assert!(refused.is_transient());
        } else {
            answer.unwrap();
            assert_versions(&store, stream, 1).await;
        }
    }
    holder.execute("ROLLBACK").await.unwrap();
    assert_versions(&store, &held, 1).await;
    store.append(any(&held, 1)).await.unwrap();
    assert_eq!(Census::take(database.url()).await.len(), 22);
    store.close().await;
}

#[tokio::test]
async fn a_full_queue_is_unavailable_at_once() {
    let database = database().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(database.url()).await.unwrap();
    let one = any(&stream(), 1);
    let builder = || PgStore::builder().writers(1).announce_every(None).without_listening();
    for builder in [builder().queue(4), builder().queue_bytes(4 * one.bytes())] {
        let store = builder.build(pool.clone());
        let taken = pool.acquire().await.unwrap();
        let streams: Vec<StreamId> = streams(5);
        let mut waiting: Vec<_> =
            streams[..4].iter().map(|stream| store.append(any(stream, 1)).boxed()).collect();
        for append in &mut waiting {
            assert!(append.now_or_never().is_none(), "there is room for four");
        }
        let answer = store.append(any(&streams[4], 1)).now_or_never();
        let refused = answer.expect("it is answered at once").unwrap_err();
        assert!(matches!(refused, Error::Unavailable { .. }), "{refused:?}");
        drop(taken);
        for answer in join_all(waiting).await {
            answer.unwrap();
        }
        // there is room again
        store.append(any(&streams[4], 1)).await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn a_batch_holds_to_its_bytes() {
    let database = database().await;
    let one = any(&stream(), 1);
    let store = PgStore::builder()
        .writers(1)
        .max_batch_bytes(3 * one.bytes())
        .connect(database.url())
        .await
        .unwrap();
    for answer in in_one_batch(&store, &streams(30)).await {
        answer.unwrap();
    }
    let sql = "SELECT max(n) FROM (SELECT count(*) AS n FROM evenements GROUP BY xmin::text) AS t";
    assert_eq!(crate::census::number(database.url(), sql).await, 3);
    store.close().await;
}
