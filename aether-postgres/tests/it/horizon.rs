//! How far readers trust the log: across the wrap of lock numbers, next to strangers' locks, and
//! woken by other processes.

use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::{Filter, Position};
use aether_postgres::PgStore;
use aether_servers::Database;
use aether_testkit::eventually;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::{Census, number, run};
use crate::samples::{any, positions, read, stream};

/// A transaction with an append that stays open; it holds readers at what was stored before it.
async fn begin(store: &PgStore, database: &Database) -> (PgConnection, Position) {
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    connection.execute("BEGIN").await.unwrap();
    let appended = store.append_in(&mut connection, any(&stream(), 1)).await.unwrap();
    (connection, appended.position().unwrap())
}

/// What a reader is shown now, and where it stands then.
async fn shown(store: &PgStore, after: Position) -> (Vec<u64>, Position) {
    let page = store.read(Read::all().after(after)).await.unwrap();
    assert!(page.caught_up);
    (positions(&page.events), page.position)
}

async fn readers_stay_right_around(start: u64) {
    let database = database().await;
    let sql = format!("SELECT setval('aether_event_sequence', {start})");
    run(database.url(), &sql).await;
    let (store, other) = (connect(&database).await, connect(&database).await);
    let begin_at = Position::new(start);
    // one append before the wrap stays open, while others go past it
    let (mut early, held) = begin(&store, &database).await;
    let mut stored = vec![];
    for _ in 0..6 {
        stored.push(store.append(any(&stream(), 2)).await.unwrap().position().unwrap());
        assert_eq!(shown(&other, begin_at).await, (vec![], begin_at), "held at {held}");
    }
    assert!(stored.last().unwrap().get() > start + 8);
    // one begun after the wrap holds back nothing below itself
    let (mut late, above) = begin(&store, &database).await;
    let last = store.append(any(&stream(), 1)).await.unwrap().position().unwrap();
    assert!(last > above);
    early.execute("COMMIT").await.unwrap();
    let (seen, reached) = shown(&other, begin_at).await;
    assert_eq!(seen, (held.get()..above.get()).collect::<Vec<_>>());
    assert!(reached < above);
    late.execute("ROLLBACK").await.unwrap();
    let (seen, reached) = shown(&other, reached).await;
    assert_eq!((seen, reached), (vec![last.get()], last));
    assert_eq!(Census::take(database.url()).await.len(), 14);
    futures::join!(store.close(), other.close());
}

#[tokio::test]
async fn readers_stay_right_when_lock_numbers_wrap() {
    readers_stay_right_around((1 << 31) - 5).await;
}

#[tokio::test]
async fn readers_stay_right_far_beyond_the_wrap() {
    readers_stay_right_around((1 << 33) - 5).await;
}

#[tokio::test]
async fn the_very_first_append_is_waited_for() {
    let database = database().await;
    let (store, other) = (connect(&database).await, connect(&database).await);
    let (mut first, held) = begin(&store, &database).await;
    assert_eq!(held, Position::new(1));
    store.append(any(&stream(), 1)).await.unwrap();
    assert_eq!(shown(&other, Position::START).await, (vec![], Position::START));
    first.execute("COMMIT").await.unwrap();
    assert_eq!(shown(&other, Position::START).await.0, [1, 2]);
    futures::join!(store.close(), other.close());
}

#[tokio::test]
async fn an_append_that_began_after_the_reader_looked_holds_nothing_back() {
    let database = database().await;
    let store = connect(&database).await;
    for _ in 0..3 {
        store.append(any(&stream(), 1)).await.unwrap();
    }
    // a lock on a number the reader has not seen yet: what a writer takes that comes in between
    let mut ahead = PgConnection::connect(database.url()).await.unwrap();
    ahead.execute("BEGIN").await.unwrap();
    ahead.execute("SELECT pg_advisory_xact_lock_shared(aether_lock_space(), 7)").await.unwrap();
    assert_eq!(number(database.url(), "SELECT horizon FROM aether_horizon()").await, 3);
    assert_eq!(read(&store, Filter::all()).await.len(), 3);
    // and one on a number it has seen holds back what is above it
    ahead.execute("SELECT pg_advisory_xact_lock_shared(aether_lock_space(), 1)").await.unwrap();
    assert_eq!(number(database.url(), "SELECT horizon FROM aether_horizon()").await, 1);
    store.close().await;
}

#[tokio::test]
async fn locks_of_other_applications_and_schemas_hold_nobody_back() {
    let database = database().await;
    let (store, other) = (connect(&database).await, connect(&database).await);
    run(database.url(), "CREATE SCHEMA voisin").await;
    let url = format!("{}?options=-c%20search_path%3Dvoisin", database.url());
    let neighbour = PgStore::connect(&url).await.unwrap();
    neighbour.migrate().await.unwrap();
    let mut stranger = PgConnection::connect(database.url()).await.unwrap();
    stranger.execute("BEGIN").await.unwrap();
    // the same second keys as ours, and our number as a single key
    stranger
        .execute(
            "SELECT pg_advisory_xact_lock_shared(1, 0), pg_advisory_xact_lock(7, 0),
                    pg_advisory_xact_lock(aether_lock_space()),
                    pg_advisory_xact_lock((aether_lock_space()::bigint << 32))",
        )
        .await
        .unwrap();
    let mut theirs = PgConnection::connect(&url).await.unwrap();
    theirs.execute("BEGIN").await.unwrap();
    neighbour.append_in(&mut theirs, any(&stream(), 1)).await.unwrap();

    let last = store.append(any(&stream(), 2)).await.unwrap().position().unwrap();
    assert_eq!(shown(&other, Position::START).await, (vec![1, 2], last));
    assert_eq!(store.horizon_holders().await.unwrap().len(), 0);
    assert_eq!(neighbour.horizon_holders().await.unwrap().len(), 1);
    futures::join!(store.close(), other.close(), neighbour.close());
}

#[tokio::test]
async fn an_append_is_announced_and_wakes_another_process() {
    let database = database().await;
    let (writer, reader) = (connect(&database).await, connect(&database).await);
    let first = writer.append(any(&stream(), 1)).await.unwrap().position().unwrap();
    let lit = async |position: Position| {
        let beacon = number(database.url(), "SELECT position FROM aether_beacon").await;
        (beacon == position.get().cast_signed()).then_some(())
    };
    eventually("the beacon follows the log", async || lit(first).await).await;
    // the reader is at the end, and listens
    assert_eq!(reader.wait(Position::START).await.unwrap(), first);
    let waiting = tokio::spawn({
        let reader = reader.clone();
        async move { reader.wait(first).await.unwrap() }
    });
    let listening = "SELECT count(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    let ask = async || (number(database.url(), listening).await > 0).then_some(());
    eventually("the reader listens", ask).await;
    let second = writer.append(any(&stream(), 1)).await.unwrap().position().unwrap();
    let woken = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    assert_eq!(woken.expect("it is woken").unwrap(), second);
    eventually("the beacon follows the log", async || lit(second).await).await;
    futures::join!(writer.close(), reader.close());
}
