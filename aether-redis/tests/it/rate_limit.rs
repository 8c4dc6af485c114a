//! Rate limits: never more than allowed, no matter who counts.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aether_redis::{Error, KeySpace, OnOutage, RateDecision, RateLimit, RateLimits, RedisClient};
use tokio::task::JoinSet;

use crate::probe::{connect, eventually, own, raw, shared, shared_url};

const HOUR: Duration = Duration::from_secs(3600);
/// Five tokens, and hardly ever another one.
const FIVE: RateLimit = RateLimit::new("five", 5, Duration::from_secs(5 * 86_400));

async fn limits() -> (RateLimits, RedisClient, KeySpace) {
    let (client, keys) = shared().await;
    (RateLimits::new(client.clone(), keys.clone()), client, keys)
}

async fn left(limits: &RateLimits, limit: &RateLimit, subject: &str) -> u64 {
    match limits.take_many(limit, subject, 0).await.unwrap() {
        RateDecision::Allowed { remaining } => remaining,
        other => panic!("{other:?}"),
    }
}

fn micros_now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()
}

#[tokio::test]
async fn a_bucket_gives_what_it_holds_and_says_when_there_is_more() {
    let (limits, ..) = limits().await;
    for expected in (0..5).rev() {
        let decision = limits.take(&FIVE, "kael").await.unwrap();
        assert_eq!(decision, RateDecision::Allowed { remaining: expected });
    }
    let RateDecision::Limited { retry_after } = limits.take(&FIVE, "kael").await.unwrap() else {
        panic!("a sixth token");
    };
    let day = Duration::from_secs(86_400);
    assert!(retry_after <= day && retry_after > day - Duration::from_secs(60), "{retry_after:?}");
    assert_eq!(left(&limits, &FIVE, "lyra").await, 5, "somebody else has a bucket of their own");
}

#[tokio::test]
async fn fifty_tokens_are_fifty_for_two_hundred_callers_on_two_clients() {
    let (limits, _, keys) = limits().await;
    let other = RateLimits::new(connect(shared_url().await).await, keys);
    const FIFTY: RateLimit = RateLimit::new("fifty", 50, Duration::from_secs(50 * 86_400));
    let mut callers = JoinSet::new();
    for n in 0..200 {
        let limits = if n % 2 == 0 { limits.clone() } else { other.clone() };
        callers.spawn(async move { limits.take(&FIFTY, "all").await.unwrap() });
    }
    let decisions = callers.join_all().await;
    let mut remaining: Vec<u64> = decisions
        .iter()
        .filter_map(|decision| match decision {
            RateDecision::Allowed { remaining } => Some(*remaining),
            RateDecision::Limited { .. } => None,
            other => panic!("redis is there: {other:?}"),
        })
        .collect();
    remaining.sort_unstable();
    assert_eq!(remaining, (0..50).collect::<Vec<u64>>());
}

#[tokio::test]
async fn tokens_come_evenly_and_asking_early_does_not_put_them_off() {
    let (limits, ..) = limits().await;
    // one every 100 ms
    let limit = RateLimit::new("even", 10, Duration::from_secs(1)).burst(1);
    let (started, mut refused, mut taken) = (Instant::now(), 0, 0);
    while taken < 6 {
        match limits.take(&limit, "kael").await.unwrap() {
            RateDecision::Allowed { .. } => taken += 1,
            RateDecision::Limited { retry_after } => {
                assert!(retry_after <= Duration::from_millis(100), "{retry_after:?}");
                refused += 1;
            }
            other => panic!("redis is there: {other:?}"),
        }
        tokio::task::yield_now().await;
    }
    let elapsed = started.elapsed();
    assert!(refused > 0 && elapsed >= Duration::from_millis(500), "{refused} in {elapsed:?}");
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
}

