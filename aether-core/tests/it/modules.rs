//! What is registered once, in a module: run by several nodes, watched by others, and looked after by operators.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aether_core::backend::Checkpoints as _;
use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::node::{NodeBuilder, ShardState};
use aether_core::projection::Verified;
use aether_core::{
    Aggregate, AnyEvent, BoxError, Engine, Error, Event, Facts, Job, Json, Module, Node, Position,
    Projection, Recorded, Shape,
};

use crate::purse::{Purse, PurseCommand, purse};

type Seen = Vec<u64>;

/// Notes each event; the same one twice would be seen.
struct Census(&'static str);

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

struct Rest(&'static str);

impl Job for Rest {
    fn name(&self) -> &str {
        self.0
    }

    fn every(&self) -> Duration {
        Duration::from_secs(3600)
    }

    async fn run(&self) -> Result<String, BoxError> {
        Ok("rested".to_owned())
    }
}

fn census(models: &MemoryReadModels<Seen>) -> Module {
    Module::new("census").projection(models.clone(), Census("census")).job(Rest("rest"))
}

async fn earn(engine: &Engine) -> Position {
    let done = engine.execute::<Purse>(purse(), PurseCommand::Earn(1)).await.unwrap();
    done.position().unwrap()
}

#[tokio::test]
async fn one_module_runs_on_several_nodes_and_nothing_is_done_twice() {
    let engine = Engine::new(MemoryStore::new());
    let models = MemoryReadModels::new();
    let module = census(&models);
    let nodes = [1, 2].map(|_| Node::builder(&engine).install(&module).start().unwrap());
    for _ in 0..5 {
        let last = earn(&engine).await;
        for node in &nodes {
            node.wait_for("census", last).await.unwrap();
        }
    }
    assert_eq!(*models.model(), [1, 2, 3, 4, 5]);
    assert_eq!(nodes[1].run_job("rest").await.unwrap(), "rested");
    engine.close().await;
}

#[tokio::test]
async fn a_node_that_watches_waits_for_what_others_run() {
    let engine = Engine::new(MemoryStore::new());
    let models = MemoryReadModels::new();
    let module = census(&models);
    let web = Node::builder(&engine).watch(&module).start().unwrap();
    let first = earn(&engine).await;
    let waiting = tokio::spawn({
        let web = web.clone();
        async move { web.wait_for("census", first).await }
    });
    // no node has run it yet
    let worker = Node::builder(&engine).install(&module).start().unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(*models.model(), [1]);
    let last = earn(&engine).await;
    web.wait_for_all(last).await.unwrap();
    assert_eq!(*models.model(), [1, 2]);
    let health = web.health().await.unwrap();
    assert_eq!(health.shards.len(), 1);
    assert_eq!(health.shards[0].position, last);
    assert!(matches!(health.shards[0].state, ShardState::Elsewhere));
    let unknown = web.wait_for("sensus", last).await.unwrap_err();
    assert!(matches!(unknown, Error::NoSuchProjection { .. }), "{unknown}");
    let no_job = web.run_job("rest").await.unwrap_err();
    assert!(matches!(no_job, Error::NoSuchJob { .. }), "{no_job}");
    worker.stop().await.unwrap();
    web.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_node_that_watches_runs_nothing() {
    let engine = Engine::new(MemoryStore::new());
    let models = MemoryReadModels::<Seen>::new();
    let web = Node::builder(&engine).watch(&census(&models)).start().unwrap();
    earn(&engine).await;
    // the clock stands still but for this
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(models.stored("census").await.unwrap(), None, "it registers nothing");
    assert!(models.model().is_empty());
    web.stop().await.unwrap();
}

#[tokio::test]
async fn a_name_that_is_registered_twice_is_refused_at_the_start() {
    let engine = Engine::new(MemoryStore::new());
    let models = MemoryReadModels::<Seen>::new();
    let one = || census(&models);
    let other = || Module::new("other");
    let nothing = || async { Ok::<_, Error>(()) };
    let checked = || async { Ok::<_, Error>(Verified::new("all")) };
    let twice = |kind, name: &str, built: NodeBuilder| {
        let error = built.start().map(drop).unwrap_err();
        let told = format!("two {kind}s are called {name}; give one of them another name");
        assert!(error.to_string().starts_with(&told), "{error}");
        assert!(matches!(error, Error::DuplicateName { kind: found, .. } if found == kind));
    };
    let node = || Node::builder(&engine);
    let same = one().projection(models.clone(), Census("census"));
    twice("projection", "census", node().install(&same));
    let again = other().projection(models.clone(), Census("census"));
    twice("projection", "census", node().install(&one()).install(&again));
    twice("projection", "census", node().install(&one()).watch(&again));
    let by_itself = node().install(&one()).projection(models.clone(), Census("census"));
    twice("projection", "census", by_itself);
    twice("module", "census", node().install(&one()).install(&one()));
    twice("job", "rest", node().install(&one()).install(&other().job(Rest("rest"))));
    let verified = other().verifier("v", checked).verifier("v", checked);
    twice("verifier", "v", node().install(&verified));
    let migrated = other().migration("m", nothing).migration("m", nothing);
    twice("migration", "m", node().install(&migrated));
    assert_eq!(models.stored("census").await.unwrap(), None, "nothing was started");
}

#[tokio::test]
async fn migrations_are_run_in_their_order_and_as_often_as_asked() {
    let done: Arc<Mutex<Vec<&str>>> = Arc::default();
    let note = |name: &'static str| {
        let done = done.clone();
        move || {
            let done = done.clone();
            async move {
                done.lock().unwrap().push(name);
                if name == "broken" { Err("on purpose") } else { Ok(()) }
            }
        }
    };
    let module = Module::new("game").migration("b", note("b")).migration("a", note("a"));
    module.migrate().await.unwrap();
    module.clone().migrate().await.unwrap();
    assert_eq!(*done.lock().unwrap(), ["b", "a", "b", "a"]);
    let broken = module.migration("broken", note("broken")).migration("c", note("c"));
    let error = broken.migrate().await.unwrap_err();
    assert_eq!(error.to_string(), "the store failed: migration broken: on purpose");
    assert_eq!(done.lock().unwrap().last(), Some(&"broken"), "none after it");
}

#[tokio::test]
async fn the_state_of_an_aggregate_is_told_by_the_module_that_knows_it() {
    let store = MemoryStore::new();
    let engine = Engine::new(store.clone());
    let id = purse();
    engine.execute::<Purse>(id, PurseCommand::Earn(7)).await.unwrap();
    let history = engine.load::<Purse>(id).await.unwrap();
    let read = aether_core::log::Read::all();
    let events = aether_core::backend::EventStore::read(&store, read).await.unwrap().events;
    let module = Module::new("game").aggregate::<Purse>();
    let kind = <Purse as aether_core::Aggregate>::TYPE;
    let told = module.state(kind, &events).unwrap();
    assert_eq!(told, Some(Json::encode(&history.state).unwrap()));
    assert_eq!(module.state("Chest", &events).unwrap(), None);
    assert_eq!(module.aggregate_types().collect::<Vec<_>>(), [kind]);
}

/// What a purse is made from: stored under the same aggregate type, in streams of its own.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, Shape)]
struct Pattern {
    sewn: u32,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, Event)]
enum PatternEvent {
    Sewn,
}

impl Aggregate for Pattern {
    const TYPE: &'static str = Purse::TYPE;
    type Command = ();
    type Event = PatternEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, (): &(), _: &Facts) -> Result<Vec<PatternEvent>, Self::Error> {
        Ok(vec![PatternEvent::Sewn])
    }

    fn apply(&mut self, _: &PatternEvent) {
        self.sewn += 1;
    }
}

#[tokio::test]
async fn aggregates_that_share_a_type_are_each_told_from_their_own_events() {
    let store = MemoryStore::new();
    let engine = Engine::new(store.clone());
    let module = Module::new("game").aggregate::<Purse>().aggregate::<Pattern>();
    engine.execute::<Purse>(purse(), PurseCommand::Earn(7)).await.unwrap();
    let read = aether_core::log::Read::all();
    let of_purse = aether_core::backend::EventStore::read(&store, read).await.unwrap().events;
    let seen = of_purse.last().map(|it| it.position).unwrap();
    engine.execute::<Pattern>(purse(), ()).await.unwrap();
    let read = aether_core::log::Read::all().after(seen);
    let of_pattern = aether_core::backend::EventStore::read(&store, read).await.unwrap().events;

    let told = module.state(Purse::TYPE, &of_purse).unwrap();
    assert_eq!(told, Some(Json::encode(&Purse { gold: 7 }).unwrap()));
    let told = module.state(Purse::TYPE, &of_pattern).unwrap();
    assert_eq!(told, Some(Json::encode(&Pattern { sewn: 1 }).unwrap()));
    assert_eq!(module.aggregate_types().collect::<Vec<_>>(), [Purse::TYPE]);
}
