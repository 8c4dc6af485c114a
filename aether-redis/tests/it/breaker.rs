//! The circuit breaker: a silent Redis costs microseconds, and is found again without anybody's doing.

use std::time::{Duration, Instant};

use aether_redis::{Circuit, Error, RedisClient, RedisSettings};
use aether_servers::Redis;

use crate::probe::{eventually, info, own, quick, raw};

const PAUSE: Duration = Duration::from_millis(200);

fn settings() -> RedisSettings {
    // connections stay: the breaker alone is at work
    quick().unresponsive_after(Duration::from_secs(60)).breaker_threshold(3).breaker_pause(PAUSE)
}

async fn connect(redis: &Redis, settings: RedisSettings) -> RedisClient {
    RedisClient::connect(redis.url()).with(settings).await.unwrap()
}

/// Calls until the circuit is open.
async fn open(client: &RedisClient) {
    eventually("the circuit opens", async || {
        client.ping().await.is_err_and(|error| error.is_circuit_open())
    })
    .await;
}

#[tokio::test]
async fn a_silent_redis_costs_its_callers_next_to_nothing() {
    let redis = own().await;
    let client = connect(&redis, settings()).await;
    assert!(client.health().is_ready());
    redis.pause().await.unwrap();
    let mut errors = Vec::new();
    for _ in 0..3 {
        errors.push(client.ping().await.unwrap_err());
    }
    assert!(errors.iter().all(Error::is_timeout), "{errors:?}");
    let started = Instant::now();
    for _ in 0..1000 {
        match client.ping().await.unwrap_err() {
            error @ Error::CircuitOpen { retry_after } => {
                assert!(error.is_transient() && retry_after <= PAUSE * 2, "{error}");
            }
            other => panic!("{other}"),
        }
    }
    assert!(started.elapsed() < Duration::from_millis(400), "less than one time-out for all");
    let health = client.health();
    assert!(!health.is_ready() && health.circuit != Circuit::Closed, "{health:?}");
    let error: aether_core::Error = client.ping().await.unwrap_err().into();
    assert!(error.is_transient(), "{error}");
    redis.resume().await.unwrap();
    // nobody calls meanwhile
    eventually("it closes by itself", async || client.health().is_ready()).await;
    client.ping().await.unwrap();
}

#[tokio::test]
async fn one_prober_asks_for_all_callers() {
    let redis = own().await;
    let client = connect(&redis, settings()).await;
    redis.pause().await.unwrap();
    open(&client).await;
    let opened = Instant::now();
    let mut refused = 0_u64;
    while opened.elapsed() < PAUSE * 12 {
        let calls = (0..50).map(|_| client.ping());
        let answers = futures::future::join_all(calls).await;
        refused += answers.iter().filter(|answer| answer.is_err()).count() as u64;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    redis.resume().await.unwrap();
    eventually("it closes", async || client.health().is_ready()).await;
    // all that was sent while it slept has arrived: those that opened it, and the probes
    let pings = info(redis.url(), "commandstats", "cmdstat_ping:calls=");
    assert!(refused > 1000, "{refused}");
    assert!((4..40).contains(&pings), "{pings} pings for {refused} calls");
}

#[tokio::test]
async fn answers_that_are_errors_do_not_open_it() {
    let redis = own().await;
    let client = connect(&redis, settings()).await;
    let key = aether_redis::KeySpace::new().key("text");
    raw(redis.url(), "SET text x");
    for _ in 0..50 {
        let error = client.hash(&key).await.unwrap_err();
        assert!(matches!(error, Error::WrongType { .. }), "{error}");
    }
    assert_eq!(client.health().circuit, Circuit::Closed);
}

#[tokio::test]
async fn a_connection_that_came_back_is_tried_at_once() {
    let redis = own().await;
    let settings = quick().breaker_threshold(1).breaker_pause(Duration::from_secs(3600));
    let client = connect(&redis, settings).await;
    redis.pause().await.unwrap();
    open(&client).await;
    redis.kill9().await.unwrap();
    redis.restart().await.unwrap();
    // the pause of the breaker is an hour
    eventually("it closes", async || client.ping().await.is_ok()).await;
}

#[tokio::test]
async fn a_threshold_of_zero_leaves_every_call_its_time_out() {
    let redis = own().await;
    let timeout = Duration::from_millis(20);
    let client = connect(&redis, settings().breaker_threshold(0).command_timeout(timeout)).await;
    redis.pause().await.unwrap();
    for _ in 0..10 {
        assert!(client.ping().await.unwrap_err().is_timeout());
    }
    redis.resume().await.unwrap();
    eventually("answers", async || client.ping().await.is_ok()).await;
}

#[tokio::test]
async fn a_client_that_is_dropped_closes_its_connections() {
    let redis = own().await;
    let client = connect(&redis, settings()).await;
    client.ping().await.unwrap();
    let clients = || info(redis.url(), "clients", "connected_clients:");
    assert_eq!(clients(), 3, "two of the pool, and the one that asks");
    drop(client);
    eventually("gone", async || clients() == 1).await;
}
