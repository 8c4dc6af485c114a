//! What becomes of values while Redis is killed, flushed, full, slow, failed over and rearranged.

use std::time::Duration;

use aether_core::memory::MemoryStore;
use aether_redis::{Error, GuardedWrite, KeySpace, RedisClient, RedisSettings};
use aether_servers::{Redis, RedisCluster, RedisOptions, RedisSentinel};

use crate::load::Load;
use crate::probe::{connect, eventually, own, quick, raw, stamp};
use crate::rebuild::{append, assert_counts_in, start_in};

#[tokio::test]
async fn a_redis_that_keeps_a_log_and_is_killed_keeps_what_it_acknowledged() {
    let options = RedisOptions::default().own();
    let options = options.setting("appendonly", "yes").setting("appendfsync", "always");
    let redis = Redis::start(options).await.unwrap();
    let client = connect(redis.url()).await;
    let load = Load::start(&client, &KeySpace::new(), 4);
    for _ in 0..2 {
        load.progress(50).await;
        redis.kill9().await.unwrap();
        redis.restart().await.unwrap();
    }
    load.progress(50).await;
    load.end().await.assert_only_forwards();
}

#[tokio::test]
async fn a_redis_that_comes_back_empty_is_filled_again() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let load = Load::start(&client, &KeySpace::new(), 4);
    load.progress(50).await;
    redis.kill9().await.unwrap();
    redis.restart().await.unwrap();
    load.progress(50).await;
    raw(redis.url(), "FLUSHALL");
    load.progress(50).await;
    load.end().await.assert_only_forwards();
}

#[tokio::test]
async fn a_redis_that_sleeps_now_and_then_costs_time_and_nothing_else() {
    let options = RedisOptions::default().own().setting("enable-debug-command", "yes");
    let redis = Redis::start(options).await.unwrap();
    let client = connect(redis.url()).await;
    let load = Load::start(&client, &KeySpace::new(), 4);
    for _ in 0..2 {
        load.progress(50).await;
        let url = redis.url().to_owned();
        tokio::task::spawn_blocking(move || raw(&url, "DEBUG SLEEP 1")).await.unwrap();
    }
    load.progress(50).await;
    load.end().await.assert_only_forwards();
}

#[tokio::test]
async fn a_full_redis_refuses_writes_keeps_values_and_goes_on() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let entity = KeySpace::new().entity("combat", 1);
    let write = |sequence, size| {
        GuardedWrite::put(&entity, stamp(sequence))
            .hash(entity.key("state"), [("text", "x".repeat(size))])
    };
    client.write([write(1, 10)]).await.unwrap();
    raw(redis.url(), "CONFIG SET maxmemory 4mb");
    let mut filled = Ok(());
    for sequence in 2..100 {
        let more = KeySpace::new().entity("more", sequence);
        let write = GuardedWrite::put(&more, stamp(sequence))
            .hash(more.key("state"), [("text", "x".repeat(100_000))]);
        filled = client.write([write]).await.map(drop);
        if filled.is_err() {
            break;
        }
    }
    let error = filled.unwrap_err();
    assert!(matches!(error, Error::OutOfMemory { .. }) && error.is_transient(), "{error}");
    raw(redis.url(), "CONFIG SET maxmemory 1mb");
    assert!(matches!(client.write([write(2, 20)]).await, Err(Error::OutOfMemory { .. })));
    assert_eq!(client.hash(&entity.key("state")).await.unwrap()["text"].len(), 10);
    assert!(client.health().is_ready(), "a full Redis is no silent one");
    raw(redis.url(), "CONFIG SET maxmemory 0");
    assert_eq!(client.write([write(2, 20)]).await.unwrap().applied, 1);
}

#[tokio::test]
async fn a_redis_that_evicts_takes_every_write() {
    let options = RedisOptions::default().own();
    let options = options.setting("maxmemory", "4mb").setting("maxmemory-policy", "allkeys-lru");
    let redis = Redis::start(options).await.unwrap();
    let client = connect(redis.url()).await;
    for sequence in 1..200 {
        let entity = KeySpace::new().entity("combat", sequence);
        let write = GuardedWrite::put(&entity, stamp(sequence))
            .hash(entity.key("state"), [("text", "x".repeat(100_000))]);
        assert_eq!(client.write([write]).await.unwrap().applied, 1);
    }
    assert!(!raw(redis.url(), "DBSIZE").starts_with(":398"), "some are gone");
}

#[tokio::test]
async fn a_value_that_is_too_large_is_not_sent() {
    let redis = own().await;
    let settings = quick().max_value_bytes(1000);
    let client = RedisClient::connect(redis.url()).with(settings).await.unwrap();
    let entity = KeySpace::new().entity("combat", 1);
    let write = |size| {
        GuardedWrite::put(&entity, stamp(1)).hash(entity.key("state"), [("a", "x".repeat(size))])
    };
    match client.write([write(1001)]).await.unwrap_err() {
        error @ Error::TooLarge { bytes: 1001, limit: 1000, .. } => assert!(!error.is_transient()),
        other => panic!("{other}"),
    }
    assert_eq!(raw(redis.url(), "DBSIZE"), ":0");
    assert_eq!(client.write([write(1000)]).await.unwrap().applied, 1);
    assert_eq!(RedisSettings::default().max_value_bytes, 8 << 20);
}

