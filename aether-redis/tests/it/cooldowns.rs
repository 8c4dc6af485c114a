//! Cooldowns: exact, once, and never prolonged by a replay.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aether_redis::{CooldownStart, Cooldowns, Error, KeySpace, RedisClient};
use tokio::task::JoinSet;

use crate::probe::{connect, eventually, raw, seconds_ago, shared, shared_url, stamp};

const HOUR: Duration = Duration::from_secs(3600);

async fn cooldowns() -> (Cooldowns, RedisClient, KeySpace) {
    let (client, keys) = shared().await;
    (Cooldowns::new(client.clone(), keys.clone()), client, keys)
}

#[tokio::test]
async fn a_skill_cannot_be_used_until_its_cooldown_is_over() {
    let (cooldowns, ..) = cooldowns().await;
    let span = Duration::from_millis(120);
    let asked = SystemTime::now();
    assert!(cooldowns.try_start(1, "fire", span).await.unwrap().is_started());
    match cooldowns.try_start(1, "fire", HOUR).await.unwrap() {
        CooldownStart::Running { left } => assert!(left <= span, "{left:?}"),
        CooldownStart::Started => {
            assert!(asked.elapsed().unwrap() >= span, "started twice within the span");
        }
    }
    eventually("over", async || {
        cooldowns.try_start(1, "fire", Duration::ZERO).await.unwrap().is_started()
    })
    .await;
    assert!(asked.elapsed().unwrap() >= span, "never too soon");
    assert_eq!(cooldowns.remaining(1, "fire").await.unwrap(), None);
}

#[tokio::test]
async fn one_of_many_at_once_starts_it() {
    let (cooldowns, _, keys) = cooldowns().await;
    let other = Cooldowns::new(connect(shared_url().await).await, keys);
    let mut tries = JoinSet::new();
    for n in 0..100 {
        let cooldowns = if n % 2 == 0 { cooldowns.clone() } else { other.clone() };
        tries.spawn(async move { cooldowns.try_start(1, "fire", HOUR).await.unwrap() });
    }
    let started = tries.join_all().await.into_iter().filter(|start| start.is_started()).count();
    assert_eq!(started, 1);
}

