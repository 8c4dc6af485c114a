//! SQL read models: exactly once across crashes, lost replies and runners that were replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aether_core::{
    BoxError, Error, EventStore as _, Filter, Position, Projection, Projector, ProjectorHandle,
    ReadModels as _, RecordedEvent,
};
use aether_postgres::{PgReadModels, PgStore, PgTx};
use aether_testkit::contract::eventually;
use aether_testkit::servers::Database;
use async_trait::async_trait;
use sqlx::Executor as _;
use tokio::sync::Notify;

use crate::backend::{connect, database, database_on, own_server};
use crate::census::{number, run};
use crate::proxy::{Cut, Proxy};
use crate::samples::{any, stream};

const NAME: &str = "recensement";

/// Adds one row for each event; the table takes an event twice without a word, so that a test sees it.
#[derive(Clone, Default)]
struct Rows {
    calls: Arc<AtomicUsize>,
    /// How many of the first calls fail, and how.
    failing: usize,
    panicking: bool,
    /// Holds the first call after its writes: begun, go on.
    held: Option<(Arc<Notify>, Arc<Notify>)>,
}

#[async_trait]
impl Projection<PgTx> for Rows {
    fn name(&self) -> &'static str {
        NAME
    }

    fn filter(&self) -> Filter {
        Filter::all()
    }

    async fn project(&self, events: &[RecordedEvent], tx: &mut PgTx) -> Result<(), BoxError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        for event in events {
            let insert = sqlx::query("INSERT INTO recensement VALUES ($1)");
            insert.bind(event.event_id.as_uuid()).execute(&mut **tx).await?;
        }
        if let Some((begun, go_on)) = self.held.as_ref().filter(|_| call == 0) {
            begun.notify_one();
            go_on.notified().await;
        }
        match call < self.failing {
            true if self.panicking => panic!("a panic on purpose"),
            true => Err("a failure on purpose".into()),
            false => Ok(()),
        }
    }
}

async fn prepare(database: &Database) {
    run(database.url(), "CREATE TABLE recensement (event_id UUID)").await;
}

async fn setting() -> (Database, PgStore) {
    let database = database().await;
    prepare(&database).await;
    let store = connect(&database).await;
    (database, store)
}

async fn earn(store: &PgStore, appends: usize) -> Position {
    let mut last = Position::START;
    for _ in 0..appends {
        last = store.append(any(&stream(), 1)).await.unwrap().position().unwrap();
    }
    last
}

fn start(store: &PgStore, models: PgReadModels, rows: &Rows) -> ProjectorHandle {
    Projector::new(Arc::new(store.clone()), Arc::new(models), rows.clone()).batch_size(10).start()
}

async fn assert_once(url: &str, events: i64) {
    let each = "SELECT count(*) FROM recensement";
    let distinct = "SELECT count(DISTINCT event_id) FROM recensement";
    assert_eq!((number(url, each).await, number(url, distinct).await), (events, events));
}

