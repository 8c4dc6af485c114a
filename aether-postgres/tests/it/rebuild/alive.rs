//! Writers, readers and runners while their tables are rebuilt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::{Position, Projection as _};
use aether_testkit::eventually;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::ledger::{Ledger, Setting, earn};
use crate::census::{number, run};
use crate::pooler::Pooler;
use crate::samples::{any, stream};

/// Asserts that what it counts never falls, as long as it lives.
fn reader(url: String, read: &'static str, stop: Arc<AtomicBool>) -> tokio::task::JoinHandle<i64> {
    tokio::spawn(async move {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let mut before = 0;
        while !stop.load(Ordering::Relaxed) {
            let found: i64 = sqlx::query_scalar(read).fetch_one(&mut connection).await.unwrap();
            assert!(found >= before, "{read}: {found} after {before}");
            before = found;
        }
        before
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_while_events_keep_coming_and_readers_never_see_a_gap() {
    let setting = Setting::open().await;
    setting.earn(2000, 7).await;
    let ledger = Ledger { batch: 37, ..Ledger::default() };
    let node = setting.node(&ledger);
    node.wait_for("ledger", setting.end().await).await.unwrap();
    let stop = Arc::<AtomicBool>::default();
    let counts = [
        "SELECT count(*) FROM ledger",
        "SELECT lines FROM balance",
        "SELECT coalesce(sum(cardinality(versions)), 0)::bigint FROM accounts",
    ];
    let readers = counts.map(|read| reader(setting.url().to_owned(), read, stop.clone()));
    let writer = {
        let (store, stop, node) = (setting.store.clone(), stop.clone(), node.clone());
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let last = earn(&store, 60, 3).await;
                node.wait_for("ledger", last).await.unwrap();
            }
        })
    };
    for _ in 0..4 {
        let before = setting.end().await;
        let report =
            setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
        assert!(report.position >= before && report.events >= 2000, "{report:?}");
        // the live runner continues with the new tables
        node.wait_for("ledger", setting.end().await).await.unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    writer.await.unwrap();
    node.wait_for("ledger", setting.end().await).await.unwrap();
    for reader in readers {
        assert!(reader.await.unwrap() > 2000);
    }
    setting.assert_fold().await;
    setting.assert_nothing_left().await;
    node.stop().await.unwrap();
    setting.close().await;
}

#[tokio::test]
async fn a_runner_in_the_middle_of_a_batch_is_waited_for_and_then_fenced_off() {
    let setting = Setting::open().await;
    setting.earn(100, 3).await;
    let ledger = Ledger::default();
    // its transaction has written, and is open
    let mut runner = PgConnection::connect(setting.url()).await.unwrap();
    run(setting.url(), "INSERT INTO aether_checkpoints (projection, epoch) VALUES ('ledger', 7)")
        .await;
    runner
        .execute("BEGIN; INSERT INTO ledger VALUES (gen_random_uuid(), 1, 'under way')")
        .await
        .unwrap();
    let mut rebuild =
        setting.rebuild(ledger).reader_patience(Duration::ZERO).start().await.unwrap();
    while rebuild.now().postponed < 2 {
        rebuild.progress().await.unwrap();
    }
    let moved = "UPDATE aether_checkpoints SET position = 20
        WHERE projection = 'ledger' AND shard = 0 AND position = 0 AND epoch = 7";
    assert_eq!(runner.execute(moved).await.unwrap().rows_affected(), 1);
    runner.execute("COMMIT").await.unwrap();
    rebuild.finish().await.unwrap();
    setting.assert_fold().await;
    assert_eq!(setting.checkpoint().await, setting.end().await);
    // what it would commit next has lost its ground; its epoch is still its own
    runner.execute("BEGIN").await.unwrap();
    let next = moved.replace("position = 0", "position = 20");
    let next = runner.execute(sqlx::AssertSqlSafe(next)).await.unwrap();
    assert_eq!(next.rows_affected(), 0, "fenced");
    assert_eq!(number(setting.url(), "SELECT epoch FROM aether_checkpoints").await, 7);
    setting.close().await;
}

#[tokio::test]
async fn all_shards_of_the_live_projection_go_on_behind_the_swap() {
    let setting = Setting::open().await;
    setting.earn(300, 9).await;
    let ledger = Ledger::default();
    let settings = ledger.settings().shards(4);
    let engine = aether_core::Engine::new(setting.store.clone());
    let node = || {
        aether_core::Node::builder(&engine)
            .projection(setting.store.read_models(), ledger.clone().with(settings.clone()))
            .start()
            .unwrap()
    };
    let running = node();
    running.wait_for("ledger", setting.end().await).await.unwrap();
    setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    setting.earn(300, 9).await;
    running.wait_for("ledger", setting.end().await).await.unwrap();
    setting.assert_fold().await;
    running.stop().await.unwrap();
    // also of one that has never run
    run(setting.url(), "TRUNCATE aether_checkpoints, aether_projections").await;
    let rebuild = setting.rebuild(Ledger::default().with(settings.clone()));
    rebuild.start().await.unwrap().finish().await.unwrap();
    assert_eq!(number(setting.url(), "SELECT count(*) FROM aether_checkpoints").await, 4);
    let running = node();
    setting.earn(100, 9).await;
    running.wait_for("ledger", setting.end().await).await.unwrap();
    setting.assert_fold().await;
    running.stop().await.unwrap();
    setting.close().await;
}

#[tokio::test]
async fn an_idle_runner_forgets_the_failures_that_a_rebuild_has_mended() {
    let setting = Setting::open().await;
    let chest = stream();
    let poison = setting.store.append(any(&chest, 1)).await.unwrap().position().unwrap();
    setting.store.append(any(&chest, 1)).await.unwrap();
    // it fails when it is tried, and not any more when it is live again
    let ledger = Ledger { poison: Some(poison.get()), ..Ledger::default() };
    let node = setting.node(&ledger);
    let told = node.wait_for("ledger", setting.end().await).await.unwrap_err();
    assert_eq!(told.code(), "parked", "{told}");
    assert_eq!(number(setting.url(), "SELECT count(*) FROM aether_dead_letters").await, 2);
    setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    assert_eq!(number(setting.url(), "SELECT count(*) FROM aether_dead_letters").await, 0);
    let last = setting.store.append(any(&chest, 1)).await.unwrap().position().unwrap();
    node.wait_for("ledger", last).await.unwrap();
    assert_eq!(number(setting.url(), "SELECT count(*) FROM aether_dead_letters").await, 0);
    setting.assert_fold().await;
    node.stop().await.unwrap();
    setting.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_runs_through_a_pooler_in_transaction_mode() {
    let setting = Setting::open().await;
    setting.earn(500, 5).await;
    let pooler = Pooler::start(setting.url(), 3).await;
    let store = aether_postgres::PgStore::builder()
        .unprepared()
        .max_connections(8)
        .connect(&pooler.url(setting.url()))
        .await
        .unwrap();
    let ledger = Ledger { persistent: false, ..Ledger::default() };
    for _ in 0..2 {
        let rebuild = aether_postgres::Rebuild::new(&store).projection(ledger.clone());
        rebuild.start().await.unwrap().finish().await.unwrap();
        setting.assert_fold().await;
    }
    let rebuild = aether_postgres::Rebuild::new(&store).projection(ledger.clone());
    rebuild.in_place().await.unwrap();
    setting.assert_fold().await;
    // nothing of it sticks to the server connections
    let path = sqlx::query_scalar::<_, String>("SHOW search_path").persistent(false);
    assert_eq!(path.fetch_one(store.pool()).await.unwrap(), "\"$user\", public");
    store.close().await;
    setting.close().await;
}

#[tokio::test]
async fn a_pool_of_two_connections_is_enough_with_every_reader_waiting_for_the_tables() {
    let setting = Setting::open().await;
    setting.earn(300, 5).await;
    let small = aether_postgres::PgStore::builder()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(20))
        .connect(setting.url())
        .await
        .unwrap();
    let stop = Arc::<AtomicBool>::default();
    let readers: Vec<_> = (0..10)
        .map(|_| {
            let (pool, stop) = (small.pool().clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    sqlx::query("SELECT count(*) FROM ledger").execute(&pool).await.unwrap();
                }
            })
        })
        .collect();
    let rebuild = aether_postgres::Rebuild::new(&small).projection(Ledger::default());
    let finish = rebuild.start().await.unwrap().finish();
    let report = tokio::time::timeout(Duration::from_secs(25), finish).await.unwrap().unwrap();
    assert!(report.locked < Duration::from_secs(5), "{report:?}");
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    setting.assert_fold().await;
    small.close().await;
    setting.close().await;
}

