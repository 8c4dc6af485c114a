//! Forty years of partitions: the contract, and what a call costs.

use std::any::Any;
use std::sync::Arc;

use aether_contract::{Backend, SlowAppend};
use aether_core::backend::{EventStore, Snapshot, Snapshots as _};
use aether_core::log::{Append, ExpectedVersion, Load, NewEvent, Read, StreamId};
use aether_core::shape::Fingerprint;
use aether_core::{Filter, Json, Position, RecordedEvent};
use aether_postgres::{ImportEvent, PgStore};
use aether_servers::Database;
use aether_testkit::eventually;
use async_trait::async_trait;
use chrono::Utc;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use crate::backend::{PgBackend, connect};
use crate::census::{number, text};
use crate::samples::{assert_versions, at, event_at, event_of, load, positions, read, stream};

mod contract {
    use super::ManyMonths;

    aether_contract::event_store_contract!(ManyMonths);
}

/// A database with partitions from 1990 to 2029.
struct ManyMonths(PgBackend);

/// One with 480 months, or with fewer, the newest.
async fn months(count: u32) -> Database {
    let prepare = async |url: String| {
        let store = PgStore::connect(&url).await?;
        store.migrate().await?;
        for first in (480 - count..480).step_by(40) {
            // a transaction holds the locks of all it has made
            let sql = "SELECT count(aether_ensure_partition(
                           (TIMESTAMP '1990-01-01' + make_interval(months => m)) AT TIME ZONE 'UTC'))
                       FROM generate_series($1::int, $2::int) AS m";
            let query = sqlx::query(sql).bind(first.cast_signed());
            query.bind((first + 39).min(479).cast_signed()).execute(store.pool()).await?;
        }
        store.close().await;
        store.pool().close().await;
        Ok::<_, aether_postgres::Error>(())
    };
    let postgres = aether_servers::shared_postgres().await.unwrap();
    postgres.database_from(&format!("aether_postgres_{count}_months"), prepare).await.unwrap()
}

#[async_trait]
impl Backend for ManyMonths {
    type Handle = Arc<dyn EventStore>;

    async fn open() -> Self {
        let database = months(480).await;
        Self(PgBackend { store: connect(&database).await, database })
    }

    async fn first(&self) -> Arc<dyn EventStore> {
        self.0.first().await
    }

    async fn connect(&self) -> Arc<dyn EventStore> {
        self.0.connect().await
    }

    async fn begin_slow_append(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        self.0.begin_slow_append(append).await
    }

    async fn draw_numbers_without_inserting(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        self.0.draw_numbers_without_inserting(append).await
    }

    async fn open_unrelated_transaction(&self, other_database: bool) -> Box<dyn Any + Send> {
        self.0.open_unrelated_transaction(other_database).await
    }

    async fn finish(self) {
        self.0.finish().await;
    }
}

/// How many locks a call takes: it is held up at the last index of a partition.
async fn locks_of<T>(database: &Database, partition: &str, call: impl Future<Output = T>) -> i64 {
    let last = format!(
        "SELECT max(indexrelid)::regclass::text FROM pg_index WHERE indrelid = '{partition}'::regclass"
    );
    let index = text(database.url(), &last).await;
    let mut holder = PgConnection::connect(database.url()).await.unwrap();
    holder.execute("BEGIN").await.unwrap();
    holder.execute(AssertSqlSafe(format!("REINDEX INDEX {index}"))).await.unwrap();
    let count = async {
        let waiting = format!(
            "SELECT coalesce((SELECT count(*) FROM pg_locks WHERE pid = (
                 SELECT pid FROM pg_locks WHERE relation = '{index}'::regclass AND NOT granted LIMIT 1
             )), 0)"
        );
        let ask = async || Some(number(database.url(), &waiting).await).filter(|count| *count > 0);
        let locks = eventually("the call is held up", ask).await;
        holder.execute("ROLLBACK").await.unwrap();
        locks
    };
    let (_, locks) = futures::join!(call, count);
    locks
}

fn happened(stream: &StreamId, times: &[&str]) -> Append {
    let events: Vec<NewEvent> = times.iter().map(|time| event_at(at(time))).collect();
    Append::to(stream.clone(), ExpectedVersion::Any, events)
}

