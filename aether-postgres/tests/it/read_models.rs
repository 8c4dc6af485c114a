//! SQL read models: exactly once across crashes, lost replies and runners that were replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aether_core::backend::{
    Checkpoint, Checkpoints as _, EventStore as _, Order, ReadModels as _, Step,
};
use aether_core::log::Read;
use aether_core::projection::{Delivery, LetterState, ProjectionSettings, Remedy, Shard};
use aether_core::{
    AggregateId, AnyEvent, BoxError, Engine, Error, Node, Position, Projection, Recorded,
};
use aether_postgres::{PgReadModels, PgStore, PgTx};
use aether_servers::Database;
use aether_testkit::eventually;
use sqlx::Executor as _;
use tokio::sync::Notify;

use crate::backend::{connect, database, database_on, own_server};
use crate::census::{number, run};
use crate::proxy::{Cut, Proxy};
use crate::samples::{any, stream};

pub(crate) const NAME: &str = "recensement";

/// Adds one row for each event; the table takes an event twice without a word, so that a test sees it.
#[derive(Clone, Default)]
pub(crate) struct Rows {
    calls: Arc<AtomicUsize>,
    /// How many of the first calls fail, and how.
    failing: usize,
    panicking: bool,
    cut_off: bool,
    /// Events of this aggregate cannot be applied.
    poison: Arc<std::sync::Mutex<Option<AggregateId>>>,
    /// Holds the first call after its writes: begun, go on.
    held: Option<(Arc<Notify>, Arc<Notify>)>,
}

impl Projection<PgTx> for Rows {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        NAME
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        for event in events {
            let insert = sqlx::query("INSERT INTO recensement VALUES ($1)");
            insert.bind(event.event_id.as_uuid()).execute(&mut **tx).await?;
        }
        let poison = *self.poison.lock().unwrap();
        if events.iter().any(|event| Some(event.aggregate_id) == poison) {
            return Err("a poisonous event, on purpose".into());
        }
        if let Some((begun, go_on)) = self.held.as_ref().filter(|_| call == 0) {
            begun.notify_one();
            go_on.notified().await;
        }
        match call < self.failing {
            true if self.cut_off => {
                let cut = "SELECT pg_terminate_backend(pg_backend_pid())";
                sqlx::query(cut).execute(&mut **tx).await?;
                Ok(())
            }
            true if self.panicking => panic!("a panic on purpose"),
            true => Err("a failure on purpose".into()),
            false => Ok(()),
        }
    }
}

pub(crate) async fn prepare(database: &Database) {
    run(database.url(), "CREATE TABLE recensement (event_id UUID)").await;
}

pub(crate) async fn setting() -> (Database, PgStore) {
    let database = database().await;
    prepare(&database).await;
    let store = connect(&database).await;
    (database, store)
}

pub(crate) async fn earn(store: &PgStore, appends: usize) -> Position {
    let mut last = Position::START;
    for _ in 0..appends {
        last = store.append(any(&stream(), 1)).await.unwrap().position().unwrap();
    }
    last
}

pub(crate) fn start(store: &PgStore, models: PgReadModels, rows: &Rows) -> Node {
    let settings = ProjectionSettings::default().batch_size(10);
    Node::builder(&Engine::new(store.clone()))
        .projection(models, rows.clone().with(settings))
        .start()
        .unwrap()
}

pub(crate) fn whole() -> Shard {
    Shard::whole(NAME)
}

fn step(from: Checkpoint, to: u64) -> Step<'static> {
    Step::new(from, Position::new(to))
}

