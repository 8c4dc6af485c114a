//! The connection, and what becomes of calls without one.

use std::time::{Duration, Instant};

use aether_redis::{Error, GuardedWrite, KeySpace, RedisClient};

use crate::probe::{connect, eventually, own, quick, raw, stamp};

#[tokio::test]
async fn a_redis_that_is_not_there_is_a_typed_error_at_once() {
    let started = Instant::now();
    let error = RedisClient::connect("redis://127.0.0.1:1").await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(error.is_transient());
    assert!(aether_core::Error::from(error).is_transient());
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_bad_address_is_a_typed_error() {
    let error = RedisClient::connect("http://localhost").await.unwrap_err();
    assert!(matches!(error, Error::Address { .. }), "{error}");
    assert!(!error.is_transient());
}

#[tokio::test]
async fn a_wrong_password_is_a_typed_error() {
    let redis = own().await;
    let url = redis.url().replace("redis://", "redis://:wrong@");
    raw(redis.url(), "CONFIG SET requirepass right");
    let error = RedisClient::connect(&url).await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error}");
}

#[tokio::test]
async fn a_lazy_client_connects_when_redis_appears() {
    let redis = own().await;
    redis.kill9().await.unwrap();
    let client = RedisClient::connect(redis.url()).with(quick().lazy(true)).await.unwrap();
    let started = Instant::now();
    assert!(matches!(client.ping().await, Err(Error::Unreachable { .. })));
    assert!(started.elapsed() < Duration::from_millis(200), "answered at once");
    redis.restart().await.unwrap();
    eventually("connected", async || client.ping().await.is_ok()).await;
}

#[tokio::test]
async fn a_killed_redis_is_unreachable_and_found_again() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    client.ping().await.unwrap();
    redis.kill9().await.unwrap();
    eventually("the loss is noticed", async || {
        let error = client.ping().await.unwrap_err();
        assert!(error.is_transient(), "{error}");
        !client.is_connected()
    })
    .await;
    redis.restart().await.unwrap();
    eventually("found again", async || client.ping().await.is_ok()).await;
    // a new server does not know the scripts
    let entity = KeySpace::new().entity("e", 1);
    let write = GuardedWrite::create(&entity, stamp(1)).hash(entity.key("state"), [("a", "1")]);
    assert_eq!(client.write([write]).await.unwrap().applied, 1);
}

#[tokio::test]
async fn a_slow_redis_is_a_typed_timeout_and_answers_again() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    redis.pause().await.unwrap();
    let started = Instant::now();
    let error = client.ping().await.unwrap_err();
    assert!(error.is_timeout() && error.is_transient(), "{error}");
    assert!(started.elapsed() < Duration::from_secs(1));
    assert!(matches!(aether_core::Error::from(error), aether_core::Error::Timeout { .. }));
    redis.resume().await.unwrap();
    eventually("answers", async || client.ping().await.is_ok()).await;
}

#[tokio::test]
async fn a_full_redis_is_a_typed_transient_error() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    raw(redis.url(), "CONFIG SET maxmemory 1");
    let entity = KeySpace::new().entity("e", 1);
    let write = || GuardedWrite::create(&entity, stamp(1)).hash(entity.key("state"), [("a", "1")]);
    let error = client.write([write()]).await.unwrap_err();
    assert!(matches!(error, Error::OutOfMemory { .. }), "{error}");
    raw(redis.url(), "CONFIG SET maxmemory 0");
    assert_eq!(client.write([write()]).await.unwrap().applied, 1);
}

#[tokio::test]
async fn a_closed_client_refuses() {
    let redis = own().await;
    let client = RedisClient::connect(redis.url()).await.unwrap();
    client.close().await;
    eventually("refused", async || matches!(client.ping().await, Err(Error::Unreachable { .. })))
        .await;
}
