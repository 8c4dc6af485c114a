//! The words hold where they should and fail, readably, where they should not.

use std::collections::BTreeMap;

use aether_core::memory::{MemoryReadModels, MemoryTx};
use aether_core::{AggregateId, BoxError, Event, Facts, Recorded, Shape, id};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::*;

#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Chest;

id! { struct ChestId of Chest; }

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum ChestEvent {
    Deposited { gold: u64 },
    Emptied,
    Cursed,
    Weighed { weight: f64 },
}

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = ();
    type Event = ChestEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, _: &(), _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> {
        Ok(vec![])
    }

    fn apply(&mut self, _: &ChestEvent) {}
}

/// Where each chest's last event stands: gold, version, position, time.
type Chests = BTreeMap<AggregateId, (u64, u32, u64, DateTime<Utc>)>;

/// Follows the chests of one aggregate type, or of none.
struct Treasury(&'static str);

impl Projection<MemoryTx<Chests>> for Treasury {
    type Events = ChestEvent;

    fn name(&self) -> &'static str {
        "treasury"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([self.0])
    }

    async fn project(
        &self,
        events: &[Recorded<ChestEvent>],
        chests: &mut MemoryTx<Chests>,
    ) -> Result<(), BoxError> {
        for recorded in events {
            let chest = chests.entry(recorded.aggregate_id).or_default();
            let gold = match &recorded.event {
                ChestEvent::Deposited { gold } => chest.0 + gold,
                ChestEvent::Emptied => 0,
                ChestEvent::Cursed => return Err("it is cursed".into()),
                ChestEvent::Weighed { .. } => chest.0,
            };
            let version = recorded.version.get();
            let position = recorded.position.get();
            *chest = (gold, version, position, recorded.timestamp);
        }
        Ok(())
    }
}

fn chest(number: u128) -> ChestId {
    ChestId::from(Uuid::from_u128(number))
}

fn deposited(gold: u64) -> ChestEvent {
    ChestEvent::Deposited { gold }
}

fn treasury() -> (MemoryReadModels<Chests>, Projected<MemoryReadModels<Chests>>) {
    let models = MemoryReadModels::new();
    (models.clone(), Projected::new(models, Treasury("Chest")))
}

#[tokio::test]
async fn events_are_applied_in_order_with_versions_positions_and_times() {
    let noon = "2026-05-01T12:00:00Z".parse().expect("a time");
    let epoch = DateTime::UNIX_EPOCH;
    let (_, projected) = treasury();
    projected
        .given(chest(1), [deposited(2), deposited(3)])
        .await
        .given(chest(2), [deposited(7)])
        .await
        .then(async |models| assert_eq!(models.model()[&chest(2).into()], (7, 1, 3, epoch)))
        .await
        .at(noon)
        .given(chest(1), [ChestEvent::Emptied])
        .await
        .then(async |models| assert_eq!(models.model()[&chest(1).into()], (0, 3, 4, noon)))
        .await;
}

#[tokio::test]
async fn what_others_have_projected_is_continued() {
    let (models, projected) = treasury();
    drop(projected.given(chest(1), [deposited(2)]).await);
    Projected::new(models, Treasury("Chest"))
        .given(chest(2), [deposited(1)])
        .await
        .then(async |models| {
            let model = models.model();
            assert_eq!((model[&chest(1).into()].0, model[&chest(2).into()].2), (2, 2));
        })
        .await;
}

#[tokio::test]
async fn an_event_that_the_projection_does_not_listen_to_passes_by() {
    Projected::new(MemoryReadModels::new(), Treasury("Barrel"))
        .given(chest(1), [ChestEvent::Cursed])
        .await
        .then(async |models: &MemoryReadModels<Chests>| assert!(models.model().is_empty()))
        .await;
}

#[tokio::test]
async fn an_event_that_cannot_be_applied_is_named() {
    let text = failure(async {
        let (_, projected) = treasury();
        projected.given(chest(1), [deposited(1), ChestEvent::Cursed, deposited(2)]).await;
    });
    let text = text.await;
    assert!(text.contains("treasury cannot apply Cursed (version 2 of Chest"), "{text}");
    assert!(text.contains("it is cursed"), "{text}");
    assert!(text.contains("projected/tests.rs"), "it says where: {text}");
}

#[tokio::test]
async fn an_event_that_cannot_be_stored_fails() {
    let text = failure(async {
        let (_, projected) = treasury();
        projected.given(chest(1), [ChestEvent::Weighed { weight: f64::NAN }]).await;
    });
    let text = text.await;
    assert!(text.contains("an event of type Weighed cannot be stored"), "{text}");
}

/// The message a test panics with.
async fn failure(test: impl Future<Output = ()> + Send + 'static) -> String {
    let ended = tokio::spawn(test).await.expect_err("this had to fail");
    *ended.into_panic().downcast::<String>().expect("a message with values in it")
}
