//! The queries that must be fast are answered through an index, on a log of twenty thousand events.

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, Metadata, NewEvent, StreamId};
use aether_core::{EventId, Filter, Json};
use aether_postgres::{ImportEvent, PgStore};
use aether_servers::Database;
use chrono::{TimeDelta, Utc};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use crate::backend::{connect, database};
use crate::census::{number, run};
use crate::samples::{event_of, read, streams};

const TYPES: [&str; 20] = [
    "DegatsInfliges",
    "SoinsRecus",
    "ActionExecutee",
    "TourDebute",
    "TourTermine",
    "ItemAjoute",
    "ItemRetire",
    "ItemEquipe",
    "ItemUtilise",
    "OrModifie",
    "QueteAcceptee",
    "QueteTerminee",
    "NiveauAtteint",
    "ZoneDecouverte",
    "BossVaincu",
    "PrixMisAJour",
    "OrdreAnnule",
    "ItemEchange",
    "CombatDemarre",
    "CombatTermine",
];

/// A log of 20 000 events over 90 days in 400 streams: every ten of them follow from one request,
/// each caused by the one before.
struct Log {
    store: PgStore,
    database: Database,
    streams: Vec<StreamId>,
    events: Vec<NewEvent>,
}

fn correlation(n: usize) -> Uuid {
    Uuid::from_u128(0x1000 + n as u128 / 10)
}

impl Log {
    async fn fill() -> Self {
        let database = database().await;
        let (store, streams) = (connect(&database).await, streams(400));
        let begin = Utc::now() - TimeDelta::days(60);
        let mut events: Vec<NewEvent> = Vec::new();
        for n in 0..20_000 {
            let causation_id = (n % 10 > 0).then(|| events[n - 1].event_id());
            let metadata = Metadata {
                correlation_id: Some(correlation(n)),
                causation_id,
                ..Metadata::default()
            };
            let time = begin + TimeDelta::seconds(388 * n as i64);
            let event = event_of(TYPES[n * 7 % TYPES.len()], time);
            events.push(event.with_metadata(Json::encode(&metadata).unwrap()));
        }
        let items = events
            .iter()
            .enumerate()
            .map(|(n, event)| ImportEvent::new(streams[n % streams.len()].clone(), event.clone()));
        let items: Vec<_> = items.collect();
        store.import(futures::stream::iter(items), 50_000).await.unwrap();
        run(database.url(), "VACUUM ANALYZE").await;
        Self { store, database, streams, events }
    }