#[tokio::test]
async fn a_failing_or_panicking_handler_is_rolled_back_and_tried_again() {
    for panicking in [false, true] {
        let (database, store) = setting().await;
        let last = earn(&store, 25).await;
        let rows = Rows { failing: 2, panicking, ..Rows::default() };
        let projector = start(&store, store.read_models(), &rows);
        projector.wait_for(last).await.unwrap();
        assert_eq!(rows.calls.load(Ordering::SeqCst), 2 + 3);
        assert_once(database.url(), 25).await;
        projector.stop().await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn a_handler_that_fails_three_times_stops_the_projector_and_leaves_nothing() {
    let (database, store) = setting().await;
    let last = earn(&store, 5).await;
    let rows = Rows { failing: 3, ..Rows::default() };
    let projector = start(&store, store.read_models(), &rows);
    let told = projector.wait_for(last).await.unwrap_err();
    assert!(told.to_string().contains("a failure on purpose"), "{told}");
    assert_once(database.url(), 0).await;
    let checkpoint = store.read_models().checkpoint(NAME).await.unwrap();
    assert_eq!((checkpoint.position, checkpoint.epoch), (Position::START, 1));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_between_the_writes_and_their_commit_has_no_effect_of_its_own() {
    let server = own_server().await;
    let database = database_on(&server).await;
    prepare(&database).await;
    let store = connect(&database).await;
    let last = earn(&store, 25).await;
    let (begun, go_on) = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let rows = Rows { held: Some((begun.clone(), go_on.clone())), ..Rows::default() };
    let projector = start(&store, store.read_models(), &rows);
    begun.notified().await;
    server.kill9().await.unwrap();
    go_on.notify_one();
    server.restart().await.unwrap();
    projector.wait_for(last).await.unwrap();
    assert_once(database.url(), 25).await;
    projector.stop().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_projector_goes_on_by_itself_when_the_server_crashes_under_it() {
    let server = own_server().await;
    let database = database_on(&server).await;
    prepare(&database).await;
    let store = connect(&database).await;
    let projector = start(&store, store.read_models(), &Rows::default());
    for _ in 0..3 {
        projector.wait_for(earn(&store, 40).await).await.unwrap();
        // right after a commit: what did not wait for the disk is taken back
        server.kill9().await.unwrap();
        server.restart().await.unwrap();
    }
    projector.wait_for(earn(&store, 40).await).await.unwrap();
    // what is told before a crash may be taken back by it, and comes again
    let ask = async || {
        let rows = number(database.url(), "SELECT count(*) FROM recensement").await;
        (rows >= 160).then_some(())
    };
    eventually("the read model is complete again", ask).await;
    assert_once(database.url(), 160).await;
    projector.stop().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_runner_that_was_paused_while_another_took_over_can_not_write() {
    let (database, store) = setting().await;
    let last = earn(&store, 5).await;
    let (begun, go_on) = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let paused = Rows { held: Some((begun.clone(), go_on.clone())), ..Rows::default() };
    let old = start(&store, store.read_models(), &paused);
    begun.notified().await;
    // its transaction is open, with the rows in it, when the other one takes over and is done
    let new = start(&store, store.read_models(), &Rows::default());
    new.wait_for(last).await.unwrap();
    go_on.notify_one();
    let ask = async || old.failure();
    let told = eventually("the old runner is fenced off", ask).await;
    assert!(matches!(*told, Error::Fenced { .. }), "{told:?}");
    assert_once(database.url(), 5).await;
    // and goes on being fenced off
    let (models, stale) = (store.read_models(), aether_core::Checkpoint::default());
    let tx = models.begin().await.unwrap();
    let refused = models.commit(tx, NAME, stale, Position::new(99)).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");
    assert_eq!(models.checkpoint(NAME).await.unwrap().epoch, 2);
    new.stop().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_rolled_back_transaction_leaves_neither_rows_nor_checkpoint() {
    let (database, store) = setting().await;
    let models = store.read_models();
    let claimed = models.claim(NAME).await.unwrap();
    let mut tx = models.begin().await.unwrap();
    tx.execute("INSERT INTO recensement VALUES (gen_random_uuid())").await.unwrap();
    drop(tx);
    assert_once(database.url(), 0).await;
    assert_eq!(models.checkpoint(NAME).await.unwrap(), claimed);
    let mut tx = models.begin().await.unwrap();
    tx.execute("INSERT INTO recensement VALUES (gen_random_uuid())").await.unwrap();
    let moved = models.commit(tx, NAME, claimed, Position::new(7)).await.unwrap();
    assert_eq!((moved.position, moved.epoch), (Position::new(7), claimed.epoch));
    assert_eq!(models.checkpoint(NAME).await.unwrap(), moved);
    assert_once(database.url(), 1).await;
    // the same position, and an epoch that is over
    let taken = models.claim(NAME).await.unwrap();
    assert_eq!((taken.position, taken.epoch), (moved.position, moved.epoch + 1));
    let mut tx = models.begin().await.unwrap();
    tx.execute("INSERT INTO recensement VALUES (gen_random_uuid())").await.unwrap();
    let refused = models.commit(tx, NAME, moved, Position::new(8)).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");
    assert_once(database.url(), 1).await;
    store.close().await;
}

/// Cuts the wire at the COMMIT of the first batch.
async fn survives_a_cut_at_the_commit(cut: Cut) {
    let (database, store) = setting().await;
    let last = earn(&store, 25).await;
    let proxy = Proxy::start(database.url()).await;
    // the read models alone are behind the proxy
    let pool = sqlx::PgPool::connect(&proxy.url(database.url())).await.unwrap();
    let (begun, go_on) = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let rows = Rows { held: Some((begun.clone(), go_on.clone())), ..Rows::default() };
    let projector = start(&store, PgReadModels::new(pool.clone()), &rows);
    begun.notified().await;
    proxy.cut_commit(cut);
    go_on.notify_one();
    let done = tokio::time::timeout(Duration::from_secs(30), projector.wait_for(last)).await;
    done.expect("it recovers").unwrap();
    assert!(proxy.has_cut());
    assert_once(database.url(), 25).await;
    projector.stop().await.unwrap();
    pool.close().await;
    store.close().await;
}

#[tokio::test]
async fn a_commit_whose_reply_was_lost_is_recognised() {
    survives_a_cut_at_the_commit(Cut::Reply).await;
}

#[tokio::test]
async fn a_commit_that_never_arrived_is_done_again() {
    survives_a_cut_at_the_commit(Cut::Request).await;
}
