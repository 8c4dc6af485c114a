//! A role whose defaults are all against the store: every promise is kept on it.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use aether_contract::{Backend, SlowAppend};
use aether_core::backend::{CommandIds as _, EventStore, ReadModels as _};
use aether_core::log::{Append, Appended};
use aether_core::{Error, Filter, Position, Result, Subscription};
use aether_postgres::{PgStore, PgStoreBuilder};
use aether_servers::Database;
use aether_testkit::eventually;
use async_trait::async_trait;
use futures::future::join_all;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::backend::database;
use crate::census::{Census, number, run};
use crate::proxy::{Cut, Proxy};
use crate::rebuild::ledger::{Ledger, Setting};
use crate::samples::{any, assert_versions, command, exact, ids, positions, read, stream};

/// What such a role has for its defaults, but for the isolation level.
const DEFAULTS: &[(&str, &str)] = &[
    ("default_transaction_read_only", "on"),
    ("default_transaction_deferrable", "on"),
    ("synchronous_commit", "off"),
    ("statement_timeout", "300ms"),
    ("lock_timeout", "20ms"),
    ("idle_in_transaction_session_timeout", "300ms"),
    ("idle_session_timeout", "400ms"),
    ("search_path", "junk, public"),
    ("DateStyle", "SQL, DMY"),
    ("IntervalStyle", "sql_standard"),
    ("TimeZone", "Asia/Kolkata"),
    ("bytea_output", "escape"),
    ("extra_float_digits", "-15"),
    ("plan_cache_mode", "force_custom_plan"),
    ("enable_nestloop", "off"),
    ("enable_indexscan", "off"),
    ("enable_indexonlyscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_sort", "off"),
    ("enable_partition_pruning", "off"),
    ("row_security", "off"),
    ("standard_conforming_strings", "off"),
    ("escape_string_warning", "off"),
    ("transform_null_equals", "on"),
    ("array_nulls", "off"),
];

/// What each session does besides: `sqlx` would have told the server otherwise, and it has tables of its own.
const SESSION: &str = "SET TRANSACTION READ WRITE;
    SET DateStyle = 'SQL, DMY'; SET TimeZone = 'Asia/Kolkata'; SET extra_float_digits = -15;
    CREATE TEMP TABLE snapshots (hello TEXT)";

/// The role, which may do everything: only its defaults are in the way. One for all tests.
const ROLE: &str = "hostile";

/// Gives a database its hostile role, and returns its address under that.
async fn make_hostile(database: &Database, isolation: &str) -> String {
    let url = database.url();
    let name = database.name();
    let mut sql = format!(
        "DO $$ BEGIN CREATE ROLE {ROLE} SUPERUSER LOGIN;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
         CREATE SCHEMA junk;
         CREATE TABLE junk.snapshots (hello TEXT);"
    );
    let isolation = ("default_transaction_isolation", isolation);
    for (setting, value) in DEFAULTS.iter().chain([&isolation]) {
        let value = match *setting {
            "search_path" => (*value).to_owned(),
            _ => format!("'{value}'"),
        };
        sql += &format!("ALTER ROLE {ROLE} IN DATABASE {name} SET {setting} = {value};");
    }
    run(url, &sql).await;
    let options: PgConnectOptions = url.parse().unwrap();
    format!("postgres://{ROLE}@{}:{}/{name}", options.get_host(), options.get_port())
}

/// A store whose sessions are as hostile as they can be.
async fn connect(url: &str) -> PgStore {
    store_of(PgStore::builder(), url).await
}

async fn store_of(builder: PgStoreBuilder, url: &str) -> PgStore {
    let pool = PgPoolOptions::new()
        .max_connections(8)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(sqlx::raw_sql(SESSION)).await.map(drop) })
        })
        .connect(url)
        .await
        .unwrap();
    builder.build(pool)
}

struct Hostile<const SERIALIZABLE: bool> {
    store: PgStore,
    database: Database,
    url: String,
}

const fn isolation(serializable: bool) -> &'static str {
    if serializable { "serializable" } else { "repeatable read" }
}

#[async_trait]
impl<const SERIALIZABLE: bool> Backend for Hostile<SERIALIZABLE> {
    type Handle = Arc<dyn EventStore>;

    async fn open() -> Self {
        let database = database().await;
        let url = make_hostile(&database, isolation(SERIALIZABLE)).await;
        Self { store: connect(&url).await, database, url }
    }

    async fn first(&self) -> Arc<dyn EventStore> {
        Arc::new(self.store.clone())
    }

    async fn connect(&self) -> Arc<dyn EventStore> {
        Arc::new(connect(&self.url).await)
    }

