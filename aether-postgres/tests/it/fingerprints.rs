//! Fingerprints of commands where only PostgreSQL keeps them: callers' transactions, releases before, and the usual append.

use aether_core::Result;
use aether_core::backend::{CommandIds as _, EventStore as _};
use aether_core::command::CommandFingerprint;
use aether_core::log::Append;
use aether_testkit::eventually;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::{number, run};
use crate::samples::{any, assert_versions, command, stream};

fn of(request: &str) -> Option<CommandFingerprint> {
    Some(CommandFingerprint::of([request]))
}

fn for_request(append: Append, request: &str) -> Append {
    append.with_fingerprint(CommandFingerprint::of([request]))
}

fn is_mismatch<T>(answer: Result<T>) -> bool {
    answer.is_err_and(|error| error.is_command_mismatch())
}

#[tokio::test]
async fn a_fingerprint_outlives_the_store_that_kept_it() {
    let database = database().await;
    let stream = stream();
    let id = command();
    let store = connect(&database).await;
    store.append(for_request(any(&stream, 1).with_command_id(id), "deposit 5")).await.unwrap();
    store.close().await;
    let store = connect(&database).await;
    let another = for_request(any(&stream, 1).with_command_id(id), "deposit 6");
    assert!(is_mismatch(store.append(another).await));
    let same = for_request(any(&stream, 1).with_command_id(id), "deposit 5");
    assert!(store.append(same).await.unwrap().duplicate);
    assert_versions(&store, &stream, 1).await;
}

#[tokio::test]
async fn what_an_older_release_stores_is_compared_with_nothing() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    let id = command();
    let voided = command();
    store.append(for_request(any(&stream, 1).with_command_id(id), "deposit 5")).await.unwrap();
    run(database.url(), "UPDATE aether_commands SET fingerprint = NULL").await;
    // as its program calls it
    let void = format!("SELECT count(*) FROM aether_void_command('{voided}')");
    assert_eq!(number(database.url(), &void).await, 0);
    let another = || for_request(any(&stream, 1), "deposit 6");
    assert!(store.append(another().with_command_id(id)).await.unwrap().duplicate);
    assert!(store.find_command(id, of("deposit 6")).await.unwrap().is_some());
    let refused = store.append(another().with_command_id(voided)).await.unwrap_err();
    assert!(refused.is_command_voided(), "{refused}");

    // it is told what there is, whatever was asked for: of a result all, of a voided id nothing
    let (kept, used) = (command(), command());
    store.append(for_request(any(&stream, 1).with_command_id(kept), "deposit 5")).await.unwrap();
    store.void_command(used, of("deposit 5")).await.unwrap();
    for (id, rows) in [(kept, 1), (used, 0)] {
        let void = format!("SELECT count(*) FROM aether_void_command('{id}')");
        assert_eq!(number(database.url(), &void).await, rows);
    }
    assert_versions(&store, &stream, 2).await;
}

#[tokio::test]
async fn a_database_of_the_release_before_learns_fingerprints() {
    let database = database().await;
    let before = "ALTER TABLE aether_commands DROP COLUMN fingerprint;
        DROP FUNCTION aether_keep_fingerprints, aether_void_command;
        DELETE FROM aether_migrations WHERE version >= 29;
        DELETE FROM aether_functions WHERE name IN ('aether_keep_fingerprints', 'aether_void_command');
        CREATE FUNCTION aether_void_command(p_command UUID) RETURNS SETOF aether_commands LANGUAGE sql
            AS 'SELECT * FROM aether_commands WHERE command_id = p_command';
        INSERT INTO aether_commands (command_id) SELECT gen_random_uuid() FROM generate_series(1, 10)";
    run(database.url(), before).await;
    let store = connect(&database).await;
    store.migrate().await.unwrap();
    let signatures = "SELECT count(*) FROM pg_proc WHERE proname = 'aether_void_command'";
    assert_eq!(number(database.url(), signatures).await, 1);
    let stream = stream();
    let id = command();
    store.append(for_request(any(&stream, 1).with_command_id(id), "deposit 5")).await.unwrap();
    assert!(is_mismatch(store.void_command(id, of("deposit 6")).await));
}

#[tokio::test]
async fn a_fingerprint_is_kept_or_not_with_the_transaction_of_the_caller() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    let (kept, taken_back, bare) = (command(), command(), command());
    let append = |id, request| for_request(any(&stream, 1).with_command_id(id), request);
    let mut tx = PgConnection::connect(database.url()).await.unwrap();
    tx.execute("BEGIN; SAVEPOINT outer_one").await.unwrap();
    store.append_in(&mut tx, append(kept, "deposit 5")).await.unwrap();
    tx.execute("SAVEPOINT inner_one").await.unwrap();
    store.append_in(&mut tx, append(taken_back, "deposit 5")).await.unwrap();
    tx.execute("ROLLBACK TO SAVEPOINT inner_one").await.unwrap();
    store.append_in(&mut tx, any(&stream, 1).with_command_id(bare)).await.unwrap();
    // within the same transaction: told as anywhere, and the transaction can go on
    assert!(is_mismatch(store.append_in(&mut tx, append(kept, "deposit 6")).await));
    assert!(store.append_in(&mut tx, append(kept, "deposit 5")).await.unwrap().duplicate);
    assert!(store.append_in(&mut tx, append(bare, "deposit 6")).await.unwrap().duplicate);
    tx.execute("COMMIT").await.unwrap();

    assert!(is_mismatch(store.append(append(kept, "deposit 6")).await));
    assert!(!store.append(append(taken_back, "deposit 6")).await.unwrap().duplicate);
    // a retry has added no fingerprint
    assert!(store.append(append(bare, "deposit 7")).await.unwrap().duplicate);
    assert_versions(&store, &stream, 3).await;
}

#[tokio::test]
async fn an_append_without_a_fingerprint_calls_nothing_more() {
    let database = database().await;
    let counted = format!("ALTER DATABASE {} SET track_functions = 'all'", database.name());
    run(database.url(), &counted).await;
    let store = connect(&database).await;
    for _ in 0..5 {
        store.append(any(&stream(), 1)).await.unwrap();
        store.append(any(&stream(), 1).with_command_id(command())).await.unwrap();
    }
    let append = for_request(any(&stream(), 1).with_command_id(command()), "deposit 5");
    let calls = async |name: &str| {
        let calls =
            "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_user_functions WHERE funcname";
        number(database.url(), &format!("{calls} = '{name}'")).await
    };
    store.close().await;
    store.pool().close().await;
    // the server sums up when a session ends
    eventually("all are counted", async || (calls("aether_append_one").await == 10).then_some(()))
        .await;
    assert_eq!(calls("aether_keep_fingerprints").await, 0);

    let store = connect(&database).await;
    store.append(append).await.unwrap();
    store.close().await;
    store.pool().close().await;
    eventually("it is counted", async || (calls("aether_append_one").await == 11).then_some(()))
        .await;
    assert_eq!(calls("aether_keep_fingerprints").await, 1);
}
