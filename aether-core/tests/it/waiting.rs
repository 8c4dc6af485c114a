//! Waiting for one's own writes: what a command gave back is in the read model, or the one who waits is told why not.

use std::time::Duration;

use aether_core::backend::{Checkpoints as _, Order};
use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::projection::{ProjectionSettings, Remedy, Shard};
use aether_core::{
    AnyEvent, BoxError, Context, Engine, Error, ErrorKind, Node, Position, Projection, Recorded,
};
use aether_testkit::eventually;

use crate::purse::{Purse, PurseCommand, purse};

type Seen = Vec<u64>;

/// Takes what is earned down, and fails at payments.
struct Earned;

impl Projection<MemoryTx<Seen>> for Earned {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "earned"
    }

    fn settings(&self) -> ProjectionSettings {
        ProjectionSettings::default().shards(4).attempts(1).backoff(Duration::from_millis(1))
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut MemoryTx<Seen>,
    ) -> Result<(), BoxError> {
        if events.iter().any(|event| event.event_type == "GoldPaid") {
            return Err("nothing was earned".into());
        }
        tx.extend(events.iter().map(|event| event.position.get()));
        Ok(())
    }
}

struct Setting {
    engine: Engine,
    models: MemoryReadModels<Seen>,
}

impl Setting {
    fn new() -> Self {
        Self { engine: Engine::new(MemoryStore::new()), models: MemoryReadModels::new() }
    }

    fn start(&self) -> Node {
        Node::builder(&self.engine)
            .lease(Duration::from_millis(200))
            .projection(self.models.clone(), Earned)
            .start()
            .unwrap()
    }
}

/// The positions that an error names: of the event that was waited for, and of the letter that failed.
fn parked(told: Result<(), Error>) -> (u64, u64) {
    let told = told.unwrap_err();
    assert_eq!((told.kind(), told.code()), (ErrorKind::Mismatch, "parked"));
    assert!(told.to_string().contains("nothing was earned"), "{told}");
    let Error::Parked { position, letter, .. } = told else { panic!("{told}") };
    (position.get(), letter.get())
}

#[tokio::test]
async fn waiting_for_an_event_that_was_parked_names_the_dead_letter() {
    let setting = Setting::new();
    let Setting { engine, models } = &setting;
    let node = setting.start();
    let poor = purse();
    let rich = purse();
    let earned = engine.execute::<Purse>(poor, PurseCommand::Earn(5)).await.unwrap();
    node.wait_for("earned", &earned).await.unwrap();
    let paid = engine.execute::<Purse>(poor, PurseCommand::Pay(2)).await.unwrap();
    let again = engine.execute::<Purse>(poor, PurseCommand::Earn(1)).await.unwrap();
    let other = engine.execute::<Purse>(rich, PurseCommand::Earn(1)).await.unwrap();
    // itself, or an earlier event of its aggregate; all who ask are told, also by position
    assert_eq!(parked(node.wait_for("earned", &paid).await), (2, 2));
    assert_eq!(parked(node.wait_for("earned", &again).await), (3, 2));
    assert_eq!(parked(node.wait_for("earned", again.position()).await), (3, 2));
    assert_eq!(parked(node.wait_for_all(Position::new(2)).await), (2, 2));
    // others are there, and what stored nothing is not waited for
    node.wait_for("earned", &other).await.unwrap();
    node.wait_for("earned", &earned).await.unwrap();
    node.wait_for("earned", Position::new(1)).await.unwrap();
    node.wait_for("earned", None).await.unwrap();

    // another node tells the same, whether it runs their shard or not
    let other_node = Node::builder(engine).projection(models.clone(), Earned).start().unwrap();
    assert_eq!(parked(other_node.wait_for("earned", &again).await), (3, 2));
    other_node.wait_for("earned", &other).await.unwrap();
    other_node.stop().await.unwrap();

    // what an operator leaves out counts as done
    assert_eq!(
        models.order("earned", Order::Letter(Position::new(2), Remedy::Skip)).await.unwrap(),
        1
    );
    eventually("it is shown", async || node.wait_for("earned", &again).await.ok()).await;
    node.wait_for("earned", &paid).await.unwrap();
    assert_eq!(models.model().iter().filter(|position| **position == 3).count(), 1);
    engine.close().await;
}

/// The last event of the unit is applied; an earlier one, of another aggregate, is not.
#[tokio::test]
async fn each_event_of_a_unit_is_looked_for() {
    let setting = Setting::new();
    let node = setting.start();
    let engine = &setting.engine;
    let poor = purse();
    let rich = purse();
    engine.execute::<Purse>(poor, PurseCommand::Earn(5)).await.unwrap();
    let done = engine
        .atomic(Context::new())
        .command::<Purse>(poor, PurseCommand::Pay(5))
        .command::<Purse>(rich, PurseCommand::Earn(5))
        .commit()
        .await
        .unwrap();
    assert_eq!(parked(node.wait_for("earned", &done).await), (2, 2));
    node.wait_for("earned", done.position()).await.unwrap();
    engine.settle().await.unwrap();
    engine.close().await;
}

#[tokio::test]
async fn a_projection_says_its_settings_itself() {
    let setting = Setting::new();
    let node = setting.start();
    let done = setting.engine.execute::<Purse>(purse(), PurseCommand::Earn(1)).await.unwrap();
    node.wait_for("earned", &done).await.unwrap();
    let stored = setting.models.stored("earned").await.unwrap().unwrap();
    assert_eq!(stored.shards.len(), 4);
    setting.engine.close().await;
}

#[tokio::test]
async fn those_who_run_a_projection_can_say_other_settings() {
    let setting = Setting::new();
    let settings = Earned.settings().shards(2);
    let node = Node::builder(&setting.engine)
        .projection(setting.models.clone(), Earned.with(settings))
        .start()
        .unwrap();
    let done = setting.engine.execute::<Purse>(purse(), PurseCommand::Earn(1)).await.unwrap();
    node.wait_for("earned", &done).await.unwrap();
    let checkpoints = Shard::all("earned", 2).map(|shard| shard.to_string());
    let health = node.health().await.unwrap().shards;
    let known = health.iter().map(|shard| shard.shard.to_string());
    assert_eq!(known.collect::<Vec<_>>(), checkpoints.collect::<Vec<_>>());
    setting.engine.close().await;
}

#[test]
fn a_node_outside_of_a_runtime_is_an_error() {
    let setting = Setting::new();
    let builder = Node::builder(&setting.engine);
    let told = builder.projection(setting.models, Earned).start().unwrap_err();
    assert_eq!((told.code(), told.to_string().contains("tokio")), ("no_runtime", true), "{told}");
}
