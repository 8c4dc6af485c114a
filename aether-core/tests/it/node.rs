//! What nodes do: work moves to whoever is there, nothing is done twice, and jobs run when they are due.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aether_core::chrono::TimeDelta;
use aether_core::{
    BoxError, Clock as _, Engine, Error, EventStore as _, Filter, Job, ManualClock,
    MemoryReadModels, MemoryStore, MemoryTx, Message, Node, NodeHandle, Position, Projection,
    ProjectionSettings, Publisher, RecordedEvent, ShardState, Sink,
};
use aether_testkit::contract::eventually;
use async_trait::async_trait;

use crate::counting::CountingStore;
use crate::purse::{Bourse, Ordre, purse};

async fn earn(engine: &Engine, times: u32) -> Position {
    let (id, mut last) = (purse(), Position::START);
    for _ in 0..times {
        last = engine.execute::<Bourse>(id, &Ordre::Gagner(1)).await.unwrap().position().unwrap();
    }
    last
}

/// Counts each event in the model; the same one twice would be seen.
struct Census(&'static str);

type Seen = Vec<u64>;

#[async_trait]
impl Projection<MemoryTx<Seen>> for Census {
    fn name(&self) -> &'static str {
        self.0
    }

    fn filter(&self) -> Filter {
        Filter::all()
    }

    async fn project(
        &self,
        events: &[RecordedEvent],
        tx: &mut MemoryTx<Seen>,
    ) -> Result<(), BoxError> {
        tx.extend(events.iter().map(|event| event.position.get()));
        Ok(())
    }
}

/// The store twice, as two processes have it.
fn start(engine: &Engine, models: &MemoryReadModels<Seen>, shards: u16) -> NodeHandle {
    let settings = ProjectionSettings { shards, batch_size: 3, ..ProjectionSettings::default() };
    Node::builder(engine)
        .lease(Duration::from_millis(200))
        .projection_with(models.clone(), Census("recensement"), settings)
        .start()
}

async fn running(node: &NodeHandle) -> usize {
    let health = node.health().await.unwrap();
    health.shards.iter().filter(|shard| matches!(shard.state, ShardState::Running)).count()
}

#[tokio::test]
async fn nodes_that_come_and_go_share_the_shards_and_nothing_is_done_twice() {
    let (store, models) = (MemoryStore::new(), MemoryReadModels::<Seen>::new());
    let engine = Engine::new(store.clone());
    let first = start(&engine, &models, 4);
    earn(&engine, 10).await;
    eventually("the first runs all", async || (running(&first).await == 4).then_some(())).await;
    let second = start(&engine, &models, 4);
    earn(&engine, 10).await;
    let shared = async || (running(&first).await == 2 && running(&second).await == 2).then_some(());
    eventually("they share", shared).await;
    let last = earn(&engine, 10).await;
    // whoever is asked, and wherever it runs
    first.wait_for("recensement", last).await.unwrap();
    second.wait_for("recensement", last).await.unwrap();
    first.stop().await.unwrap();
    eventually("the second runs all", async || (running(&second).await == 4).then_some(())).await;
    let last = earn(&engine, 10).await;
    second.wait_for_all(last).await.unwrap();
    let mut seen = models.model().to_vec();
    seen.sort_unstable();
    assert_eq!(seen, (1..=last.get()).collect::<Vec<_>>());
    engine.close().await;
    let told = second.wait_for("recensement", Position::new(999)).await.unwrap_err();
    assert!(matches!(told, Error::Closed), "closing the engine stops its nodes: {told}");
}

/// Each of many dead connections costs a heartbeat: they must not cost the node its leases.
#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_fails_is_soon_repeated() {
    let store = CountingStore::of(MemoryStore::new());
    store.failing_beats.store(8, Ordering::SeqCst);
    let (engine, models) = (Engine::new(store), MemoryReadModels::<Seen>::new());
    let last = earn(&engine, 1).await;
    let (begun, lease) = (tokio::time::Instant::now(), Duration::from_secs(3));
    let node =
        Node::builder(&engine).lease(lease).projection(models, Census("recensement")).start();
    node.wait_for("recensement", last).await.unwrap();
    assert!(begun.elapsed() < lease / 2, "{:?}", begun.elapsed());
    node.stop().await.unwrap();
}

#[tokio::test]
async fn settling_waits_for_every_projection() {
    let (engine, models) = (Engine::new(MemoryStore::new()), MemoryReadModels::<Seen>::new());
    let node = Node::builder(&engine)
        .projection(models.clone(), Census("un"))
        .projection(models.clone(), Census("deux"))
        .start();
    for round in 1..4 {
        earn(&engine, 10).await;
        engine.settle().await.unwrap();
        assert_eq!(models.model().len(), round * 20);
    }
    node.stop().await.unwrap();
    earn(&engine, 1).await;
    engine.settle().await.unwrap();
}

/// Sees events live; the first batch fails.
#[derive(Clone, Default)]
struct Witness {
    calls: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<u64>>>,
}