    async fn begin_slow_append(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        let mut slow = self.slow(append).await;
        slow.execute().await.unwrap();
        Some(Box::new(slow))
    }

    async fn draw_numbers_without_inserting(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        let mut slow = self.slow(append).await;
        slow.connection.execute("SELECT aether_enter()").await.unwrap();
        slow.connection.execute("SELECT nextval('aether_event_sequence')").await.unwrap();
        Some(Box::new(slow))
    }

    async fn open_unrelated_transaction(&self, other_database: bool) -> Box<dyn Any + Send> {
        let url = match other_database {
            true => aether_servers::shared_postgres().await.unwrap().url().to_owned(),
            false => self.database.url().to_owned(),
        };
        let mut connection = PgConnection::connect(&url).await.unwrap();
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
        connection.execute("SELECT pg_current_xact_id()").await.unwrap();
        Box::new(connection)
    }

    async fn finish(self) {
        self.store.close().await;
        self.store.pool().close().await;
    }
}

impl<const SERIALIZABLE: bool> Hostile<SERIALIZABLE> {
    /// A transaction of the caller's own: on the hostile role, and what it needs it states.
    async fn slow(&self, append: Append) -> SlowTransaction {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        // the server may refuse the commit of serializable transactions that overlap
        let level = if SERIALIZABLE { "READ COMMITTED" } else { "REPEATABLE READ" };
        let begin = format!(
            "BEGIN ISOLATION LEVEL {level} READ WRITE; SET LOCAL idle_in_transaction_session_timeout = 0;
             SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"
        );
        connection.execute(sqlx::raw_sql(AssertSqlSafe(begin))).await.unwrap();
        SlowTransaction { store: self.store.clone(), connection, append, done: None }
    }
}

/// An append in a transaction that is still open.
struct SlowTransaction {
    store: PgStore,
    connection: PgConnection,
    append: Append,
    done: Option<Appended>,
}

impl SlowTransaction {
    async fn execute(&mut self) -> Result<Appended> {
        if let Some(done) = &self.done {
            return Ok(done.clone());
        }
        let done = self.store.append_in(&mut self.connection, self.append.clone()).await?;
        self.done = Some(done.clone());
        Ok(done)
    }
}

#[async_trait]
impl SlowAppend for SlowTransaction {
    async fn commit(mut self: Box<Self>) -> Result<Appended> {
        let done = self.execute().await?;
        self.connection
            .execute("COMMIT")
            .await
            .map_err(|error| Error::Backend { source: error.into() })?;
        Ok(done)
    }

    async fn rollback(mut self: Box<Self>) {
        self.connection.execute("ROLLBACK").await.unwrap();
    }
}

mod repeatable_read {
    use super::Hostile;

    aether_contract::event_store_contract!(Hostile<false>);
}

mod serializable {
    use super::Hostile;

    aether_contract::event_store_contract!(Hostile<true>);
}

/// A database, its hostile role's address, and a store whose connections run through a proxy.
async fn behind_a_proxy(isolation: &str) -> (Database, PgStore, Proxy) {
    let database = database().await;
    let url = make_hostile(&database, isolation).await;
    let proxy = Proxy::start(&url).await;
    let builder = PgStore::builder().writers(1).announce_every(None).without_listening();
    let store = store_of(builder, &proxy.url(&url)).await;
    store.append(any(&stream(), 1)).await.unwrap();
    (database, store, proxy)
}

#[tokio::test]
async fn a_reply_that_is_lost_on_a_hostile_role_stores_nothing_twice() {
    for isolation in ["repeatable read", "serializable"] {
        for cut in [|| Cut::Reply, || Cut::Request] {
            for append in [
                any(&stream(), 2),
                exact(&stream(), 0, 2),
                any(&stream(), 2).with_command_id(command()),
            ] {
                let (database, store, proxy) = behind_a_proxy(isolation).await;
                proxy.cut_commit(cut());
                let appended = store.append(append.clone()).await.unwrap();
                assert!(proxy.has_cut(), "the wire was never cut");
                assert_eq!(appended.writes[0].version.get(), 2);
                let stream = &append.writes()[0].stream;
                assert_versions(&store, stream, 2).await;
                let census = Census::take(database.url()).await;
                assert!(ids(&append).iter().all(|id| census.has(*id)));
                assert_eq!(census.len(), 3);
                store.close().await;
            }
        }
    }
}

