//! What a projection is promised: each event has its effect once, one runner writes, one that fails holds up
//! its own aggregate only, and those who wait are told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aether_core::backend::{Checkpoints as _, Order};
use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::node::ShardState;
use aether_core::projection::{
    Delivery, LetterState, ProjectionSettings, Remedy, Shard, Undecodable,
};
use aether_core::{
    AggregateId, AnyEvent, BoxError, Engine, Error, Filter, Node, Position, Projection, Recorded,
    RecordedEvent,
};
use aether_testkit::chaos::{ChaosStore, Fault, Faults, Gate};
use aether_testkit::clock::ManualClock;
use aether_testkit::eventually;

use crate::purse::{Purse, PurseCommand, purse};

mod stored;

/// How often each position was counted.
type Counts = BTreeMap<u64, u32>;

/// Counts events, after having done what its script says: `Err`, panic, or wait.
#[derive(Clone, Default)]
struct Census {
    only: Vec<&'static str>,
    calls: Arc<AtomicUsize>,
    script: Arc<std::sync::Mutex<Vec<Trouble>>>,
    largest: Arc<AtomicUsize>,
    /// Positions that cannot be applied.
    poison: Arc<std::sync::Mutex<BTreeSet<u64>>>,
    /// Whether a poisonous event counts as undecodable.
    undecodable: bool,
    /// Positions whose side effects were called for, in order.
    told: Arc<std::sync::Mutex<Vec<u64>>>,
}

#[derive(Clone)]
enum Trouble {
    Fails,
    Panics,
    /// Tells that it has begun, and goes on when it may.
    Waits(Arc<tokio::sync::Notify>, Arc<tokio::sync::Notify>),
    /// Never comes back.
    Hangs,
}

impl Census {
    fn with(script: Vec<Trouble>) -> Self {
        Self {
            script: Arc::new(script.into_iter().rev().collect::<Vec<_>>().into()),
            ..Self::default()
        }
    }
}

impl Projection<MemoryTx<Counts>> for Census {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "recensement"
    }

    fn filter(&self) -> Filter {
        Filter::all().event_types(self.only.clone())
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut MemoryTx<Counts>,
    ) -> Result<(), BoxError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.largest.fetch_max(events.len(), Ordering::SeqCst);
        for event in events {
            *tx.entry(event.position.get()).or_default() += 1;
        }
        let poison = self.poison.lock().unwrap().clone();
        if let Some(event) = events.iter().find(|event| poison.contains(&event.position.get())) {
            if self.undecodable {
                #[derive(Debug, aether_core::Event, serde::Serialize, serde::Deserialize)]
                enum Unknown {
                    Nothing {},
                }
                event.decode::<Unknown>()?;
            }
            return Err("a poisonous event".into());
        }
        // trouble comes after the writing: all of it must be taken back
        let trouble = self.script.lock().unwrap().pop();
        match trouble {
            Some(Trouble::Fails) => return Err("a failure on purpose".into()),
            Some(Trouble::Panics) => panic!("a panic on purpose"),
            Some(Trouble::Waits(begun, go_on)) => {
                begun.notify_one();
                go_on.notified().await;
            }
            Some(Trouble::Hangs) => std::future::pending().await,
            None => {}
        }
        Ok(())
    }

    async fn committed(&self, events: &[Recorded<AnyEvent>]) {
        self.told.lock().unwrap().extend(events.iter().map(|event| event.position.get()));
    }
}

struct Setting {
    engine: Engine,
    models: MemoryReadModels<Counts>,
    settings: ProjectionSettings,
}

impl Setting {
    fn new() -> Self {
        let settings = ProjectionSettings::default().batch_size(10);
        Self { engine: Engine::new(MemoryStore::new()), models: MemoryReadModels::new(), settings }
    }

    async fn earn(&self, times: u32) -> Position {
        self.earn_in(purse(), times).await
    }

    async fn earn_in(&self, id: AggregateId, times: u32) -> Position {
        let mut last = Position::START;
        for _ in 0..times {
            let executed = self.engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
            last = executed.position().unwrap();
        }
        last
    }

    fn run(&self, census: &Census) -> Node {
        Node::builder(&self.engine)
            .projection(self.models.clone(), census.clone().with(self.settings.clone()))
            .start()
            .unwrap()
    }

