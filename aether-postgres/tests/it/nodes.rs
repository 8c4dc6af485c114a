//! Nodes on PostgreSQL: few connections, nodes that vanish, migrations under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aether_core::backend::{
    Beat, Checkpoints as _, EventStore as _, Lease, Order, ReadModels as _,
};
use aether_core::memory::MemoryStore;
use aether_core::node::ShardState;
use aether_core::projection::ProjectionSettings;
use aether_core::{AnyEvent, BoxError, Engine, Filter, Node, Position, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};
use aether_testkit::{DEADLINE, eventually};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::backend::{connect, database, database_on, own_server};
use crate::census::{number, run};
use crate::samples::{any, stream};

/// A row for each event, under its own name; the table takes an event twice without a word.
#[derive(Clone)]
struct Rows {
    name: &'static str,
    applied: Arc<AtomicU64>,
}

impl Rows {
    fn new(name: &'static str) -> Self {
        Self { name, applied: Arc::default() }
    }
}

impl Projection<PgTx> for Rows {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        self.name
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let ids: Vec<_> = events.iter().map(|event| event.event_id.as_uuid()).collect();
        sqlx::query("INSERT INTO rows SELECT $1, * FROM unnest($2::uuid[])")
            .bind(self.name)
            .bind(ids)
            .execute(&mut **tx)
            .await?;
        self.applied.fetch_add(events.len() as u64, Ordering::SeqCst);
        Ok(())
    }
}

const TABLE: &str = "CREATE TABLE rows (projection TEXT, event_id UUID)";
const DOUBLED: &str = "SELECT count(*) - count(DISTINCT (projection, event_id)) FROM rows";

fn start(store: &PgStore, names: &[&'static str], shards: u16) -> Node {
    let settings = ProjectionSettings::default().shards(shards).batch_size(7);
    let mut builder = Node::builder(&Engine::new(store.clone())).lease(Duration::from_millis(500));
    for name in names {
        builder = builder.projection(store.read_models(), Rows::new(name).with(settings.clone()));
    }
    builder.start().unwrap()
}

async fn earn(store: &PgStore, appends: usize) -> Position {
    let mut last = Position::START;
    for _ in 0..appends {
        last = store.append(any(&stream(), 2)).await.unwrap().position().unwrap();
    }
    last
}

/// Who listens for other processes' appends, as one number: it changes when one of them is another one.
const LISTENERS: &str = "SELECT coalesce(sum(pid), 0)::bigint FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN%'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_listening_connection_is_cut_misses_nothing_and_listens_again() {
    let database = database().await;
    run(database.url(), TABLE).await;
    let (store, elsewhere) = (connect(&database).await, connect(&database).await);
    let node = start(&store, &["rows"], 1);
    let mut before = 0;
    for round in 1..=3 {
        eventually("it listens", async || {
            let listeners = number(database.url(), LISTENERS).await;
            (listeners != 0 && listeners != before).then_some(())
        })
        .await;
        before = number(database.url(), LISTENERS).await;
        run(
            database.url(),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND query LIKE 'LISTEN%'",
        )
        .await;
        let last = earn(&elsewhere, 5).await;
        node.wait_for("rows", last).await.unwrap();
        assert_eq!(number(database.url(), "SELECT count(*) FROM rows").await, round * 10);
    }
    assert_eq!(number(database.url(), DOUBLED).await, 0);
    node.stop().await.unwrap();
    elsewhere.close().await;
    store.close().await;
}