#[tokio::test]
async fn nothing_drifts_however_odd_the_rate_is() {
    let (limits, client, keys) = limits().await;
    // three per second: a token every 333333⅓ µs
    let limit = RateLimit::new("odd", 3, Duration::from_secs(1)).burst(1000);
    assert!(limits.take_many(&limit, "kael", 1000).await.unwrap().is_allowed());
    let key = keys.key("rate:odd:kael");
    let mut state = client.hash(&key).await.unwrap();
    // whatever is gained between two calls that took something adds up exactly
    let (mut at, mut level): (u64, u64) =
        (state["at"].parse().unwrap(), state["level"].parse().unwrap());
    let mut taken = 0;
    let deadline = Instant::now() + Duration::from_secs(20);
    while taken < 3 && Instant::now() < deadline {
        if limits.take(&limit, "kael").await.unwrap().is_allowed() {
            taken += 1;
            state = client.hash(&key).await.unwrap();
            let (now, new): (u64, u64) =
                (state["at"].parse().unwrap(), state["level"].parse().unwrap());
            assert_eq!(new, level + 3 * (now - at) - 1_000_000);
            (at, level) = (now, new);
        }
    }
    assert_eq!(taken, 3);
}

#[tokio::test]
async fn several_tokens_are_taken_all_or_none() {
    let (limits, ..) = limits().await;
    let three = limits.take_many(&FIVE, "kael", 3).await.unwrap();
    assert_eq!(three, RateDecision::Allowed { remaining: 2 });
    assert!(!limits.take_many(&FIVE, "kael", 3).await.unwrap().is_allowed());
    assert_eq!(left(&limits, &FIVE, "kael").await, 2, "refused calls cost nothing");
    assert!(limits.take_many(&FIVE, "kael", 2).await.unwrap().is_allowed());
    let never = RateDecision::Limited { retry_after: Duration::MAX };
    assert_eq!(limits.take_many(&FIVE, "kael", 6).await.unwrap(), never);
}

#[tokio::test]
async fn a_full_bucket_is_not_kept() {
    let (limits, client, keys) = limits().await;
    let limit = RateLimit::new("quick", 20, Duration::from_secs(1)).burst(20);
    let key = keys.key("rate:quick:kael");
    assert_eq!(left(&limits, &limit, "kael").await, 20);
    assert!(client.hash(&key).await.unwrap().is_empty(), "looking makes none");
    assert!(limits.take(&limit, "kael").await.unwrap().is_allowed());
    let ttl = client.time_to_live(&key).await.unwrap();
    assert!(ttl.is_none_or(|ttl| ttl <= Duration::from_millis(51)), "{ttl:?}");
    eventually("gone", async || client.hash(&key).await.unwrap().is_empty()).await;
    assert_eq!(left(&limits, &limit, "kael").await, 20);
    // a slow one is kept until it is full
    assert!(limits.take(&FIVE, "kael").await.unwrap().is_allowed());
    let ttl = client.time_to_live(&keys.key("rate:five:kael")).await.unwrap().unwrap();
    assert!(ttl > Duration::from_secs(86_000), "{ttl:?}");
}

#[tokio::test]
async fn a_clock_that_was_put_back_neither_fills_nor_blocks() {
    let (limits, client, keys) = limits().await;
    let limit = RateLimit::new("clock", 10, Duration::from_secs(1)).burst(1);
    assert!(limits.take(&limit, "kael").await.unwrap().is_allowed());
    let key = keys.key("rate:clock:kael");
    // as if the clock had been an hour ahead when the token was taken
    let ahead = micros_now() + HOUR.as_micros();
    // without the end of life of the one before
    raw(shared_url().await, &format!("DEL {key}"));
    raw(shared_url().await, &format!("HSET {key} at {ahead} level 0 unit 100000"));
    let RateDecision::Limited { retry_after } = limits.take(&limit, "kael").await.unwrap() else {
        panic!("filled by the clock");
    };
    assert!(retry_after <= Duration::from_millis(100), "{retry_after:?}");
    let at: u128 = client.hash(&key).await.unwrap()["at"].parse().unwrap();
    assert!(at < ahead, "goes on from where the clock is");
    eventually("a token comes", async || limits.take(&limit, "kael").await.unwrap().is_allowed())
        .await;
}