const OLD: [&str; 3] = ["1994-03-10T00:00:00Z", "1994-04-10T00:00:00Z", "1994-05-10T00:00:00Z"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_takes_more_than_a_hundred_locks() {
    let database = months(480).await;
    let store = connect(&database).await;
    let old = stream();
    let new = stream();
    let append = happened(&old, &OLD);
    let known = append.writes()[0].events[2].clone();
    store.append(append).await.unwrap();
    store.append(happened(&new, &[&Utc::now().to_rfc3339()])).await.unwrap();
    store.close().await;

    // each on connections that have not planned anything yet
    let this_month = format!("evenements_{}", Utc::now().format("%Y_%m"));
    for (stream, partition) in [(&new, this_month.as_str()), (&old, "evenements_1994_05")] {
        let store = connect(&database).await;
        let locks = locks_of(&database, partition, store.load(Load::stream(stream.clone()))).await;
        assert!(locks <= 100, "a load takes {locks} locks");
        let store = connect(&database).await;
        let locks = locks_of(&database, partition, store.read(Read::all())).await;
        assert!(locks <= 100, "a page takes {locks} locks");
        let store = connect(&database).await;
        let until = Position::new(if stream == &new { 4 } else { 3 });
        let locks = locks_of(&database, partition, store.newest(until)).await;
        assert!(locks <= 100, "the newest event takes {locks} locks");
    }
    for import in 0..2 {
        // the first notes the ids of all events, the second finds one that it has noted
        let store = connect(&database).await;
        let event = if import == 0 { event_at(at(OLD[2])) } else { known.clone() };
        let item = ImportEvent::new(old.clone(), event);
        let importing = store.import(futures::stream::iter([item]), 1);
        let locks = locks_of(&database, "evenements_1994_05", importing).await;
        assert!(locks <= 100, "an import takes {locks} locks");
    }
    let store = connect(&database).await;
    let events = load(&store, &old).await;
    let version = events[1].version;
    let snapshot = Snapshot {
        stream: old.clone(),
        version,
        last_event: Some(events[1].event_id),
        fingerprint: Fingerprint::new(7),
        state: Json::encode(&12).unwrap(),
        created_at: Utc::now(),
    };
    let store = connect(&database).await;
    let saving = store.save_snapshot(snapshot, 1);
    let locks = locks_of(&database, "evenements_1994_04", saving).await;
    assert!(locks <= 100, "a snapshot takes {locks} locks");
    let saved = number(database.url(), "SELECT count(*) FROM aether_snapshots").await;
    assert_eq!(saved, 1, "the stream has gone on, and its event is found where it is");
    // a life of forty years, or a clock that was far off
    let resolve = async {
        let mut connection = PgConnection::connect(database.url()).await.unwrap();
        sqlx::query("SELECT * FROM aether_resolve_within(7, $1, $1, '-infinity', 'infinity')")
            .bind([old.aggregate_id.as_uuid()])
            .fetch_all(&mut connection)
            .await
            .unwrap()
    };
    let locks = locks_of(&database, "evenements_1990_01", resolve).await;
    assert!(locks <= 100, "a look for a lost reply of any time takes {locks} locks");
    let resolve = async {
        let mut connection = PgConnection::connect(database.url()).await.unwrap();
        sqlx::query("SELECT * FROM aether_resolve_within(7, $1, $1, '1994-03-01', '1994-11-01')")
            .bind([old.aggregate_id.as_uuid()])
            .fetch_all(&mut connection)
            .await
            .unwrap()
    };
    let locks = locks_of(&database, "evenements_1994_10", resolve).await;
    assert!(locks <= 100, "a look for a lost reply takes {locks} locks");
    let mut tx = PgConnection::connect(database.url()).await.unwrap();
    tx.execute("BEGIN").await.unwrap();
    store_in(&database, &mut tx, happened(&old, &OLD)).await;
    let locks: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")
            .fetch_one(&mut tx)
            .await
            .unwrap();
    assert!(locks <= 100, "an append takes {locks} locks");
}

async fn store_in(database: &Database, tx: &mut PgConnection, append: Append) {
    let store = connect(database).await;
    store.append_in(tx, append).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_long_life_and_a_log_out_of_order_are_read_in_portions() {
    let database = months(480).await;
    let store = connect(&database).await;
    // an event in each of forty years, not in order of time, and all in one bucket of positions
    let long = stream();
    let times: Vec<String> =
        (0..40).map(|n| format!("{}-{:02}-10T00:00:00Z", 1990 + n * 7 % 40, 1 + n % 12)).collect();
    for time in &times {
        store.append(happened(&long, &[time])).await.unwrap();
    }
    for _ in 0..3 {
        assert_versions(&store, &long, 40).await;
        let all = read(&store, Filter::all()).await;
        assert_eq!(positions(&all), (1..=40).collect::<Vec<_>>());
        let narrow = Filter::all().aggregates([long.aggregate_id]);
        assert_eq!(read(&store, narrow).await.len(), 40);
        let until = aether_core::log::Until::Time(at("2010-01-01T00:00:00Z"));
        let history = store.load(Load::stream(long.clone()).until(until)).await.unwrap();
        let due = times.iter().rposition(|time| at(time) <= at("2010-01-01T00:00:00Z")).unwrap();
        assert_eq!(history.events.len(), due + 1);
        store.archive(at("2005-01-01T00:00:00Z"), 7).await.unwrap();
    }
    store.close().await;
}

/// Asserts what is read and looked up from each position of a log that has events at these.
async fn assert_found(store: &PgStore, expected: &[u64]) {
    let last = *expected.last().unwrap();
    for place in (0..=last).filter(|place| *place < 80 || *place + 3 > last) {
        let next: Vec<u64> = expected.iter().copied().filter(|at| *at > place).take(5).collect();
        for limit in [1, 5] {
            let read = Read::all().after(Position::new(place)).limit(limit);
            let page = store.read(read).await.unwrap();
            let fits = next.len().min(limit as usize);
            assert_eq!(positions(&page.events), next[..fits], "{limit} after {place}");
        }
        let newest = store.newest(Position::new(place)).await.unwrap();
        let newest = newest.map(|anchor| anchor.position.get());
        assert_eq!(newest, expected.iter().copied().rfind(|at| *at <= place), "newest at {place}");
        let first: Option<i64> = sqlx::query_scalar("SELECT event_sequence FROM aether_next($1)")
            .bind(place.cast_signed())
            .fetch_one(store.pool())
            .await
            .unwrap();
        assert_eq!(first.map(i64::cast_unsigned), next.first().copied(), "next after {place}");
    }
}

/// Asserts what each filter finds, in pages of seven and read whole.
async fn assert_filtered(store: &PgStore) {
    let all = read(store, Filter::all()).await;
    let some: Vec<_> = all.iter().step_by(5).map(|event| event.stream().aggregate_id).collect();
    let cause = all.iter().find_map(|event| event.metadata().correlation_id).unwrap();
    type Fits<'a> = Box<dyn Fn(&RecordedEvent) -> bool + 'a>;
    let cases: [(Filter, Fits<'_>); 6] = [
        (Filter::all().event_types(["Deposited"]), Box::new(|e| &*e.event_type == "Deposited")),
        (
            Filter::all().aggregate_types(["Chest"]),
            Box::new(|e| &*e.stream().aggregate_type == "Chest"),
        ),
        (
            Filter::all().aggregates(some.clone()),
            Box::new(|e| some.contains(&e.stream().aggregate_id)),
        ),
        (
            Filter::all().correlation(cause),
            Box::new(|e| e.metadata().correlation_id == Some(cause)),
        ),
        (
            Filter::all().slices(300..=800),
            Box::new(|e| (300..=800).contains(&e.stream().aggregate_id.slice())),
        ),
        (
            Filter::all().event_types(["Deposited"]).correlation(cause).slices(0..=700),
            Box::new(|e| {
                &*e.event_type == "Deposited"
                    && e.metadata().correlation_id == Some(cause)
                    && e.stream().aggregate_id.slice() <= 700
            }),
        ),
    ];
    for (filter, fits) in cases {
        let fitting: Vec<_> = all.iter().filter(|event| fits(event)).cloned().collect();
        let expected = positions(&fitting);
        assert!((1..all.len()).contains(&expected.len()), "{filter:?} tells nothing apart");
        assert_eq!(positions(&read(store, filter.clone()).await), expected, "{filter:?}");
        for (place, next) in expected.iter().enumerate() {
            let after = if place == 0 { 0 } else { expected[place - 1] };
            let one = Read::all().filter(filter.clone()).after(Position::new(after)).limit(1);
            let page = store.read(one).await.unwrap();
            assert_eq!(positions(&page.events), [*next], "{filter:?} after {after}");
        }
    }
}

#[tokio::test]
async fn positions_of_many_months_are_read_right_from_each_of_them() {
    let database = months(480).await;
    let store = connect(&database).await;
    // sixty months in order, some that are not, numbers that nobody uses, and one month that runs beside all others
    for n in 0..60 {
        let time = format!("{}-{:02}-10T00:00:00Z", 1990 + n / 2, 1 + n % 12);
        let time = if n % 3 == 2 { "2001-03-10T00:00:00Z" } else { &time };
        let stream = StreamId::new(if n % 3 == 0 { "Chest" } else { "Purse" }, Uuid::from_u128(n));
        let event = event_of(if n % 4 < 2 { "Deposited" } else { "Withdrawn" }, at(time));
        let cause = Uuid::from_u128(n % 2);
        let metadata = Json::encode(&serde_json::json!({ "correlationId": cause })).unwrap();
        let event = event.with_metadata(metadata);
        store.append(Append::to(stream, ExpectedVersion::Any, vec![event])).await.unwrap();
        if n % 10 == 3 {
            number(database.url(), "SELECT nextval('aether_event_sequence')").await;
        }
    }
    // the bucket is full when there are positions past it
    number(database.url(), "SELECT setval('aether_event_sequence', 1500)").await;
    store.append(happened(&stream(), &["1991-01-10T00:00:00Z"])).await.unwrap();
    let expected = positions(&read(&store, Filter::all()).await);
    assert_eq!(expected.len(), 61);
    let stored = "SELECT count(*) FROM aether_log";
    assert_eq!(number(database.url(), stored).await, 61);
    assert_found(&store, &expected).await;
    assert_filtered(&store).await;
    // what a reader remembers stays true when events move to the archive
    for before in ["2001-01-01T00:00:00Z", "2010-01-01T00:00:00Z"] {
        while store.archive(at(before), 10).await.unwrap() > 0 {}
        assert_found(&store, &expected).await;
        assert_filtered(&store).await;
    }
    assert!(store.drop_emptied_months().await.unwrap() > 200);
    assert_found(&store, &expected).await;
    store.close().await;
}