#[tokio::test]
async fn what_is_left_is_worked_out_when_somebody_asks() {
    let (cooldowns, client, keys) = cooldowns().await;
    for (skill, seconds) in [("fire", 100), ("ice", 300), ("heal", 20)] {
        cooldowns.start(1, skill, Duration::from_secs(seconds)).await.unwrap();
    }
    cooldowns.start(1, "heal", Duration::ZERO).await.unwrap();
    let left = cooldowns.remaining(1, "ice").await.unwrap().unwrap();
    assert!(left > Duration::from_secs(290) && left < Duration::from_secs(300), "{left:?}");
    let again = cooldowns.remaining(1, "ice").await.unwrap().unwrap();
    assert!(again < left, "to the microsecond");
    let all = cooldowns.all(1).await.unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["fire", "ice"]);
    assert!(all["ice"] < again);
    // rounded up: never 0 for one that runs
    let seconds = cooldowns.seconds_left(1).await.unwrap();
    assert!((90..=100).contains(&seconds["fire"]) && (290..=300).contains(&seconds["ice"]));
    assert!(Duration::from_secs(seconds["fire"]) > cooldowns.all(1).await.unwrap()["fire"]);
    // as it is stored
    let stored = client.hash(&keys.key("player:1:cooldowns")).await.unwrap();
    let ends = UNIX_EPOCH + Duration::from_micros(stored["skill:ice"].parse().unwrap());
    let left = ends.duration_since(SystemTime::now()).unwrap();
    assert!(left > Duration::from_secs(290) && left < Duration::from_secs(310), "{left:?}");
    assert!(cooldowns.all(2).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_key_lives_as_long_as_its_latest_cooldown() {
    let (cooldowns, client, keys) = cooldowns().await;
    let key = keys.key("player:1:cooldowns");
    cooldowns.start(1, "ice", Duration::from_secs(600)).await.unwrap();
    cooldowns.start(1, "fire", Duration::from_secs(10)).await.unwrap();
    let left = client.time_to_live(&key).await.unwrap().unwrap();
    assert!((590..=600).contains(&left.as_secs()), "{left:?}");
    cooldowns.start(2, "fire", Duration::from_millis(30)).await.unwrap();
    let key = keys.key("player:2:cooldowns");
    eventually("gone", async || client.hash(&key).await.unwrap().is_empty()).await;
}

#[tokio::test]
async fn what_has_ended_does_not_pile_up() {
    let (cooldowns, client, keys) = cooldowns().await;
    cooldowns.start(1, "long", HOUR).await.unwrap();
    for skill in 0..300 {
        cooldowns.start(1, skill, Duration::ZERO).await.unwrap();
    }
    let stored = client.hash(&keys.key("player:1:cooldowns")).await.unwrap();
    assert!(stored.len() <= 65, "{}", stored.len());
    assert_eq!(cooldowns.all(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_cleared_skill_can_be_used_at_once() {
    let (cooldowns, ..) = cooldowns().await;
    for skill in ["fire", "ice", "heal"] {
        cooldowns.start(1, skill, HOUR).await.unwrap();
    }
    cooldowns.clear(1, "fire").await.unwrap();
    assert!(cooldowns.try_start(1, "fire", HOUR).await.unwrap().is_started());
    assert_eq!(cooldowns.all(1).await.unwrap().len(), 3);
    cooldowns.clear_all(1).await.unwrap();
    assert!(cooldowns.all(1).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_events_cooldown_is_counted_from_its_time_however_often_it_comes() {
    let (cooldowns, client, keys) = cooldowns().await;
    let event = seconds_ago(7, 60);
    let span = Duration::from_secs(100);
    for _ in 0..3 {
        client.write([Cooldowns::started(&keys, 1, "fire", span, event)]).await.unwrap();
        let left = cooldowns.remaining(1, "fire").await.unwrap().unwrap();
        assert!(left > Duration::from_secs(30) && left <= Duration::from_secs(41), "{left:?}");
    }
    let over = Cooldowns::started(&keys, 1, "ice", span, seconds_ago(8, 101));
    client.write([over]).await.unwrap();
    assert_eq!(cooldowns.remaining(1, "ice").await.unwrap(), None);
    // the gate that the command went through and the event agree on one end
    assert!(!cooldowns.try_start(1, "fire", span).await.unwrap().is_started());
}

#[tokio::test]
async fn an_older_event_changes_nothing() {
    let (cooldowns, client, keys) = cooldowns().await;
    let started = |skill, seconds, sequence| {
        Cooldowns::started(&keys, 1, skill, Duration::from_secs(seconds), stamp(sequence))
    };
    client.write([started("fire", 10, 20)]).await.unwrap();
    client.write([started("fire", 3000, 10), started("ice", 3000, 10)]).await.unwrap();
    let seconds = cooldowns.seconds_left(1).await.unwrap();
    assert!(seconds["fire"] <= 10 && seconds["ice"] > 2900, "{seconds:?}");
    client.write([Cooldowns::cleared(&keys, 1, "ice", stamp(12))]).await.unwrap();
    // late, twice
    client.write([started("ice", 3000, 10), started("ice", 3000, 12)]).await.unwrap();
    assert_eq!(cooldowns.remaining(1, "ice").await.unwrap(), None);
    assert!(cooldowns.remaining(1, "fire").await.unwrap().is_some(), "another skill is left alone");
}

#[tokio::test]
async fn with_hash_tags_an_events_keys_lie_in_the_slot_of_the_player() {
    let (client, keys) = shared().await;
    let keys = keys.hash_tags(true);
    client.write([Cooldowns::started(&keys, 1, "fire", HOUR, stamp(1))]).await.unwrap();
    let prefix = keys.prefix();
    let hash = KeySpace::new().key(&format!("{prefix}player:{{1}}:cooldowns"));
    let guard = KeySpace::new().key(&format!("{prefix}player:{{1}}:cooldowns:fire:guard"));
    assert_eq!(client.hash(&hash).await.unwrap().len(), 1);
    assert_eq!(client.hash(&guard).await.unwrap()["sequence"], "1");
}

#[tokio::test]
async fn a_wrong_type_is_a_typed_error() {
    let (cooldowns, client, keys) = cooldowns().await;
    let key = keys.key("player:1:cooldowns");
    raw(shared_url().await, &format!("SET {key} x"));
    let wrong = |error: &Error| matches!(error, Error::WrongType { expected: "hash", .. });
    assert!(wrong(&cooldowns.try_start(1, "fire", HOUR).await.unwrap_err()));
    assert!(wrong(&cooldowns.all(1).await.unwrap_err()));
    assert!(wrong(&cooldowns.clear(1, "fire").await.unwrap_err()));
    let write = Cooldowns::started(&keys, 1, "fire", HOUR, stamp(1));
    assert!(wrong(&client.write([write]).await.unwrap_err()));
}