/// A late batch, as it reaches the server after its resolver: it is refused under every isolation level.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn functions_that_need_read_committed_refuse_another_level_under_their_own_code() {
    let database = database().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    for isolation in ["REPEATABLE READ", "SERIALIZABLE"] {
        for function in [
            "aether_append",
            "aether_append_one",
            "aether_append_locking",
            "aether_resolve",
            "aether_resolve_within",
            "aether_void_command",
            "aether_beat",
            "aether_light_beacon",
            "aether_archive",
            "aether_ensure_partition",
        ] {
            // what it is called with is not looked at
            let call = "SELECT format('SELECT %I(%s)', p.proname, string_agg(format('%L::%s',
                    CASE p.proargnames[a.place] WHEN 'p_batch' THEN '1' END, format_type(a.type, NULL)), ', '
                    ORDER BY a.place))
                FROM pg_proc AS p, unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)
                WHERE p.proname = $1 GROUP BY p.oid";
            let call: String =
                sqlx::query_scalar(call).bind(function).fetch_one(&mut connection).await.unwrap();
            let begin = format!("BEGIN ISOLATION LEVEL {isolation}");
            connection.execute(AssertSqlSafe(begin)).await.unwrap();
            let refused = connection.execute(AssertSqlSafe(call.clone())).await.unwrap_err();
            let refused = refused.as_database_error().expect("an answer");
            assert_eq!(refused.code().as_deref(), Some("AES01"), "{call}: {refused}");
            assert!(refused.message().contains("READ COMMITTED"), "{refused}");
            connection.execute("ROLLBACK").await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_on_a_sound_role_makes_its_calls_in_one_round_trip() {
    let database = database().await;
    let proxy = Proxy::start(database.url()).await;
    let store = PgStore::builder()
        .writers(1)
        .announce_every(None)
        .without_listening()
        .connect(&proxy.url(database.url()))
        .await
        .unwrap();
    store.append(any(&stream(), 1)).await.unwrap();
    // a COMMIT would be cut
    proxy.cut_commit(Cut::Request);
    let stream = stream();
    store.append(any(&stream, 1)).await.unwrap();
    assert_versions(&store, &stream, 1).await;
    assert!(!proxy.has_cut(), "a call committed by a statement of its own");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_migrate_together_on_a_hostile_role_migrate_once() {
    for isolation in ["repeatable read", "serializable"] {
        let database = aether_servers::shared_postgres().await.unwrap().database().await.unwrap();
        let url = make_hostile(&database, isolation).await;
        // the store is to be where its role looks first
        let path =
            format!("ALTER ROLE {ROLE} IN DATABASE {} SET search_path = public", database.name());
        run(database.url(), &path).await;
        let nodes = join_all((0..6).map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let node = PgStore::builder().max_connections(2).connect(&url).await.unwrap();
                node.migrate().await.unwrap();
                node
            })
        }));
        let nodes: Vec<_> = nodes.await.into_iter().map(|node| node.unwrap()).collect();
        let stream = stream();
        for (node, version) in nodes.iter().zip(1..) {
            let appended = node.append(any(&stream, 1)).await.unwrap();
            assert_eq!(appended.writes[0].version.get(), version);
        }
        for node in nodes {
            node.close().await;
        }
        Census::take(database.url()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beats_of_many_nodes_on_a_hostile_role_all_succeed_and_no_lease_is_held_twice() {
    for isolation in ["repeatable read", "serializable"] {
        let database = database().await;
        let url = make_hostile(&database, isolation).await;
        let wants: Arc<Vec<String>> = Arc::new((0..6).map(|n| format!("lease/{n}")).collect());
        let nodes = join_all((0..6).map(|number| {
            let url = url.clone();
            let wants = wants.clone();
            tokio::spawn(async move {
                let store = connect(&url).await;
                let coordinator = store.coordinator();
                let node = uuid::Uuid::new_v4();
                let name = format!("node {number}");
                let mut held = Vec::new();
                for _ in 0..20 {
                    let beat = aether_core::backend::Beat {
                        node,
                        name: &name,
                        wants: &wants,
                        releases: &[],
                        ttl: Duration::from_secs(60),
                    };
                    held = coordinator.beat(beat).await.unwrap();
                }
                store.close().await;
                held.into_iter().map(|lease| (lease.name, lease.epoch)).collect::<Vec<_>>()
            })
        }));
        let mut held: Vec<_> = nodes.await.into_iter().flat_map(|node| node.unwrap()).collect();
        let all = held.len();
        held.sort_unstable();
        held.dedup_by_key(|(name, _)| name.clone());
        assert_eq!(held.len(), all, "a lease is held twice: {held:?}");
        assert!(all >= 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_on_a_hostile_role_ends_and_misses_nothing_while_events_keep_coming() {
    for isolation in ["repeatable read", "serializable"] {
        let mut setting = Setting::open().await;
        let url = make_hostile(&setting.database, isolation).await;
        setting.store = connect(&url).await;
        setting.earn(600, 5).await;
        let node = setting.node(&Ledger::default());
        node.wait_for("ledger", setting.end().await).await.unwrap();
        let rebuild = setting.rebuild(Ledger::default()).start().await.unwrap();
        setting.earn(300, 5).await;
        rebuild.finish().await.unwrap();
        setting.rebuild(Ledger::default()).in_place().await.unwrap();
        node.wait_for("ledger", setting.earn(40, 2).await).await.unwrap();
        setting.assert_fold().await;
        node.stop().await.unwrap();
        setting.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_the_server_ends_while_idle_are_no_failure_for_callers() {
    let database = database().await;
    let url = make_hostile(&database, "repeatable read").await;
    let reader = connect(&url).await;
    let builder = PgStore::builder().announce_every(None).without_listening();
    let writer = store_of(builder, &format!("{url}?application_name=writer")).await;
    let sessions = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'writer'";
    let mut subscription = Subscription::builder(Arc::new(reader.clone())).start();
    let mut seen = Vec::new();
    for round in 1..=3 {
        writer.append(any(&stream(), 3)).await.unwrap();
        while seen.len() < 3 * round {
            seen.extend(positions(&subscription.next_batch().await.unwrap().events));
        }
        eventually("the server ends the sessions that stand idle", async || {
            (number(database.url(), sessions).await == 0).then_some(())
        })
        .await;
    }
    assert_eq!(seen, positions(&read(&writer, Filter::all()).await));
    reader.close().await;
    writer.close().await;
}

/// A handler that thinks for longer than its role lets a transaction stand still.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_of_the_store_may_stand_still_whatever_its_role_says() {
    let database = database().await;
    let url = make_hostile(&database, "repeatable read").await;
    let store = connect(&url).await;
    let mut tx = store.read_models().begin().await.unwrap();
    let session: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *tx).await.unwrap();
    let stands_still = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE pid = {session}
         AND state = 'idle in transaction' AND clock_timestamp() - state_change > INTERVAL '1 second'"
    );
    eventually("it has stood still for longer than the role lets it", async || {
        (number(database.url(), &stands_still).await == 1).then_some(())
    })
    .await;
    tx.execute("SELECT 1").await.unwrap();
    sqlx::Transaction::from(tx).commit().await.unwrap();
    store.close().await;
}

/// What a store has looked at when it was built tells nothing of sessions that begin later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn defaults_that_change_while_a_store_runs_are_met_by_the_next_call() {
    for (setting, value) in [
        ("default_transaction_isolation", "repeatable read"),
        ("default_transaction_isolation", "serializable"),
        ("default_transaction_read_only", "on"),
    ] {
        let database = database().await;
        let builder = PgStore::builder().writers(1).announce_every(None).without_listening();
        let store = builder.connect(database.url()).await.unwrap();
        let stream = stream();
        store.append(any(&stream, 1)).await.unwrap();
        let others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let name = database.name();
        let change = format!("ALTER DATABASE {name} SET {setting} = '{value}'; {others}");
        run(database.url(), &change).await;
        let id = command();
        assert!(store.void_command(id, None).await.unwrap().is_none(), "{setting} = {value}");
        store.append(any(&stream, 1)).await.unwrap();
        assert_versions(&store, &stream, 2).await;
        run(database.url(), others).await;
        store.append(exact(&stream, 2, 1)).await.unwrap();
        let coordinator = store.coordinator();
        let wants = ["lease".to_owned()];
        let ttl = Duration::from_secs(60);
        let node = uuid::Uuid::new_v4();
        let beat =
            aether_core::backend::Beat { node, name: "node", wants: &wants, releases: &[], ttl };
        assert_eq!(coordinator.beat(beat).await.unwrap().len(), 1);
        assert_versions(&store, &stream, 3).await;
        store.close().await;
    }
}

/// A fence, a voided command and a wait: what else a store does for its callers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_voided_command_on_a_hostile_role_is_never_stored() {
    let database = database().await;
    let url = make_hostile(&database, "serializable").await;
    let store = connect(&url).await;
    let id = command();
    assert!(store.void_command(id, None).await.unwrap().is_none());
    let refused = store.append(any(&stream(), 1).with_command_id(id)).await.unwrap_err();
    assert!(matches!(refused, Error::CommandVoided { .. }), "{refused:?}");
    assert_eq!(number(database.url(), "SELECT count(*) FROM evenements").await, 0);
    let stored = store.append(any(&stream(), 1)).await.unwrap().position().unwrap();
    let mut seen = Position::START;
    while seen < stored {
        seen = store.wait(seen).await.unwrap();
    }
    store.close().await;
}
