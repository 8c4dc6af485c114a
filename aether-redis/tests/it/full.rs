//! A Redis that has no memory left: what is held can still be renewed, freed and worked off.

use std::time::{Duration, SystemTime};

use aether_core::backend::{Checkpoints as _, Order, Registration};
use aether_core::lock::LockName;
use aether_core::projection::{Message, Shard, Sink as _};
use aether_core::uuid::Uuid;
use aether_core::{AggregateId, BoxError, Filter, Json, Position};
use aether_realtime::lock::Locks as _;
use aether_redis::{
    Error, GroupSettings, KeySpace, NewSession, Presence, RedisClient, RedisLocks, RedisReadModels,
    RedisStream, Retention, Sessions, StreamHandler, StreamMessage,
};
use aether_servers::Redis;

use crate::probe::{connect, eventually, own, raw};

async fn roomy() -> (Redis, RedisClient, KeySpace) {
    let redis = own().await;
    let client = connect(redis.url()).await;
    (redis, client, KeySpace::new())
}

/// From here on nothing that takes room is accepted.
async fn fill(redis: &Redis, locks: &RedisLocks) {
    assert_eq!(raw(redis.url(), "CONFIG SET maxmemory 1"), "+OK");
    let name = LockName::new("other", 1);
    let error = locks.acquire(&name, Uuid::new_v4(), Duration::from_secs(9)).await.unwrap_err();
    assert!(matches!(Error::find_in(&error), Some(Error::OutOfMemory { .. })), "{error}");
}

#[tokio::test]
async fn a_held_lock_is_kept_and_released() {
    let (redis, client, keys) = roomy().await;
    let locks = RedisLocks::new(client, keys);
    let (name, owner, lease) =
        (LockName::new("combat", 42), Uuid::new_v4(), Duration::from_secs(60));
    locks.acquire(&name, owner, lease).await.unwrap().unwrap();
    fill(&redis, &locks).await;
    assert!(locks.renew(&name, owner, lease).await.unwrap());
    assert!(locks.release(&name, owner).await.unwrap());
    assert_eq!(raw(redis.url(), "EXISTS lock:combat:42"), ":0");
}

/// Fails at one message, for good.
struct Picky;

impl StreamHandler for Picky {
    async fn handle(&self, message: &StreamMessage) -> Result<(), BoxError> {
        if message.position.get() == 3 { Err("no".into()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_stream_is_worked_off_buried_from_and_trimmed() {
    let (redis, client, keys) = roomy().await;
    let stream = RedisStream::new(client.clone(), &keys, "event:stream");
    let messages: Vec<Message> = (1..=500)
        .map(|position: u64| {
            let key = AggregateId::new(Uuid::from_u128(position.into()));
            Message::new("t", key, Position::new(position), Json::encode(&position).unwrap())
        })
        .collect();
    let settings = GroupSettings::new()
        .block(Duration::from_millis(50))
        .backoff(Duration::from_millis(1))
        .claim_after(Duration::from_millis(300))
        .attempts(2);
    let group = stream.group("g").settings(settings);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = {
        let group = group.clone();
        tokio::spawn(async move { group.run("c", Picky, async { drop(stopped.await) }).await })
    };
    eventually("the group is there", async || !group.lag().await.unwrap().is_empty()).await;
    stream.sink().deliver(&messages).await.unwrap();
    fill(&redis, &RedisLocks::new(client, keys)).await;
    eventually("all is worked off", async || {
        let lag = group.lag().await.unwrap();
        lag[0].pending == 0 && lag[0].unread == Some(0)
    })
    .await;
    let dead = group.dead_letters(10).await.unwrap();
    assert_eq!(dead.iter().map(|letter| letter.deliveries).collect::<Vec<_>>(), [2]);
    let retention = Retention::EVERYTHING.age(Duration::ZERO);
    assert!(stream.trim(retention).await.unwrap().entries >= 400);
    drop(stop);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn who_leaves_is_let_go_and_who_stays_stays() {
    let (redis, client, keys) = roomy().await;
    let sessions = Sessions::new(client.clone(), keys.clone());
    let presence = Presence::new(client.clone(), keys.clone());
    let id = sessions.create(NewSession::new(42, "Kael")).await.unwrap().session.id;
    assert!(sessions.connect(&id, "c1").await.unwrap());
    sessions.set_attribute(&id, "device", Some("phone")).await.unwrap();
    presence.beat(42, "forest").await.unwrap();
    fill(&redis, &RedisLocks::new(client, keys)).await;
    assert!(sessions.touch(&id).await.unwrap().is_some());
    assert!(sessions.disconnect(&id, "c1").await.unwrap());
    assert!(sessions.set_attribute(&id, "device", None).await.unwrap());
    assert!(!presence.beat(42, "forest").await.unwrap(), "it was there");
    assert!(presence.leave(42).await.unwrap());
    assert!(sessions.revoke(&id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_projection_is_paused_and_its_read_model_emptied() {
    let (redis, client, keys) = roomy().await;
    let models = RedisReadModels::new(client.clone(), keys.clone());
    let filter = Filter::all();
    let registration = Registration::new("live", &filter, 1);
    models.register(&registration).await.unwrap();
    models.claim(&Shard::whole("live"), 1).await.unwrap();
    let entity = keys.entity("combat", 1);
    let stamp = aether_redis::Stamp::new(7, SystemTime::now());
    let write = aether_redis::GuardedWrite::create(&entity, stamp)
        .hash(entity.key("state"), [("turn", "1")]);
    client.write([write]).await.unwrap();
    fill(&redis, &RedisLocks::new(client, keys)).await;
    models.order("live", Order::Pause).await.unwrap();
    assert!(models.stored("live").await.unwrap().unwrap().paused);
    models.order("live", Order::Resume).await.unwrap();
    assert_eq!(models.refill("live", &["combat"]).await.unwrap(), 2);
    assert!(!models.stored("live").await.unwrap().unwrap().paused);
}
