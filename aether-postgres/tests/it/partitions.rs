//! Months ahead, events nobody foresaw, and loads that touch only the months they need.

use aether_core::Filter;
use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion};
use aether_postgres::PgStore;

use chrono::{Datelike as _, Months, Utc};
use futures::future::join_all;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::{Census, number};
use crate::samples::{any, assert_versions, at, event_at, positions, read, stream};

fn name_of(month: chrono::DateTime<Utc>) -> String {
    format!("evenements_{}", month.format("%Y_%m"))
}

#[tokio::test]
async fn the_months_ahead_have_their_partitions_after_a_migration() {
    let database = database().await;
    let store = connect(&database).await;
    let first = Utc::now().with_day(1).unwrap();
    let names = async || {
        let partitions = store.diagnostics().await.unwrap().partitions;
        partitions.into_iter().map(|partition| partition.name).collect::<Vec<_>>()
    };
    let due = |months: u32| {
        let ahead = (0..=months).map(|n| name_of(first + Months::new(n)));
        std::iter::once(name_of(first - Months::new(1))).chain(ahead).collect::<Vec<_>>()
    };
    let found = names().await;
    assert!(due(3).iter().all(|month| found.contains(month)), "{found:?}");
    assert!(found.contains(&"evenements_default".to_owned()));
    assert_eq!(store.ensure_partitions(5).await.unwrap(), 2);
    assert_eq!(store.ensure_partitions(5).await.unwrap(), 0);
    let found = names().await;
    assert!(due(5).iter().all(|month| found.contains(month)), "{found:?}");
    store.close().await;
}

