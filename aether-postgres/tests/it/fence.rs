//! A holder of a lock that comes too late is refused, and nothing of it is stored.

use std::time::Duration;

use aether_core::lock::{Fence, FencingToken, LockName};
use aether_core::{ErrorKind, Job as _};
use aether_postgres::{Error, FencePruning, PgStore};
use aether_servers::Database;
use aether_testkit::eventually;
use sqlx::{Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::{Census, number, run};
use crate::samples::{any, assert_versions, stream};

fn fence(token: u64) -> Fence {
    let lock = LockName::new("player", 7).part("inventory");
    Fence { lock, token: FencingToken::new(token) }
}

async fn open() -> (Database, PgStore) {
    let database = database().await;
    let store = connect(&database).await;
    (database, store)
}

/// Checks a fence in a transaction of its own.
async fn pass(store: &PgStore, fence: &Fence) -> Result<(), Error> {
    let mut transaction = store.pool().begin().await.unwrap();
    store.fence_in(&mut transaction, fence).await?;
    transaction.commit().await.unwrap();
    Ok(())
}

fn assert_refused(result: Result<(), Error>, late: u64, newest: u64) {
    let error = result.unwrap_err();
    assert!(error.is_lock_lost() && !error.is_transient(), "{error}");
    assert_eq!((error.kind(), error.code()), (ErrorKind::TakenOver, "lock_lost"));
    match error {
        Error::LockLost { lock, token, newest: found } => {
            assert_eq!((lock, token), (fence(0).lock, FencingToken::new(late)));
            assert_eq!(found, FencingToken::new(newest));
        }
        other => panic!("{other}"),
    }
}

/// Waits until somebody in this database waits for a lock.
async fn somebody_waits(database: &Database) {
    let sql = "SELECT count(*) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waits = async || (number(database.url(), sql).await > 0).then_some(());
    eventually("somebody waits", waits).await;
}

#[tokio::test]
async fn an_earlier_holder_is_refused_after_a_later_one_has_written() {
    let (_database, store) = open().await;
    pass(&store, &fence(5)).await.unwrap();
    pass(&store, &fence(5)).await.unwrap();
    pass(&store, &fence(9)).await.unwrap();
    assert_refused(pass(&store, &fence(5)).await, 5, 9);
    assert_refused(pass(&store, &fence(8)).await, 8, 9);
    pass(&store, &fence(9)).await.unwrap();
    let highest = i64::MAX.unsigned_abs();
    pass(&store, &fence(highest)).await.unwrap();
    assert_refused(pass(&store, &fence(9)).await, 9, highest);
    let other = Fence { lock: LockName::new("player", 8).part("inventory"), ..fence(1) };
    pass(&store, &other).await.unwrap();
}

#[tokio::test]
async fn fence_and_append_are_stored_together_or_not_at_all() {
    let (database, store) = open().await;
    let stream = stream();
    let write = async |token: u64| -> Result<(), Error> {
        let mut transaction = store.pool().begin().await.unwrap();
        store.fence_in(&mut transaction, &fence(token)).await?;
        store.append_in(&mut transaction, any(&stream, 1)).await?;
        transaction.commit().await.unwrap();
        Ok(())
    };
    write(1).await.unwrap();
    write(2).await.unwrap();
    assert_refused(write(1).await, 1, 2);
    assert_versions(&store, &stream, 2).await;
    // a write that is rolled back has not been
    let mut transaction = store.pool().begin().await.unwrap();
    store.fence_in(&mut transaction, &fence(3)).await.unwrap();
    store.append_in(&mut transaction, any(&stream, 1)).await.unwrap();
    transaction.rollback().await.unwrap();
    write(2).await.unwrap();
    assert_versions(&store, &stream, 3).await;
    assert_eq!(Census::take(database.url()).await.len(), 3);
}

#[tokio::test]
async fn who_does_not_look_at_the_refusal_cannot_commit() {
    let (database, store) = open().await;
    pass(&store, &fence(2)).await.unwrap();
    run(database.url(), "CREATE TABLE chests (pieces INTEGER)").await;
    let mut transaction = store.pool().begin().await.unwrap();
    transaction.execute("INSERT INTO chests VALUES (1)").await.unwrap();
    drop(store.fence_in(&mut transaction, &fence(1)).await);
    transaction.execute("INSERT INTO chests VALUES (2)").await.unwrap_err();
    drop(transaction.commit().await);
    assert_eq!(number(database.url(), "SELECT count(*) FROM chests").await, 0);
}

#[tokio::test]
async fn a_later_holder_waits_for_an_earlier_one_that_is_writing_and_sees_it() {
    let (database, store) = open().await;
    run(database.url(), "CREATE TABLE chests (pieces INTEGER)").await;
    let mut earlier = store.pool().begin().await.unwrap();
    store.fence_in(&mut earlier, &fence(1)).await.unwrap();
    let later = tokio::spawn({
        let store = store.clone();
        async move {
            let mut transaction = store.pool().begin().await.unwrap();
            store.fence_in(&mut transaction, &fence(2)).await.unwrap();
            let sql = "SELECT count(*) FROM chests";
            let seen: i64 = sqlx::query_scalar(sql).fetch_one(&mut *transaction).await.unwrap();
            transaction.commit().await.unwrap();
            seen
        }
    });
    somebody_waits(&database).await;
    earlier.execute("INSERT INTO chests VALUES (1)").await.unwrap();
    earlier.commit().await.unwrap();
    assert_eq!(later.await.unwrap(), 1);
    assert_refused(pass(&store, &fence(1)).await, 1, 2);
}

#[tokio::test]
async fn an_earlier_holder_behind_a_later_one_depends_on_whether_that_commits() {
    for commits in [true, false] {
        let (database, store) = open().await;
        let mut later = store.pool().begin().await.unwrap();
        store.fence_in(&mut later, &fence(2)).await.unwrap();
        let earlier = tokio::spawn({
            let store = store.clone();
            async move { pass(&store, &fence(1)).await }
        });
        somebody_waits(&database).await;
        if commits {
            later.commit().await.unwrap();
            assert_refused(earlier.await.unwrap(), 1, 2);
        } else {
            later.rollback().await.unwrap();
            earlier.await.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn an_older_snapshot_is_a_transient_error() {
    let (_database, store) = open().await;
    pass(&store, &fence(1)).await.unwrap();
    let mut transaction = store.pool().begin().await.unwrap();
    let connection: &mut PgConnection = &mut transaction;
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    connection.execute("SELECT 1").await.unwrap();
    pass(&store, &fence(2)).await.unwrap();
    let error = store.fence_in(&mut transaction, &fence(3)).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    transaction.rollback().await.unwrap();
    pass(&store, &fence(3)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_written_under_a_lock_is_in_the_order_of_its_tokens() {
    const WRITERS: u64 = 24;
    let (database, store) = open().await;
    run(database.url(), "CREATE TABLE traces (n SERIAL, token BIGINT)").await;
    let tasks = (0..WRITERS).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut stored = 0;
            for round in 0..8 {
                // each writer's tokens rise, and they cross those of others
                let token = round * WRITERS / 2 + (writer * 7) % WRITERS;
                let mut transaction = store.pool().begin().await.unwrap();
                if store.fence_in(&mut transaction, &fence(token)).await.is_err() {
                    continue;
                }
                sqlx::query("INSERT INTO traces (token) VALUES ($1)")
                    .bind(token.cast_signed())
                    .execute(&mut *transaction)
                    .await
                    .unwrap();
                transaction.commit().await.unwrap();
                stored += 1;
            }
            stored
        })
    });
    let mut stored = 0;
    for task in tasks.collect::<Vec<_>>() {
        stored += task.await.unwrap();
    }
    assert_eq!(number(database.url(), "SELECT count(*) FROM traces").await, stored);
    let falls = "SELECT count(*) FROM (SELECT token < lag(token) OVER (ORDER BY n) AS falls FROM traces) AS t \
                 WHERE falls";
    assert_eq!(number(database.url(), falls).await, 0);
}

#[tokio::test]
async fn fences_that_were_not_raised_for_long_are_forgotten() {
    let (database, store) = open().await;
    let sql = "INSERT INTO aether_fences SELECT 'chest:' || n, 1, \
                   clock_timestamp() - CASE WHEN n % 3 = 0 THEN INTERVAL '2 days' ELSE INTERVAL '32 days' END \
               FROM generate_series(1, 12000) AS n";
    run(database.url(), sql).await;
    pass(&store, &fence(7)).await.unwrap();
    let pruning = FencePruning::new(&store);
    assert_eq!(pruning.run().await.unwrap(), "8000 fences forgotten");
    assert_eq!(pruning.run().await.unwrap(), "0 fences forgotten");
    let pruning = pruning.older_than(Duration::from_secs(24 * 60 * 60));
    assert_eq!(pruning.run().await.unwrap(), "4000 fences forgotten");
    assert_refused(pass(&store, &fence(6)).await, 6, 7);
}
