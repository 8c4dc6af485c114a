//! Inline projections that are added late: their rows speak of all events, or they are refused.

use aether_core::backend::{Checkpoints as _, EventStore as _, Order};
use aether_core::log::{Append, ExpectedVersion, NewEvent, Read};
use aether_core::projection::ProjectionSettings;
use aether_core::{
    AnyEvent, BoxError, Error as CoreError, ErrorKind, Json, Position, Projection, Recorded,
};
use aether_postgres::{Error, PgStore, PgTx, Rebuild};
use aether_servers::Database;
use aether_testkit::eventually;

use crate::backend::database;
use crate::census::{number, run};
use crate::samples::stream;

/// Keeps the names of players unique.
#[derive(Clone)]
struct Names(&'static str);

impl Projection<PgTx> for Names {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        self.0
    }

    fn tables(&self) -> &'static [&'static str] {
        &["names"]
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        for event in events {
            let name = event.payload.decode::<serde_json::Value>()?["name"].to_string();
            let insert = sqlx::query("INSERT INTO names VALUES ($1)");
            insert.bind(name).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

fn player(name: &str) -> Append {
    let payload = Json::encode(&serde_json::json!({ "name": name })).unwrap();
    let id = uuid::Uuid::now_v7().into();
    let event = NewEvent::from_json("Named", payload, id, chrono::Utc::now());
    Append::to(stream(), ExpectedVersion::NoStream, vec![event])
}

/// A log with players, and a table that knows nothing of them.
async fn setting(players: &[&str]) -> (Database, PgStore) {
    let database = database().await;
    run(database.url(), "CREATE TABLE names (name TEXT CONSTRAINT one_of_a_name UNIQUE)").await;
    let store = PgStore::connect(database.url()).await.unwrap();
    for name in players {
        store.append(player(name)).await.unwrap();
    }
    (database, store)
}

async fn inline(
    database: &Database,
    projection: impl Projection<PgTx>,
) -> Result<PgStore, aether_postgres::Error> {
    PgStore::builder().inline(projection).connect(database.url()).await
}

fn first_unseen(refused: &Error) -> Position {
    match refused {
        Error::Store(CoreError::InlineIncomplete { projection, position }) => {
            assert_eq!(projection, "names");
            *position
        }
        other => panic!("not about the past: {other}"),
    }
}

const ROWS: &str = "SELECT count(*) FROM names";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inline_projection_that_has_not_seen_the_past_is_refused_until_it_was_rebuilt() {
    let (database, plain) = setting(&["Ada", "Bea"]).await;
    let all = plain.read(Read::all()).await.unwrap().events;
    let refused = inline(&database, Names("names")).await.unwrap_err();
    assert_eq!(first_unseen(&refused), all[0].position);
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Mismatch, "inline_incomplete"));
    let told = refused.to_string();
    assert!(told.contains("rebuild it") && told.contains("starts_empty()"), "{told}");
    assert_eq!(number(database.url(), ROWS).await, 0);

    let rebuild = || Rebuild::new(&plain).projection(Names("names"));
    rebuild().start().await.unwrap().finish().await.unwrap();
    // what is appended behind its back is not seen either
    let late = plain.append(player("Cleo")).await.unwrap().position().unwrap();
    let refused = inline(&database, Names("names")).await.unwrap_err();
    assert_eq!(first_unseen(&refused), late);

    rebuild().in_place().await.unwrap();
    let store = inline(&database, Names("names")).await.unwrap();
    for name in ["Ada", "Bea", "Cleo"] {
        let taken = store.append(player(name)).await.unwrap_err();
        assert_eq!(taken.constraint(), Some("one_of_a_name"), "{taken}");
    }
    store.append(player("Dora")).await.unwrap();
    let lags = store.projections().await.unwrap();
    assert!(lags.is_empty(), "one that runs inside of appends lags nowhere: {lags:?}");
    store.close().await;
    // it has seen everything since, and is not asked again; nor under a new name
    let store = inline(&database, Names("names")).await.unwrap();
    store.append(player("Eve")).await.unwrap();
    store.close().await;
    let store = inline(&database, Names("players").renamed_from("names")).await.unwrap();
    store.append(player("Fay")).await.unwrap();
    assert_eq!(number(database.url(), ROWS).await, 6);
    // forgotten, it starts over
    assert_eq!(store.read_models().order("players", Order::Forget).await.unwrap(), 1);
    store.close().await;
    inline(&database, Names("names")).await.unwrap_err();
    plain.close().await;
}

#[tokio::test]
async fn one_that_starts_empty_is_let_in_and_stays_so() {
    let (database, plain) = setting(&["Ada"]).await;
    let settings = ProjectionSettings::default().starts_empty();
    let store = inline(&database, Names("names").with(settings)).await.unwrap();
    store.append(player("Ada")).await.unwrap();
    assert_eq!(number(database.url(), ROWS).await, 1);
    store.close().await;
    let store = inline(&database, Names("names")).await.unwrap();
    store.append(player("Ada")).await.unwrap_err();
    store.close().await;
    plain.close().await;
}

#[tokio::test]
async fn a_store_that_is_built_on_a_pool_refuses_the_first_append() {
    let (database, plain) = setting(&["Ada"]).await;
    let pool = sqlx::PgPool::connect(database.url()).await.unwrap();
    let store = PgStore::builder().inline(Names("names")).build(pool.clone());
    for _ in 0..2 {
        let refused = store.append(player("Bea")).await.unwrap_err();
        assert!(matches!(refused, CoreError::InlineIncomplete { .. }), "{refused}");
    }
    Rebuild::new(&store).projection(Names("names")).in_place().await.unwrap();
    store.append(player("Bea")).await.unwrap();
    assert_eq!(number(database.url(), ROWS).await, 2);
    store.close().await;
    pool.close().await;
    plain.close().await;
}

/// An older append that is still running keeps the event of a newer one from being read; its row is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_loses_no_row_whose_event_cannot_be_read_yet() {
    use sqlx::{Connection as _, Executor as _};
    for in_place in [true, false] {
        let (database, plain) = setting(&[]).await;
        let store = inline(&database, Names("names")).await.unwrap();
        store.append(player("Ada")).await.unwrap();
        let mut slow = sqlx::PgConnection::connect(database.url()).await.unwrap();
        let begun = "BEGIN; SELECT aether_enter(); SELECT nextval('aether_event_sequence')";
        slow.execute(begun).await.unwrap();
        store.append(player("Bea")).await.unwrap();
        let rebuilding = tokio::spawn({
            let rebuild = Rebuild::new(&plain).projection(Names("names"));
            async move {
                match in_place {
                    true => rebuild.in_place().await.map(drop),
                    false => rebuild.start().await.unwrap().finish().await.map(drop),
                }
            }
        });
        // it may wait for the append; without it there is nothing to wait for
        let over = async || rebuilding.is_finished().then_some(());
        let _ =
            tokio::time::timeout(std::time::Duration::from_millis(700), eventually("", over)).await;
        slow.execute("ROLLBACK").await.unwrap();
        rebuilding.await.unwrap().unwrap();
        assert_eq!(number(database.url(), ROWS).await, 2, "in place: {in_place}");
        store.append(player("Bea")).await.unwrap_err();
        store.close().await;
        plain.close().await;
    }
}
