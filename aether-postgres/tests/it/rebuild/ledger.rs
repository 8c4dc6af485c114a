//! A read model that shows every event that was lost, doubled or out of order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::backend::{Checkpoints as _, EventStore as _};
use aether_core::event::DecodeError;
use aether_core::projection::{ProjectionSettings, Shard};
use aether_core::{
    AnyEvent, BoxError, Engine, Error, Filter, Node, Position, Projection, Recorded,
};
use aether_postgres::{PgStore, PgTx, Rebuild};
use aether_servers::Database;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::Notify;

use crate::backend::{connect, database};
use crate::census::{number, run};
use crate::samples::{any, streams};

/// One row per event, which nothing keeps from being there twice; and the versions of each aggregate, in the
/// order of their coming.
#[derive(Clone)]
pub(crate) struct Ledger {
    pub(crate) batch: u32,
    /// Fails at this position.
    pub(crate) poison: Option<u64>,
    /// Says that it cannot decode what is there.
    pub(crate) undecodable: Option<u64>,
    /// Calls to stand still in, once they have written: which one, and who is told.
    pub(crate) hang: Option<(usize, Arc<Notify>)>,
    pub(crate) persistent: bool,
    pub(crate) calls: Arc<AtomicUsize>,
    pub(crate) seen: Arc<AtomicUsize>,
    pub(crate) told: Arc<AtomicUsize>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            batch: 200,
            poison: None,
            undecodable: None,
            hang: None,
            persistent: true,
            calls: Arc::default(),
            seen: Arc::default(),
            told: Arc::default(),
        }
    }
}

impl Ledger {
    /// How many events it was given.
    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    /// How many side effects it had.
    pub(crate) fn told(&self) -> usize {
        self.told.load(Ordering::SeqCst)
    }
}

impl Projection<PgTx> for Ledger {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "ledger"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types(["Chest"])
    }

    fn settings(&self) -> ProjectionSettings {
        ProjectionSettings::default()
            .batch_size(self.batch)
            .backoff(std::time::Duration::from_millis(1))
    }

    fn tables(&self) -> &'static [&'static str] {
        &["ledger", "accounts"]
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let rows = "INSERT INTO ledger SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[])";
        sqlx::query(rows)
            .persistent(self.persistent)
            .bind(events.iter().map(|event| event.event_id.as_uuid()).collect::<Vec<_>>())
            .bind(events.iter().map(|event| event.position.get() as i64).collect::<Vec<_>>())
            .bind(events.iter().map(|event| event.event_type.to_string()).collect::<Vec<_>>())
            .execute(&mut **tx)
            .await?;
        let versions = "INSERT INTO accounts AS c
            SELECT id, array_agg(version ORDER BY n)
            FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS e(id, version, n) GROUP BY id
            ON CONFLICT (id) DO UPDATE SET versions = c.versions || excluded.versions";
        sqlx::query(versions)
            .persistent(self.persistent)
            .bind(events.iter().map(|event| event.aggregate_id.as_uuid()).collect::<Vec<_>>())
            .bind(events.iter().map(|event| event.version.get() as i32).collect::<Vec<_>>())
            .execute(&mut **tx)
            .await?;
        self.seen.fetch_add(events.len(), Ordering::SeqCst);
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if let Some((_, hanging)) = self.hang.as_ref().filter(|(which, _)| *which == call) {
            hanging.notify_one();
            std::future::pending::<()>().await;
        }
        if let Some(event) = events.iter().find(|it| Some(it.position.get()) == self.undecodable) {
            return Err(Box::new(Error::Undecodable {
                stream: event.stream(),
                version: event.version,
                event_id: event.event_id,
                event_type: event.event_type.clone(),
                reason: DecodeError::UnknownType,
            }));
        }
        match events.iter().any(|event| Some(event.position.get()) == self.poison) {
            true => Err("a failure on purpose".into()),
            false => Ok(()),
        }
    }

    async fn committed(&self, events: &[Recorded<AnyEvent>]) {
        self.told.fetch_add(events.len(), Ordering::SeqCst);
    }
}

/// A database with the ledger's tables.
pub(crate) struct Setting {
    pub(crate) database: Database,
    pub(crate) store: PgStore,
}