    /// Without a node: what it does with batches.
    async fn delivery(&self, census: &Census) -> Delivery<MemoryReadModels<Counts>> {
        let census = census.clone().with(self.settings.clone());
        let mut delivery = Delivery::new(self.models.clone(), census, Shard::whole(NAME));
        delivery.claim(1).await.unwrap();
        delivery
    }

    async fn log(&self) -> Vec<RecordedEvent> {
        self.engine.store().read(aether_core::log::Read::all()).await.unwrap().events
    }

    fn counted(&self) -> Vec<u64> {
        let counts = self.models.model();
        assert!(counts.values().all(|count| *count == 1), "{counts:?}");
        counts.keys().copied().collect()
    }

    fn assert_counted_once(&self, last: u64) {
        assert_eq!(self.counted(), (1..=last).collect::<Vec<_>>());
    }

    async fn letters(&self) -> Vec<(u64, LetterState)> {
        let letters = self.models.letters(NAME, None).await.unwrap();
        letters.iter().map(|letter| (letter.position.get(), letter.state)).collect()
    }
}

const NAME: &str = "recensement";

#[tokio::test]
async fn who_waits_for_a_position_reads_its_own_writes() {
    let setting = Setting::new();
    let node = setting.run(&Census::default());
    for round in 1..=5 {
        let last = setting.earn(3).await;
        node.wait_for(NAME, last).await.unwrap();
        setting.assert_counted_once(round * 3);
    }
    node.wait_for(NAME, Position::new(1)).await.unwrap();
    let told = node.wait_for("other", Position::new(1)).await.unwrap_err();
    assert!(told.to_string().contains("recensement"), "{told}");
    node.stop().await.unwrap();
    let checkpoint = setting.models.checkpoint(&Shard::whole(NAME)).await.unwrap();
    assert_eq!(checkpoint.position.get(), 15);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_or_panics_now_and_then_loses_and_doubles_nothing() {
    let setting = Setting::new();
    let last = setting.earn(25).await;
    let census = Census::with(vec![Trouble::Fails, Trouble::Panics, Trouble::Fails]);
    let node = setting.run(&census);
    node.wait_for(NAME, last).await.unwrap();
    setting.assert_counted_once(25);
    assert_eq!(census.largest.load(Ordering::SeqCst), 10, "no batch is larger than asked for");
    assert_eq!(setting.letters().await, []);
    node.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_is_ended_and_the_batch_comes_again() {
    let setting = Setting::new();
    let last = setting.earn(25).await;
    let node = setting.run(&Census::with(vec![Trouble::Hangs]));
    node.wait_for(NAME, last).await.unwrap();
    setting.assert_counted_once(25);
    node.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_event_that_fails_is_parked_and_holds_up_its_own_aggregate_only() {
    let setting = Setting::new();
    let (first, second) = (purse(), purse());
    for _ in 0..5 {
        setting.earn_in(first, 1).await;
        setting.earn_in(second, 1).await;
    }
    let census = Census::default();
    census.poison.lock().unwrap().insert(3);
    let node = setting.run(&census);
    node.wait_for(NAME, Position::new(10)).await.unwrap();
    assert_eq!(setting.counted(), [1, 2, 4, 6, 8, 10]);
    use LetterState::{Failed, Waiting};
    assert_eq!(setting.letters().await, [(3, Failed), (5, Waiting), (7, Waiting), (9, Waiting)]);
    let letter = &setting.models.letters(NAME, None).await.unwrap()[0];
    assert_eq!(letter.attempts, 3);
    assert!(letter.error.as_ref().unwrap().contains("poisonous"), "{letter:?}");
    // also those that come later, and after a restart
    node.stop().await.unwrap();
    let node = setting.run(&census);
    let last = setting.earn_in(first, 1).await;
    setting.earn_in(second, 1).await;
    node.wait_for(NAME, Position::new(12)).await.unwrap();
    assert_eq!(setting.letters().await.last(), Some(&(last.get(), Waiting)));
    assert_eq!(setting.counted(), [1, 2, 4, 6, 8, 10, 12]);

    // retried without a cure it fails again, and nothing else has changed
    assert_eq!(
        setting.models.order(NAME, Order::Letter(Position::new(3), Remedy::Retry)).await.unwrap(),
        1
    );
    let failed_again = async || {
        let letters = setting.models.letters(NAME, None).await.unwrap();
        (letters[0].attempts == 6 && letters[0].state == Failed).then_some(())
    };
    eventually("it was tried again", failed_again).await;
    // cured, it goes through with all that waited
    census.poison.lock().unwrap().clear();
    assert_eq!(
        setting.models.order(NAME, Order::Letter(Position::new(3), Remedy::Retry)).await.unwrap(),
        1
    );
    eventually("no letter is left", async || setting.letters().await.is_empty().then_some(()))
        .await;
    setting.assert_counted_once(12);
    let order = setting.engine.store().read(aether_core::log::Read::all()).await.unwrap().events;
    let told = census.told.lock().unwrap().clone();
    let of_first: Vec<u64> =
        told.into_iter().filter(|p| order[*p as usize - 1].aggregate_id == first).collect();
    assert_eq!(of_first, [1, 3, 5, 7, 9, 11], "the aggregate's order is kept");
    let last = setting.earn_in(first, 1).await;
    node.wait_for(NAME, last).await.unwrap();
    setting.assert_counted_once(13);
    node.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_skipped_event_is_left_out_and_its_aggregate_goes_on() {
    let setting = Setting::new();
    let last = setting.earn(6).await;
    let census = Census::default();
    census.poison.lock().unwrap().insert(2);
    let node = setting.run(&census);
    let told = node.wait_for(NAME, last).await.unwrap_err();
    assert!(matches!(told, Error::Parked { .. }), "{told}");
    assert_eq!(setting.counted(), [1]);
    assert_eq!(
        setting.models.order(NAME, Order::Letter(Position::new(3), Remedy::Skip)).await.unwrap(),
        0
    );
    assert_eq!(
        setting.models.order(NAME, Order::Letter(Position::new(2), Remedy::Skip)).await.unwrap(),
        1
    );
    let skipped = vec![(2, LetterState::Skipped)];
    eventually("it is left out", async || (setting.letters().await == skipped).then_some(())).await;
    assert_eq!(setting.counted(), [1, 3, 4, 5, 6]);
    let last = setting.earn(1).await;
    node.wait_for(NAME, last).await.unwrap();
    node.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_remedy_that_a_crash_cut_off_is_finished_by_the_next_runner() {
    let setting = Setting::new();
    setting.earn(4).await;
    let census = Census::default();
    census.poison.lock().unwrap().insert(1);
    let mut delivery = setting.delivery(&census).await;
    delivery.apply(&setting.log().await, Position::new(4)).await.unwrap();
    assert_eq!(setting.letters().await.len(), 4);
    // the failed one goes through, then the runner dies in the next one
    census.poison.lock().unwrap().clear();
    setting.models.order(NAME, Order::Letter(Position::new(1), Remedy::Retry)).await.unwrap();
    let ordered = setting.models.orders(&Shard::whole(NAME)).await.unwrap().remedies;
    census.script.lock().unwrap().extend([
        Trouble::Hangs,
        Trouble::Waits(Arc::default(), {
            let go_on = Arc::new(tokio::sync::Notify::new());
            go_on.notify_one();
            go_on
        }),
    ]);
    let store = setting.engine.store().clone();
    let remedy = delivery.remedy(store.as_ref(), &ordered[0]);
    tokio::time::timeout(Duration::from_secs(1), remedy).await.unwrap_err();
    assert_eq!(setting.letters().await.len(), 3);
    let node = setting.run(&census);
    eventually("no letter is left", async || setting.letters().await.is_empty().then_some(()))
        .await;
    setting.assert_counted_once(4);
    node.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn undecodable_events_follow_the_policy() {
    for policy in [Undecodable::Stop, Undecodable::Skip, Undecodable::Park] {
        let mut setting = Setting::new();
        setting.settings.undecodable = policy;
        let last = setting.earn(5).await;
        let census = Census { undecodable: true, ..Census::default() };
        census.poison.lock().unwrap().insert(3);
        let node = setting.run(&census);
        match policy {
            Undecodable::Stop => {
                let told = node.wait_for(NAME, last).await.unwrap_err();
                assert!(told.to_string().contains("cannot be decoded"), "{told}");
                assert_eq!(setting.counted(), [1, 2], "nothing is left out");
                let failure = setting.models.failure(&Shard::whole(NAME)).unwrap();
                assert!(failure.contains("cannot be decoded"), "{failure}");
                let health = node.health().await.unwrap();
                assert!(matches!(health.shards[0].state, ShardState::Failed(_)));
                assert!(!health.is_ready(Duration::from_secs(3600)));
                // newer code is deployed
                census.poison.lock().unwrap().clear();
                let health =
                    async || node.health().await.unwrap().is_ready(Duration::ZERO).then_some(());
                eventually("it has gone on by itself", health).await;
                setting.assert_counted_once(5);
                assert_eq!(setting.models.failure(&Shard::whole(NAME)), None);
            }
            Undecodable::Skip => {
                node.wait_for(NAME, last).await.unwrap();
                assert_eq!(setting.counted(), [1, 2, 4, 5]);
                assert_eq!(setting.letters().await, []);
            }
            Undecodable::Park => {
                let told = node.wait_for(NAME, last).await.unwrap_err();
                assert!(matches!(told, Error::Parked { .. }), "{told}");
                assert_eq!(setting.counted(), [1, 2]);
                assert_eq!(setting.letters().await.len(), 3);
                assert_eq!(setting.models.letters(NAME, None).await.unwrap()[0].attempts, 1);
            }
        }
        node.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_manual_clock_drives_the_pauses_between_attempts() {
    let setting = Setting::new();
    setting.earn(1).await;
    let census = Census::default();
    census.poison.lock().unwrap().insert(1);
    let clock = ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap());
    let settings = setting.settings.clone().backoff(Duration::from_secs(3600));
    let patient = census.clone().with(settings);
    let mut delivery =
        Delivery::new(setting.models.clone(), patient, Shard::whole(NAME)).clock(clock.clone());
    delivery.claim(1).await.unwrap();
    let events = setting.log().await;
    let calls = census.calls.clone();
    let applying = tokio::spawn(async move { delivery.apply(&events, Position::new(1)).await });
    for (attempt, hours) in [(1, 1), (2, 2)] {
        let tried = async || (calls.load(Ordering::SeqCst) == attempt).then_some(());
        eventually("it was tried", tried).await;
        clock.advance(Duration::from_hours(hours));
    }
    applying.await.unwrap().unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 3);
    assert_eq!(setting.letters().await, [(1, LetterState::Failed)]);
}

#[tokio::test]
async fn a_runner_that_was_paused_while_another_took_over_cannot_write() {
    let setting = Setting::new();
    let last = setting.earn(5).await;
    let (begun, go_on) =
        (Arc::<tokio::sync::Notify>::default(), Arc::<tokio::sync::Notify>::default());
    let paused = Census::with(vec![Trouble::Waits(begun.clone(), go_on.clone())]);
    let mut old = setting.delivery(&paused).await;
    let events = setting.log().await;
    let applying = tokio::spawn(async move { old.apply(&events, last).await });
    begun.notified().await;
    // it has projected and not committed; memory transactions go one after another
    setting.models.claim(&Shard::whole(NAME), 2).await.unwrap();
    go_on.notify_one();
    let told = applying.await.unwrap().unwrap_err();
    assert!(matches!(told, Error::ShardTaken { .. }), "{told}");
    assert!(setting.models.model().is_empty());
    assert!(paused.told.lock().unwrap().is_empty(), "no side effects of what was not committed");
    let refused = setting.models.claim(&Shard::whole(NAME), 1).await.unwrap_err();
    assert!(matches!(refused, Error::ShardTaken { .. }), "{refused}");
}

#[tokio::test]
async fn stopping_finishes_the_batch_at_hand() {
    let setting = Setting::new();
    setting.earn(25).await;
    let (begun, go_on) =
        (Arc::<tokio::sync::Notify>::default(), Arc::<tokio::sync::Notify>::default());
    let node = setting.run(&Census::with(vec![Trouble::Waits(begun.clone(), go_on.clone())]));
    begun.notified().await;
    let stopping = tokio::spawn({
        let node = node.clone();
        async move { node.stop().await }
    });
    tokio::task::yield_now().await;
    assert!(!stopping.is_finished(), "it waits for the batch");
    go_on.notify_one();
    stopping.await.unwrap().unwrap();
    setting.assert_counted_once(10);
    let checkpoint = setting.models.checkpoint(&Shard::whole(NAME)).await.unwrap();
    assert_eq!(checkpoint.position.get(), 10);
    let told = node.wait_for(NAME, Position::new(99)).await.unwrap_err();
    assert!(matches!(told, Error::Closed), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_a_while_is_waited_for() {
    let setting = Setting::new();
    let last = setting.earn(25).await;
    let chaos = ChaosStore::wrap(setting.engine.store().clone(), Faults::none());
    (0..9).for_each(|_| chaos.next_read(Fault::Unavailable));
    let node = Node::builder(&Engine::new(chaos.clone()))
        .projection(setting.models.clone(), Census::default().with(setting.settings.clone()))
        .start()
        .unwrap();
    node.wait_for(NAME, last).await.unwrap();
    assert_eq!(chaos.unplayed(), 0);
    setting.assert_counted_once(25);
    node.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_checkpoint_moves_past_events_that_are_not_wanted() {
    let setting = Setting::new();
    let census = Census { only: vec!["GoldPaid"], ..Census::default() };
    let node = setting.run(&census);
    let last = setting.earn(30).await;
    node.wait_for(NAME, last).await.unwrap();
    let moved = async || {
        let stored = setting.models.checkpoint(&Shard::whole(NAME)).await.unwrap();
        (stored.position == last).then_some(())
    };
    eventually("a restart does not read them again", moved).await;
    assert_eq!((census.calls.load(Ordering::SeqCst), setting.models.model().len()), (0, 0));
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_gate_in_the_log_holds_the_projection_and_nothing_is_lost() {
    let setting = Setting::new();
    let last = setting.earn(5).await;
    let chaos = ChaosStore::wrap(setting.engine.store().clone(), Faults::none());
    let gate = Gate::new();
    chaos.next_read(Fault::HoldReply(gate.clone()));
    let node = Node::builder(&Engine::new(chaos))
        .projection(setting.models.clone(), Census::default())
        .start()
        .unwrap();
    gate.reached().await;
    setting.earn(5).await;
    assert!(setting.models.model().is_empty());
    gate.open();
    node.wait_for(NAME, Position::new(last.get() + 5)).await.unwrap();
    setting.assert_counted_once(10);
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_checkpoint_behind_the_end_of_the_log_is_reported_and_never_used() {
    let setting = Setting::new();
    setting.earn(5).await;
    // the log was restored from an older backup, the read model was not
    let shard = Shard::whole(NAME);
    setting.models.claim(&shard, 0).await.unwrap();
    let mut delivery = setting.delivery(&Census::default()).await;
    delivery.apply(&[], Position::new(50)).await.unwrap();
    let node = setting.run(&Census::default());
    let told = node.wait_for(NAME, Position::new(51)).await.unwrap_err();
    assert!(told.to_string().contains("restored from a backup"), "{told}");
    assert!(setting.models.failure(&shard).unwrap().contains("restored from a backup"));
    setting.earn(5).await;
    assert!(setting.models.model().is_empty());
    node.stop().await.unwrap();
}

#[tokio::test]
async fn shards_share_the_aggregates_and_keep_the_order_of_each() {
    let mut setting = Setting::new();
    setting.settings.shards = 7;
    let purses: Vec<_> = (0..20).map(|_| purse()).collect();
    let census = Census::default();
    let node = setting.run(&census);
    let mut last = Position::START;
    for _ in 0..5 {
        for id in &purses {
            last = setting.earn_in(*id, 1).await;
        }
    }
    node.wait_for(NAME, last).await.unwrap();
    setting.assert_counted_once(100);
    assert_eq!(node.health().await.unwrap().shards.len(), 7);
    let log = setting.log().await;
    let told = census.told.lock().unwrap().clone();
    for id in purses {
        let of_one: Vec<u64> =
            told.iter().copied().filter(|p| log[*p as usize - 1].aggregate_id == id).collect();
        assert!(of_one.is_sorted() && of_one.len() == 5, "{of_one:?}");
    }
    node.stop().await.unwrap();
    // the number of shards belongs to the projection, not to the node that runs it
    setting.settings.shards = 2;
    let node = setting.run(&census);
    node.wait_for(NAME, setting.earn(1).await).await.unwrap();
    assert_eq!(node.health().await.unwrap().shards.len(), 7);
    setting.assert_counted_once(101);
    node.stop().await.unwrap();
}