/// Its address swallows connections: the server to listen at has gone without a word.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_be_listened_to_holds_nobody_up() {
    let database = database().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("postgres://nobody@{}/nothing", silent.local_addr().unwrap());
    let builder = PgStore::builder().listen_at(nowhere.parse().unwrap());
    let store = builder.connect(database.url()).await.unwrap();
    let elsewhere = connect(&database).await;
    let mut last = Position::START;
    let twenty_waits = async {
        for _ in 0..20 {
            let waiting = store.wait(last);
            last = earn(&elsewhere, 1).await;
            // at most a pause between two polls, where one attempt to listen takes two seconds
            waiting.await.unwrap();
        }
    };
    tokio::time::timeout(DEADLINE, twenty_waits).await.unwrap();
    elsewhere.close().await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_projections_get_along_with_two_connections() {
    let database = database().await;
    run(database.url(), TABLE).await;
    let builder = PgStore::builder().max_connections(2);
    let store = builder.connect(database.url()).await.unwrap();
    let names: Vec<&'static str> = (0..20).map(|n| &*format!("projection-{n}").leak()).collect();
    let node = start(&store, &names, 1);
    let last = earn(&store, 30).await;
    node.wait_for_all(last).await.unwrap();
    assert_eq!(number(database.url(), "SELECT count(*) FROM rows").await, 20 * 60);
    assert_eq!(number(database.url(), DOUBLED).await, 0);
    node.stop().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_projection_can_be_stopped_while_the_database_is_away() {
    let server = own_server().await;
    let database = database_on(&server).await;
    run(database.url(), TABLE).await;
    let builder = PgStore::builder().acquire_timeout(Duration::from_millis(500));
    let store = builder.connect(database.url()).await.unwrap();
    let node = start(&store, &["rows"], 1);
    node.wait_for_all(earn(&store, 1).await).await.unwrap();
    store.read_models().order("rows", Order::Pause).await.unwrap();
    let is_paused = async || {
        let state = &node.health().await.unwrap().shards[0].state;
        matches!(state, ShardState::Paused).then_some(())
    };
    eventually("it is paused", is_paused).await;
    server.kill9().await.unwrap();
    // once the dead connections are used up, each look takes longer than the pause between two looks for
    // orders: by then the projection has missed the database, too
    let mut missed = 0;
    let has_missed = async || {
        missed += u32::from(node.health().await.is_err());
        (missed == 12).then_some(())
    };
    eventually("the database is missed", has_missed).await;
    let stopping = tokio::time::timeout(Duration::from_secs(20), node.stop()).await;
    stopping.expect("it does not wait for the database").unwrap();
}

#[test]
fn the_work_of_a_node_that_vanishes_is_taken_over() {
    let (doomed, steady) = (runtime(), runtime());
    let (database, store, first) = doomed.block_on(async {
        let database = database().await;
        run(database.url(), TABLE).await;
        let store = connect(&database).await;
        let first = start(&store, &["rows"], 4);
        first.wait_for_all(earn(&store, 20).await).await.unwrap();
        (database, store, first)
    });
    // no farewell: its tasks end wherever they are, its leases stay
    drop((first, store));
    doomed.shutdown_background();
    steady.block_on(async {
        let store = connect(&database).await;
        let second = start(&store, &["rows"], 4);
        let last = earn(&store, 20).await;
        second.wait_for_all(last).await.unwrap();
        let running = async || {
            let shards = second.health().await.unwrap().shards;
            shards.iter().all(|s| matches!(s.state, ShardState::Running)).then_some(())
        };
        eventually("it runs all shards", running).await;
        assert_eq!(number(database.url(), "SELECT count(*) FROM rows").await, 80);
        assert_eq!(number(database.url(), DOUBLED).await, 0);
        second.stop().await.unwrap();
        store.close().await;
    });
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_go_on_while_another_one_migrates_and_starts() {
    let database = database().await;
    run(database.url(), TABLE).await;
    let store = connect(&database).await;
    let node = start(&store, &["rows"], 2);
    let mut others = Vec::new();
    for _ in 0..3 {
        earn(&store, 10).await;
        let other = connect(&database).await;
        other.migrate().await.unwrap();
        others.push((start(&other, &["rows"], 2), other));
    }
    let last = earn(&store, 10).await;
    for (other, _) in &others {
        other.wait_for_all(last).await.unwrap();
    }
    node.wait_for_all(last).await.unwrap();
    assert_eq!(number(database.url(), "SELECT count(*) FROM rows").await, 80);
    assert_eq!(number(database.url(), DOUBLED).await, 0);
    node.stop().await.unwrap();
    for (other, store) in others {
        other.stop().await.unwrap();
        store.close().await;
    }
    store.close().await;
}

/// Buyers of two purses' worth: the second one of each is refused and gets its gold back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_lead_trades_and_gold_and_items_are_conserved() {
    use aether_contract::processes::trade::*;
    use aether_core::AggregateId;

    let database = database().await;
    let stores = [connect(&database).await, connect(&database).await];
    let engines = stores.clone().map(Engine::new);
    let nodes = [0, 1].map(|n| {
        Node::builder(&engines[n])
            .lease(Duration::from_millis(500))
            .process_manager(stores[n].read_models(), Sales)
            .start()
            .unwrap()
    });
    let engine = &engines[0];
    let id = || AggregateId::new(Uuid::new_v4());
    let house = id();
    let mut trades = Vec::new();
    for n in 0..12 {
        // every third buyer is too poor
        let (gold, price) = (if n % 3 == 0 { 50 } else { 200 }, 100);
        let offer = Offer { order: id(), bag: id(), purse: id(), house, item: Uuid::new_v4() };
        let bid = Bid { offer: offer.order, bag: id(), purse: id(), price };
        engine.execute::<Bag>(offer.bag, BagCommand::Add(offer.item)).await.unwrap();
        engine.execute::<Purse>(bid.purse, PurseCommand::Deposit(gold)).await.unwrap();
        let sell = OrderCommand::Sell(offer.clone());
        engine.execute::<Order>(offer.order, sell).await.unwrap();
        let buy = OrderCommand::Buy(bid.clone());
        engine.execute::<Order>(id(), buy).await.unwrap();
        trades.push((offer, bid, gold));
    }
    engine.settle().await.unwrap();
    for (n, (offer, bid, gold)) in trades.iter().enumerate() {
        let buyer =
            engine.find::<Purse>(bid.purse).await.unwrap().unwrap_or_default().state.clone();
        let seller =
            engine.find::<Purse>(offer.purse).await.unwrap().unwrap_or_default().state.clone();
        let sold = n % 3 != 0;
        let (paid, got) = if sold { (100, 95) } else { (0, 0) };
        assert_eq!((buyer.free, buyer.reserved), (gold - paid, 0), "trade {n}");
        assert_eq!((seller.free, seller.reserved), (got, 0), "trade {n}");
    }
    let house = engine.find::<Purse>(house).await.unwrap().unwrap_or_default().state.clone();
    assert_eq!(house.free, 8 * 5, "the commission of eight sales");
    for sql in ["SELECT count(*) FROM aether_outbox", "SELECT count(*) FROM aether_dead_letters"] {
        assert_eq!(number(database.url(), sql).await, 0, "{sql}");
    }
    for node in nodes {
        node.stop().await.unwrap();
    }
    for store in stores {
        store.close().await;
    }
}

#[tokio::test]
async fn a_lease_of_any_length_is_kept() {
    let database = database().await;
    let store = connect(&database).await;
    let memory = MemoryStore::new();
    let wants = ["projection/any/0".to_owned()];
    for coordinator in [store.coordinator(), memory.coordinator()] {
        let node = uuid::Uuid::new_v4();
        let ttl = Duration::MAX;
        let beat = || Beat { node, name: "patient", wants: &wants, releases: &[], ttl };
        let first = coordinator.beat(beat()).await.unwrap();
        let again = coordinator.beat(beat()).await.unwrap();
        assert_eq!((first.len(), &first[0].name), (1, &wants[0]));
        assert_eq!(again[0].epoch, first[0].epoch);
    }
    let engine = Engine::new(store.clone());
    let node = Node::builder(&engine).lease(Duration::MAX).start().unwrap();
    node.stop().await.unwrap();
    store.close().await;
}

/// A node by hand.
async fn beat(store: &PgStore, node: Uuid, wants: &[&str], ttl: Duration) -> Vec<Lease> {
    let wants: Vec<_> = wants.iter().map(ToString::to_string).collect();
    let beat = Beat { node, name: "by hand", wants: &wants, releases: &[], ttl };
    store.coordinator().beat(beat).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_epoch_that_a_node_has_heard_of_is_never_given_out_again_after_a_crash() {
    let server = own_server().await;
    let database = database_on(&server).await;
    let minute = Duration::from_secs(60);
    let mut highest = 0;
    for (round, setting) in ["on", "off", "on", "off"].into_iter().enumerate() {
        // what a role may have chosen
        let name = database.name();
        run(database.url(), &format!("ALTER DATABASE {name} SET synchronous_commit = {setting}"))
            .await;
        let store = connect(&database).await;
        let lease = format!("lease-{round}");
        let held = beat(&store, Uuid::new_v4(), &[lease.as_str()], minute).await;
        server.kill9().await.unwrap();
        assert!(held[0].epoch > highest, "{} after {highest}", held[0].epoch);
        highest = held[0].epoch;
        server.restart().await.unwrap();
        store.close().await;
    }
    let store = connect(&database).await;
    let held = beat(&store, Uuid::new_v4(), &["last"], minute).await;
    assert!(held[0].epoch > highest, "{} after {highest}", held[0].epoch);
    store.close().await;
}

#[tokio::test]
async fn a_dead_node_keeps_nothing_when_the_clock_of_the_database_is_set_back() {
    let database = database().await;
    let store = connect(&database).await;
    let dead = Uuid::new_v4();
    let forgotten = Uuid::new_v4();
    let soon = Duration::from_millis(200);
    assert_eq!(beat(&store, dead, &["a", "b"], soon).await.len(), 2);
    assert_eq!(beat(&store, forgotten, &["c"], soon).await.len(), 1);
    // both died under a primary whose clock was two days ahead; one of them was swept since
    let ahead = "UPDATE aether_nodes SET seen_at = seen_at + interval '2 days',
            expires_at = expires_at + interval '2 days';
        UPDATE aether_leases SET expires_at = expires_at + interval '2 days'";
    run(database.url(), ahead).await;
    run(database.url(), &format!("DELETE FROM aether_nodes WHERE node = '{forgotten}'")).await;
    let node = Uuid::new_v4();
    let all = async || {
        let held = beat(&store, node, &["a", "b", "c"], Duration::from_secs(60)).await;
        (held.len() == 3).then_some(())
    };
    eventually("who is there has it all", all).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_the_server_ends_for_idleness_are_lost_connections_and_no_failures() {
    let database = database().await;
    run(database.url(), TABLE).await;
    let options: PgConnectOptions = database.url().parse().unwrap();
    let options = options.application_name("idle").options([("idle_session_timeout", "60ms")]);
    let pool = PgPoolOptions::new().max_connections(3).test_before_acquire(false);
    let pool = pool.connect_with(options).await.unwrap();
    let store = PgStore::builder().without_listening().build(pool);
    let models = store.read_models();
    let left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'idle'";
    // each call meets sessions that are gone
    for n in 0..6 {
        eventually("no session is left", async || {
            (number(database.url(), left).await == 0).then_some(())
        })
        .await;
        let stored = eventually("it is answered", async || match n % 3 {
            0 => models.stored("rows").await.map_err(transient).ok().map(drop),
            1 => store.append(any(&stream(), 2)).await.map_err(transient).ok().map(drop),
            _ => models.begin().await.map_err(transient).ok().map(drop),
        });
        stored.await;
    }
    let node = start(&store, &["rows"], 1);
    let last = eventually("it is stored", async || {
        store.append(any(&stream(), 2)).await.map_err(transient).ok()?.position()
    });
    node.wait_for("rows", last.await).await.unwrap();
    assert_eq!(number(database.url(), DOUBLED).await, 0);
    node.stop().await.unwrap();
    store.close().await;
}

fn transient(error: aether_core::Error) {
    assert!(error.is_transient() || error.is_outcome_unknown(), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_projection_that_nobody_runs_any_more_is_forgotten_and_lags_no_longer() {
    let database = database().await;
    run(database.url(), TABLE).await;
    let store = connect(&database).await;
    let node = start(&store, &["rows", "renamed"], 2);
    node.wait_for_all(earn(&store, 3).await).await.unwrap();
    let refused = store.forget_projection(&store.read_models(), "rows").await.unwrap_err();
    assert!(matches!(refused, Error::NotForgettable { .. }), "{refused}");
    assert!(refused.to_string().contains("node-"), "it says who runs it: {refused}");
    node.stop().await.unwrap();
    earn(&store, 2).await;
    let letters = "INSERT INTO aether_dead_letters (projection, position, event_id, event_type,
            aggregate_id, aggregate_type, aggregate_version, slice, state)
        SELECT p, 1, gen_random_uuid(), 'Opened', gen_random_uuid(), 'Chest', 1, 1, 'failed'
        FROM unnest(ARRAY['rows', 'renamed']) AS p";
    run(database.url(), letters).await;
    store.forget_projection(&store.read_models(), "rows").await.unwrap();
    let letters = "SELECT count(*) FROM aether_dead_letters WHERE projection =";
    assert_eq!(number(database.url(), &format!("{letters} 'rows'")).await, 0);
    assert_eq!(number(database.url(), &format!("{letters} 'renamed'")).await, 1);
    let left: Vec<_> = store.projections().await.unwrap();
    assert!(left.iter().all(|lag| lag.projection == "renamed"), "{left:?}");
    let leases = "SELECT count(*) FROM aether_leases WHERE lease LIKE 'projection/rows/%'";
    assert_eq!(number(database.url(), leases).await, 0);
    let unknown = store.forget_projection(&store.read_models(), "rows").await.unwrap_err();
    assert!(unknown.to_string().contains("renamed"), "it says which there are: {unknown}");
    // of read models elsewhere
    let elsewhere = aether_core::memory::MemoryReadModels::<u64>::new();
    let filter = Filter::all();
    let registration = aether_core::backend::Registration::new("elsewhere", &filter, 1);
    elsewhere.register(&registration).await.unwrap();
    store.forget_projection(&elsewhere, "elsewhere").await.unwrap();
    assert_eq!(elsewhere.stored("elsewhere").await.unwrap(), None);
    let unknown = store.forget_projection(&elsewhere, "elsewhere").await.unwrap_err();
    assert!(matches!(unknown, Error::NotFound { .. }), "{unknown}");
    // a process manager with work to do
    run(
        database.url(),
        "INSERT INTO aether_outbox (command_id, manager, process_id, command, metadata)
         VALUES (gen_random_uuid(), 'renamed', gen_random_uuid(), '{}', '{}')",
    )
    .await;
    let refused = store.forget_projection(&store.read_models(), "renamed").await.unwrap_err();
    assert!(refused.to_string().contains("1 commands"), "{refused}");
    store.close().await;
}