impl Setting {
    pub(crate) async fn open() -> Self {
        let database = database().await;
        run(
            database.url(),
            "CREATE TABLE ledger (event_id UUID NOT NULL, position BIGINT NOT NULL, what TEXT);
            CREATE INDEX ledger_position ON ledger (position);
            CREATE TABLE accounts (id UUID PRIMARY KEY, versions INT[] NOT NULL);
            CREATE VIEW balance AS SELECT count(*) AS lines FROM ledger",
        )
        .await;
        let store = connect(&database).await;
        Self { database, store }
    }

    pub(crate) fn url(&self) -> &str {
        self.database.url()
    }

    /// Appends events to some aggregates in turn.
    pub(crate) async fn earn(&self, events: usize, aggregates: usize) -> Position {
        earn(&self.store, events, aggregates).await
    }

    pub(crate) fn node(&self, ledger: &Ledger) -> Node {
        Node::builder(&Engine::new(self.store.clone()))
            .projection(self.store.read_models(), ledger.clone())
            .start()
            .unwrap()
    }

    pub(crate) fn rebuild(&self, ledger: impl Projection<PgTx>) -> Rebuild {
        Rebuild::new(&self.store).projection(ledger)
    }

    pub(crate) async fn end(&self) -> Position {
        self.store.end().await.unwrap()
    }

    pub(crate) async fn checkpoint(&self) -> Position {
        let models = self.store.read_models();
        models.checkpoint(&Shard::whole("ledger")).await.unwrap().position
    }

    pub(crate) async fn text(&self, sql: &str) -> String {
        let mut connection = PgConnection::connect(self.url()).await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await.unwrap()
    }

    /// All rows, as text.
    pub(crate) async fn rows(&self) -> String {
        let sql =
            "SELECT (SELECT string_agg(l::text, ' ' ORDER BY position, event_id) FROM ledger AS l)
            || (SELECT string_agg(c::text, ' ' ORDER BY id) FROM accounts AS c)";
        self.text(sql).await
    }

    /// Every event once, and in order.
    pub(crate) async fn assert_fold(&self) {
        let wrong = "SELECT count(*) FROM (
            (SELECT event_id, event_sequence FROM aether_log EXCEPT ALL SELECT event_id, position FROM ledger)
            UNION ALL
            (SELECT event_id, position FROM ledger EXCEPT ALL SELECT event_id, event_sequence FROM aether_log)
            ) AS d";
        assert_eq!(number(self.url(), wrong).await, 0, "rows that are missing or too many");
        let wrong = "WITH told AS (SELECT aggregate_id AS id,
                array_agg(aggregate_version ORDER BY event_sequence) AS versions
                FROM aether_log GROUP BY aggregate_id)
            SELECT count(*) FROM ((TABLE told EXCEPT TABLE accounts) UNION ALL
                (TABLE accounts EXCEPT TABLE told)) AS d";
        assert_eq!(number(self.url(), wrong).await, 0, "accounts that are wrong");
        let through_view = number(self.url(), "SELECT lines FROM balance").await;
        assert_eq!(through_view, number(self.url(), "SELECT count(*) FROM aether_log").await);
    }

    /// No state, no schema, no letters of a rebuild.
    pub(crate) async fn assert_nothing_left(&self) {
        let left = "SELECT (SELECT count(*) FROM aether_rebuilds)
            + (SELECT count(*) FROM pg_namespace WHERE nspname ~ 'rebuild|retired')
            + (SELECT count(*) FROM aether_dead_letters WHERE rebuild)";
        assert_eq!(number(self.url(), left).await, 0);
    }

    pub(crate) async fn close(self) {
        self.store.close().await;
        self.store.pool().close().await;
    }
}

pub(crate) async fn earn(store: &PgStore, events: usize, aggregates: usize) -> Position {
    let streams = streams(aggregates);
    let mut last = Position::START;
    for round in 0..events.div_ceil(20) {
        let count = 20.min(events - round * 20);
        let stream = &streams[round % aggregates];
        last = store.append(any(stream, count)).await.unwrap().position().unwrap();
    }
    last
}
