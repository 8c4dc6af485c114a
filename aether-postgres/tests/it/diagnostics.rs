//! What an operator is told.

use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_testkit::eventually;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::run;
use crate::samples::{any, stream};

#[tokio::test]
async fn who_holds_readers_back_is_named() {
    let database = database().await;
    let store = connect(&database).await;
    let first = store.append(any(&stream(), 1)).await.unwrap().position().unwrap();
    let settled = async || {
        let diagnostics = store.diagnostics().await.unwrap();
        diagnostics.holders.is_empty().then_some(diagnostics)
    };
    let quiet = eventually("nobody holds the horizon", settled).await;
    assert_eq!((quiet.horizon, quiet.last), (first, first));

    let url = format!("{}?application_name=boutique", database.url());
    let mut slow = PgConnection::connect(&url).await.unwrap();
    let pid: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut slow).await.unwrap();
    slow.execute("BEGIN").await.unwrap();
    store.append_in(&mut slow, any(&stream(), 1)).await.unwrap();
    let last = store.append(any(&stream(), 1)).await.unwrap().position().unwrap();
    slow.execute("SELECT 'paying'").await.unwrap();

    let ask = async || {
        let diagnostics = store.diagnostics().await.unwrap();
        let holder = diagnostics.holders.first()?;
        let old = holder.idle.is_some_and(|idle| idle >= Duration::from_millis(50));
        (diagnostics.holders.len() == 1 && old).then_some(diagnostics)
    };
    let held = eventually("the holder is named, with its age", ask).await;
    assert_eq!((held.horizon, held.last), (first, last));
    let holder = &held.holders[0];
    assert_eq!(holder.pid, pid);
    assert_eq!(holder.state.as_deref(), Some("idle in transaction"));
    assert_eq!(holder.application.as_deref(), Some("boutique"));
    assert_eq!(holder.query.as_deref(), Some("SELECT 'paying'"));
    assert!(holder.user.is_some() && holder.age >= holder.idle);

    slow.execute("COMMIT").await.unwrap();
    let freed = eventually("nobody holds the horizon", settled).await;
    assert_eq!((freed.horizon, freed.last), (last, last));
    store.close().await;
}

#[tokio::test]
async fn the_pool_and_the_partitions_are_told() {
    let database = database().await;
    let store = connect(&database).await;
    store.append(any(&stream(), 5)).await.unwrap();
    let taken = store.pool().acquire().await.unwrap();
    let pool = store.diagnostics().await.unwrap().pool;
    assert_eq!(pool.max, 8);
    assert!(pool.size >= 2 && pool.size <= 8, "{pool:?}");
    assert!(pool.idle < pool.size as usize, "one is taken: {pool:?}");
    drop(taken);

    run(database.url(), "ANALYZE evenements").await;
    let diagnostics = store.diagnostics().await.unwrap();
    assert_eq!(diagnostics.unforeseen_events, 0);
    let names: Vec<_> = diagnostics.partitions.iter().map(|p| p.name.clone()).collect();
    assert!(names.is_sorted(), "{names:?}");
    let month = format!("evenements_{}", chrono::Utc::now().format("%Y_%m"));
    let now = diagnostics.partitions.iter().find(|p| p.name == month).unwrap();
    assert_eq!(now.events, 5);
    assert!(now.bytes > 0 && now.bounds.starts_with("FOR VALUES FROM"), "{now:?}");
    assert!(diagnostics.partitions.iter().any(|p| p.bounds == "DEFAULT"));
    store.close().await;
}
