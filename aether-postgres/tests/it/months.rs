//! Loads, pages and look-ups while months get partitions, are emptied and are dropped: nothing is missed.

use aether_core::Filter;
use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, Load, Read, StreamId, Until};
use aether_postgres::PgStore;
use aether_servers::Database;
use aether_testkit::eventually;
use chrono::Utc;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::{Census, number};
use crate::samples::{any, assert_versions, at, event_at, load, positions, read, stream};

const UNFORESEEN: &str = "2090-06-15T12:00:00Z";

/// Appends an event for each time.
async fn happened(store: &PgStore, stream: &StreamId, times: &[&str]) {
    for time in times {
        let events = vec![event_at(at(time))];
        store.append(Append::to(stream.clone(), ExpectedVersion::Any, events)).await.unwrap();
    }
}

/// A partition that is just being made: everything is done but the commit.
async fn making(database: &Database, month: &str) -> PgConnection {
    let mut maker = PgConnection::connect(database.url()).await.unwrap();
    maker.execute("BEGIN").await.unwrap();
    let sql = format!("SELECT aether_ensure_partition('{month}')");
    maker.execute(AssertSqlSafe(sql)).await.unwrap();
    maker
}

/// Returns when somebody waits for a table.
async fn somebody_waits(database: &Database) {
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let ask = async || (number(database.url(), waiting).await > 0).then_some(());
    eventually("somebody waits for a table", ask).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_that_waits_for_a_new_month_misses_nothing() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    happened(&store, &stream, &[UNFORESEEN; 3]).await;
    assert_versions(&store, &stream, 3).await;
    let untils = [Until::Now, Until::Time(at("2100-01-01T00:00:00Z")), Until::Time(at(UNFORESEEN))];
    for (until, month) in untils.into_iter().zip(["2090-06-01", "2090-07-01", "2090-08-01"]) {
        let mut maker = making(&database, month).await;
        let loading = tokio::spawn({
            let store = store.clone();
            let load = Load::stream(stream.clone()).until(until);
            async move { store.load(load).await }
        });
        somebody_waits(&database).await;
        maker.execute("COMMIT").await.unwrap();
        let history = loading.await.unwrap().unwrap();
        assert_eq!((history.events.len(), history.head.get(), history.end.get()), (3, 3, 3));
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_waits_for_a_new_month_skips_nothing() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    happened(&store, &stream, &[UNFORESEEN; 3]).await;
    assert_eq!(read(&store, Filter::all()).await.len(), 3);
    let mut maker = making(&database, UNFORESEEN).await;
    let reading = tokio::spawn({
        let store = store.clone();
        async move { store.read(Read::all()).await }
    });
    somebody_waits(&database).await;
    maker.execute("COMMIT").await.unwrap();
    let page = reading.await.unwrap().unwrap();
    assert_eq!(positions(&page.events), [1, 2, 3]);
    assert_eq!(store.newest(page.position).await.unwrap().map(|a| a.position.get()), Some(3));
    store.close().await;
}

/// A look for a lost reply is held up in the second month of a year, when it has been through the archive; meanwhile
/// the event of the first month is moved there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_reply_is_resolved_right_while_its_events_are_archived() {
    let database = database().await;
    let store = connect(&database).await;
    // on a busy machine the look may end before the event was moved: it waits for a second
    for year in 2040..2050 {
        for month in 1..=12 {
            store.ensure_partition(at(&format!("{year}-{month:02}-01T00:00:00Z"))).await.unwrap();
        }
        let stream = stream();
        let of = |month: u32| format!("{year}-{month:02}-15T00:00:00Z");
        happened(&store, &stream, &[&of(1), &of(12)]).await;
        let events = load(&store, &stream).await;
        let ids: Vec<_> = events.iter().map(|event| event.event_id.as_uuid()).collect();
        let mut mover = PgConnection::connect(database.url()).await.unwrap();
        mover.execute("BEGIN").await.unwrap();
        let hold = format!("REINDEX INDEX evenements_{year}_02_event_sequence_idx");
        mover.execute(AssertSqlSafe(hold)).await.unwrap();
        let resolving = tokio::spawn({
            let (url, id) = (database.url().to_owned(), stream.aggregate_id.as_uuid());
            let (from, to) = (at(&of(1)), at(&of(12)) + chrono::TimeDelta::days(1));
            async move {
                let mut connection = PgConnection::connect(&url).await.unwrap();
                sqlx::query("SELECT * FROM aether_resolve_within(7, $1, $2, $3, $4)")
                    .bind([id])
                    .bind(ids)
                    .bind(from)
                    .bind(to)
                    .fetch_all(&mut connection)
                    .await
            }
        });
        somebody_waits(&database).await;
        let moved: i64 = sqlx::query_scalar("SELECT aether_archive($1, 10)")
            .bind(at(&of(2)))
            .fetch_one(&mut mover)
            .await
            .unwrap();
        assert_eq!(moved, 1);
        mover.execute("COMMIT").await.unwrap();
        match resolving.await.unwrap() {
            Ok(found) => {
                assert_eq!(found.len(), 2);
                return store.close().await;
            }
            Err(error) => {
                let code = error.as_database_error().and_then(|error| error.code());
                assert_eq!(code.as_deref(), Some("55P03"), "{error}");
            }
        }
    }
    panic!("the look never waited until the event was moved");
}

