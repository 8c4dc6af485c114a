//! Projections inside of appends: their rows are there when the append is answered, or neither is.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;

use aether_contract::{Backend, SlowAppend};
use aether_core::backend::EventStore;
use aether_core::log::{Append, ExpectedVersion, NewEvent, Read};
use aether_core::{
    AnyEvent, BoxError, Error, ErrorKind, Filter, Json, Position, Projection, Recorded,
};
use aether_postgres::{PgStore, PgTx};
use aether_servers::Database;
use async_trait::async_trait;

use crate::backend::{PgBackend, database};
use crate::census::{number, run};
use crate::samples::{any, event, stream};

/// A row for each event; a number above 2 of one aggregate is refused.
struct Ledger(Filter);

impl Projection<PgTx> for Ledger {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "ledger"
    }

    fn filter(&self) -> Filter {
        self.0.clone()
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        for event in events {
            sqlx::query("INSERT INTO ledger VALUES ($1, $2, $3)")
                .bind(event.position.get() as i64)
                .bind(event.event_id.as_uuid())
                .bind(event.version.get() as i32)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}

const ROWS: &str = "SELECT count(*) FROM ledger";

async fn setting(filter: Filter) -> (Database, PgStore) {
    let database = database().await;
    run(
        database.url(),
        "CREATE TABLE ledger (position BIGINT PRIMARY KEY, event_id UUID, \
                         version INTEGER CHECK (version <= 2))",
    )
    .await;
    let store = PgStore::builder().inline(Ledger(filter)).connect(database.url()).await.unwrap();
    (database, store)
}

#[tokio::test]
async fn rows_are_there_when_the_append_is_answered() {
    let (database, store) = setting(Filter::all()).await;
    for appends in 1..=3 {
        let appended = store.append(any(&stream(), 2)).await.unwrap();
        assert_eq!(number(database.url(), ROWS).await, appends * 2);
        let last = "SELECT max(position) FROM ledger";
        assert_eq!(number(database.url(), last).await as u64, appended.position().unwrap().get());
    }
    store.close().await;
    let refused = store.append(any(&stream(), 1)).await;
    assert!(matches!(refused, Err(Error::Closed)), "{refused:?}");
}

#[tokio::test]
async fn an_append_that_the_projection_refuses_is_not_stored_and_fails_no_stranger() {
    let (database, store) = setting(Filter::all()).await;
    let (bad, good) = (stream(), stream());
    let three = vec![event(), event(), event()];
    let bad_append = store.append(Append::to(bad.clone(), ExpectedVersion::Any, three));
    let (refused, stored) = tokio::join!(bad_append, store.append(any(&good, 2)));
    let told = refused.unwrap_err();
    assert!(matches!(&told, Error::InlineProjection { projection, .. } if projection == "ledger"));
    assert!(told.to_string().contains("ledger") && !told.is_transient(), "{told}");
    stored.unwrap();
    assert_eq!(number(database.url(), ROWS).await, 2);
    let log = store.read(Read::all()).await.unwrap();
    assert!(log.events.iter().all(|event| event.aggregate_id == good.aggregate_id));
    store.close().await;
}

#[tokio::test]
async fn a_command_that_comes_again_is_not_projected_again() {
    let (database, store) = setting(Filter::all()).await;
    let append = any(&stream(), 2).with_command_id(uuid::Uuid::now_v7().into());
    let first = store.append(append.clone()).await.unwrap();
    let again = store.append(append).await.unwrap();
    assert!(again.duplicate && again.position() == first.position());
    assert_eq!(number(database.url(), ROWS).await, 2);
    store.close().await;
}

#[tokio::test]
async fn events_it_does_not_listen_to_share_batches_as_ever() {
    let (database, store) = setting(Filter::all().aggregate_types(["Other"])).await;
    store.append(any(&stream(), 2)).await.unwrap();
    assert_eq!(number(database.url(), ROWS).await, 0);
    let other = aether_core::log::StreamId::new("Other", uuid::Uuid::now_v7());
    let both = any(&other, 1).and(stream(), ExpectedVersion::NoStream, vec![event()]);
    let last = store.append(both).await.unwrap().position().unwrap();
    assert_eq!(number(database.url(), ROWS).await, 1, "of two events it wants one");
    store.wait(Position::new(last.get() - 1)).await.unwrap();
    store.close().await;
}

/// The whole contract of the port, with every append on this path.
struct InlineBackend {
    inner: PgBackend,
    store: PgStore,
}

/// Wants everything and does nothing.
struct Idle;

impl Projection<PgTx> for Idle {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "idle"
    }

    async fn project(
        &self,
        _events: &[Recorded<AnyEvent>],
        _tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        Ok(())
    }
}

