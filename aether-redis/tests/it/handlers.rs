//! What the errors of a projection are about: a plain `?` on one of Redis blames no event for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aether_core::backend::{Checkpoints as _, ReadModels as _};
use aether_core::memory::MemoryStore;
use aether_core::projection::ProjectionSettings;
use aether_core::{AnyEvent, BoxError, Engine, Error as CoreError, Node, Projection, Recorded};
use aether_redis::{Error, GuardedWrite, KeySpace, RedisClient, RedisReadModels, RedisTx, Stamp};

use crate::probe::{connect, eventually, own, raw};
use crate::rebuild::append;

/// Reads from another Redis before it writes.
struct Looks {
    elsewhere: RedisClient,
    calls: Arc<AtomicUsize>,
}

/// What a projection says of an error, in words of its own.
#[derive(Debug, thiserror::Error)]
#[error("the level is not known")]
struct Unknown(#[source] Error);

impl Projection<RedisTx> for Looks {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "looks"
    }

    fn settings(&self) -> ProjectionSettings {
        let backoff = Duration::from_millis(1);
        ProjectionSettings::default().attempts(2).backoff(backoff)
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut RedisTx,
    ) -> Result<(), BoxError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let levels = self.elsewhere.hash(&KeySpace::new().key("levels")).await;
        if call.is_multiple_of(2) {
            levels.map_err(Unknown)?;
        } else {
            levels?;
        }
        for event in events {
            let entity = tx.keys().entity("count", event.aggregate_id);
            let count = [("count", event.version.to_string())];
            let write = GuardedWrite::create(&entity, Stamp::from(event));
            tx.write(write.hash(entity.key("state"), count));
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_redis_that_a_projection_cannot_reach_or_read_parks_no_event() {
    let here = own().await;
    let there = own().await;
    let client = connect(here.url()).await;
    let elsewhere = connect(there.url()).await;
    let store = MemoryStore::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let models = RedisReadModels::new(client, KeySpace::new());
    let looks = Looks { elsewhere, calls: calls.clone() };
    let engine = Engine::new(store.clone());
    let node = Node::builder(&engine).projection(models.clone(), looks).start().unwrap();
    node.wait_for("looks", append(&store, 1, 1).await).await.unwrap();
    let tried_often = async || {
        let before = calls.load(Ordering::SeqCst);
        eventually("it is tried again and again", async || {
            calls.load(Ordering::SeqCst) > before + 4
        })
        .await;
    };

    there.kill9().await.unwrap();
    let last = append(&store, 2, 1).await;
    tried_often().await;
    there.restart().await.unwrap();
    node.wait_for("looks", last).await.unwrap();

    raw(there.url(), "ACL SETUSER default -hgetall");
    let last = append(&store, 3, 1).await;
    tried_often().await;
    raw(there.url(), "ACL SETUSER default +hgetall");
    node.wait_for("looks", last).await.unwrap();
    assert_eq!(models.letters("looks", None).await.unwrap(), []);
    node.stop().await.unwrap();
}

#[tokio::test]
async fn an_error_of_redis_below_others_keeps_its_meaning() {
    let redis = own().await;
    let models = RedisReadModels::new(connect(redis.url()).await, KeySpace::new());
    let denied = || Error::Denied { source: "NOPERM".into() };
    for error in [denied().into(), Unknown(denied()).into(), CoreError::from(denied()).into()] {
        let meaning = models.meaning(error);
        assert!(meaning.is_transient(), "{meaning}");
        assert!(matches!(Error::find_in(&meaning), Some(Error::Denied { .. })), "{meaning}");
    }
    let split = Error::CrossSlot { reason: "two slots".to_owned() };
    assert!(matches!(models.meaning(split.into()), CoreError::ModelMismatch { .. }));
    let wrong = Error::WrongType { key: "k".to_owned(), expected: "hash" };
    assert!(matches!(models.meaning(wrong.into()), CoreError::Backend { .. }), "about the event");
}