#[tokio::test]
async fn a_month_that_was_dropped_since_it_was_named_is_passed_over() {
    let database = database().await;
    let store = connect(&database).await;
    happened(&store, &stream(), &["2090-06-15T12:00:00Z"]).await;
    let found = "SELECT count(*) FROM aether_events_in(
        ARRAY['evenements_1980_01', 'evenements_default', 'evenements_1980_02'],
        'WHERE e.event_sequence > ($1)[1]', TRUE, ARRAY[0])";
    assert_eq!(number(database.url(), found).await, 1);
    let none = found.replace("evenements_default", "evenements_1980_03");
    assert_eq!(number(database.url(), &none).await, 0);
    store.close().await;
}

#[tokio::test]
async fn a_reader_finds_the_events_of_a_month_that_others_have_made() {
    let database = database().await;
    let reader = connect(&database).await;
    let writer = connect(&database).await;
    let old = stream();
    let new = stream();
    happened(&writer, &old, &["2020-01-10T00:00:00Z", UNFORESEEN]).await;
    assert_eq!(read(&reader, Filter::all()).await.len(), 2);
    // in the same bucket of positions: a month without a partition, one with an old one, one with a new one
    writer.ensure_partition(at("2020-02-01T00:00:00Z")).await.unwrap();
    let now = Utc::now().to_rfc3339();
    happened(&writer, &new, &["2020-02-10T00:00:00Z", "2031-01-01T00:00:00Z", &now]).await;
    assert_eq!(positions(&read(&reader, Filter::all()).await), [1, 2, 3, 4, 5]);
    assert_versions(&reader, &new, 3).await;
    let newest = reader.newest(aether_core::Position::new(3)).await.unwrap().unwrap();
    assert_eq!(newest.position.get(), 3);
    Census::take(database.url()).await;
    for store in [reader, writer] {
        store.close().await;
    }
}

#[tokio::test]
async fn archived_versions_are_folded_in_order_whatever_their_times() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    for month in ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"] {
        store.ensure_partition(at(month)).await.unwrap();
    }
    let times = ["2026-01-10T00:00:00Z", "2026-03-10T00:00:00Z", "2026-02-10T00:00:00Z"];
    happened(&store, &stream, &times).await;
    assert_eq!(store.archive(at("2026-03-01T00:00:00Z"), 10).await.unwrap(), 2);
    assert_versions(&store, &stream, 3).await;
    // up to a time: a beginning of the stream without holes
    let until = Until::Time(at("2026-02-20T00:00:00Z"));
    let history = store.load(Load::stream(stream.clone()).until(until)).await.unwrap();
    assert_eq!(history.events.iter().map(|e| e.version.get()).collect::<Vec<_>>(), [1, 2, 3]);
    store.close().await;
}