pub(crate) async fn assert_once(url: &str, events: i64) {
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
        let node = start(&store, store.read_models(), &rows);
        node.wait_for(NAME, last).await.unwrap();
        assert_once(database.url(), 25).await;
        assert!(store.read_models().letters(NAME, None).await.unwrap().is_empty());
        node.stop().await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn a_handler_that_loses_its_connection_is_not_to_blame() {
    let (database, store) = setting().await;
    let last = earn(&store, 1).await;
    // oftener than an event is tried
    let rows = Rows { failing: 5, cut_off: true, ..Rows::default() };
    let node = start(&store, store.read_models(), &rows);
    node.wait_for(NAME, last).await.unwrap();
    assert_once(database.url(), 1).await;
    assert!(store.read_models().letters(NAME, None).await.unwrap().is_empty());
    node.stop().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn an_event_that_fails_is_parked_and_only_its_aggregate_waits() {
    let (database, store) = setting().await;
    let (bad, good) = (stream(), stream());
    let poison: Arc<std::sync::Mutex<Option<AggregateId>>> = Arc::default();
    *poison.lock().unwrap() = Some(bad.aggregate_id);
    let rows = Rows { poison: poison.clone(), ..Rows::default() };
    let node = start(&store, store.read_models(), &rows);
    let mut last = Position::START;
    for _ in 0..20 {
        store.append(any(&bad, 1)).await.unwrap();
        last = store.append(any(&good, 2)).await.unwrap().position().unwrap();
    }
    node.wait_for(NAME, last).await.unwrap();
    assert_once(database.url(), 40).await;
    let models = store.read_models();
    let letters = models.letters(NAME, Some(bad.aggregate_id)).await.unwrap();
    let failed = letters.iter().filter(|letter| letter.state == LetterState::Failed).count();
    assert_eq!((letters.len(), failed, letters[0].attempts), (20, 1, 3));
    assert!(letters[0].error.as_ref().unwrap().contains("on purpose"), "{:?}", letters[0]);
    assert_eq!(letters[0].stream, bad);
    node.stop().await.unwrap();
    // the next runner knows who is blocked
    let node = start(&store, models.clone(), &rows);
    let last = store.append(any(&bad, 1)).await.unwrap().position().unwrap();
    let told = node.wait_for(NAME, last).await.unwrap_err();
    assert!(matches!(told, Error::Parked { .. }), "{told}");
    assert_eq!(models.letters(NAME, None).await.unwrap().len(), 21);
    // the first is left out, the others go through
    *poison.lock().unwrap() = None;
    assert_eq!(
        models.order(NAME, Order::Letter(letters[1].position, Remedy::Skip)).await.unwrap(),
        0
    );
    assert_eq!(
        models.order(NAME, Order::Letter(letters[0].position, Remedy::Skip)).await.unwrap(),
        1
    );
    let ask = async || {
        let left = models.letters(NAME, None).await.unwrap();
        matches!(&left[..], [one] if one.state == LetterState::Skipped).then_some(())
    };
    eventually("the others go through", ask).await;
    assert_once(database.url(), 60).await;
    let last = store.append(any(&bad, 1)).await.unwrap().position().unwrap();
    node.wait_for(NAME, last).await.unwrap();
    assert_once(database.url(), 61).await;
    node.stop().await.unwrap();
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
    let node = start(&store, store.read_models(), &rows);
    begun.notified().await;
    server.kill9().await.unwrap();
    go_on.notify_one();
    server.restart().await.unwrap();
    node.wait_for_all(last).await.unwrap();
    assert_once(database.url(), 25).await;
    node.stop().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_projection_goes_on_by_itself_when_the_server_crashes_under_it() {
    let server = own_server().await;
    let database = database_on(&server).await;
    prepare(&database).await;
    let store = connect(&database).await;
    let node = start(&store, store.read_models(), &Rows::default());
    for _ in 0..3 {
        node.wait_for_all(earn(&store, 40).await).await.unwrap();
        // right after a commit: what did not wait for the disk is taken back
        server.kill9().await.unwrap();
        server.restart().await.unwrap();
    }
    node.wait_for_all(earn(&store, 40).await).await.unwrap();
    // what is told before a crash may be taken back by it, and comes again
    let ask = async || {
        let rows = number(database.url(), "SELECT count(*) FROM recensement").await;
        (rows >= 160).then_some(())
    };
    eventually("the read model is complete again", ask).await;
    assert_once(database.url(), 160).await;
    node.stop().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_runner_that_was_paused_while_another_took_over_cannot_write() {
    let (database, store) = setting().await;
    let last = earn(&store, 5).await;
    let (begun, go_on) = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let paused = Rows { held: Some((begun.clone(), go_on.clone())), ..Rows::default() };
    let models = store.read_models();
    let mut old = Delivery::new(models.clone(), paused, whole());
    old.claim(1).await.unwrap();
    let events = store.read(Read::all()).await.unwrap().events;
    let (copy, all) = (events.clone(), last);
    let applying = tokio::spawn(async move { old.apply(&copy, all).await });
    begun.notified().await;
    // its transaction is open, with the rows in it, when the other one takes over and is done
    let mut new = Delivery::new(models.clone(), Rows::default(), whole());
    new.claim(2).await.unwrap();
    new.apply(&events, last).await.unwrap();
    go_on.notify_one();
    let told = applying.await.unwrap().unwrap_err();
    assert!(matches!(told, Error::ShardTaken { .. }), "{told:?}");
    assert_once(database.url(), 5).await;
    // and goes on being fenced off
    let tx = models.begin().await.unwrap();
    let stale = Checkpoint { position: last, epoch: 1 };
    let refused = models.commit(tx, &whole(), step(stale, 99)).await;
    assert!(matches!(refused, Err(Error::ShardTaken { .. })), "{refused:?}");
    let refused = models.claim(&whole(), 1).await;
    assert!(matches!(refused, Err(Error::ShardTaken { .. })), "{refused:?}");
    assert_eq!(models.checkpoint(&whole()).await.unwrap().epoch, 2);
    store.close().await;
}

#[tokio::test]
async fn a_runner_that_says_nothing_in_its_transaction_loses_it_and_its_locks() {
    let (database, store) = setting().await;
    let mut tx = store.read_models().begin().await.unwrap();
    tx.execute("INSERT INTO recensement VALUES (gen_random_uuid())").await.unwrap();
    tx.execute("LOCK TABLE recensement").await.unwrap();
    // who takes over waits for the lock, for a few seconds
    run(database.url(), "INSERT INTO recensement VALUES (gen_random_uuid())").await;
    assert_once(database.url(), 1).await;
    tx.execute("SELECT 1").await.unwrap_err();
    store.close().await;
}

#[tokio::test]
async fn a_rolled_back_transaction_leaves_neither_rows_nor_checkpoint() {
    let (database, store) = setting().await;
    let models = store.read_models();
    let claimed = models.claim(&whole(), 1).await.unwrap().checkpoint;
    let mut tx = models.begin().await.unwrap();
    tx.execute("INSERT INTO recensement VALUES (gen_random_uuid())").await.unwrap();
    drop(tx);
    assert_once(database.url(), 0).await;
    assert_eq!(models.checkpoint(&whole()).await.unwrap(), claimed);
    let mut tx = models.begin().await.unwrap();
    tx.execute("INSERT INTO recensement VALUES (gen_random_uuid())").await.unwrap();
    let moved = models.commit(tx, &whole(), step(claimed, 7)).await.unwrap();
    assert_eq!((moved.position, moved.epoch), (Position::new(7), claimed.epoch));
    assert_eq!(models.checkpoint(&whole()).await.unwrap(), moved);
    assert_once(database.url(), 1).await;
    // the same position, and an epoch that is over
    let taken = models.claim(&whole(), 2).await.unwrap().checkpoint;
    assert_eq!((taken.position, taken.epoch), (moved.position, 2));
    let mut tx = models.begin().await.unwrap();
    tx.execute("INSERT INTO recensement VALUES (gen_random_uuid())").await.unwrap();
    let refused = models.commit(tx, &whole(), step(moved, 8)).await;
    assert!(matches!(refused, Err(Error::ShardTaken { .. })), "{refused:?}");
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
    let node = start(&store, PgReadModels::new(pool.clone()), &rows);
    begun.notified().await;
    proxy.cut_commit(cut);
    go_on.notify_one();
    let done = tokio::time::timeout(Duration::from_secs(30), node.wait_for_all(last)).await;
    done.expect("it recovers").unwrap();
    assert!(proxy.has_cut());
    assert_once(database.url(), 25).await;
    node.stop().await.unwrap();
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

#[tokio::test]
async fn operators_orders_are_taken() {
    let (_database, store) = setting().await;
    aether_contract::orders::keep(&store.read_models()).await;
    store.close().await;
}
