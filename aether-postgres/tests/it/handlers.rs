//! Projections that meet other tables than they were written for, end their transaction, or hide their errors.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::backend::{Checkpoints as _, EventStore as _, Registration};
use aether_core::log::Read;
use aether_core::projection::{Delivery, Shard};
use aether_core::{AnyEvent, BoxError, Error, Filter, Projection, Recorded};
use aether_postgres::{PgReadModels, PgStore, PgTx, Rebuild};
use aether_testkit::eventually;
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};
use tokio::sync::Notify;

use crate::census::{number, run};
use crate::read_models::{NAME, Rows, assert_once, earn, setting, start};

/// Runs statements for each batch, and then says that all is well, or not.
#[derive(Clone, Default)]
struct Scripted {
    statements: Vec<&'static str>,
    /// Passes over errors of all but the last statement.
    careless: bool,
    fails: bool,
    /// How it tells errors.
    tells: Tells,
    calls: Arc<AtomicUsize>,
    /// Where the first call stands still before it writes: begun, go on.
    held: Option<(Arc<Notify>, Arc<Notify>)>,
}

/// How an error of the database is told.
#[derive(Clone, Copy, Default)]
enum Tells {
    #[default]
    AsItIs,
    /// As the source of another error.
    Wrapped,
    /// As libraries do that put themselves in the place of the error.
    Unwrapped,
}

#[derive(Debug, thiserror::Error)]
#[error("the row was not written")]
struct Wrapped(#[source] BoxError);

impl Tells {
    fn tell(self, error: sqlx::Error) -> BoxError {
        match (self, error) {
            (Self::AsItIs, error) => error.into(),
            (Self::Unwrapped, sqlx::Error::Database(error)) => Wrapped(Box::new(error)).into(),
            (_, error) => Wrapped(Wrapped(error.into()).into()).into(),
        }
    }
}

impl Projection<PgTx> for Scripted {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        NAME
    }

    fn tables(&self) -> &'static [&'static str] {
        &["recensement"]
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if let Some((begun, go_on)) = self.held.as_ref().filter(|_| call == 0) {
            begun.notify_one();
            go_on.notified().await;
        }
        let ids: Vec<_> = events.iter().map(|event| event.event_id.as_uuid()).collect();
        sqlx::query("INSERT INTO recensement SELECT * FROM unnest($1::uuid[])")
            .bind(ids)
            .execute(&mut **tx)
            .await
            .map_err(|error| self.tells.tell(error))?;
        for (place, statement) in self.statements.iter().enumerate() {
            let statement = sqlx::raw_sql(AssertSqlSafe(*statement).into_sql_str());
            match tx.execute(statement).await {
                Err(_) if self.careless && place + 1 < self.statements.len() => {}
                done => {
                    done.map_err(|error| self.tells.tell(error))?;
                }
            }
        }
        if self.fails { Err("a failure on purpose".into()) } else { Ok(()) }
    }
}

/// All events that there are, through a delivery of its own.
async fn apply(
    store: &PgStore,
    projection: &Scripted,
    epoch: u64,
) -> (Delivery<PgReadModels>, aether_core::Result<()>) {
    let models = store.read_models();
    let filter = Filter::all();
    let registration = Registration::new(NAME, &filter, 1);
    models.register(&registration).await.unwrap();
    let mut delivery = Delivery::new(models, projection.clone(), Shard::whole(NAME));
    let from = delivery.claim(epoch).await.unwrap();
    let page = store.read(Read::all().after(from.position)).await.unwrap();
    let applied = delivery.apply(&page.events, page.position).await;
    (delivery, applied)
}

