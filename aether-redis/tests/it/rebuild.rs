//! A projector whose Redis is flushed, killed and paused under it.

use std::sync::Arc;
use std::time::Duration;

use aether_core::{
    Append, BoxError, EventStore as _, ExpectedVersion, Filter, Json, MemoryStore, NewEvent,
    Position, Projection, Projector, ProjectorHandle, RecordedEvent, StreamId, uuid::Uuid,
};
use aether_redis::{GuardedWrite, KeySpace, RedisClient, RedisReadModels, RedisTx, Stamp};

use crate::probe::{connect, eventually, own, raw};

/// Counts the events of each aggregate: created by its first event, changed by the others.
struct Counts;

#[async_trait::async_trait]
impl Projection<RedisTx> for Counts {
    fn name(&self) -> &'static str {
        "counts"
    }

    fn filter(&self) -> Filter {
        Filter::all()
    }

    async fn project(&self, events: &[RecordedEvent], tx: &mut RedisTx) -> Result<(), BoxError> {
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

async fn append(store: &MemoryStore, aggregate: u128, events: usize) -> Position {
    let event = || {
        let id = Uuid::now_v7().into();
        NewEvent::from_json("Compte", Json::empty(), id, aether_core::chrono::Utc::now())
    };
    let stream = StreamId::new("Compteur", Uuid::from_u128(aggregate));
    let events = (0..events).map(|_| event()).collect();
    let appended = store.append(Append::to(stream, ExpectedVersion::Any, events)).await.unwrap();
    *appended.writes[0].positions.last().unwrap()
}

fn start(store: &MemoryStore, client: &RedisClient) -> ProjectorHandle {
    let models = Arc::new(RedisReadModels::new(client.clone(), KeySpace::new()));
    Projector::new(Arc::new(store.clone()), models, Counts).batch_size(20).start()
}

async fn assert_counts(client: &RedisClient, counts: &[(u128, u32)]) {
    for &(aggregate, count) in counts {
        let key = KeySpace::new().entity("count", Uuid::from_u128(aggregate)).key("state");
        assert_eq!(client.hash(&key).await.unwrap()["count"], count.to_string(), "{key}");
    }
}

#[tokio::test]
async fn a_flushed_redis_is_noticed_and_filled_again_from_the_log() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let projector = start(&store, &client);
    for aggregate in 1..=10 {
        append(&store, aggregate, 10).await;
    }
    projector.wait_for(append(&store, 3, 5).await).await.unwrap();
    raw(redis.url(), "FLUSHALL");
    let end = append(&store, 4, 1).await;
    // it notices with its next commit, and starts over by itself
    projector.wait_for(end).await.unwrap();
    assert_counts(&client, &[(1, 10), (3, 15), (4, 11), (10, 10)]).await;
    projector.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_and_restarted_redis_is_filled_again_from_the_log() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let projector = start(&store, &client);
    projector.wait_for(append(&store, 1, 30).await).await.unwrap();
    redis.kill9().await.unwrap();
    let end = append(&store, 2, 30).await;
    redis.restart().await.unwrap();
    projector.wait_for(end).await.unwrap();
    assert_counts(&client, &[(1, 30), (2, 30)]).await;
    projector.stop().await.unwrap();
}

#[tokio::test]
async fn a_paused_redis_is_waited_for() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let projector = start(&store, &client);
    projector.wait_for(append(&store, 1, 3).await).await.unwrap();
    redis.pause().await.unwrap();
    let end = append(&store, 1, 3).await;
    eventually("calls time out", async || client.ping().await.is_err_and(|e| e.is_transient()))
        .await;
    redis.resume().await.unwrap();
    projector.wait_for(end).await.unwrap();
    assert_counts(&client, &[(1, 6)]).await;
    projector.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_runner_takes_over_and_the_first_stops() {
    let (redis, store) = (own().await, MemoryStore::new());
    let client = connect(redis.url()).await;
    let first = start(&store, &client);
    first.wait_for(append(&store, 1, 3).await).await.unwrap();
    let second = start(&store, &client);
    // claimed: the epoch has risen
    second.wait_for(Position::new(3)).await.unwrap();
    let end = append(&store, 1, 3).await;
    second.wait_for(end).await.unwrap();
    eventually("the first has stopped", async || first.failure().is_some()).await;
    assert_counts(&client, &[(1, 6)]).await;
    second.stop().await.unwrap();
}
