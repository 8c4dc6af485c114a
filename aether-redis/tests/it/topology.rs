//! Where Redis is and how it is reached: one server, Sentinel, Cluster, TLS, users.

use aether_core::Filter;
use aether_core::backend::{Checkpoints as _, Registration};
use aether_redis::{Error, GuardedWrite, KeySpace, RedisClient, RedisReadModels, Topology};
use aether_servers::{Redis, RedisCluster, RedisOptions, RedisSentinel};

use crate::probe::{
    Place, connect, eventually, own, quick, raw, raw_lines, rights, sentinels_of, stamp,
};

fn state(keys: &KeySpace, id: u32, turn: u64) -> GuardedWrite {
    let entity = keys.entity("combat", id);
    GuardedWrite::put(&entity, stamp(turn))
        .hash(entity.key("state"), [("tour", turn.to_string())])
        .list_push(entity.key("log"), turn.to_string(), 5)
}

#[tokio::test]
async fn the_address_says_how_redis_is_deployed() {
    let (single, sentinel, cluster) =
        tokio::join!(Place::single(), Place::sentinel(), Place::cluster());
    for (place, topology) in
        [(single, Topology::Single), (sentinel, Topology::Sentinel), (cluster, Topology::Cluster)]
    {
        assert_eq!(place.client.topology(), topology);
        assert_eq!(place.client.is_cluster(), topology == Topology::Cluster);
        assert!(place.client.health().is_ready());
    }
}

#[tokio::test]
async fn a_cluster_wants_hash_tags_and_says_so_before_anything_is_sent() {
    let Place { client, keys, .. } = Place::cluster().await;
    client.check_keys(&keys).unwrap();
    let plain = keys.clone().hash_tags(false);
    let error = client.check_keys(&plain).unwrap_err();
    assert!(matches!(error, Error::HashTagsNeeded { .. }) && !error.is_transient(), "{error}");
    let models = RedisReadModels::new(client.clone(), plain.clone());
    let filter = Filter::all();
    let registration = Registration::new("live", &filter, 1);
    let error = models.register(&registration).await.unwrap_err();
    assert!(matches!(Error::find_in(&error), Some(Error::HashTagsNeeded { .. })), "{error}");
    // some of these lie in one slot by chance
    let mut refused = 0;
    for id in 0..20 {
        match client.write([state(&plain, id, 1)]).await {
            Ok(_) => {}
            Err(Error::CrossSlot { .. }) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(refused > 10, "{refused}");
    assert_eq!(client.write((0..20).map(|id| state(&keys, id, 1))).await.unwrap().applied, 20);
}

#[tokio::test]
async fn nodes_that_are_not_in_the_address_are_found() {
    let cluster = RedisCluster::start(RedisOptions::default().own()).await.unwrap();
    let client = connect(&cluster.url_of(0).unwrap()).await;
    let keys = KeySpace::new().hash_tags(true);
    client.write((0..50).map(|id| state(&keys, id, 1))).await.unwrap();
    let replica = cluster.replica_of(0).await.unwrap();
    cluster.kill9(0).await.unwrap();
    cluster.promoted(replica).await.unwrap();
    for id in 0..50 {
        eventually("every slot is served again", async || {
            client.write([state(&keys, id, 2)]).await.is_ok()
        })
        .await;
    }
}

#[tokio::test]
async fn sentinel_leads_to_the_new_master() {
    let redis = RedisSentinel::start(RedisOptions::default().own()).await.unwrap();
    let client = connect(redis.url()).await;
    let keys = KeySpace::new();
    client.write([state(&keys, 1, 1)]).await.unwrap();
    // the old master is well, and takes writes for ten more seconds
    let new = redis.failover().await.unwrap();
    assert_ne!(new, 0);
    let mut turn = 1;
    eventually("written where it counts", async || {
        turn += 1;
        let written = client.write([state(&keys, 1, turn)]).await.is_ok();
        let there = raw_lines(&redis.url_of(new).unwrap(), "HGET combat:1:state tour", 2);
        written && there.last() == Some(&turn.to_string())
    })
    .await;
}

#[tokio::test]
async fn a_master_that_became_a_replica_is_no_error_for_ever() {
    let (redis, other) = tokio::join!(own(), own());
    let client = connect(redis.url()).await;
    let master = other.url().trim_start_matches("redis://").replace(':', " ");
    assert_eq!(raw(redis.url(), &format!("REPLICAOF {master}")), "+OK");
    let write = || client.write([state(&KeySpace::new(), 1, 1)]);
    eventually("told so", async || match write().await {
        Err(Error::NotReady { .. }) => true,
        Err(error) => {
            assert!(error.is_transient(), "{error}");
            false
        }
        Ok(_) => panic!("a replica took a write"),
    })
    .await;
    assert_eq!(raw(redis.url(), "REPLICAOF NO ONE"), "+OK");
    eventually("written", async || write().await.is_ok()).await;
}

#[tokio::test]
async fn sentinels_may_want_credentials() {
    let redis = RedisSentinel::start(RedisOptions::default().own()).await.unwrap();
    for sentinel in sentinels_of(redis.url()) {
        assert_eq!(raw(&sentinel, &rights("watcher", "watcher", "")), "+OK");
        assert_eq!(raw(&sentinel, "ACL SETUSER default off"), "+OK");
    }
    let error = RedisClient::connect(redis.url()).with(quick()).await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error}");
    let url = format!("{}&sentinelUsername=watcher&sentinelPassword=password", redis.url());
    let client = RedisClient::connect(&url).with(quick()).await.unwrap();
    client.ping().await.unwrap();
}

#[tokio::test]
async fn tls_trusts_the_given_roots_and_nobody_else() {
    let redis = Redis::start(RedisOptions::default().tls()).await.unwrap();
    assert!(redis.url().starts_with("rediss://"));
    let roots = quick().root_certificates(redis.certificate().unwrap());
    let client = RedisClient::connect(redis.url()).with(roots).await.unwrap();
    assert_eq!(client.write([state(&KeySpace::new(), 1, 1)]).await.unwrap().applied, 1);
    let stranger = Redis::start(RedisOptions::default().tls()).await.unwrap();
    let roots = quick().root_certificates(stranger.certificate().unwrap());
    let error = RedisClient::connect(redis.url()).with(roots).await.unwrap_err();
    assert!(matches!(error, Error::Certificates { .. }) && !error.is_transient(), "{error}");
    let nonsense = quick().root_certificates("no certificate");
    let error = RedisClient::connect(redis.url()).with(nonsense).await.unwrap_err();
    assert!(matches!(error, Error::Certificates { .. }) && !error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_user_of_the_address_may_do_what_its_rights_allow() {
    let options = RedisOptions::default().own();
    let rights = "alice on >secret ~prod:* +@all -flushall";
    let redis = Redis::start(options.setting("user", rights)).await.unwrap();
    let url = redis.url().replace("redis://", "redis://alice:secret@");
    let client = connect(&url).await;
    let keys = KeySpace::with_prefix("prod:").unwrap();
    assert_eq!(client.write([state(&keys, 1, 1)]).await.unwrap().applied, 1);
    let other = KeySpace::with_prefix("staging:").unwrap();
    let error = client.write([state(&other, 1, 1)]).await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }) && !error.is_transient(), "{error}");
}

#[tokio::test]
async fn an_address_of_sentinel_needs_the_name_of_the_service() {
    let error = RedisClient::connect("redis-sentinel://127.0.0.1:1").await.unwrap_err();
    assert!(matches!(error, Error::Address { .. }), "{error}");
    assert!(error.to_string().contains("sentinelServiceName"), "{error}");
}
