//! What was acknowledged is on the disk, whatever the role, the database or the transaction around it has set.

use std::time::Duration;

use aether_core::Filter;
use aether_core::backend::{
    Checkpoints as _, CommandIds as _, EventStore as _, Order, Registration,
};
use aether_core::log::ExpectedVersion;
use aether_core::projection::Shard;
use aether_postgres::ImportEvent;
use aether_testkit::eventually;
use futures::future::join_all;
use futures::stream as futures_stream;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database, database_on, own_server};
use crate::census::{Census, number, run};
use crate::samples::{any, command, event, events, stream, streams};

#[tokio::test]
async fn an_append_makes_the_transaction_around_it_wait_for_the_disk() {
    let database = database().await;
    let store = connect(&database).await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    for (set, due) in [
        ("off", "on"),
        ("local", "local"),
        ("remote_write", "remote_write"),
        ("on", "on"),
        ("remote_apply", "remote_apply"),
    ] {
        let begin = format!("BEGIN; SET LOCAL synchronous_commit = {set}");
        connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(begin))).await.unwrap();
        store.append_in(&mut connection, any(&stream(), 1)).await.unwrap();
        let setting: String = sqlx::query_scalar("SELECT current_setting('synchronous_commit')")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(setting, due, "after an append under {set}");
        connection.execute("ROLLBACK").await.unwrap();
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_crash_though_commits_need_not_wait_for_the_disk() {
    let server = own_server().await;
    let database = database_on(&server).await;
    // what no commit waits for is written long after this test
    run(database.url(), "ALTER SYSTEM SET wal_writer_delay = '10s'").await;
    run(database.url(), "SELECT pg_reload_conf()").await;
    let off = format!("ALTER DATABASE \"{}\" SET synchronous_commit = off", database.name());
    run(database.url(), &off).await;

    let store = connect(&database).await;
    let killed = async || {
        server.kill9().await.unwrap();
        server.restart().await.unwrap();
        let back = async || Some(PgConnection::connect(database.url()).await.ok()?.close().await);
        drop(eventually("the server is back", back).await);
    };
    let mut stored = 0;
    let expect = async |count: usize, what: &str| {
        assert_eq!(Census::take(database.url()).await.len(), count, "after {what}");
    };

    store.append(any(&stream(), 1)).await.unwrap();
    stored += 1;
    killed().await;
    expect(stored, "one append").await;

    let batch = streams(20);
    for answer in join_all(batch.iter().map(|stream| store.append(any(stream, 1)))).await {
        answer.unwrap();
    }
    stored += 20;
    killed().await;
    expect(stored, "a batch").await;

    let several = any(&stream(), 1).and(stream(), ExpectedVersion::Any, events(1));
    store.append(several).await.unwrap();
    stored += 2;
    killed().await;
    expect(stored, "an append over several streams").await;

    let item = ImportEvent::new(stream(), event());
    store.import(futures_stream::iter([item]), 10).await.unwrap();
    stored += 1;
    killed().await;
    expect(stored, "an import").await;

    // what a node and an operator rely on
    let models = store.read_models();
    let shard = Shard::whole("rows");
    let filter = Filter::all();
    let registration = Registration::new("rows", &filter, 1);
    let claimed = async || {
        models.register(&registration).await.ok()?;
        models.claim(&shard, 7).await.ok()?;
        models.order("rows", Order::Pause).await.ok()
    };
    eventually("the store is back", claimed).await;
    killed().await;
    let known = "SELECT max(epoch) FROM aether_checkpoints";
    assert_eq!(number(database.url(), known).await, 7, "an epoch is not given twice");
    let paused = "SELECT count(*) FROM aether_projections WHERE paused";
    assert_eq!(number(database.url(), paused).await, 1, "an order is not forgotten");

    let id = command();
    let voided = async || store.void_command(id, None).await.ok();
    eventually("the store is back", voided).await;
    killed().await;
    let append = any(&stream(), 1).with_command_id(id);
    let refused = tokio::time::timeout(Duration::from_secs(60), store.append(append)).await;
    let refused = refused.unwrap().unwrap_err();
    assert!(refused.is_command_voided(), "{refused:?}");
    store.close().await;
}
