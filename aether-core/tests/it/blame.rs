//! What the failure of a handler is about: an event only if nothing else explains it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use aether_core::backend::Checkpoints as _;
use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::projection::{Delivery, ProjectionSettings, Shard, Undecodable};
use aether_core::{
    AnyEvent, BoxError, Engine, Error, Position, Projection, Recorded, RecordedEvent,
};
use aether_testkit::DEADLINE;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tokio::sync::Notify;

use crate::purse::{Purse, PurseCommand, purse};

const NAME: &str = "ledger";

/// What a projection says of an event.
type Failure = fn(&RecordedEvent) -> BoxError;

/// Fails always, as it is told.
#[derive(Clone, Default)]
struct Ledger {
    calls: Arc<AtomicUsize>,
    fails_with: Arc<std::sync::Mutex<Option<Failure>>>,
    /// Where the first call stands still before it fails: begun, go on.
    held: Option<(Arc<Notify>, Arc<Notify>)>,
}

impl Projection<MemoryTx<u64>> for Ledger {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        NAME
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut MemoryTx<u64>,
    ) -> Result<(), BoxError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        **tx += events.len() as u64;
        if let Some((begun, go_on)) = self.held.as_ref().filter(|_| call == 0) {
            begun.notify_one();
            go_on.notified().await;
        }
        let fails_with = *self.fails_with.lock().unwrap();
        fails_with.map_or(Ok(()), |error| Err(error(&events[0])))
    }
}

/// Counts the events that were parked.
#[derive(Default)]
struct Parked(Arc<AtomicU64>);

impl Recorder for Parked {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.name() {
            "event_handler_dlq_total" => Counter::from_arc(self.0.clone()),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

struct Setting {
    models: MemoryReadModels<u64>,
    events: Vec<RecordedEvent>,
}

impl Setting {
    async fn with_events(count: u32) -> Self {
        let engine = Engine::new(MemoryStore::new());
        let id = purse();
        for _ in 0..count {
            engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
        }
        let events = engine.store().read(aether_core::log::Read::all()).await.unwrap().events;
        Self { models: MemoryReadModels::new(), events }
    }

    async fn delivery(
        &self,
        ledger: &Ledger,
        undecodable: Undecodable,
    ) -> Delivery<MemoryReadModels<u64>> {
        let settings = ProjectionSettings::default().undecodable(undecodable);
        let ledger = ledger.clone().with(settings);
        let mut delivery = Delivery::new(self.models.clone(), ledger, Shard::whole(NAME));
        delivery.claim(1).await.unwrap();
        delivery
    }

    fn end(&self) -> Position {
        Position::new(self.events.len() as u64)
    }
}

/// A rebuild that swaps the tables, or another node, has applied the events already.
#[tokio::test(start_paused = true)]
async fn a_failure_of_a_shard_that_others_have_taken_over_is_no_failure_of_the_event() {
    let parked = Parked::default();
    let _recording = metrics::set_default_local_recorder(&parked);
    let setting = Setting::with_events(3).await;
    let held = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let ledger = Ledger { held: Some(held.clone()), ..Ledger::default() };
    *ledger.fails_with.lock().unwrap() = Some(|_| "it is there already".into());
    let mut delivery = setting.delivery(&ledger, Undecodable::Stop).await;
    let events = setting.events.clone();
    let end = setting.end();
    let taken_over = async {
        held.0.notified().await;
        setting.models.claim(&Shard::whole(NAME), 2).await.unwrap();
        held.1.notify_one();
    };
    let (applied, ()) = tokio::join!(delivery.apply(&events, end), taken_over);
    assert!(matches!(applied, Err(Error::ShardTaken { .. })), "{applied:?}");
    assert_eq!(ledger.calls.load(Ordering::SeqCst), 1, "it is not tried again");
    assert_eq!(setting.models.letters(NAME, None).await.unwrap(), []);
    assert_eq!(parked.0.load(Ordering::SeqCst), 0);
    // one that is to blame is parked, counted once, and later events of its aggregate wait
    let mut delivery = Delivery::new(setting.models.clone(), ledger, Shard::whole(NAME));
    delivery.claim(3).await.unwrap();
    delivery.apply(&events, end).await.unwrap();
    assert_eq!(setting.models.letters(NAME, None).await.unwrap().len(), 3);
    assert_eq!(parked.0.load(Ordering::SeqCst), 1);
}

/// As error libraries do: what the cause says, and the cause as the source.
#[derive(Debug, thiserror::Error)]
#[error("the event was not applied")]
struct Wrapped(#[source] BoxError);

#[derive(Debug, aether_core::Event, serde::Serialize, serde::Deserialize)]
enum Unknown {
    Nothing {},
}

#[tokio::test(start_paused = true)]
async fn an_undecodable_event_and_a_foreign_read_model_are_recognised_through_other_errors() {
    let undecodable: [fn(&RecordedEvent) -> BoxError; 3] = [
        |event| event.decode::<Unknown>().unwrap_err().into(),
        |event| Wrapped(event.decode::<Unknown>().unwrap_err().into()).into(),
        // what is left of the error itself where a library unwraps it
        |event| match event.decode::<Unknown>().unwrap_err() {
            Error::Undecodable { reason, .. } => Wrapped(Wrapped(reason.into()).into()).into(),
            error => error.into(),
        },
    ];
    let foreign: [fn(&RecordedEvent) -> BoxError; 2] = [
        |_| Error::ModelMismatch { source: "there is no such table".into() }.into(),
        |_| Wrapped(Error::ModelMismatch { source: "no such table".into() }.into()).into(),
    ];
    for (policy, errors) in [
        (Undecodable::Stop, &undecodable[..]),
        // the policy is about events: a read model that does not fit stops the shard in any case
        (Undecodable::Stop, &foreign[..]),
        (Undecodable::Skip, &foreign[..]),
        (Undecodable::Park, &foreign[..]),
    ] {
        for error in errors {
            let setting = Setting::with_events(3).await;
            let ledger = Ledger::default();
            *ledger.fails_with.lock().unwrap() = Some(*error);
            let mut delivery = setting.delivery(&ledger, policy).await;
            let told = delivery.apply(&setting.events, setting.end()).await.unwrap_err();
            let mismatch = matches!(told, Error::ModelMismatch { .. });
            assert!(told.is_undecodable() || mismatch, "{told:?}");
            assert_eq!(setting.models.letters(NAME, None).await.unwrap(), []);
            assert_eq!((*setting.models.model(), delivery.checkpoint().position.get()), (0, 0));
            // newer code
            *ledger.fails_with.lock().unwrap() = None;
            delivery.apply(&setting.events, setting.end()).await.unwrap();
            assert_eq!(*setting.models.model(), 3);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_recognised_through_other_errors() {
    let setting = Setting::with_events(1).await;
    let ledger = Ledger::default();
    let away: fn(&RecordedEvent) -> BoxError =
        |_| Wrapped(Error::Unavailable { source: "away on purpose".into() }.into()).into();
    *ledger.fails_with.lock().unwrap() = Some(away);
    let mut delivery = setting.delivery(&ledger, Undecodable::Stop).await;
    let events = setting.events.clone();
    let end = setting.end();
    let back = async {
        // far more often than an event that fails is tried
        while ledger.calls.load(Ordering::SeqCst) < 10 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        *ledger.fails_with.lock().unwrap() = None;
    };
    let both = async { tokio::join!(delivery.apply(&events, end), back) };
    let (applied, ()) = tokio::time::timeout(DEADLINE, both).await.expect("it is tried again");
    applied.unwrap();
    assert_eq!(setting.models.letters(NAME, None).await.unwrap(), []);
}