#[tokio::test]
async fn what_is_missing_in_the_database_stops_the_shard_and_parks_nothing() {
    let missing = [
        "SELECT * FROM no_such_table",
        "SELECT no_such_column FROM recensement",
        "SELECT no_such_function(1)",
        "SELECT 'x'::no_such_type",
        "CREATE TABLE no_such_schema.t ()",
    ];
    let (database, store) = setting().await;
    earn(&store, 3).await;
    let mut epoch = 0;
    for statement in missing {
        for tells in [Tells::AsItIs, Tells::Wrapped, Tells::Unwrapped] {
            epoch += 1;
            let statements = vec![statement];
            let scripted = Scripted { statements, tells, ..Scripted::default() };
            let (_, applied) = apply(&store, &scripted, epoch).await;
            assert!(
                matches!(applied, Err(Error::ModelMismatch { .. })),
                "{statement}: {applied:?}"
            );
            assert_eq!(scripted.calls.load(Ordering::SeqCst), 1);
            assert!(store.read_models().letters(NAME, None).await.unwrap().is_empty());
            assert_once(database.url(), 0).await;
        }
    }
    let (_, applied) = apply(&store, &Scripted::default(), epoch + 1).await;
    applied.unwrap();
    assert_once(database.url(), 3).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_of_old_code_on_a_migrated_table_goes_on_when_the_table_fits_again() {
    let (database, store) = setting().await;
    let node = start(&store, store.read_models(), &Rows::default());
    node.wait_for(NAME, earn(&store, 3).await).await.unwrap();
    run(database.url(), "ALTER TABLE recensement RENAME TO comptage").await;
    let last = earn(&store, 3).await;
    let told = node.wait_for(NAME, last).await.unwrap_err().to_string();
    assert!(told.contains("comptage") || told.contains("recensement"), "{told}");
    let models = store.read_models();
    let failure = models.stored(NAME).await.unwrap().unwrap().shards[0].failure.clone();
    assert!(failure.unwrap().contains("migrate it, or deploy"), "it is told to operators");
    assert!(models.letters(NAME, None).await.unwrap().is_empty());
    run(database.url(), "ALTER TABLE comptage RENAME TO recensement").await;
    let caught_up = async || {
        let health = node.health().await.unwrap();
        health.is_ready(std::time::Duration::ZERO).then_some(())
    };
    eventually("it goes on by itself", caught_up).await;
    assert_once(database.url(), 6).await;
    node.stop().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_projection_that_ends_its_transaction_is_told_and_nothing_is_stored_twice() {
    for statements in [vec!["COMMIT"], vec!["COMMIT", "BEGIN"], vec!["COMMIT; SELECT 1"]] {
        for fails in [false, true] {
            let (database, store) = setting().await;
            earn(&store, 3).await;
            let scripted =
                Scripted { statements: statements.clone(), fails, ..Scripted::default() };
            let (delivery, applied) = apply(&store, &scripted, 1).await;
            drop(delivery);
            let told = applied.unwrap_err();
            assert!(matches!(told, Error::TransactionEnded { .. }), "{told:?}");
            assert_eq!(scripted.calls.load(Ordering::SeqCst), 1, "not tried again");
            assert_once(database.url(), 3).await;
            // a node does not try it again either
            let models = store.read_models();
            let stored = models.stored(NAME).await.unwrap();
            let paused = stored.is_some_and(|stored| stored.paused);
            let position = models.checkpoint(&Shard::whole(NAME)).await.unwrap().position;
            assert_eq!((paused, position.get()), if fails { (true, 0) } else { (false, 3) });
            assert!(models.letters(NAME, None).await.unwrap().is_empty());
            store.close().await;
        }
    }
}

#[tokio::test]
async fn a_rebuild_in_place_whose_projection_commits_is_told_so() {
    let (_database, store) = setting().await;
    earn(&store, 3).await;
    let scripted = Scripted { statements: vec!["COMMIT"], ..Scripted::default() };
    let told = Rebuild::new(&store).projection(scripted).in_place().await.unwrap_err();
    let ended = matches!(&told, aether_postgres::Error::Store(Error::TransactionEnded { .. }));
    assert!(ended, "{told:?}");
    store.close().await;
}

#[tokio::test]
async fn a_dead_letter_of_an_error_that_was_passed_over_says_so() {
    let hidden = [
        // the second statement is answered that the transaction is aborted
        (vec!["SELECT 1 / 0", "SELECT 1"], true, true),
        (vec!["SELECT 1 / 0", "SELECT 1"], false, true),
        // so is the commit
        (vec!["SELECT 1 / 0", ""], false, true),
        (vec!["SELECT 1 / 0"], false, false),
    ];
    for (statements, wrapped, careless) in hidden {
        let (database, store) = setting().await;
        earn(&store, 1).await;
        let tells = if wrapped { Tells::Unwrapped } else { Tells::AsItIs };
        let scripted = Scripted { statements, careless, tells, ..Scripted::default() };
        apply(&store, &scripted, 1).await.1.unwrap();
        let letters = store.read_models().letters(NAME, None).await.unwrap();
        let error = letters[0].error.clone().unwrap();
        let expected =
            if careless { "continued without returning its error" } else { "division by zero" };
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("current transaction is aborted"), "{error}");
        assert_once(database.url(), 0).await;
        // the same in a rebuild
        let report = Rebuild::new(&store).projection(scripted).in_place().await.unwrap();
        assert_eq!(report.dead_letters, 1);
        let letters = store.read_models().letters(NAME, None).await.unwrap();
        assert!(letters[0].error.as_ref().unwrap().contains(expected), "{letters:?}");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_a_swap_has_overtaken_is_no_failure_of_its_events() {
    let (database, store) = setting().await;
    // an event that comes twice is refused
    run(database.url(), "ALTER TABLE recensement ADD PRIMARY KEY (event_id)").await;
    earn(&store, 5).await;
    let held = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let scripted = Scripted { held: Some(held.clone()), ..Scripted::default() };
    let applying = tokio::spawn({
        let store = store.clone();
        let scripted = scripted.clone();
        async move { apply(&store, &scripted, 1).await.1 }
    });
    held.0.notified().await;
    let rebuild = Rebuild::new(&store).projection(Scripted::default());
    // the open transaction of the batch is not waited for
    let rebuild = rebuild.reader_patience(std::time::Duration::ZERO).start().await.unwrap();
    rebuild.finish().await.unwrap();
    held.1.notify_one();
    let applied = applying.await.unwrap();
    // its events are in the new tables
    assert!(matches!(applied, Ok(()) | Err(Error::ShardTaken { .. })), "{applied:?}");
    assert_eq!(scripted.calls.load(Ordering::SeqCst), 1, "it is not taken apart to find a culprit");
    assert!(store.read_models().letters(NAME, None).await.unwrap().is_empty());
    assert_once(database.url(), 5).await;
    assert_eq!(number(database.url(), "SELECT count(*) FROM aether_dead_letters").await, 0);
    store.close().await;
}
