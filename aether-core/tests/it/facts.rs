//! What decisions are told of time, chance and user.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::chrono::{DateTime, TimeDelta, Utc};
use aether_core::log::Load;
use aether_core::memory::MemoryStore;
use aether_core::time::{Clock as _, SeededRandom};
use aether_core::{Aggregate, AggregateId, Context, Engine, Event, Facts, Shape, Version};
use aether_testkit::clock::ManualClock;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Writes down what each decision was told.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Witness;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum WitnessEvent {
    Asked { seed: u64 },
}

/// Where the decisions are written down; a minute passes with each.
struct Ask {
    clock: ManualClock,
    told: Arc<Mutex<Vec<Facts>>>,
}

impl Aggregate for Witness {
    const TYPE: &'static str = "Witness";
    type Command = Ask;
    type Event = WitnessEvent;
    type Error = Infallible;

    fn decide(&self, ask: &Ask, facts: &Facts) -> Result<Vec<WitnessEvent>, Infallible> {
        ask.told.lock().unwrap().push(facts.clone());
        ask.clock.advance(Duration::from_mins(1));
        Ok(vec![WitnessEvent::Asked { seed: facts.seed() }])
    }

    fn apply(&mut self, _: &WitnessEvent) {}
}

/// A store with a clock and what its decisions were told.
struct Trial {
    store: MemoryStore,
    clock: ManualClock,
    told: Arc<Mutex<Vec<Facts>>>,
}

fn noon() -> DateTime<Utc> {
    "2026-05-01T12:00:00.000001Z".parse().unwrap()
}

fn id() -> AggregateId {
    AggregateId::new(Uuid::now_v7())
}

impl Trial {
    fn new() -> Self {
        Self { store: MemoryStore::new(), clock: ManualClock::at(noon()), told: Arc::default() }
    }

    fn engine(&self, seed: u64) -> Engine {
        Engine::builder(self.store.clone())
            .clock(self.clock.clone())
            .random(SeededRandom::new(seed))
            .build()
    }

    fn ask(&self) -> Ask {
        Ask { clock: self.clock.clone(), told: self.told.clone() }
    }

    fn told(&self) -> Vec<Facts> {
        std::mem::take(&mut self.told.lock().unwrap())
    }

    async fn times(&self, id: AggregateId) -> Vec<DateTime<Utc>> {
        let history = self.store.load(Load::stream(Witness::stream(id))).await.unwrap();
        history.events.iter().map(|event| event.timestamp).collect()
    }
}

#[tokio::test]
async fn time_seed_and_user_stay_over_a_retry_and_the_version_changes() {
    let trial = Trial::new();
    let (one, other, id) = (trial.engine(1), trial.engine(2), id());
    one.execute::<Witness>(id, trial.ask()).await.unwrap();
    other.execute::<Witness>(id, trial.ask()).await.unwrap();
    trial.told();
    let arrived = trial.clock.now();

    // its cached state is old: it is decided twice, and a minute passes between
    let context = Context::new().user("player-1042");
    one.execute::<Witness>(id, trial.ask()).with(&context).await.unwrap();
    let [first, second] = &trial.told()[..] else { panic!("not decided twice") };
    assert_eq!((first.version(), second.version()), (Version::new(1), Version::new(2)));
    assert_eq!((first.now(), second.now()), (arrived, arrived));
    assert_eq!(first.seed(), second.seed());
    assert_eq!((first.user(), second.user()), (Some("player-1042"), Some("player-1042")));
    assert_eq!(trial.times(id).await[2], arrived, "the time of the event is the decision's");
}

#[tokio::test]
async fn a_time_that_was_given_is_the_time_of_the_decision() {
    let trial = Trial::new();
    let (engine, id) = (trial.engine(1), id());
    let late = noon() - TimeDelta::days(2);
    engine.execute::<Witness>(id, trial.ask()).with(&Context::new().timestamp(late)).await.unwrap();
    engine.execute::<Witness>(id, trial.ask()).await.unwrap();
    let told = trial.told();
    assert_eq!(told[0].now(), late);
    assert_eq!(told[1].now(), noon() + TimeDelta::minutes(1), "not before: the clock's");
    assert_eq!(told[1].user(), None);
    assert_eq!(trial.times(id).await, [told[0].now(), told[1].now()]);
}

#[tokio::test]
async fn all_decisions_of_a_unit_share_time_seed_and_user() {
    let trial = Trial::new();
    let (engine, a, b) = (trial.engine(1), id(), id());
    engine
        .atomic(Context::new().user("guild"))
        .command::<Witness>(a, trial.ask())
        .command::<Witness>(b, trial.ask())
        .command::<Witness>(a, trial.ask())
        .commit()
        .await
        .unwrap();
    let told = trial.told();
    let versions: Vec<_> = told.iter().map(|facts| facts.version().get()).collect();
    assert_eq!(versions, [0, 0, 1], "a decision sees the events before it in the unit");
    for facts in &told {
        assert_eq!((facts.now(), facts.user()), (noon(), Some("guild")));
        assert_eq!(facts.seed(), told[0].seed());
    }
    assert_eq!(trial.times(a).await, [noon(), noon()]);
}

#[tokio::test]
async fn each_command_has_a_seed_of_its_own_and_a_seeded_engine_gives_the_same_ones() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let trial = Trial::new();
        let engine = trial.engine(7);
        for _ in 0..3 {
            engine.execute::<Witness>(id(), trial.ask()).await.unwrap();
        }
        runs.push(trial.told().iter().map(Facts::seed).collect::<Vec<_>>());
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0][0] != runs[0][1] && runs[0][1] != runs[0][2], "{runs:?}");
}

#[tokio::test]
async fn the_clock_and_the_time_of_an_engine_can_be_asked_from_outside() {
    let trial = Trial::new();
    let engine = trial.engine(1);
    trial.clock.advance(Duration::from_hours(1));
    assert_eq!(engine.now(), noon() + TimeDelta::hours(1));
    assert_eq!(engine.clock().now(), engine.now());
}
