//! Read models whose log was restored from a backup, and has gone on differently.

use std::sync::Arc;

use aether_core::backend::{Checkpoints as _, EventStore};
use aether_core::chrono::{DateTime, Utc};
use aether_core::log::{Append, ExpectedVersion, NewEvent, Read, StreamId};
use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::projection::{Delivery, Shard};
use aether_core::{
    AggregateId, AnyEvent, BoxError, Engine, Error, EventId, Filter, Json, Node, Position,
    Projection, Recorded, RecordedEvent,
};
use aether_testkit::eventually;
use uuid::Uuid;

const NAME: &str = "list";

/// Events with ids from here on are not for the projection.
const OTHERS: u128 = 1000;

/// Keeps the ids of events in the order they come.
#[derive(Clone)]
struct List;

impl Projection<MemoryTx<Vec<u128>>> for List {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        NAME
    }

    fn filter(&self) -> Filter {
        Filter::all().event_types(["GoldEarned"])
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut MemoryTx<Vec<u128>>,
    ) -> Result<(), BoxError> {
        tx.extend(events.iter().map(|event| event.event_id.as_uuid().as_u128()));
        Ok(())
    }
}

/// A log of events with these ids.
async fn log(ids: &[u128]) -> MemoryStore {
    let store = MemoryStore::new();
    let stream = StreamId::new("Purse", AggregateId::new(Uuid::from_u128(1)));
    let events = ids.iter().map(|id| {
        let event_type = if *id < OTHERS { "GoldEarned" } else { "GoldPaid" };
        let payload = Json::encode(&serde_json::json!({ "amount": 1 })).unwrap();
        let id = EventId::new(Uuid::from_u128(*id));
        NewEvent::from_json(event_type, payload, id, DateTime::<Utc>::UNIX_EPOCH)
    });
    let append = Append::to(stream, ExpectedVersion::NoStream, events.collect());
    store.append(append).await.unwrap();
    store
}

struct Models(MemoryReadModels<Vec<u128>>);

impl Models {
    /// Models that were filled from a log of these events.
    async fn of(ids: &[u128]) -> Self {
        let models = Self(MemoryReadModels::new());
        models.follow(ids).await.unwrap();
        models
    }

    /// Lets a node follow a log of these events to its end, until its checkpoint is there, too.
    async fn follow(&self, ids: &[u128]) -> Result<(), String> {
        let store = log(ids).await;
        let end = store.end().await.unwrap();
        let node =
            Node::builder(&Engine::new(store)).projection(self.0.clone(), List).start().unwrap();
        let followed = eventually("it is at the end, or has failed", async || {
            if let Some(failure) = self.0.failure(&shard()) {
                return Some(Err(failure));
            }
            (self.checkpoint().await == end.get()).then_some(Ok(()))
        })
        .await;
        node.stop().await.unwrap();
        followed
    }

    async fn checkpoint(&self) -> u64 {
        self.0.checkpoint(&shard()).await.unwrap().position.get()
    }

    fn list(&self) -> Vec<u128> {
        self.0.model().to_vec()
    }
}

fn shard() -> Shard {
    Shard::whole(NAME)
}

#[tokio::test]
async fn a_log_that_has_grown_past_the_checkpoint_again_is_not_gone_on_with() {
    let models = Models::of(&[1, 2, 3, 4, 5]).await;
    for restored in [&[1, 2, 3, 14, 15, 16][..], &[1, 2, 3, 4, 15], &[11, 12, 13, 14, 15, 16]] {
        let told = models.follow(restored).await.unwrap_err();
        assert!(told.contains("built from another log"), "{told}");
        assert_eq!((models.list(), models.checkpoint().await), (vec![1, 2, 3, 4, 5], 5));
    }
}