async fn sentinel() -> (RedisSentinel, RedisClient) {
    let redis = RedisSentinel::start(RedisOptions::default().own()).await.unwrap();
    let client = connect(redis.url()).await;
    (redis, client)
}

async fn cluster() -> (RedisCluster, RedisClient, KeySpace) {
    let redis = RedisCluster::start(RedisOptions::default().own()).await.unwrap();
    let client = connect(redis.url()).await;
    (redis, client, KeySpace::new().hash_tags(true))
}

#[tokio::test]
async fn writers_go_on_at_the_new_master_when_one_behind_sentinel_dies() {
    let (redis, client) = sentinel().await;
    let load = Load::start(&client, &KeySpace::new(), 4);
    load.progress(50).await;
    redis.kill9(0).await.unwrap();
    redis.replaced(0).await.unwrap();
    load.progress(50).await;
    load.end().await.assert_back_once_at_most();
}

#[tokio::test]
async fn writers_leave_a_frozen_master_behind_sentinel() {
    let (redis, client) = sentinel().await;
    let load = Load::start(&client, &KeySpace::new(), 4);
    load.progress(50).await;
    redis.pause(0).await.unwrap();
    redis.replaced(0).await.unwrap();
    load.progress(50).await;
    // it wakes up and still takes itself for the master, for a moment
    redis.resume(0).await.unwrap();
    load.progress(50).await;
    load.end().await.assert_back_once_at_most();
}

#[tokio::test]
async fn nothing_moves_backwards_when_a_cluster_fails_over_in_good_order() {
    let (redis, client, keys) = cluster().await;
    let load = Load::start(&client, &keys, 6);
    for master in 0..3 {
        load.progress(50).await;
        redis.failover(master).await.unwrap();
    }
    load.progress(50).await;
    load.end().await.assert_only_forwards();
}

#[tokio::test]
async fn writers_go_on_when_a_master_of_a_cluster_dies() {
    let (redis, client, keys) = cluster().await;
    let load = Load::start(&client, &keys, 6);
    load.progress(50).await;
    let replica = redis.replica_of(1).await.unwrap();
    redis.kill9(1).await.unwrap();
    redis.promoted(replica).await.unwrap();
    load.progress(50).await;
    load.end().await.assert_back_once_at_most();
}

#[tokio::test]
async fn keys_that_move_to_another_node_are_followed() {
    let (redis, client, keys) = cluster().await;
    let entity = keys.entity("combat", 1);
    let slot = redis.slot_of(entity.key("state").as_str()).await.unwrap();
    let from = redis.master_of(slot).await.unwrap();
    let load = Load::on(&client, vec![entity.clone()]);
    // others on the same connections, whose answers must stay theirs
    let others = (10..14).map(|id| keys.entity("combat", id)).collect();
    let others = Load::on(&client, others);
    load.progress(20).await;
    let migration = redis.migrate(slot, (from + 1) % 3).await.unwrap();
    load.progress(20).await;
    // while some keys are here and some there, the entity cannot be written
    assert_eq!(migration.move_keys(1).await.unwrap(), 1);
    eventually("told to try again", async || {
        let write = GuardedWrite::update(&entity, stamp(1)).hash(entity.key("state"), [("a", "1")]);
        match client.write([write.list_push(entity.key("log"), "x", 3)]).await {
            Err(error) => error.is_transient(),
            Ok(_) => false,
        }
    })
    .await;
    // all keys are there, and the slot is still here: ASK
    while migration.move_keys(10).await.unwrap() > 0 {}
    load.progress(20).await;
    others.progress(20).await;
    // the slot is there: MOVED
    migration.finish().await.unwrap();
    load.progress(20).await;
    assert_eq!(redis.master_of(slot).await.unwrap(), (from + 1) % 3);
    load.end().await.assert_only_forwards();
    others.end().await.assert_only_forwards();
}

/// Appends while `fault` happens; in the end, every count must be the number of its events.
async fn project_through(client: &RedisClient, keys: &KeySpace, fault: impl AsyncFnOnce()) {
    let store = MemoryStore::new();
    let node = start_in(&store, client, keys.clone());
    for aggregate in 1..=10 {
        append(&store, aggregate, 20).await;
    }
    node.wait_for_all(append(&store, 1, 1).await).await.unwrap();
    let more = async {
        for _ in 0..50 {
            for aggregate in 1..=10 {
                append(&store, aggregate, 1).await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::join!(more, fault());
    node.wait_for_all(append(&store, 2, 1).await).await.unwrap();
    let counts: Vec<(u128, u32)> =
        (1..=10).map(|aggregate| (aggregate, 70 + u32::from(aggregate <= 2))).collect();
    assert_counts_in(client, keys, &counts).await;
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_projection_survives_the_death_of_a_master_behind_sentinel() {
    let (redis, client) = sentinel().await;
    project_through(&client, &KeySpace::new(), async || {
        redis.kill9(0).await.unwrap();
        redis.replaced(0).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_projection_survives_the_failovers_of_a_cluster() {
    let (redis, client, keys) = cluster().await;
    project_through(&client, &keys, async || {
        for master in 0..3 {
            redis.failover(master).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_projection_is_filled_again_when_a_master_comes_back_empty() {
    let options = || RedisOptions::default().own();
    let redis = RedisSentinel::start(options()).await.unwrap();
    let client = connect(redis.url()).await;
    project_through(&client, &KeySpace::new(), async || {
        raw(&redis.url_of(redis.master().await.unwrap()).unwrap(), "FLUSHALL");
    })
    .await;
}