async fn connect(database: &Database) -> PgStore {
    let builder = PgStore::builder().inline(Idle).max_connections(8);
    builder.connect(database.url()).await.unwrap()
}

#[async_trait]
impl Backend for InlineBackend {
    type Handle = Arc<dyn EventStore>;

    async fn open() -> Self {
        let inner = PgBackend::open().await;
        Self { store: connect(&inner.database).await, inner }
    }

    async fn first(&self) -> Arc<dyn EventStore> {
        Arc::new(self.store.clone())
    }

    async fn connect(&self) -> Arc<dyn EventStore> {
        Arc::new(connect(&self.inner.database).await)
    }

    async fn begin_slow_append(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        self.inner.begin_slow_append(append).await
    }

    async fn finish(self) {
        self.store.close().await;
        self.store.pool().close().await;
        self.inner.finish().await;
    }
}

mod contract {
    use super::InlineBackend;

    aether_contract::event_store_contract!(InlineBackend);
}

/// Keeps the names of players unique: at once, or at the commit.
struct Names {
    deferred: bool,
    /// How many calls still meet another transaction.
    met: Arc<AtomicU32>,
}

/// What a projection says of an error, in words of its own.
#[derive(Debug, thiserror::Error)]
#[error("the name could not be kept")]
struct NotKept(#[source] sqlx::Error);

impl Projection<PgTx> for Names {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "names"
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        if self.met.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
            let deadlock = "DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '40P01'; END $$";
            sqlx::query(deadlock).execute(&mut **tx).await?;
        }
        let insert = if self.deferred {
            "INSERT INTO later VALUES ($1)"
        } else {
            "INSERT INTO names VALUES ($1)"
        };
        for event in events {
            let name = event.payload.decode::<serde_json::Value>()?["name"].to_string();
            sqlx::query(insert).bind(name).execute(&mut **tx).await.map_err(NotKept)?;
        }
        Ok(())
    }
}

async fn named(deferred: bool, met: u32) -> (Database, PgStore) {
    let database = database().await;
    let tables = "CREATE TABLE names (name TEXT CONSTRAINT one_of_a_name UNIQUE);
                  CREATE TABLE later (name TEXT CONSTRAINT one_in_the_end UNIQUE DEFERRABLE INITIALLY DEFERRED)";
    run(database.url(), tables).await;
    let names = Names { deferred, met: Arc::new(AtomicU32::new(met)) };
    let store = PgStore::builder().inline(names).connect(database.url()).await.unwrap();
    (database, store)
}

fn player(name: &str) -> Append {
    let payload = Json::encode(&serde_json::json!({ "name": name })).unwrap();
    let id = uuid::Uuid::now_v7().into();
    let event = NewEvent::from_json("Named", payload, id, chrono::Utc::now());
    Append::to(stream(), ExpectedVersion::NoStream, vec![event])
}

#[tokio::test]
async fn a_unique_violation_of_an_inline_projection_names_its_constraint() {
    for (deferred, constraint) in [(false, "one_of_a_name"), (true, "one_in_the_end")] {
        let (_database, store) = named(deferred, 0).await;
        store.append(player("Ada")).await.unwrap();
        store.append(player("Bea")).await.unwrap();
        let taken = store.append(player("Ada")).await.unwrap_err();
        assert_eq!(taken.constraint(), Some(constraint), "{taken}");
        assert_eq!((taken.kind(), taken.code()), (ErrorKind::Rejected, "unique_violation"));
        let told = taken.to_string();
        assert_eq!(told.matches("duplicate key").count(), 1, "{told}");
        assert_eq!(store.read(Read::all()).await.unwrap().events.len(), 2);
        store.close().await;
    }
    // another refusal is none of a constraint
    let (_database, store) = setting(Filter::all()).await;
    let three = vec![event(), event(), event()];
    let refused =
        store.append(Append::to(stream(), ExpectedVersion::Any, three)).await.unwrap_err();
    assert_eq!((refused.constraint(), refused.code()), (None, "inline_projection"));
    store.close().await;
}

#[tokio::test]
async fn an_inline_projection_that_meets_other_transactions_is_tried_again() {
    let (_database, store) = named(false, 2).await;
    store.append(player("Ada")).await.unwrap();
    assert_eq!(store.read(Read::all()).await.unwrap().events.len(), 1);
    store.close().await;
}