#[tokio::test]
async fn a_log_that_is_shorter_than_the_checkpoint_is_not_gone_on_with() {
    let models = Models::of(&[1, 2, 3, 4, 5]).await;
    let told = models.follow(&[1, 2, 3]).await.unwrap_err();
    assert!(told.contains("past the end of the log"), "{told}");
    assert_eq!(models.list(), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_log_that_lost_nothing_the_read_model_knows_is_gone_on_with() {
    let models = Models::of(&[1, 2, 3]).await;
    models.follow(&[1, 2, 3]).await.unwrap();
    models.follow(&[1, 2, 3, 4, 5]).await.unwrap();
    models.follow(&[1, 2, 3, 4, 5, 1006, 7]).await.unwrap();
    assert_eq!(models.list(), [1, 2, 3, 4, 5, 7]);
}

/// Else the event that has taken the place of one that the projection did not listen to would be left out.
#[tokio::test(start_paused = true)]
async fn events_that_the_projection_does_not_listen_to_count_too() {
    let models = Models::of(&[1, 2, 1003, 1004]).await;
    assert_eq!(models.checkpoint().await, 4);
    let told = models.follow(&[1, 2, 1003, 14, 15]).await.unwrap_err();
    assert!(told.contains("built from another log"), "{told}");
    assert_eq!(models.list(), [1, 2]);
}

/// Wherever a batch ends: its anchor is the newest event up to the checkpoint.
#[tokio::test]
async fn every_checkpoint_has_its_anchor() {
    let store = Arc::new(log(&[1, 1002, 3, 1004, 1005]).await);
    let models = MemoryReadModels::<Vec<u128>>::new();
    let mut delivery = Delivery::new(models.clone(), List, shard()).anchored_in(store.clone());
    delivery.claim(1).await.unwrap();
    let read = Read::all().filter(Filter::all().event_types(["GoldEarned"]));
    let events = store.read(read).await.unwrap().events;
    let steps: [(&[RecordedEvent], u64, u128); 4] =
        [(&events[..1], 1, 1), (&[], 2, 1002), (&events[1..], 4, 1004), (&[], 5, 1005)];
    for (events, to, newest) in steps {
        delivery.apply(events, Position::new(to)).await.unwrap();
        let anchor = models.claim(&shard(), 1).await.unwrap().anchor.unwrap();
        assert_eq!((anchor.position.get(), anchor.event_id.as_uuid().as_u128()), (to, newest));
        delivery.check_log().await.unwrap();
    }
}

/// The log was restored between the look at them and the next checkpoint.
#[tokio::test]
async fn an_event_in_the_place_of_one_that_was_for_others_is_not_left_out() {
    let log = Arc::new(log(&[1, 1002, 13, 1004]).await);
    let models = MemoryReadModels::<Vec<u128>>::new();
    let mut delivery = Delivery::new(models.clone(), List, shard()).anchored_in(log.clone());
    delivery.claim(1).await.unwrap();
    let events = log.read(Read::all().limit(1)).await.unwrap().events;
    delivery.apply(&events, Position::new(1)).await.unwrap();
    delivery.pass(&List.filter(), Position::new(2)).await.unwrap();
    let told = delivery.pass(&List.filter(), Position::new(4)).await.unwrap_err();
    let Error::LogRewritten { found, .. } = told else { panic!("{told}") };
    assert_eq!(found.unwrap().position.get(), 3);
    assert_eq!(delivery.checkpoint().position.get(), 2);
}

/// The log was restored between the read of a batch and its step.
#[tokio::test]
async fn a_batch_of_events_that_the_log_has_lost_is_not_applied() {
    let lost = log(&[1, 2, 1003]).await.read(Read::all().limit(2)).await.unwrap().events;
    for restored in [&[1, 12, 1013][..], &[1]] {
        let models = MemoryReadModels::<Vec<u128>>::new();
        let restored = Arc::new(log(restored).await);
        let mut delivery = Delivery::new(models.clone(), List, shard()).anchored_in(restored);
        delivery.claim(1).await.unwrap();
        let told = delivery.apply(&lost, Position::new(3)).await.unwrap_err();
        let Error::LogRewritten { known, .. } = told else { panic!("{told}") };
        assert_eq!(known, lost[1].anchor());
        assert!(models.model().is_empty());
    }
}