#[tokio::test]
async fn an_unforeseen_month_is_reported_and_moved_and_never_lost() {
    let database = database().await;
    let (store, stream) = (connect(&database).await, stream());
    let times = ["1990-06-15T12:00:00Z", "2090-06-15T12:00:00Z", "2090-07-01T00:00:00Z"];
    store.append(any(&stream, 1)).await.unwrap();
    for time in times {
        let events = vec![event_at(at(time))];
        store.append(Append::to(stream.clone(), ExpectedVersion::Any, events)).await.unwrap();
    }
    let in_default = "SELECT count(*) FROM ONLY evenements_default";
    assert_eq!(number(database.url(), in_default).await, 3);
    assert_eq!(store.diagnostics().await.unwrap().unforeseen_events, 3, "an alarm is due");
    let before = read(&store, Filter::all()).await;
    assert_versions(&store, &stream, 4).await;

    assert!(store.ensure_partition(at("2090-06-30T23:59:59Z")).await.unwrap());
    assert!(!store.ensure_partition(at("2090-06-01T00:00:00Z")).await.unwrap());
    assert_eq!(number(database.url(), in_default).await, 2);
    // into the archive, never into a partition that a running query does not know
    assert_eq!(number(database.url(), "SELECT count(*) FROM ONLY evenements_2090_06").await, 0);
    assert_eq!(number(database.url(), "SELECT count(*) FROM evenements_archive").await, 1);
    assert!(store.ensure_partition(at(times[0])).await.unwrap());
    assert!(store.ensure_partition(at(times[2])).await.unwrap());
    assert_eq!(store.diagnostics().await.unwrap().unforeseen_events, 0);

    assert_versions(&store, &stream, 4).await;
    assert_eq!(positions(&read(&store, Filter::all()).await), positions(&before));
    // the new partitions are as strict as the others
    let loose = "SELECT count(*) FROM pg_inherits AS i WHERE inhparent = 'evenements'::regclass
                 AND (SELECT count(*) FROM pg_index AS x WHERE x.indrelid = i.inhrelid
                      AND x.indisunique) <> 2";
    assert_eq!(number(database.url(), loose).await, 0, "partitions without unique indexes");
    store.append(any(&stream, 1)).await.unwrap();
    assert_eq!(Census::take(database.url()).await.len(), 5);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_make_the_same_partition_at_once_make_it_once() {
    let database = database().await;
    let store = connect(&database).await;
    let times: Vec<_> = (1..=6).map(|month| at(&format!("2071-0{month}-10T00:00:00Z"))).collect();
    let streams: Vec<_> = times.iter().map(|_| stream()).collect();
    // events wait in DEFAULT, and more come in meanwhile
    for (stream, time) in streams.iter().zip(&times) {
        let events = vec![event_at(*time)];
        store.append(Append::to(stream.clone(), ExpectedVersion::NoStream, events)).await.unwrap();
    }
    let making = join_all((0..8).map(|_| {
        let (url, times) = (database.url().to_owned(), times.clone());
        tokio::spawn(async move {
            let node = PgStore::builder().max_connections(1).connect(&url).await.unwrap();
            let mut made = 0;
            for time in times {
                made += u32::from(node.ensure_partition(time).await.unwrap());
            }
            node.close().await;
            made
        })
    }));
    let writing = async {
        for round in 0..20 {
            let events = vec![event_at(times[round % times.len()])];
            let stream = streams[round % streams.len()].clone();
            store.append(Append::to(stream, ExpectedVersion::Any, events)).await.unwrap();
        }
    };
    let (made, ()) = futures::join!(making, writing);
    assert_eq!(made.into_iter().map(Result::unwrap).sum::<u32>(), 6);
    let left: Vec<String> = sqlx::query_scalar(
        "SELECT concat_ws(' ', timestamp, created_at, event_sequence, xmin)
         FROM ONLY evenements_default",
    )
    .fetch_all(store.pool())
    .await
    .unwrap();
    assert_eq!(left, [""; 0], "left in DEFAULT although their months have partitions");
    assert_eq!(Census::take(database.url()).await.len(), 26);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrating_again_and_from_many_nodes_at_once_changes_nothing() {
    let database = aether_servers::shared_postgres().await.unwrap().database().await.unwrap();
    let nodes = join_all((0..8).map(|_| {
        let url = database.url().to_owned();
        tokio::spawn(async move {
            let node = PgStore::builder().max_connections(2).connect(&url).await.unwrap();
            node.migrate().await.unwrap();
            node
        })
    }));
    let nodes: Vec<_> = nodes.await.into_iter().map(Result::unwrap).collect();
    let applied = "SELECT count(*) FROM aether_migrations";
    let once = number(database.url(), applied).await;
    assert!(once >= 7);
    let stream = stream();
    for (node, version) in nodes.iter().zip(1..) {
        let appended = node.append(any(&stream, 1)).await.unwrap();
        assert_eq!(appended.writes[0].version.get(), version);
    }
    nodes[0].migrate().await.unwrap();
    assert_eq!(number(database.url(), applied).await, once);
    assert_versions(&nodes[0], &stream, 8).await;
    for node in nodes {
        node.close().await;
    }
}

#[tokio::test]
async fn a_partition_that_cannot_be_made_now_does_not_stop_everybody_else() {
    let database = database().await;
    let (store, stream) = (connect(&database).await, stream());
    store.append(any(&stream, 1)).await.unwrap();
    // somebody's report: a transaction that has read the whole log and stays open
    let mut report = PgConnection::connect(database.url()).await.unwrap();
    report.execute("BEGIN").await.unwrap();
    report.execute("SELECT count(*) FROM evenements").await.unwrap();
    let making = store.ensure_partition(at("2077-01-01T00:00:00Z"));
    let refused = tokio::time::timeout(std::time::Duration::from_secs(20), making)
        .await
        .expect("it gives up soon: everybody queues behind it");
    assert!(refused.unwrap_err().is_transient());
    assert_versions(&store, &stream, 1).await;
    report.execute("ROLLBACK").await.unwrap();
    assert!(store.ensure_partition(at("2077-01-01T00:00:00Z")).await.unwrap());
    store.close().await;
}

#[tokio::test]
async fn no_partition_and_no_archive_is_made_for_a_time_that_no_store_keeps() {
    let database = database().await;
    let store = connect(&database).await;
    for time in [
        chrono::DateTime::<Utc>::MIN_UTC,
        aether_core::log::Limits::EARLIEST - chrono::TimeDelta::microseconds(1),
    ] {
        let refusals = [
            store.ensure_partition(time).await.map(drop).unwrap_err(),
            store.archive(time, 10).await.map(drop).unwrap_err(),
        ];
        for refused in refusals {
            let typed = matches!(
                &refused,
                aether_postgres::Error::Store(aether_core::Error::TimeOutOfRange { time: named }) if *named == time
            );
            assert!(typed, "{refused:?}");
        }
    }
    for time in [aether_core::log::Limits::EARLIEST, chrono::DateTime::<Utc>::MAX_UTC] {
        store.archive(time, 10).await.unwrap();
        let made = store.ensure_partition(time).await.unwrap();
        assert_eq!(made, time > Utc::now(), "years before Christ have no partitions");
    }
    store.close().await;
}