    /// Asserts that a statement is carried out with an index, and reads no partition from end to end but one of a month that
    /// has hardly begun; and that it finds this many rows.
    async fn assert_indexed(&self, sql: &str, rows: i64) {
        assert_eq!(
            number(self.database.url(), &format!("SELECT count(*) FROM ({sql}) AS q")).await,
            rows,
            "{sql}"
        );
        let mut connection = PgConnection::connect(self.database.url()).await.unwrap();
        let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN {sql}")))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains("Index"), "{sql}\n{plan}");
        for line in plan.lines().filter(|line| line.contains("Seq Scan on ")) {
            let (_, table) = line.split_once("Seq Scan on ").unwrap();
            let table = table.split(' ').next().unwrap();
            let held = format!("SELECT count(*) FROM ONLY {table}");
            let held = number(self.database.url(), &held).await;
            // a whole month has more than six thousand
            assert!(held < 1_000, "{sql} reads all of {table}:\n{plan}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_of_the_model_uses_an_index() {
    let log = Log::fill().await;
    let stream = &log.streams[17].aggregate_id;
    for table in ["evenements", "aether_log"] {
        log.assert_indexed(
            &format!(
                "SELECT * FROM {table} WHERE aggregate_id = '{stream}' ORDER BY aggregate_version"
            ),
            50,
        )
        .await;
        log.assert_indexed(
            &format!("SELECT * FROM {table} WHERE event_sequence > 12000 ORDER BY event_sequence LIMIT 100"),
            100,
        )
        .await;
        let (from, to) = (log.events[9_000].timestamp(), log.events[9_200].timestamp());
        log.assert_indexed(
            &format!("SELECT * FROM {table} WHERE timestamp >= '{from}' AND timestamp < '{to}'"),
            200,
        )
        .await;
        log.assert_indexed(
            &format!(
                "SELECT * FROM {table} WHERE event_type = 'BossVaincu' AND event_sequence > 15000
                 ORDER BY event_sequence LIMIT 100"
            ),
            100,
        )
        .await;
        let request = correlation(5_000);
        log.assert_indexed(
            &format!("SELECT * FROM {table} WHERE metadata->>'correlationId' = '{request}'"),
            10,
        )
        .await;
        let cause = log.events[5_003].event_id();
        log.assert_indexed(
            &format!("SELECT * FROM {table} WHERE metadata->>'causationId' = '{cause}'"),
            1,
        )
        .await;
    }
    log.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn correlation_and_causes_are_told_in_order() {
    let log = Log::fill().await;
    let ids = |range: std::ops::Range<usize>| {
        log.events[range].iter().map(NewEvent::event_id).collect::<Vec<_>>()
    };
    let found = |events: Vec<aether_core::RecordedEvent>| {
        events.iter().map(|event| event.event_id).collect::<Vec<_>>()
    };
    let request = read(&log.store, Filter::all().correlation(correlation(700))).await;
    assert_eq!(found(request), ids(700..710));
    // the whole chain from its root, a part of it, and no more than was asked for
    let caused = async |n: usize, limit| {
        found(log.store.caused_by(log.events[n].event_id(), limit).await.unwrap())
    };
    assert_eq!(caused(700, 100).await, ids(700..710));
    assert_eq!(caused(704, 100).await, ids(704..710));
    assert_eq!(caused(704, 3).await, ids(704..707));
    assert_eq!(caused(709, 100).await, ids(709..710));
    let unknown = log.store.caused_by(EventId::new(Uuid::nil()), 100).await.unwrap();
    assert_eq!(unknown.len(), 0);
    // causes that go round in a circle come to an end
    let (a, b) = (event_of("OrModifie", Utc::now()), event_of("OrModifie", Utc::now()));
    let caused_by = |event: &NewEvent, cause: &NewEvent| {
        let metadata = Metadata { causation_id: Some(cause.event_id()), ..Metadata::default() };
        event.clone().with_metadata(Json::encode(&metadata).unwrap())
    };
    let circle = vec![caused_by(&a, &b), caused_by(&b, &a)];
    let stream = crate::samples::stream();
    log.store.append(Append::to(stream, ExpectedVersion::NoStream, circle)).await.unwrap();
    let chain = found(log.store.caused_by(a.event_id(), 100).await.unwrap());
    assert_eq!(chain, [a.event_id(), b.event_id()]);
    log.store.close().await;
}

#[tokio::test]
async fn no_writer_pays_for_an_index_on_payloads() {
    let database = database().await;
    let gin = "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%USING gin%'";
    assert_eq!(number(database.url(), gin).await, 0);
}

/// The queue was empty when the table was looked at last, as after any quiet night.
#[tokio::test]
async fn what_is_due_is_found_in_front_of_the_queue_however_much_waits() {
    let database = database().await;
    let store = connect(&database).await;
    run(
        database.url(),
        "INSERT INTO aether_outbox (command_id, manager, process_id, command, metadata)
         SELECT gen_random_uuid(), 'settlement', gen_random_uuid(), '{}', '{}' FROM generate_series(1, 5000)",
    )
    .await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let due = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM aether_due_tasks(
                   'settlement', now(), now() + interval '1 minute', '{}', 64)";
    // the first call reads the catalogue, too, and nobody knows how large that is
    connection.execute(due).await.unwrap();
    let told: sqlx::types::Json<serde_json::Value> =
        sqlx::query_scalar(due).fetch_one(&mut connection).await.unwrap();
    let plan = &told[0]["Plan"];
    let pages = plan["Shared Hit Blocks"].as_i64().unwrap();
    assert_eq!(plan["Actual Rows"].as_f64(), Some(64.0), "{plan}");
    assert!(pages < 300, "{pages} pages were read for 64 of 5000: {plan}");
    store.close().await;
}
