//! What a projection is promised: each event has its effect once, one runner writes, and whoever
//! waits is told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aether_core::{
    BoxError, Engine, Error, EventStore, Filter, MemoryReadModels, MemoryStore, MemoryTx, Position,
    Projection, Projector, ProjectorHandle, ReadModels as _, RecordedEvent,
};
use aether_testkit::chaos::{ChaosStore, Fault, Faults, Gate};
use aether_testkit::contract::eventually;
use async_trait::async_trait;

use crate::purse::{Bourse, Ordre, purse};

/// How often each position was counted.
type Counts = BTreeMap<u64, u32>;

/// Counts events, after having done what its script says: `Err`, panic, or wait.
#[derive(Clone, Default)]
struct Census {
    only: Vec<&'static str>,
    calls: Arc<AtomicUsize>,
    script: Arc<std::sync::Mutex<Vec<Trouble>>>,
    largest: Arc<AtomicUsize>,
}

#[derive(Clone)]
enum Trouble {
    Fails,
    Panics,
    /// Tells that it has begun, and goes on when it may.
    Waits(Arc<tokio::sync::Notify>, Arc<tokio::sync::Notify>),
}

impl Census {
    fn with(script: Vec<Trouble>) -> Self {
        Self {
            script: Arc::new(script.into_iter().rev().collect::<Vec<_>>().into()),
            ..Self::default()
        }
    }
}

#[async_trait]
impl Projection<MemoryTx<Counts>> for Census {
    fn name(&self) -> &'static str {
        "recensement"
    }

    fn filter(&self) -> Filter {
        Filter::all().event_types(self.only.clone())
    }

    async fn project(
        &self,
        events: &[RecordedEvent],
        tx: &mut MemoryTx<Counts>,
    ) -> Result<(), BoxError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.largest.fetch_max(events.len(), Ordering::SeqCst);
        for event in events {
            *tx.entry(event.position.get()).or_default() += 1;
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
            None => {}
        }
        Ok(())
    }
}

struct Setting {
    engine: Engine,
    models: Arc<MemoryReadModels<Counts>>,
}

impl Setting {
    fn new() -> Self {
        Self { engine: Engine::new(MemoryStore::new()), models: Arc::default() }
    }

    async fn earn(&self, times: u32) -> Position {
        let id = purse();
        let mut last = Position::START;
        for _ in 0..times {
            let executed = self.engine.execute::<Bourse>(id, &Ordre::Gagner(1)).await.unwrap();
            last = executed.position().unwrap();
        }
        last
    }

    fn run(&self, census: &Census) -> ProjectorHandle {
        let store = self.engine.store().clone();
        Projector::new(store, self.models.clone(), census.clone()).batch_size(10).start()
    }

    fn assert_counted_once(&self, last: u64) {
        assert_eq!(
            *self.models.model(),
            (1..=last).map(|position| (position, 1)).collect::<Counts>()
        );
    }
}

#[tokio::test]
async fn whoever_waits_for_a_position_reads_its_own_writes() {
    let setting = Setting::new();
    let projector = setting.run(&Census::default());
    for round in 1..=5 {
        let last = setting.earn(3).await;
        projector.wait_for(last).await.unwrap();
        setting.assert_counted_once(round * 3);
        assert!(projector.position() >= last);
    }
    projector.wait_for(Position::new(1)).await.unwrap();
    projector.stop().await.unwrap();
    let checkpoint = setting.models.checkpoint("recensement").await.unwrap();
    assert_eq!((checkpoint.position.get(), checkpoint.epoch), (15, 1));
}

