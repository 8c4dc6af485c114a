//! Programs and databases that do not fit each other are told apart at the start, in words; those that do, start.

use aether_core::backend::EventStore as _;
use aether_postgres::{Error, PgStore};

use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::{Census, number, run};
use crate::samples::{any, assert_versions, stream};

/// What a newer program leaves behind.
const NEWER: &str =
    "INSERT INTO aether_migrations (version, description, success, checksum, execution_time)
    VALUES (999, 'of a newer program', TRUE, '', 0)";

#[tokio::test]
async fn an_older_program_starts_against_a_newer_schema_that_has_all_it_needs() {
    let database = database().await;
    let newer = format!("{NEWER}; ALTER TABLE aether_streams ADD COLUMN mood TEXT DEFAULT 'good'");
    run(database.url(), &newer).await;
    let store = connect(&database).await;
    let stream = stream();
    store.migrate().await.unwrap();
    store.append(any(&stream, 1)).await.unwrap();
    assert_versions(&store, &stream, 1).await;
    store.close().await;
}

#[tokio::test]
async fn an_older_program_says_what_a_newer_schema_lacks() {
    for (change, gone) in [
        ("ALTER TABLE aether_outbox DROP COLUMN tries", "tries"),
        ("DROP FUNCTION aether_fence(TEXT, BIGINT)", "aether_fence"),
        ("DROP TABLE aether_jobs", "aether_jobs"),
        ("DROP FUNCTION aether_archive(TIMESTAMPTZ, INTEGER)", "aether_archive"),
    ] {
        let database = database().await;
        run(database.url(), &format!("{NEWER}; {change}")).await;
        let store = connect(&database).await;
        let refused = store.migrate().await.unwrap_err();
        assert!(matches!(refused, Error::SchemaAhead { found: 999, .. }), "{refused:?}");
        assert!(refused.to_string().contains(gone), "{refused}");
        assert!(!refused.is_transient());
        store.close().await;
    }
}

#[tokio::test]
async fn migrations_of_another_history_are_refused() {
    let database = database().await;
    run(database.url(), &NEWER.replace("999", "0")).await;
    let store = connect(&database).await;
    let refused = store.migrate().await.unwrap_err();
    assert!(matches!(refused, Error::Migrate(_)), "{refused:?}");
    store.close().await;
}

