//! What a process has learnt about the log does not outlive it: crashes, restarts, copies, fail-overs.

use std::collections::BTreeSet;
use std::time::Duration;

use aether_core::Position;
use aether_core::backend::{EventStore as _, LogIdentity as _};
use aether_core::log::{Incarnation, Read};
use aether_postgres::PgStore;
use aether_servers::{Database, Postgres, PostgresOptions};
use aether_testkit::eventually;
use sqlx::{Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use crate::backend::{connect, database, database_on};
use crate::census::run;
use crate::samples::{any, positions, stream};

/// A server that flushes nothing by itself for seconds.
pub(crate) async fn lazy_server() -> Postgres {
    let options = PostgresOptions::default().own();
    let options = options.setting("wal_writer_delay", "10s");
    let options = options.setting("wal_writer_flush_after", "1GB").setting("autovacuum", "off");
    Postgres::start(options.setting("bgwriter_delay", "10s")).await.unwrap()
}

/// Draws more numbers than the server has logged ahead, and gives them up: nobody waits for the disk.
pub(crate) async fn roll_back(database: &Database) {
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let draw = "SELECT nextval('aether_event_sequence') FROM generate_series(1, 60)";
    for statement in ["BEGIN", "SELECT aether_enter()", draw, "ROLLBACK"] {
        connection.execute(statement).await.unwrap();
    }
    connection.close().await.unwrap();
}

pub(crate) async fn add(store: &PgStore, appends: usize) -> Vec<u64> {
    let mut stored = Vec::new();
    for _ in 0..appends {
        let append = async || store.append(any(&stream(), 1)).await.ok();
        let appended = eventually("the server takes appends", append).await;
        stored.push(appended.position().unwrap().get());
    }
    stored
}

async fn incarnation(store: &PgStore) -> Incarnation {
    eventually("the log has an incarnation", async || {
        store.end().await.ok()?;
        store.incarnation()
    })
    .await
}

/// Everything after a position, as a reader finds it that goes on where it stood.
async fn rest(store: &PgStore, mut after: Position) -> Vec<u64> {
    let mut found = Vec::new();
    loop {
        let read = async || store.read(Read::all().after(after)).await.ok();
        let page = eventually("the log can be read", read).await;
        found.extend(positions(&page.events));
        after = page.position;
        if page.caught_up {
            return found;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_that_a_crash_gives_out_again_are_not_below_a_position_that_was_handed_out() {
    let server = lazy_server().await;
    let database = database_on(&server).await;
    let store = connect(&database).await;
    let fresh = connect(&database).await;
    incarnation(&store).await;
    add(&store, 3).await;
    roll_back(&database).await;
    // two readers see the horizon past the rollback: one asked for a page, one has seen nothing else
    let reader = store.read(Read::all()).await.unwrap().position;
    let newcomer = fresh.read(Read::all()).await.unwrap().position;
    server.kill9().await.unwrap();
    server.restart().await.unwrap();
    let stored = add(&store, 20).await;
    assert!(stored[0] < 50, "the numbers are given out again, or this shows nothing: {stored:?}");
    assert_eq!(rest(&store, reader).await, stored);
    assert_eq!(rest(&fresh, newcomer).await, stored);
    futures::join!(store.close(), fresh.close());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_the_log_is_told_when_it_is_flushed_and_nobody_waits_for_the_server_to_do_so() {
    let server = lazy_server().await;
    let database = database_on(&server).await;
    let store = connect(&database).await;
    incarnation(&store).await;
    add(&store, 3).await;
    roll_back(&database).await;
    let end = store.end().await.unwrap();
    assert!(end.get() >= 60, "{end}");
    let waited = tokio::time::timeout(Duration::from_secs(5), store.wait(Position::new(60)));
    assert!(waited.await.expect("the server was made to flush").unwrap() >= end);
    server.kill9().await.unwrap();
    server.restart().await.unwrap();
    assert!(add(&store, 1).await[0] > end.get(), "no crash takes it back");
    store.close().await;
}

/// A program that only writes: until the log's life has a name, each append looks for one.
#[tokio::test]
async fn an_append_gives_a_log_that_nobody_reads_the_name_of_its_incarnation() {
    let database = database().await;
    let store = connect(&database).await;
    let names = "SELECT count(*) FROM aether_incarnation";
    let mut session = PgConnection::connect(database.url()).await.unwrap();
    for _ in 0..2 {
        run(database.url(), "TRUNCATE aether_incarnation").await;
        store.append(any(&stream(), 1)).await.unwrap();
        eventually("the incarnation has a name", async || {
            let named: i64 = sqlx::query_scalar(names).fetch_one(&mut session).await.unwrap();
            (named == 1).then_some(())
        })
        .await;
    }
    session.close().await.unwrap();
    store.close().await;
}

/// As a restore into the same database does, under sessions that go on.
#[tokio::test]
async fn a_session_that_outlives_its_log_appends_in_the_new_incarnation() {
    let database = database().await;
    let store = connect(&database).await;
    store.append(any(&stream(), 1)).await.unwrap();
    let mut session = PgConnection::connect(database.url()).await.unwrap();
    let append =
        "SELECT incarnation FROM aether_append_one(7, gen_random_uuid(), 'Chest', 0, now(), now(),
        5::smallint, NULL, ARRAY[gen_random_uuid()], ARRAY['Deposited'], ARRAY['{}'::jsonb],
        ARRAY['{}'::jsonb], ARRAY[now()], ARRAY[1::smallint])";
    let named = "SELECT id FROM aether_incarnation";
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        run(database.url(), "TRUNCATE aether_incarnation").await;
        run(database.url(), "SELECT aether_begin_incarnation()").await;
        let now: Uuid = sqlx::query_scalar(named).fetch_one(&mut session).await.unwrap();
        assert!(seen.insert(now));
        for _ in 0..2 {
            let told: Uuid = sqlx::query_scalar(append).fetch_one(&mut session).await.unwrap();
            assert_eq!(told, now);
        }
    }
    session.close().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_has_one_incarnation_until_its_server_crashes_or_restarts_or_it_is_copied() {
    let server = lazy_server().await;
    let database = database_on(&server).await;
    let store = connect(&database).await;
    let other = connect(&database).await;
    let first = incarnation(&store).await;
    add(&store, 3).await;
    assert_eq!((incarnation(&store).await, incarnation(&other).await), (first, first));
    let mut seen = BTreeSet::from([first]);
    // a copy beside it: another database, though the files are the same
    let copy = format!("{}_copy", database.name());
    other.close().await;
    store.pool().close().await;
    other.pool().close().await;
    run(server.url(), &format!("CREATE DATABASE {copy} TEMPLATE {}", database.name())).await;
    let copied = PgStore::connect(&database.url().replace(database.name(), &copy)).await.unwrap();
    assert!(seen.insert(incarnation(&copied).await), "a copy is another log");
    copied.close().await;
    let store = connect(&database).await;
    assert_eq!(incarnation(&store).await, first);

    server.kill9().await.unwrap();
    server.restart().await.unwrap();
    let crashed = eventually("it is seen", async || {
        let now = incarnation(&store).await;
        seen.insert(now).then_some(now)
    })
    .await;
    assert_eq!(incarnation(&connect(&database).await).await, crashed);
    server.restart().await.unwrap();
    eventually("a restart, too", async || seen.insert(incarnation(&store).await).then_some(()))
        .await;
    // a backend that dies takes the others with it
    let started = incarnation(&store).await;
    let mut victim = PgConnection::connect(database.url()).await.unwrap();
    let pid: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut victim).await.unwrap();
    let killed = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(killed.unwrap().success());
    eventually("a backend's crash", async || (incarnation(&store).await != started).then_some(()))
        .await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_takes_over_is_another_incarnation() {
    let primary = lazy_server().await;
    let database = database_on(&primary).await;
    let store = connect(&database).await;
    let first = incarnation(&store).await;
    let mut standby = primary.standby().await.unwrap();
    add(&store, 3).await;
    primary.kill9().await.unwrap();
    standby.take_over(&primary).await.unwrap();
    eventually("it is seen", async || (incarnation(&store).await != first).then_some(())).await;
    add(&store, 3).await;
    store.close().await;
}

#[tokio::test]
async fn the_first_to_ask_names_the_incarnation_whatever_its_rights() {
    let database = database().await;
    let name = format!("role_{}", database.name());
    let grant = format!(
        "CREATE ROLE {name} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name};
         GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}"
    );
    run(database.url(), &grant).await;
    let reader = PgStore::connect(&database.url().replace("postgres@", &format!("{name}@"))).await;
    let reader = reader.unwrap();
    let writer = connect(&database).await;
    assert_eq!(incarnation(&reader).await, incarnation(&writer).await);
    reader.close().await;
    reader.pool().close().await;
    run(database.url(), &format!("DROP OWNED BY {name}; DROP ROLE {name}")).await;
    writer.close().await;
}
