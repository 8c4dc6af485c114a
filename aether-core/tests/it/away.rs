//! Read models that are away when a node starts: they hold up nothing but their own projection.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{
    Checkpoint, Checkpoints, Claim, Order, Orders, ReadModels, Registration, Step,
    StoredProjection, forward,
};
use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::node::ShardState;
use aether_core::projection::{DeadLetter, Shard};
use aether_core::{
    AggregateId, AnyEvent, BoxError, Engine, Error, Node, Position, Projection, Recorded, Result,
};
use aether_testkit::eventually;
use async_trait::async_trait;
use tokio::sync::watch;

use crate::purse::{Purse, PurseCommand, purse};

type Model = MemoryReadModels<u64>;

/// Whether they are there, and what a call meets while they are not.
#[derive(Clone, Copy, PartialEq)]
enum Away {
    Refused,
    Silent,
    Panics,
    There,
}

/// Read models that can be away.
#[derive(Clone)]
struct Remote {
    inner: Model,
    away: Arc<watch::Sender<Away>>,
}

impl Remote {
    async fn reach(&self) -> Result<&Model> {
        let away = *self.away.borrow();
        match away {
            Away::Refused => Err(Error::Unavailable { source: "away on purpose".into() }),
            Away::Panics => panic!("a panic on purpose"),
            Away::Silent => {
                let mut away = self.away.subscribe();
                away.wait_for(|away| *away == Away::There).await.unwrap();
                Ok(&self.inner)
            }
            Away::There => Ok(&self.inner),
        }
    }
}

#[async_trait]
impl ReadModels for Remote {
    type Tx = MemoryTx<u64>;

    async fn begin(&self) -> Result<MemoryTx<u64>> {
        self.reach().await?.begin().await
    }

    async fn commit(&self, tx: MemoryTx<u64>, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
        self.reach().await?.commit(tx, shard, step).await
    }

    forward! { |self| self.inner; roll_back, meaning, database, maintenance }

    fn checkpoints(&self) -> Arc<dyn Checkpoints> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl Checkpoints for Remote {
    async fn register(&self, registration: &Registration<'_>) -> Result<u16> {
        self.reach().await?.register(registration).await
    }

    async fn claim(&self, shard: &Shard, epoch: u64) -> Result<Claim> {
        self.reach().await?.claim(shard, epoch).await
    }

    async fn checkpoint(&self, shard: &Shard) -> Result<Checkpoint> {
        self.reach().await?.checkpoint(shard).await
    }

    async fn stored(&self, projection: &str) -> Result<Option<StoredProjection>> {
        self.reach().await?.stored(projection).await
    }

    async fn orders(&self, shard: &Shard) -> Result<Orders> {
        self.reach().await?.orders(shard).await
    }

    async fn report(&self, shard: &Shard, failure: Option<&str>) -> Result<()> {
        self.reach().await?.report(shard, failure).await
    }

    async fn letters(
        &self,
        projection: &str,
        aggregate: Option<AggregateId>,
    ) -> Result<Vec<DeadLetter>> {
        self.reach().await?.letters(projection, aggregate).await
    }

    async fn order(&self, projection: &str, order: Order) -> Result<u64> {
        self.reach().await?.order(projection, order).await
    }
}

struct Count(&'static str);

impl Projection<MemoryTx<u64>> for Count {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        self.0
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut MemoryTx<u64>,
    ) -> Result<(), BoxError> {
        **tx += events.len() as u64;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_model_that_is_away_at_the_start_holds_up_no_other_projection() {
    for away in [Away::Refused, Away::Silent, Away::Panics] {
        let engine = Engine::new(MemoryStore::new());
        let remote = Remote { inner: Model::new(), away: Arc::new(watch::Sender::new(away)) };
        let here = Model::new();
        let node = Node::builder(&engine)
            .projection(remote.clone(), Count("remote"))
            .projection(here.clone(), Count("here"))
            .start()
            .unwrap();
        let executed = engine.execute::<Purse>(purse(), PurseCommand::Earn(1)).await.unwrap();
        let last = executed.position().unwrap();
        let waited = tokio::time::timeout(Duration::from_secs(600), node.wait_for("here", last));
        waited.await.expect("it does not wait for the other one").unwrap();
        assert_eq!(*here.model(), 1);
        let health = node.health().await.unwrap();
        let shard = health.shards.iter().find(|it| it.shard.projection() == "remote").unwrap();
        assert_eq!((shard.position, shard.lag_events), (Position::START, 1));
        assert_eq!(matches!(shard.state, ShardState::Failed(_)), away == Away::Refused);
        assert!(!eventually_late(&node).await, "what has never run is not ready for ever");
        // it is back
        remote.away.send_replace(Away::There);
        node.wait_for("remote", last).await.unwrap();
        assert_eq!(*remote.inner.model(), 1);
        let ready = async || node.health().await.unwrap().is_ready(Duration::ZERO).then_some(());
        eventually("all of it is ready", ready).await;
        node.stop().await.unwrap();
    }
}

/// Whether a node is ready some time later.
async fn eventually_late(node: &aether_core::Node) -> bool {
    node.health().await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    node.health().await.unwrap().is_ready(Duration::from_secs(30))
}