#[async_trait]
impl Projection<()> for Witness {
    fn name(&self) -> &'static str {
        "temoin"
    }

    fn filter(&self) -> Filter {
        Filter::all()
    }

    async fn project(&self, events: &[RecordedEvent], _tx: &mut ()) -> Result<(), BoxError> {
        match self.calls.fetch_add(1, Ordering::SeqCst) {
            0 => panic!("a panic on purpose"),
            1 => Err("a failure on purpose".into()),
            _ => {
                self.seen.lock().unwrap().extend(events.iter().map(|e| e.position.get()));
                Ok(())
            }
        }
    }
}

#[tokio::test]
async fn a_live_handler_sees_what_comes_from_now_on_on_every_node() {
    let engine = Engine::new(MemoryStore::new());
    earn(&engine, 3).await;
    let witnesses = [Witness::default(), Witness::default()];
    let nodes = witnesses.clone().map(|witness| Node::builder(&engine).live(witness).start());
    for witness in &witnesses {
        let handled = async |calls| {
            earn(&engine, 1).await;
            (witness.calls.load(Ordering::SeqCst) >= calls).then_some(())
        };
        eventually("it sees events", async || handled(3).await).await;
        let seen = witness.seen.lock().unwrap().clone();
        assert!(!seen.is_empty() && seen.is_sorted() && seen[0] > 3, "{seen:?}");
    }
    for node in nodes {
        node.stop().await.unwrap();
    }
}

/// Takes messages, except while it is shut.
#[derive(Clone, Default)]
struct Mailbox {
    shut: Arc<Mutex<bool>>,
    taken: Arc<Mutex<Vec<Message>>>,
}

#[async_trait]
impl Sink for Mailbox {
    async fn deliver(&self, messages: &[Message]) -> Result<(), BoxError> {
        if *self.shut.lock().unwrap() {
            return Err(Error::Unavailable { source: "shut on purpose".into() }.into());
        }
        self.taken.lock().unwrap().extend_from_slice(messages);
        Ok(())
    }
}

#[tokio::test]
async fn a_publisher_tells_others_in_order_and_goes_on_where_it_was() {
    let (engine, models) = (Engine::new(MemoryStore::new()), MemoryReadModels::<Seen>::new());
    let sink = Mailbox::default();
    let start = || {
        let publisher =
            Publisher::new("annonces", Filter::all(), sink.clone()).translate(|event| {
                let even = event.position.get() % 2 == 0;
                Ok(even.then(|| ("or.gagne".to_owned(), event.payload.clone())))
            });
        Node::builder(&engine).publisher(models.clone(), publisher).start()
    };
    let node = start();
    earn(&engine, 10).await;
    engine.settle().await.unwrap();
    node.stop().await.unwrap();
    *sink.shut.lock().unwrap() = true;
    earn(&engine, 10).await;
    let node = start();
    *sink.shut.lock().unwrap() = false;
    engine.settle().await.unwrap();
    let taken = sink.taken.lock().unwrap().clone();
    let positions: Vec<_> = taken.iter().map(|message| message.position.get()).collect();
    assert_eq!(positions, (1..=10).map(|n| n * 2).collect::<Vec<_>>());
    assert!(taken.iter().all(|message| message.topic == "or.gagne"));
    assert!(taken[0].body.as_str().contains("montant"));
    node.stop().await.unwrap();
}

/// Due every hour. Fails the second time.
#[derive(Clone, Default)]
struct Chore(Arc<AtomicUsize>);

#[async_trait]
impl Job for Chore {
    fn name(&self) -> &str {
        "menage"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(3600)
    }

    async fn run(&self) -> Result<String, BoxError> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            1 => panic!("a panic on purpose"),
            runs => Ok(format!("{runs} runs before")),
        }
    }
}

#[tokio::test]
async fn a_job_runs_on_one_node_when_the_clock_says_so() {
    let clock = ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap());
    let store = MemoryStore::new();
    let engine = Engine::builder(store.clone()).clock(clock.clone()).build();
    let chore = Chore::default();
    let start = || Node::builder(&engine).job(chore.clone()).start();
    let nodes = [start(), start()];
    let ran = async |runs| {
        let ask = async || {
            let last = store.coordinator().last_run("menage").await.unwrap();
            let finished = last.finished_at.is_some() && chore.0.load(Ordering::SeqCst) == runs;
            finished.then_some(last)
        };
        eventually("it has run", ask).await
    };
    let first = ran(1).await;
    assert_eq!(first.outcome.as_deref(), Some("0 runs before"));
    assert_eq!(first.started_at, Some(clock.now()));
    clock.advance(TimeDelta::minutes(59));
    clock.advance(TimeDelta::minutes(1));
    let second = ran(2).await;
    assert!(second.error.unwrap().contains("a panic on purpose"));
    // after a failure it does not wait for an hour
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(ran(3).await.error, None);
    // by hand, due or not
    assert_eq!(nodes[1].run_job("menage").await.unwrap(), "3 runs before");
    let told = nodes[1].run_job("vaisselle").await.unwrap_err();
    assert!(matches!(told, Error::NoSuchJob { .. }), "{told}");
    ran(4).await;
    for node in nodes {
        node.stop().await.unwrap();
    }
}
