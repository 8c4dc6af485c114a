//! Rights that are missing are denied, and never anything else.

use std::time::Duration;

use aether_core::lock::LockName;
use aether_core::uuid::Uuid;
use aether_core::{BoxError, Json};
use aether_realtime::bus::{Bus as _, Notice, Signal};
use aether_realtime::lock::Locks as _;
use aether_redis::{
    Circuit, Error, GuardedWrite, KeySpace, RedisBus, RedisLocks, RedisStream, StreamHandler,
    StreamMessage,
};

use crate::probe::{
    Place, connect, eventually, on_every_topology, own, quick, raw, rights, with_user,
};

const LEASE: Duration = Duration::from_secs(60);

fn is_denied(error: &aether_core::Error) -> bool {
    matches!(Error::find_in(error), Some(Error::Denied { .. })) && !error.is_transient()
}

#[tokio::test]
async fn a_right_that_is_missing_inside_a_script_is_denied() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let locks = RedisLocks::new(client, KeySpace::new());
    let name = LockName::new("combat", 42);
    let owner = Uuid::new_v4();
    raw(redis.url(), "ACL SETUSER default -set");
    let error = locks.acquire(&name, owner, LEASE).await.unwrap_err();
    assert!(is_denied(&error), "{error}");
    raw(redis.url(), "ACL SETUSER default +set -get");
    for error in [
        locks.acquire(&name, owner, LEASE).await.unwrap_err(),
        locks.renew(&name, owner, LEASE).await.unwrap_err(),
        locks.release(&name, owner).await.unwrap_err(),
    ] {
        assert!(is_denied(&error), "{error}");
    }
    raw(redis.url(), "ACL SETUSER default +get");
    assert!(locks.acquire(&name, owner, LEASE).await.unwrap().is_some());
}

struct Never;

impl StreamHandler for Never {
    async fn handle(&self, _: &StreamMessage) -> Result<(), BoxError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_consumer_that_may_not_consume_ends_and_says_so() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let group = RedisStream::new(client, &KeySpace::new(), "event:stream").group("g");
    for right in ["xautoclaim", "xgroup", "xreadgroup"] {
        raw(redis.url(), &format!("ACL SETUSER default +@all -{right}"));
        let run = group.run("c", Never, std::future::pending());
        let error = tokio::time::timeout(Duration::from_secs(20), run).await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Denied { .. }), "{right}: {error}");
    }
}

#[tokio::test]
async fn a_bus_that_may_not_listen_says_so_and_comes_up_when_it_may() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    for (revoke, grant, says) in [
        ("-ping", "+ping", "'ping'"),
        ("resetchannels", "allchannels", "channel"),
        ("-subscribe", "+subscribe", "'subscribe'"),
    ] {
        raw(redis.url(), &format!("ACL SETUSER default {revoke}"));
        let bus = RedisBus::new(client.clone(), KeySpace::new()).unwrap();
        let mut listener = bus.listen("a");
        eventually("it says why", async || {
            bus.failure().is_some_and(|failure| failure.contains(says))
        })
        .await;
        assert!(!bus.is_up());
        raw(redis.url(), &format!("ACL SETUSER default {grant}"));
        let told = tokio::time::timeout(Duration::from_secs(10), listener.next()).await;
        assert_eq!(told.unwrap(), Some(Signal::Up), "{revoke}");
        eventually("it is up", async || bus.is_up() && bus.failure().is_none()).await;
    }
}

#[tokio::test]
async fn an_open_circuit_closes_for_a_user_that_may_not_ping() {
    let redis = own().await;
    let settings = quick()
        .breaker_threshold(2)
        .breaker_pause(Duration::from_millis(100))
        .unresponsive_after(Duration::from_secs(60));
    let client = aether_redis::RedisClient::connect(redis.url()).with(settings).await.unwrap();
    raw(redis.url(), "ACL SETUSER default -ping");
    redis.pause().await.unwrap();
    let key = KeySpace::new().key("text");
    eventually("the circuit opens", async || {
        client.hash(&key).await.is_err() && client.health().circuit != Circuit::Closed
    })
    .await;
    redis.resume().await.unwrap();
    eventually("it closes", async || client.health().is_ready()).await;
    assert!(client.hash(&key).await.unwrap().is_empty());
}

/// The other tests on shared servers have these rights, too; buses are tested on servers of their own.
async fn the_rights_of_the_readme_are_enough_for_a_bus(place: Place) {
    let bus = RedisBus::new(place.another_client().await, place.keys.clone()).unwrap();
    let mut listener = bus.listen("a");
    assert_eq!(listener.next().await, Some(Signal::Up));
    let notice = Notice::passing("a", Json::empty());
    bus.publish(std::slice::from_ref(&notice)).await.unwrap();
    assert_eq!(listener.next().await, Some(Signal::Notice(notice)));
    drop(listener);
    eventually("it is unsubscribed", async || bus.channels() == 0 && bus.is_up()).await;
}

on_every_topology! {
    the_rights_of_the_readme_are_enough_for_a_bus,
}

#[tokio::test]
async fn the_rights_of_the_readme_are_enough_for_another_database() {
    let redis = own().await;
    assert_eq!(raw(redis.url(), &rights("game", "game", "prod:")), "+OK");
    let url = format!("{}/3", with_user(redis.url(), "game:password"));
    let client = connect(&url).await;
    let entity = KeySpace::with_prefix("prod:").unwrap().entity("e", 1);
    let stamp = crate::probe::stamp(1);
    let write = GuardedWrite::create(&entity, stamp).hash(entity.key("state"), [("a", "1")]);
    assert_eq!(client.write([write]).await.unwrap().applied, 1);
    assert_eq!(raw(redis.url(), "DBSIZE"), ":0", "it is in database 3");
}
