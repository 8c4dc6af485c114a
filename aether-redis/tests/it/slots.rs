//! On a Redis Cluster, every call stays in one slot: the server refuses scripts that leave it.

use std::time::Duration;

use aether_redis::{
    Cooldowns, Counters, KeySpace, NewSession, Presence, RateLimit, RateLimits, RedisClient,
    Sessions,
};
use aether_servers::{Redis, RedisOptions};

use crate::probe::{connect, eventually, raw, seconds_ago, stamp};

/// A cluster of one node that has all slots, and a key space with hash tags.
async fn cluster() -> (Redis, RedisClient, KeySpace) {
    let options = RedisOptions::default()
        .own()
        .setting("cluster-enabled", "yes")
        .setting("cluster-announce-ip", "127.0.0.1");
    let redis = Redis::start(options).await.unwrap();
    raw(redis.url(), "CLUSTER ADDSLOTSRANGE 0 16383");
    eventually("the cluster stands", async || raw(redis.url(), "SET probe x").starts_with("+OK"))
        .await;
    let client = connect(&redis.url().replace("redis://", "redis-cluster://")).await;
    (redis, client, KeySpace::with_prefix("test:").unwrap().hash_tags(true))
}

#[tokio::test]
async fn sessions_stay_in_the_slot_of_their_user() {
    let (_redis, client, keys) = cluster().await;
    let sessions = Sessions::new(client, keys).max_per_user(2);
    let mark = sessions.mark("u1").await.unwrap();
    let new = || NewSession::new("u1", "Kael").attribute("device", "phone");
    let first = sessions.create(new()).await.unwrap().session.id;
    let second = sessions.create_since(&mark, new()).await.unwrap().unwrap().session.id;
    let third = sessions.create(new()).await.unwrap();
    assert_eq!(third.revoked.len(), 1);
    assert!(sessions.get(&first).await.unwrap().is_none());
    assert!(sessions.touch(&second).await.unwrap().is_some());
    assert!(sessions.connect(&second, "ws").await.unwrap());
    assert!(sessions.disconnect(&second, "ws").await.unwrap());
    assert_eq!(sessions.list("u1").await.unwrap().len(), 2);
    assert_eq!(sessions.revoke_others(&second).await.unwrap().len(), 1);
    assert!(sessions.revoke(&second).await.unwrap().is_some());
    assert!(sessions.revoke_all("u1").await.unwrap().is_empty());
}

#[tokio::test]
async fn cooldowns_stay_in_the_slot_of_their_player() {
    let (_redis, client, keys) = cluster().await;
    let cooldowns = Cooldowns::new(client.clone(), keys.clone());
    let span = Duration::from_secs(60);
    assert!(cooldowns.try_start("p1", "fire", span).await.unwrap().is_started());
    client.write([Cooldowns::started(&keys, "p1", "ice", span, stamp(1))]).await.unwrap();
    assert_eq!(cooldowns.all("p1").await.unwrap().len(), 2);
    client.write([Cooldowns::cleared(&keys, "p1", "ice", stamp(2))]).await.unwrap();
    cooldowns.clear("p1", "fire").await.unwrap();
    assert!(cooldowns.seconds_left("p1").await.unwrap().is_empty());
    cooldowns.clear_all("p1").await.unwrap();
}

#[tokio::test]
async fn buckets_of_several_limits_are_asked_one_after_another() {
    let (_redis, client, keys) = cluster().await;
    let limits = RateLimits::new(client, keys);
    let (user, address) = (
        RateLimit::new("user", 2, Duration::from_secs(86_400)),
        RateLimit::new("address", 9, Duration::from_secs(86_400)),
    );
    let both = [(&address, "10.0.0.1"), (&user, "u1")];
    for allowed in [true, true, false] {
        assert_eq!(limits.take_each(&both).await.unwrap().is_allowed(), allowed);
    }
    limits.reset(&user, "u1").await.unwrap();
}

#[tokio::test]
async fn all_days_of_a_counter_stay_in_its_slot() {
    let (_redis, client, keys) = cluster().await;
    let counters = Counters::new(client, keys).keep(5);
    counters.add("combats", 1).await.unwrap();
    for days in 1..4 {
        let event = seconds_ago(10 - days, days * 86_400);
        counters.add_event("combats", 1, format!("source{days}"), event).await.unwrap();
        counters.mark_event("players", days, event).await.unwrap();
    }
    counters.mark("players", 9).await.unwrap();
    assert_eq!(counters.value_over("combats", 5).await.unwrap(), 4);
    assert_eq!(counters.unique_over("players", 5).await.unwrap(), 4);
    assert!(counters.value("combats").await.unwrap() >= 1);
    assert!(counters.unique("players").await.unwrap() >= 1);
}

#[tokio::test]
async fn each_shard_of_presence_stays_in_its_slot() {
    let (_redis, client, keys) = cluster().await;
    let presence = Presence::new(client, keys);
    let short = presence.clone().window(Duration::from_millis(30));
    short.beats((0..100).map(|player| (player, player % 7))).await.unwrap();
    eventually("silent", async || short.online().await.unwrap() == 0).await;
    presence.beats((100..300).map(|player| (player, "forest"))).await.unwrap();
    presence.beats((100..150).map(|player| (player, "harbour"))).await.unwrap();
    assert_eq!(presence.online().await.unwrap(), 200);
    assert_eq!(presence.in_zone("harbour", None, 100).await.unwrap().players.len(), 50);
    assert!(presence.is_online(299).await.unwrap());
    assert!(presence.leave(299).await.unwrap());
}
