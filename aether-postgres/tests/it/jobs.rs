//! Maintenance jobs: what they do, and that a node runs them.

use std::time::Duration;

use aether_core::backend::{CommandIds as _, EventStore as _};
use aether_core::log::Read;
use aether_core::{CommandId, Engine, Job, Node};
use aether_postgres::{
    Archiving, CommandPruning, PartitionsAhead, PgStore, SnapshotPruning, ViewRefresh,
};
use aether_testkit::eventually;

use crate::backend::{connect, database};
use crate::census::{number, run};
use crate::samples::{any, command, stream};

#[tokio::test]
async fn a_node_runs_the_jobs_that_are_due_and_others_see_it() {
    let database = database().await;
    let store = connect(&database).await;
    for _ in 0..7 {
        store.append(any(&stream(), 3)).await.unwrap();
    }
    let engine = Engine::new(store.clone());
    // everything is old enough
    let archiving = Archiving::new(&store).older_than(Duration::ZERO).batch(4);
    let node = Node::builder(&engine)
        .job(PartitionsAhead::new(&store))
        .job(archiving)
        .job(SnapshotPruning::new(&store))
        .start()
        .unwrap();
    let done = async || {
        let sql =
            "SELECT count(*) FROM aether_jobs WHERE finished_at IS NOT NULL AND error IS NULL";
        (number(database.url(), sql).await == 3).then_some(())
    };
    eventually("all three have run", done).await;
    assert_eq!(number(database.url(), "SELECT count(*) FROM evenements").await, 0);
    assert_eq!(number(database.url(), "SELECT count(*) FROM evenements_archive").await, 21);
    assert_eq!(store.read(Read::all()).await.unwrap().events.len(), 21, "still readable");
    let other = connect(&database).await;
    let last = other.coordinator().last_run("archiving").await.unwrap();
    assert_eq!(last.outcome.as_deref(), Some("21 events archived, 0 months dropped"));
    node.run_job("archiving").await.unwrap();
    let runs = "SELECT runs FROM aether_jobs WHERE job = 'archiving'";
    assert_eq!(number(database.url(), runs).await, 2);
    engine.close().await;
    other.close().await;
}

#[tokio::test]
async fn an_age_of_any_length_is_taken() {
    let database = database().await;
    let store = connect(&database).await;
    store.append(any(&stream(), 3)).await.unwrap();
    for (age, moved) in [
        (Duration::MAX, 0),
        // before the calendar of databases
        (Duration::from_hours(24 * 3_000_000), 0),
        (Duration::ZERO, 3),
    ] {
        let outcome = Archiving::new(&store).older_than(age).run().await.unwrap();
        assert!(outcome.starts_with(&format!("{moved} events archived")), "{age:?}: {outcome}");
    }
    store.close().await;
}

#[tokio::test]
async fn pruning_keeps_the_newest_snapshots_of_each_aggregate() {
    let database = database().await;
    let store = connect(&database).await;
    let sql = "INSERT INTO snapshots (aggregate_id, aggregate_type, aggregate_version, state) \
               SELECT md5(a::text)::uuid, 'Combat', v, '{}' \
               FROM generate_series(1, 3) AS a, generate_series(1, 2 * a) AS v";
    run(database.url(), sql).await;
    let outcome = SnapshotPruning::new(&store).keep(3).run().await.unwrap();
    assert_eq!(outcome, "4 snapshots removed");
    let kept = "SELECT count(*) FROM snapshots WHERE aggregate_version > 3 AND aggregate_id = md5('3')::uuid";
    assert_eq!(number(database.url(), kept).await, 3);
    store.close().await;
}

#[tokio::test]
async fn old_commands_are_forgotten_but_for_those_that_a_process_has_to_settle() {
    let database = database().await;
    let store = connect(&database).await;
    let [old, sent, voided, fresh]: [CommandId; 4] = std::array::from_fn(|_| command());
    for id in [old, sent, fresh] {
        store.append(any(&stream(), 1).with_command_id(id)).await.unwrap();
    }
    store.void_command(voided, None).await.unwrap();
    let sql = format!(
        "UPDATE aether_commands SET created_at = now() - INTERVAL '91 days' WHERE command_id <> '{fresh}';
         INSERT INTO aether_outbox (command_id, manager, process_id, command, metadata)
         VALUES ('{sent}', 'trade', gen_random_uuid(), '{{}}', '{{}}')"
    );
    run(database.url(), &sql).await;
    let outcome = CommandPruning::new(&store).run().await.unwrap();
    assert_eq!(outcome, "2 commands forgotten");
    assert_eq!(store.find_command(old, None).await.unwrap(), None);
    for id in [sent, fresh] {
        assert!(store.find_command(id, None).await.unwrap().is_some(), "{id} is kept");
    }
    let again = any(&stream(), 1).with_command_id(voided);
    assert!(!store.append(again).await.unwrap().duplicate, "the id is free again");
    store.close().await;
}

#[tokio::test]
async fn commands_are_looked_through_in_portions_by_their_key() {
    let database = database().await;
    let store = connect(&database).await;
    let sql = "INSERT INTO aether_commands (command_id, created_at)
               SELECT gen_random_uuid(), now() - INTERVAL '1 year' FROM generate_series(1, 25000)";
    run(database.url(), sql).await;
    let outcome = CommandPruning::new(&store).run().await.unwrap();
    assert_eq!(outcome, "25000 commands forgotten");
    store.close().await;
}

#[tokio::test]
async fn a_view_is_filled_at_first_and_refreshed_while_it_is_read() {
    let database = database().await;
    let store = connect(&database).await;
    for sql in [
        "CREATE TABLE points (id INTEGER, points INTEGER)",
        "CREATE MATERIALIZED VIEW \"Ranking\" AS SELECT * FROM points WITH NO DATA",
        "CREATE UNIQUE INDEX ON \"Ranking\" (id)",
    ] {
        run(database.url(), sql).await;
    }
    let refresh = ViewRefresh::new(&store, "\"Ranking\"").every(Duration::from_secs(60));
    for rows in 1..3 {
        run(database.url(), &format!("INSERT INTO points VALUES ({rows}, 7)")).await;
        refresh.run().await.unwrap();
        assert_eq!(number(database.url(), "SELECT count(*) FROM \"Ranking\"").await, rows);
    }
    let missing = ViewRefresh::new(&store, "lost_ranking").run().await.unwrap_err();
    assert!(missing.to_string().contains("lost_ranking"), "{missing}");
    store.close().await;
}

#[tokio::test]
async fn a_job_that_fails_is_told_with_its_error() {
    let database = database().await;
    let store: PgStore = connect(&database).await;
    let engine = Engine::new(store.clone());
    let node =
        Node::builder(&engine).job(ViewRefresh::new(&store, "lost_ranking")).start().unwrap();
    let failed = async || store.coordinator().last_run("refresh_lost_ranking").await.unwrap().error;
    let error = eventually("it has failed", failed).await;
    assert!(error.contains("lost_ranking"), "{error}");
    node.run_job("refresh_lost_ranking").await.unwrap_err();
    engine.close().await;
}
