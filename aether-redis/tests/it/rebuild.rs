//! A projection whose Redis is flushed, killed and paused under it.

use std::time::Duration;

use aether_core::backend::{Checkpoints as _, EventStore as _, Order};
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::memory::MemoryStore;
use aether_core::projection::{ProjectionSettings, Remedy};
use aether_core::uuid::Uuid;
use aether_core::{AnyEvent, BoxError, Engine, Json, Node, Position, Projection, Recorded};
use aether_redis::{GuardedWrite, KeySpace, RedisClient, RedisReadModels, RedisTx, Stamp};

use crate::probe::{connect, eventually, own, raw};

/// Counts the events of each aggregate: created by its first event, changed by the others.
pub(crate) struct Counts;

impl Projection<RedisTx> for Counts {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "counts"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["count"]
    }

    async fn project(
        &self,
        events: &[Recorded<AnyEvent>],
        tx: &mut RedisTx,
    ) -> Result<(), BoxError> {
        for event in events {
            let entity = tx.keys().entity("count", event.aggregate_id);
            let write = match event.version.get() {
                1 => GuardedWrite::create(&entity, Stamp::from(event)),
                _ => GuardedWrite::update(&entity, Stamp::from(event)),
            };
            let count = [("count", event.version.to_string())];
            tx.write(write.lifetime(Duration::from_secs(3600)).hash(entity.key("state"), count));
        }
        Ok(())
    }
}

pub(crate) async fn append(store: &MemoryStore, aggregate: u128, events: usize) -> Position {
    let event = || {
        let id = Uuid::now_v7().into();
        NewEvent::from_json("Counted", Json::empty(), id, aether_core::chrono::Utc::now())
    };
    let stream = StreamId::new("Compteur", Uuid::from_u128(aggregate));
    let events = (0..events).map(|_| event()).collect();
    let appended = store.append(Append::to(stream, ExpectedVersion::Any, events)).await.unwrap();
    *appended.writes[0].positions.last().unwrap()
}

fn start(store: &MemoryStore, client: &RedisClient) -> Node {
    start_in(store, client, KeySpace::new())
}

pub(crate) fn start_in(store: &MemoryStore, client: &RedisClient, keys: KeySpace) -> Node {
    let models = RedisReadModels::new(client.clone(), keys);
    let settings = ProjectionSettings::default().batch_size(20);
    Node::builder(&Engine::new(store.clone()))
        .projection(models, Counts.with(settings))
        .start()
        .unwrap()
}

async fn assert_counts(client: &RedisClient, counts: &[(u128, u32)]) {
    assert_counts_in(client, &KeySpace::new(), counts).await;
}

pub(crate) async fn assert_counts_in(
    client: &RedisClient,
    keys: &KeySpace,
    counts: &[(u128, u32)],
) {
    for &(aggregate, count) in counts {
        let key = keys.entity("count", Uuid::from_u128(aggregate)).key("state");
        assert_eq!(client.hash(&key).await.unwrap()["count"], count.to_string(), "{key}");
    }
}

#[tokio::test]
async fn a_flushed_redis_is_noticed_and_filled_again_from_the_log() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let node = start(&store, &client);
    for aggregate in 1..=10 {
        append(&store, aggregate, 10).await;
    }
    node.wait_for_all(append(&store, 3, 5).await).await.unwrap();
    raw(redis.url(), "FLUSHALL");
    let end = append(&store, 4, 1).await;
    // it notices with its next commit, and starts over by itself
    node.wait_for_all(end).await.unwrap();
    assert_counts(&client, &[(1, 10), (3, 15), (4, 11), (10, 10)]).await;
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_and_restarted_redis_is_filled_again_from_the_log() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let node = start(&store, &client);
    node.wait_for_all(append(&store, 1, 30).await).await.unwrap();
    redis.kill9().await.unwrap();
    let end = append(&store, 2, 30).await;
    redis.restart().await.unwrap();
    node.wait_for_all(end).await.unwrap();
    assert_counts(&client, &[(1, 30), (2, 30)]).await;
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_paused_redis_is_waited_for() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let node = start(&store, &client);
    node.wait_for_all(append(&store, 1, 3).await).await.unwrap();
    redis.pause().await.unwrap();
    let end = append(&store, 1, 3).await;
    eventually("calls time out", async || client.ping().await.is_err_and(|e| e.is_transient()))
        .await;
    redis.resume().await.unwrap();
    node.wait_for_all(end).await.unwrap();
    assert_counts(&client, &[(1, 6)]).await;
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_failed_event_is_parked_in_redis_and_goes_through_when_it_is_retried() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let models = RedisReadModels::new(client.clone(), KeySpace::new());
    let key = KeySpace::new().entity("count", Uuid::from_u128(1)).key("state");
    raw(redis.url(), &format!("SADD {key} not_a_hash"));
    let node = start(&store, &client);
    append(&store, 1, 3).await;
    node.wait_for_all(append(&store, 2, 2).await).await.unwrap();
    assert_counts(&client, &[(2, 2)]).await;
    let letters = models.letters("counts", None).await.unwrap();
    let states: Vec<_> = letters.iter().map(|letter| letter.state.as_str()).collect();
    assert_eq!(states, ["failed", "waiting", "waiting"]);
    node.stop().await.unwrap();
    raw(redis.url(), &format!("DEL {key}"));
    let node = start(&store, &client);
    assert_eq!(
        models.order("counts", Order::Letter(letters[0].position, Remedy::Retry)).await.unwrap(),
        1
    );
    let none_left = async || models.letters("counts", None).await.unwrap().is_empty();
    eventually("no letter is left", none_left).await;
    assert_counts(&client, &[(1, 3), (2, 2)]).await;
    node.stop().await.unwrap();
}