#[tokio::test]
async fn a_transaction_whose_snapshot_is_older_than_the_new_rows_is_waited_for() {
    let setting = Setting::open().await;
    setting.earn(100, 3).await;
    let mut old = PgConnection::connect(setting.url()).await.unwrap();
    // has not touched the tables yet
    old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1").await.unwrap();
    let mut rebuild = setting.rebuild(Ledger::default()).start().await.unwrap();
    while rebuild.now().phase == aether_core::backend::RebuildPhase::Filling {
        rebuild.progress().await.unwrap();
    }
    // it keeps up with the log meanwhile
    let last = setting.earn(20, 1).await;
    eventually("it keeps up", async || (rebuild.now().position >= last).then_some(())).await;
    let rows: i64 =
        sqlx::query_scalar("SELECT count(*) FROM ledger").fetch_one(&mut old).await.unwrap();
    assert_eq!(rows, 0, "the old table, which nobody has filled");
    assert_ne!(setting.checkpoint().await, last);
    old.execute("COMMIT").await.unwrap();
    rebuild.finish().await.unwrap();
    setting.assert_fold().await;
    // but not for ever
    let mut old = PgConnection::connect(setting.url()).await.unwrap();
    old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1").await.unwrap();
    let rebuild = setting.rebuild(Ledger::default()).reader_patience(Duration::from_millis(100));
    rebuild.start().await.unwrap().finish().await.unwrap();
    assert_ne!(Position::START, setting.checkpoint().await);
    setting.close().await;
}