#[tokio::test(start_paused = true)]
async fn failing_and_panicking_handlers_are_rolled_back_and_tried_again() {
    let setting = Setting::new();
    let last = setting.earn(25).await;
    let census = Census::with(vec![Trouble::Fails, Trouble::Panics]);
    let projector = setting.run(&census);
    projector.wait_for(last).await.unwrap();
    setting.assert_counted_once(25);
    assert_eq!(census.calls.load(Ordering::SeqCst), 2 + 3);
    assert_eq!(census.largest.load(Ordering::SeqCst), 10, "no batch is larger than asked for");
    projector.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_goes_on_failing_stops_the_projector_which_says_why() {
    for trouble in [Trouble::Fails, Trouble::Panics] {
        let setting = Setting::new();
        let last = setting.earn(5).await;
        let census = Census::with(vec![trouble; 3]);
        let projector = setting.run(&census);
        let told = projector.wait_for(last).await.unwrap_err();
        assert!(told.to_string().contains("on purpose"), "{told}");
        assert_eq!(census.calls.load(Ordering::SeqCst), 3);
        assert!(projector.failure().is_some());
        assert!(setting.models.model().is_empty(), "nothing of the batch is left");
        projector.stop().await.unwrap_err();
        // the next runner finds the batch as it was
        let projector = setting.run(&census);
        projector.wait_for(last).await.unwrap();
        setting.assert_counted_once(5);
        projector.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_runner_that_was_paused_while_another_took_over_can_not_write() {
    let setting = Setting::new();
    let last = setting.earn(5).await;
    let (begun, go_on) = (Arc::<tokio::sync::Notify>::default(), Arc::default());
    let paused = Census::with(vec![Trouble::Waits(begun.clone(), Arc::clone(&go_on))]);
    let old = setting.run(&paused);
    begun.notified().await;
    // it has projected and not committed; memory transactions go one after another
    let checkpoint = setting.models.claim("recensement").await.unwrap();
    assert_eq!(checkpoint.epoch, 2);
    go_on.notify_one();
    let told = old.wait_for(last).await.unwrap_err();
    assert!(told.to_string().contains("somebody else"), "{told}");
    assert!(matches!(old.failure().as_deref(), Some(Error::Fenced { .. })), "{:?}", old.failure());
    assert!(setting.models.model().is_empty());
    let new = setting.run(&Census::default());
    new.wait_for(last).await.unwrap();
    setting.assert_counted_once(5);
    new.stop().await.unwrap();
}

#[tokio::test]
async fn the_runner_that_starts_last_takes_over() {
    let setting = Setting::new();
    let old = setting.run(&Census::default());
    old.wait_for(setting.earn(3).await).await.unwrap();
    let new = setting.run(&Census::default());
    let ask = async || {
        let epoch = setting.models.checkpoint("recensement").await.unwrap().epoch;
        (epoch == 2).then_some(())
    };
    eventually("the new one has claimed", ask).await;
    let last = setting.earn(4).await;
    new.wait_for(last).await.unwrap();
    setting.assert_counted_once(7);
    let ask = async || old.failure();
    let told = eventually("the old one gives up", ask).await;
    assert!(matches!(*told, Error::Fenced { .. }), "{told:?}");
    new.stop().await.unwrap();
}

#[tokio::test]
async fn stopping_finishes_the_batch_at_hand() {
    let setting = Setting::new();
    let last = setting.earn(25).await;
    let (begun, go_on) =
        (Arc::<tokio::sync::Notify>::default(), Arc::<tokio::sync::Notify>::default());
    let census = Census::with(vec![Trouble::Waits(begun.clone(), go_on.clone())]);
    let projector = setting.run(&census);
    begun.notified().await;
    let waiting = projector.wait_for(last);
    let mut waiting = Box::pin(waiting);
    assert!(futures::FutureExt::now_or_never(&mut waiting).is_none());
    drop(waiting);
    let stopping = tokio::spawn(projector.stop());
    tokio::task::yield_now().await;
    assert!(!stopping.is_finished(), "it waits for the batch");
    go_on.notify_one();
    stopping.await.unwrap().unwrap();
    setting.assert_counted_once(10);
    let checkpoint = setting.models.checkpoint("recensement").await.unwrap();
    assert_eq!(checkpoint.position.get(), 10);
}

#[tokio::test]
async fn whoever_waits_for_a_stopped_projector_is_told() {
    let setting = Setting::new();
    let projector = setting.run(&Census::default());
    projector.wait_for(setting.earn(1).await).await.unwrap();
    let waiting = projector.wait_for(Position::new(99));
    let mut waiting = Box::pin(waiting);
    assert!(futures::FutureExt::now_or_never(&mut waiting).is_none());
    drop(waiting);
    projector.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_a_while_is_waited_for() {
    let setting = Setting::new();
    let last = setting.earn(25).await;
    let chaos = ChaosStore::wrap(setting.engine.store().clone(), Faults::none());
    (0..9).for_each(|_| chaos.next_read(Fault::Unavailable));
    let projector =
        Projector::new(Arc::new(chaos.clone()), setting.models.clone(), Census::default())
            .batch_size(10)
            .start();
    projector.wait_for(last).await.unwrap();
    assert_eq!(chaos.unplayed(), 0);
    setting.assert_counted_once(25);
    projector.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_checkpoint_moves_past_events_that_are_not_wanted() {
    let setting = Setting::new();
    let census = Census { only: vec!["OrPaye"], ..Census::default() };
    let projector = setting.run(&census);
    projector.wait_for(setting.earn(30).await).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let last = setting.earn(1).await;
    projector.wait_for(last).await.unwrap();
    let checkpoint = setting.models.checkpoint("recensement").await.unwrap();
    assert_eq!(checkpoint.position, last, "a restart does not read them again");
    assert_eq!((census.calls.load(Ordering::SeqCst), setting.models.model().len()), (0, 0));
    projector.stop().await.unwrap();
}

#[tokio::test]
async fn a_gate_in_the_log_holds_the_projector_and_nothing_is_lost() {
    let setting = Setting::new();
    let last = setting.earn(5).await;
    let chaos = ChaosStore::wrap(setting.engine.store().clone(), Faults::none());
    let gate = Gate::new();
    chaos.next_read(Fault::HoldReply(gate.clone()));
    let store: Arc<dyn EventStore> = Arc::new(chaos);
    let projector = Projector::new(store, setting.models.clone(), Census::default()).start();
    gate.reached().await;
    setting.earn(5).await;
    assert!(setting.models.model().is_empty());
    gate.open();
    projector.wait_for(Position::new(last.get() + 5)).await.unwrap();
    setting.assert_counted_once(10);
    projector.stop().await.unwrap();
}