#[tokio::test]
async fn a_limit_that_is_changed_keeps_what_was_used() {
    let (limits, ..) = limits().await;
    assert!(limits.take_many(&FIVE, "kael", 3).await.unwrap().is_allowed());
    let day = Duration::from_secs(86_400);
    for (tokens, per, burst, expected) in
        [(7, 7 * day, 100, 2), (1, 30 * day, 100, 2), (5, 5 * day, 1, 1), (1, HOUR * 999, 9, 2)]
    {
        let changed = RateLimit::new("five", tokens, per).burst(burst);
        assert_eq!(left(&limits, &changed, "kael").await, expected, "{changed:?}");
    }
}

#[tokio::test]
async fn the_largest_limits_count_exactly() {
    let (limits, ..) = limits().await;
    let year = Duration::from_secs(366 * 86_400);
    let limit = RateLimit::new("large", 1, year).burst(10_000_000);
    let most = limits.take_many(&limit, "kael", 9_999_999).await.unwrap();
    assert_eq!(most, RateDecision::Allowed { remaining: 1 });
    assert_eq!(limits.take(&limit, "kael").await.unwrap(), RateDecision::Allowed { remaining: 0 });
    assert!(!limits.take(&limit, "kael").await.unwrap().is_allowed());
}

#[tokio::test]
async fn several_buckets_are_asked_in_order_and_the_first_refusal_decides() {
    let (limits, ..) = limits().await;
    const THREE: RateLimit = RateLimit::new("three", 3, Duration::from_secs(3 * 86_400));
    let both = [(&FIVE, "10.0.0.1"), (&THREE, "kael")];
    for expected in (0..3).rev() {
        let decision = limits.take_each(&both).await.unwrap();
        assert_eq!(decision, RateDecision::Allowed { remaining: expected }, "the fewest");
    }
    assert!(!limits.take_each(&both).await.unwrap().is_allowed());
    assert_eq!(left(&limits, &FIVE, "10.0.0.1").await, 1, "the address pays for the attempt");
    assert!(!limits.take_each(&[both[1], both[0]]).await.unwrap().is_allowed());
    assert_eq!(left(&limits, &FIVE, "10.0.0.1").await, 1, "not asked after a refusal");
}

#[tokio::test]
async fn a_bucket_that_is_reset_is_full() {
    let (limits, ..) = limits().await;
    assert!(limits.take_many(&FIVE, "kael", 5).await.unwrap().is_allowed());
    limits.reset(&FIVE, "kael").await.unwrap();
    assert_eq!(left(&limits, &FIVE, "kael").await, 5);
}

#[tokio::test]
async fn without_redis_the_policy_of_the_limit_answers() {
    let redis = own().await;
    let limits = RateLimits::new(connect(redis.url()).await, KeySpace::new());
    let closed = FIVE.on_outage(OnOutage::Refuse);
    assert!(limits.take(&FIVE, "kael").await.unwrap().is_allowed());
    redis.pause().await.unwrap();
    let started = Instant::now();
    assert_eq!(
        limits.take(&FIVE, "kael").await.unwrap(),
        RateDecision::Unchecked { allowed: true }
    );
    let refused = limits.take(&closed, "kael").await.unwrap();
    assert_eq!(refused, RateDecision::Unchecked { allowed: false });
    assert!(!refused.is_allowed());
    let each = limits.take_each(&[(&FIVE, "kael"), (&closed, "kael")]).await.unwrap();
    assert_eq!(each, RateDecision::Unchecked { allowed: false });
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    redis.resume().await.unwrap();
    eventually("counted again", async || {
        matches!(limits.take_many(&FIVE, "kael", 0).await.unwrap(), RateDecision::Allowed { .. })
    })
    .await;
}

#[tokio::test]
async fn a_wrong_type_is_an_error_and_no_outage() {
    let (limits, _, keys) = limits().await;
    raw(shared_url().await, &format!("SET {} x", keys.key("rate:five:kael")));
    let error = limits.take(&FIVE, "kael").await.unwrap_err();
    assert!(matches!(error, Error::WrongType { expected: "hash", .. }), "{error}");
}