#[tokio::test]
async fn an_emptied_month_is_kept_as_long_as_an_older_query_may_need_it() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    store.ensure_partition(at("2020-01-01T00:00:00Z")).await.unwrap();
    happened(&store, &stream, &["2020-01-10T00:00:00Z"]).await;
    let mut report = PgConnection::connect(database.url()).await.unwrap();
    report.execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    report.execute("SELECT FROM aether_beacon").await.unwrap();
    assert_eq!(store.archive(at("2021-01-01T00:00:00Z"), 10).await.unwrap(), 1);

    // it waits for the report, and gives up in the end
    assert_eq!(store.drop_emptied_months().await.unwrap(), 0);
    let seen: i64 =
        sqlx::query_scalar("SELECT count(*) FROM evenements").fetch_one(&mut report).await.unwrap();
    assert_eq!(seen, 1, "the report sees the event where it was");
    report.execute("ROLLBACK").await.unwrap();
    assert_eq!(store.drop_emptied_months().await.unwrap(), 1);
    let left = "SELECT count(*) FROM aether_partitions() WHERE name = 'evenements_2020_01'";
    assert_eq!(number(database.url(), left).await, 0);
    // those that were named by what ran before are not missed
    assert_versions(&store, &stream, 1).await;
    assert_eq!(read(&store, Filter::all()).await.len(), 1);
    store.append(any(&stream, 1)).await.unwrap();
    assert_versions(&store, &stream, 2).await;
    store.close().await;
}

#[tokio::test]
async fn a_month_that_a_reader_has_named_can_be_dropped() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    store.ensure_partition(at("2020-01-01T00:00:00Z")).await.unwrap();
    happened(&store, &stream, &["2020-01-10T00:00:00Z", UNFORESEEN]).await;
    let before = positions(&read(&store, Filter::all()).await);
    let other = connect(&database).await;
    assert_eq!(other.archive(at("2021-01-01T00:00:00Z"), 10).await.unwrap(), 1);
    assert_eq!(other.drop_emptied_months().await.unwrap(), 1);
    assert_eq!(positions(&read(&store, Filter::all()).await), before);
    assert_versions(&store, &stream, 2).await;
    for store in [store, other] {
        store.close().await;
    }
}

#[tokio::test]
async fn every_way_to_store_events_writes_down_their_months() {
    let database = database().await;
    let store = connect(&database).await;
    // one, a batch, locking in a caller's transaction, and an import: each in months of its own
    let of = |year: u32| [1, 2, 3].map(|month| format!("{year}-{month:02}-05T00:00:00Z"));
    for month in (2016..2020).flat_map(of) {
        store.ensure_partition(at(&month)).await.unwrap();
    }
    happened(&store, &stream(), &[&of(2016)[0]]).await;
    let batch = (0..20).map(|n| {
        let event = vec![event_at(at(&of(2017)[n % 3]))];
        store.append(Append::to(stream(), ExpectedVersion::NoStream, event))
    });
    for appended in futures::future::join_all(batch).await {
        appended.unwrap();
    }
    let mut tx = PgConnection::connect(database.url()).await.unwrap();
    tx.execute("BEGIN").await.unwrap();
    let events = of(2018).map(|month| event_at(at(&month))).to_vec();
    store.append_in(&mut tx, Append::to(stream(), ExpectedVersion::Any, events)).await.unwrap();
    tx.execute("COMMIT").await.unwrap();
    let items =
        of(2019).map(|month| aether_postgres::ImportEvent::new(stream(), event_at(at(&month))));
    store.import(futures::stream::iter(items), 2).await.unwrap();
    let unknown = "SELECT count(*) FROM aether_log AS e WHERE NOT EXISTS (
        SELECT FROM aether_months AS m WHERE m.bucket = e.event_sequence >> 10
        AND m.month = date_trunc('month', e.timestamp, 'UTC'))";
    assert_eq!(number(database.url(), "SELECT count(*) FROM aether_log").await, 27);
    assert_eq!(number(database.url(), unknown).await, 0);
    let any = "SELECT count(*) FROM aether_months WHERE month = 'infinity'";
    assert_eq!(number(database.url(), any).await, 0, "nothing is unknown in a new database");
    assert_eq!(read(&store, Filter::all()).await.len(), 27);
    // what draws its positions from nowhere is refused, not missed
    let raw = "INSERT INTO evenements (event_id, event_type, aggregate_id, aggregate_type,
                   aggregate_version, payload, timestamp)
               SELECT gen_random_uuid(), event_type, gen_random_uuid(), aggregate_type, 1, payload, timestamp
               FROM evenements LIMIT 1";
    let refused = tx.execute(raw).await.unwrap_err();
    assert!(refused.to_string().contains("event_sequence"), "{refused}");
    store.close().await;
}
