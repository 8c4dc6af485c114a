//! What nodes do: work moves to the nodes that are there, nothing is done twice, and jobs run when they are due.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aether_core::backend::{Checkpoints as _, EventStore as _, JobRun};
use aether_core::chrono::TimeDelta;
use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::node::ShardState;
use aether_core::projection::{Message, ProjectionSettings, Publisher, Sink};
use aether_core::time::Clock as _;
use aether_core::{
    AnyEvent, BoxError, Engine, Error, Filter, Job, Node, Position, Projection, Recorded,
};
use aether_testkit::clock::ManualClock;
use aether_testkit::eventually;
use tokio::sync::Semaphore;

use crate::counting::CountingStore;
use crate::purse::{Purse, PurseCommand, purse};

async fn earn(engine: &Engine, times: u32) -> Position {
    let (id, mut last) = (purse(), Position::START);
    for _ in 0..times {
        last =
            engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap().position().unwrap();
    }
    last
}

/// Counts each event in the model; the same one twice would be seen.
struct Census(&'static str);

type Seen = Vec<u64>;

impl Projection<MemoryTx<Seen>> for Census {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        self.0
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut MemoryTx<Seen>,
    ) -> Result<(), BoxError> {
        tx.extend(events.iter().map(|event| event.position.get()));
        Ok(())
    }
}

/// The store twice, as two processes have it.
fn start(engine: &Engine, models: &MemoryReadModels<Seen>, shards: u16) -> Node {
    let settings = ProjectionSettings::default().shards(shards).batch_size(3);
    Node::builder(engine)
        .lease(Duration::from_millis(200))
        .projection(models.clone(), Census("recensement").with(settings))
        .start()
        .unwrap()
}

