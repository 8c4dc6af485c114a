//! Transactions that are given up while they begin: what comes after them is committed all the same.

use aether_core::backend::EventStore as _;
use aether_postgres::PgStore;
use aether_testkit::eventually;
use sqlx::postgres::{PgPool, PgPoolOptions};

use crate::backend::database;
use crate::census::number;
use crate::samples::{any, stream};

/// Gives the beginning of a transaction up after it was sent, when all connections are in the pool, and until they are
/// again.
async fn give_up(pool: &PgPool) {
    all_are_back(pool).await;
    let mut begin = Box::pin(pool.begin());
    for _ in 0..2 {
        if futures::poll!(&mut begin).is_ready() {
            return;
        }
    }
    drop(begin);
    all_are_back(pool).await;
}

async fn all_are_back(pool: &PgPool) {
    let back = async || (pool.num_idle() == pool.size() as usize).then_some(());
    eventually("all connections are in the pool", back).await;
}

#[tokio::test]
async fn an_append_behind_a_transaction_that_was_given_up_is_committed() {
    let database = database().await;
    // a pool of the caller's own, of one connection that everybody gets
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .connect(database.url())
        .await
        .unwrap();
    let store = PgStore::builder().writers(1).without_listening().build(pool.clone());
    for round in 1..=20 {
        give_up(&pool).await;
        store.append(any(&stream(), 1)).await.unwrap();
        let stored = "SELECT count(*) FROM evenements";
        assert_eq!(number(database.url(), stored).await, round, "seen by others");
    }
    store.close().await;
}

#[tokio::test]
async fn the_server_looks_for_clients_whose_host_is_lost() {
    let database = database().await;
    let store = PgStore::connect(database.url()).await.unwrap();
    let limits: Vec<i64> = sqlx::query_scalar(
        "SELECT current_setting(name)::bigint FROM unnest(ARRAY['tcp_keepalives_idle',
         'tcp_keepalives_interval', 'tcp_keepalives_count']) AS name",
    )
    .fetch_all(store.pool())
    .await
    .unwrap();
    assert_eq!(limits, [15, 5, 3]);
    store.close().await;
}

#[tokio::test]
async fn a_pool_of_the_store_is_given_no_open_transaction_back() {
    let database = database().await;
    let store = PgStore::builder()
        .max_connections(1)
        .without_listening()
        .connect(database.url())
        .await
        .unwrap();
    for _ in 0..20 {
        give_up(store.pool()).await;
        let open = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        assert_eq!(number(database.url(), open).await, 0);
    }
    store.close().await;
}