#[tokio::test]
async fn a_database_that_is_not_utf8_is_refused_and_nothing_is_made_in_it() {
    let server = aether_servers::shared_postgres().await.unwrap();
    let name = format!("latin_{}", uuid::Uuid::new_v4().simple());
    let create = format!("CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    run(server.url(), &create).await;
    let options: sqlx::postgres::PgConnectOptions = server.url().parse().unwrap();
    let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
    let url = format!("postgres://{user}@{host}:{port}/{name}");
    let refused = PgStore::connect(&url).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Unsuitable { reason } if reason.contains("LATIN1")),
        "{refused}"
    );
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    let store = PgStore::builder().build(pool.clone());
    assert!(matches!(store.migrate().await, Err(Error::Unsuitable { .. })));
    let refused = store.append(any(&stream(), 1)).await.unwrap_err();
    assert!(refused.to_string().contains("LATIN1") || format!("{refused:?}").contains("LATIN1"));
    assert_eq!(number(&url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").await, 0);
    store.close().await;
    pool.close().await;
    run(server.url(), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

#[tokio::test]
async fn a_sequence_that_gives_numbers_out_of_order_is_refused_at_the_start() {
    for (option, named) in
        [("CACHE 50", "CACHE 50"), ("INCREMENT BY 2", "INCREMENT BY 2"), ("CYCLE", "NO CYCLE")]
    {
        let database = database().await;
        run(database.url(), &format!("ALTER SEQUENCE aether_event_sequence {option}")).await;
        let refused = PgStore::connect(database.url()).await.unwrap_err();
        assert!(
            matches!(&refused, Error::Unsuitable { reason } if reason.contains(named)),
            "{refused}"
        );
        // a pool of the caller's own is looked at by the first call
        let pool = sqlx::PgPool::connect(database.url()).await.unwrap();
        let store = PgStore::builder().build(pool.clone());
        assert!(matches!(store.migrate().await, Err(Error::Unsuitable { .. })));
        let refused = store.append(any(&stream(), 1)).await.unwrap_err();
        assert!(!refused.is_transient());
        assert!(format!("{refused:?}").contains(named), "{refused:?}");
        assert_eq!(Census::take(database.url()).await.len(), 0);
        store.close().await;
        pool.close().await;
    }
}

#[tokio::test]
async fn a_database_whose_advisory_locks_are_not_seen_is_refused() {
    let database = database().await;
    // as look-alikes answer
    let blind = format!(
        "CREATE SCHEMA blind; CREATE VIEW blind.pg_locks AS SELECT * FROM pg_catalog.pg_locks WHERE FALSE;
         ALTER DATABASE {} SET search_path = blind, pg_catalog, public",
        database.name()
    );
    run(database.url(), &blind).await;
    let refused = PgStore::connect(database.url()).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Unsuitable { reason } if reason.contains("pg_locks")),
        "{refused}"
    );
}

/// Those that answer in another way than PostgreSQL are known by their name.
#[tokio::test]
async fn a_database_that_only_looks_like_postgresql_is_refused_by_its_name() {
    for (version, number, says) in [
        ("CockroachDB CCL v23.1.11", "130000", "CockroachDB"),
        ("PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu", "150002", "-YB-"),
        ("PostgreSQL 8.0.2 on i686-pc-linux-gnu, Redshift 1.0.63282", "80002", "Redshift"),
    ] {
        let database = database().await;
        let posing = format!(
            "CREATE SCHEMA posing;
             CREATE FUNCTION posing.version() RETURNS TEXT LANGUAGE sql AS 'SELECT ''{version}''';
             CREATE FUNCTION posing.current_setting(name TEXT) RETURNS TEXT LANGUAGE sql AS
                 'SELECT CASE name WHEN ''server_version_num'' THEN ''{number}''
                         ELSE pg_catalog.current_setting(name) END';
             ALTER DATABASE {} SET search_path = posing, pg_catalog, public",
            database.name()
        );
        run(database.url(), &posing).await;
        let refused = PgStore::connect(database.url()).await.unwrap_err();
        assert!(
            matches!(&refused, Error::Unsuitable { reason } if reason.contains(says)),
            "{refused}"
        );
        assert!(refused.to_string().contains("no PostgreSQL"), "{refused}");
    }
    // an old one is named as such
    let database = database().await;
    let old = format!(
        "CREATE SCHEMA old;
         CREATE FUNCTION old.current_setting(name TEXT) RETURNS TEXT LANGUAGE sql AS
             'SELECT CASE name WHEN ''server_version_num'' THEN ''140011''
                     ELSE pg_catalog.current_setting(name) END';
         ALTER DATABASE {} SET search_path = old, pg_catalog, public",
        database.name()
    );
    run(database.url(), &old).await;
    let refused = PgStore::connect(database.url()).await.unwrap_err();
    assert!(refused.to_string().contains("PostgreSQL 15 or later"), "{refused}");
}

#[tokio::test]
async fn a_pool_that_is_larger_than_the_server_allows_is_refused() {
    let database = database().await;
    let refused =
        PgStore::builder().max_connections(100_000).connect(database.url()).await.unwrap_err();
    assert!(matches!(refused, Error::PoolTooLarge { wanted: 100_000, .. }), "{refused:?}");
}

#[tokio::test]
async fn a_migration_with_nothing_to_do_waits_for_no_report_and_no_dump() {
    let database = database().await;
    // a dump holds every table, a report has read the log
    let mut dump = PgConnection::connect(database.url()).await.unwrap();
    dump.execute("BEGIN").await.unwrap();
    let all = "DO $$ DECLARE r RECORD; BEGIN FOR r IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
        LOOP EXECUTE format('LOCK TABLE %s IN ACCESS SHARE MODE', r.name); END LOOP; END $$";
    dump.execute(all).await.unwrap();
    dump.execute("SELECT count(*) FROM evenements").await.unwrap();
    // later months are wanted, and cannot be made now
    let store = PgStore::builder().months_ahead(6).connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    dump.execute("ROLLBACK").await.unwrap();
    assert_eq!(store.ensure_partitions(6).await.unwrap(), 3);
    store.close().await;
}