async fn running(node: &Node) -> usize {
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
    // no matter who is asked and where it runs
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
    let node = Node::builder(&engine)
        .lease(lease)
        .projection(models, Census("recensement"))
        .start()
        .unwrap();
    node.wait_for("recensement", last).await.unwrap();
    assert!(begun.elapsed() < lease / 2, "{:?}", begun.elapsed());
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_name_is_given_once_in_a_node() {
    let engine = Engine::new(MemoryStore::new());
    let models = MemoryReadModels::<Seen>::new();
    let builder = || Node::builder(&engine).projection(models.clone(), Census("un"));
    let publisher = Publisher::new("un", Filter::all(), Mailbox::default());
    let refused = [
        builder().projection(models.clone(), Census("un")).start(),
        builder().publisher(models.clone(), publisher).start(),
        builder().job(Chore::default()).job(Chore::default()).start(),
    ];
    for (refused, expected) in refused.into_iter().zip(["projection", "projection", "job"]) {
        let refused = refused.unwrap_err();
        let Error::DuplicateName { kind, .. } = refused else { panic!("{refused}") };
        assert_eq!(kind, expected);
    }
    assert_eq!(models.stored("un").await.unwrap(), None, "nothing was started");
    // a job and a projection have nothing in common
    builder().projection(models, Census("menage")).job(Chore::default()).start().unwrap();
    engine.close().await;
}

/// Applies one event for each permit.
struct Gated(Arc<Semaphore>);

impl Projection<MemoryTx<Seen>> for Gated {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "recensement"
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut MemoryTx<Seen>,
    ) -> Result<(), BoxError> {
        self.0.acquire_many(events.len() as u32).await?.forget();
        tx.extend(events.iter().map(|event| event.position.get()));
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_is_ready_while_events_are_in_flight_wherever_their_shard_runs() {
    let engine = Engine::new(MemoryStore::new());
    let models = MemoryReadModels::<Seen>::new();
    let gate = Arc::new(Semaphore::new(0));
    let hour = Duration::from_secs(3600);
    let settings = ProjectionSettings::default().time_limit(hour);
    let start = || {
        Node::builder(&engine)
            .lease(Duration::from_secs(60))
            .projection(models.clone(), Gated(gate.clone()).with(settings.clone()))
            .start()
            .unwrap()
    };
    let first = start();
    eventually("the first runs it", async || (running(&first).await == 1).then_some(())).await;
    let second = start();
    eventually("the second is there", async || {
        (second.health().await.unwrap().shards.len() == 1).then_some(())
    })
    .await;
    let is_ready =
        async |node: &Node| node.health().await.unwrap().is_ready(Duration::from_secs(1));
    for _ in 0..3 {
        // long after the shard was last seen at the end of the log
        tokio::time::sleep(hour / 2).await;
        earn(&engine, 2).await;
        assert!(is_ready(&first).await && is_ready(&second).await, "two events are in flight");
        // under load it is never at the end, and never far from it
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(900)).await;
            let end = earn(&engine, 2).await;
            gate.add_permits(2);
            let before = Position::new(end.get() - 2);
            first.wait_for("recensement", before).await.unwrap();
            assert!(is_ready(&first).await && is_ready(&second).await, "it keeps up");
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(!is_ready(&first).await && !is_ready(&second).await, "it stands still");
        gate.add_permits(2);
        let caught_up = async || {
            let ready = |health: aether_core::node::NodeHealth| health.is_ready(Duration::ZERO);
            (ready(first.health().await.unwrap()) && ready(second.health().await.unwrap()))
                .then_some(())
        };
        eventually("it has caught up", caught_up).await;
    }
    engine.close().await;
}

#[tokio::test]
async fn settling_waits_for_every_projection() {
    let (engine, models) = (Engine::new(MemoryStore::new()), MemoryReadModels::<Seen>::new());
    let node = Node::builder(&engine)
        .projection(models.clone(), Census("un"))
        .projection(models.clone(), Census("deux"))
        .start()
        .unwrap();
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

impl Projection<()> for Witness {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "temoin"
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], _tx: &mut ()) -> Result<(), BoxError> {
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
    let nodes =
        witnesses.clone().map(|witness| Node::builder(&engine).live(witness).start().unwrap());
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

/// Its first side effects panic, and so does its filter at first: when it is checked, and when it is run.
#[derive(Clone, Default)]
struct Clumsy {
    filters: Arc<AtomicUsize>,
    told: Arc<AtomicUsize>,
}

impl Projection<()> for Clumsy {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "maladroit"
    }

    fn filter(&self) -> Filter {
        assert!(self.filters.fetch_add(1, Ordering::SeqCst) > 1, "a panic on purpose");
        Filter::all()
    }

    async fn project(&self, _events: &[Recorded<AnyEvent>], _tx: &mut ()) -> Result<(), BoxError> {
        Ok(())
    }

    async fn committed(&self, _events: &[Recorded<AnyEvent>]) {
        assert!(self.told.fetch_add(1, Ordering::SeqCst) > 0, "a panic on purpose");
    }
}

#[tokio::test]
async fn a_live_handler_that_panics_anywhere_does_not_end_its_node() {
    let engine = Engine::new(MemoryStore::new());
    let models = MemoryReadModels::<Seen>::new();
    let clumsy = Clumsy::default();
    let node = Node::builder(&engine)
        .live(clumsy.clone())
        .projection(models.clone(), Census("recensement"))
        .start()
        .unwrap();
    eventually("its side effects are called for again", async || {
        let last = earn(&engine, 1).await;
        node.wait_for("recensement", last).await.unwrap();
        (clumsy.told.load(Ordering::SeqCst) > 1).then_some(())
    })
    .await;
    node.stop().await.unwrap();
}

/// Takes messages, except while it is shut.
#[derive(Clone, Default)]
struct Mailbox {
    shut: Arc<Mutex<bool>>,
    taken: Arc<Mutex<Vec<Message>>>,
}

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
                Ok(even.then(|| ("gold.won".to_owned(), event.payload.clone())))
            });
        Node::builder(&engine).publisher(models.clone(), publisher).start().unwrap()
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
    assert!(taken.iter().all(|message| message.topic == "gold.won"));
    assert!(taken[0].body.as_str().contains("amount"));
    node.stop().await.unwrap();
}

/// Due every hour. Fails the second time.
#[derive(Clone, Default)]
struct Chore(Arc<AtomicUsize>);

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
    let start = || Node::builder(&engine).job(chore.clone()).start().unwrap();
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
    clock.advance(Duration::from_mins(59));
    clock.advance(Duration::from_mins(1));
    let second = ran(2).await;
    assert!(second.error.unwrap().contains("a panic on purpose"));
    // after a failure it does not wait for an hour
    clock.advance(Duration::from_mins(1));
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

#[tokio::test]
async fn a_job_runs_although_a_clock_was_once_ahead() {
    let clock = ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap());
    let store = MemoryStore::new();
    let engine = Engine::builder(store.clone()).clock(clock.clone()).build();
    let coordinator = store.coordinator();
    // what a node whose clock was wrong by 400 days has left
    let ahead = Some(clock.now() + TimeDelta::days(400));
    let run = JobRun { started_at: ahead, finished_at: ahead, ..JobRun::default() };
    coordinator.record_run("menage", &run).await.unwrap();
    let chore = Chore::default();
    let node = Node::builder(&engine).job(chore.clone()).start().unwrap();
    let ran = async || {
        let last = coordinator.last_run("menage").await.unwrap();
        (last.started_at == Some(clock.now()) && last.finished_at.is_some()).then_some(())
    };
    eventually("it has run", ran).await;
    assert_eq!(chore.0.load(Ordering::SeqCst), 1, "once");
    node.stop().await.unwrap();
}
