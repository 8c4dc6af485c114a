//! Counters: each day for itself, each event once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aether_redis::{Counters, Error, EventCount, Key, KeySpace, RedisClient, Stamp, Tz};
use aether_testkit::clock::ManualClock;
use tokio::task::JoinSet;

use crate::probe::{connect, eventually, raw, seconds_ago, shared, shared_url, stamp};

const DAY: u64 = 86_400;

/// Counters of a zone where it is about noon, so that no test runs into midnight.
async fn counters() -> (Counters, RedisClient, KeySpace) {
    let (client, keys) = shared().await;
    (Counters::new(client.clone(), keys.clone()).zone(noon()), client, keys)
}

fn noon() -> Tz {
    let hour = millis_now() / 3_600_000 % 24;
    // the signs of these zones are turned around: Etc/GMT-3 is three hours ahead
    let name = match hour {
        0..12 => format!("Etc/GMT-{}", 12 - hour),
        12 => "UTC".to_owned(),
        _ => format!("Etc/GMT+{}", hour - 12),
    };
    name.parse().unwrap()
}

fn millis_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

fn days_ago(sequence: u64, days: u64) -> Stamp {
    seconds_ago(sequence, days * DAY)
}

async fn expires_at(key: &Key) -> Option<u64> {
    let answer = raw(shared_url().await, &format!("PEXPIRETIME {key}"));
    answer.trim_start_matches(':').parse().ok()
}

#[tokio::test]
async fn a_counter_adds_up_under_the_key_of_the_model() {
    let (counters, client, keys) = counters().await;
    assert_eq!(counters.value("combats").await.unwrap(), 0);
    assert_eq!(counters.add("combats", 1).await.unwrap(), 1);
    assert_eq!(counters.add("combats", 41).await.unwrap(), 42);
    assert_eq!(counters.add("combats", -2).await.unwrap(), 40);
    assert_eq!(counters.value("combats").await.unwrap(), 40);
    assert_eq!(counters.value("transactions").await.unwrap(), 0);
    assert!(client.time_to_live(&keys.key("stats:combats:today")).await.unwrap().is_some());
    let other = Counters::new(connect(shared_url().await).await, keys).zone(noon());
    let mut adders = JoinSet::new();
    for n in 0..100 {
        let counters = if n % 2 == 0 { counters.clone() } else { other.clone() };
        adders.spawn(async move { counters.add("combats", 1).await.unwrap() });
    }
    adders.join_all().await;
    assert_eq!(counters.value("combats").await.unwrap(), 140);
}

#[tokio::test]
async fn a_day_ends_at_the_midnight_of_its_zone() {
    let (_, client, keys) = counters().await;
    for (zone, minutes_ahead) in
        [(Tz::UTC, 0), (Tz::Asia__Kathmandu, 345), (Tz::Asia__Kolkata, 330), (Tz::Asia__Tokyo, 540)]
    {
        let counters = Counters::new(client.clone(), keys.clone()).zone(zone);
        counters.add(zone.name(), 1).await.unwrap();
        let ends = expires_at(&keys.key(&format!("stats:{}:today", zone.name()))).await.unwrap();
        let local = ends + minutes_ahead * 60_000;
        assert_eq!(local % (DAY * 1000), 0, "{zone}");
        let left = i128::from(ends) - i128::from(millis_now());
        assert!(left > -60_000 && left <= i128::from(DAY) * 1000, "{zone}: {left}");
    }
}

#[tokio::test]
async fn what_was_counted_a_moment_before_midnight_is_gone_after_it() {
    let (counters, client, keys) = counters().await;
    let key = keys.key("stats:combats:today");
    // yesterday's counter, in its last moments
    let midnight = loop {
        let midnight = millis_now() + 200;
        raw(shared_url().await, &format!("SET {key} 7 PXAT {midnight}"));
        match counters.add("combats", 1).await.unwrap() {
            8 => break midnight,
            late => assert!(late == 1 && millis_now() >= midnight, "{late}"),
        }
    };
    let ends = expires_at(&key).await;
    assert!(ends.is_none_or(|ends| ends == midnight), "the end stays where it was");
    eventually("midnight", async || client.time_to_live(&key).await.unwrap().is_none()).await;
    assert_eq!(counters.value("combats").await.unwrap(), 0);
    assert_eq!(counters.add("combats", 1).await.unwrap(), 1);
    let left = client.time_to_live(&key).await.unwrap().unwrap();
    assert!(left > Duration::from_secs(10 * 3600), "the next day: {left:?}");
}

#[tokio::test]
async fn a_program_whose_clock_is_wrong_counts_for_the_day_that_redis_has() {
    let (counters, _, keys) = counters().await;
    counters.add("right", 1).await.unwrap();
    let ends = expires_at(&keys.key("stats:right:today")).await;
    for wrong in ["2001-09-09T01:46:40Z", "2093-01-01T00:00:00Z"] {
        let clock = ManualClock::at(wrong.parse().unwrap());
        let lost = counters.clone().clock(clock).keep(3);
        lost.add(wrong, 5).await.unwrap();
        assert_eq!(counters.value(wrong).await.unwrap(), 5);
        assert_eq!(expires_at(&keys.key(&format!("stats:{wrong}:today"))).await, ends);
        assert_eq!(lost.value_over(wrong, 3).await.unwrap(), 5);
        let yesterday = lost.add_event(wrong, 2, "p", days_ago(1, 1)).await.unwrap();
        assert_eq!(yesterday, EventCount::Counted { value: 2 });
        assert_eq!(lost.value_over(wrong, 3).await.unwrap(), 7);
    }
}

#[tokio::test]
async fn an_event_counts_once_however_often_it_comes() {
    let (counters, ..) = counters().await;
    let count =
        async |sequence| counters.add_event("combats", 1, "p", stamp(sequence)).await.unwrap();
    assert_eq!(count(9).await, EventCount::Counted { value: 1 });
    assert_eq!(count(10).await, EventCount::Counted { value: 2 });
    for replayed in [9, 10, 8] {
        assert_eq!(count(replayed).await, EventCount::Seen);
    }
    assert_eq!(counters.value("combats").await.unwrap(), 2);
    // another source has an order of its own, another name too
    let other = counters.add_event("combats", 1, "q", stamp(3)).await.unwrap();
    assert_eq!(other, EventCount::Counted { value: 3 });
    let name = counters.add_event("transactions", 1, "p", stamp(3)).await.unwrap();
    assert_eq!(name, EventCount::Counted { value: 1 });
    let high = i64::MAX as u64;
    assert_eq!(count(high - 1).await, EventCount::Counted { value: 4 });
    assert_eq!(count(high).await, EventCount::Counted { value: 5 });
    assert_eq!(count(high - 1).await, EventCount::Seen);
}

#[tokio::test]
async fn an_event_of_another_day_does_not_count_for_today() {
    let (counters, ..) = counters().await;
    let yesterday = counters.add_event("combats", 1, "p", days_ago(1, 1)).await.unwrap();
    assert_eq!(yesterday, EventCount::Over);
    assert_eq!(counters.value("combats").await.unwrap(), 0);
    // a clock that is ahead: today
    let ahead = Stamp::new(2, SystemTime::now() + Duration::from_secs(2 * DAY));
    let counted = counters.add_event("combats", 1, "p", ahead).await.unwrap();
    assert_eq!(counted, EventCount::Counted { value: 1 });
    assert_eq!(counters.value("combats").await.unwrap(), 1);
}

#[tokio::test]
async fn days_that_are_kept_can_be_asked_for_and_counted_for() {
    let (counters, client, keys) = counters().await;
    let counters = counters.keep(7);
    for (sequence, days) in [(1, 9), (2, 6), (3, 1), (4, 1), (5, 0)] {
        let counted =
            counters.add_event("combats", 1, "p", days_ago(sequence, days)).await.unwrap();
        let kept = matches!(counted, EventCount::Counted { .. });
        assert_eq!(kept, days <= 7, "{days} days ago: {counted:?}");
    }
    counters.add("combats", 10).await.unwrap();
    let over = async |days| counters.value_over("combats", days).await.unwrap();
    assert_eq!((over(1).await, over(2).await, over(6).await), (11, 13, 13));
    assert_eq!((over(7).await, over(30).await), (14, 14));
    assert_eq!(counters.value("combats").await.unwrap(), 11);
    // the whole history once more
    for (sequence, days) in [(1, 9), (2, 6), (3, 1), (4, 1), (5, 0)] {
        let again = counters.add_event("combats", 1, "p", days_ago(sequence, days)).await.unwrap();
        assert!(!matches!(again, EventCount::Counted { .. }), "{again:?}");
    }
    assert_eq!(over(30).await, 14);
    // what says so lives as long as what it guards
    let left = client.time_to_live(&keys.key("stats:combats:sequences")).await.unwrap().unwrap();
    assert!(left > Duration::from_secs(7 * DAY) && left < Duration::from_secs(9 * DAY), "{left:?}");
}

#[tokio::test]
async fn members_are_counted_once_a_day_and_once_over_several_days() {
    let (counters, client, keys) = counters().await;
    let counters = counters.keep(7);
    assert!(counters.mark("active_players", 1).await.unwrap());
    assert!(!counters.mark("active_players", 1).await.unwrap());
    for player in 0..500 {
        counters.mark_event("active_players", player, stamp(1)).await.unwrap();
    }
    for player in 400..1000 {
        counters.mark_event("active_players", player, days_ago(1, 1)).await.unwrap();
    }
    assert!(!counters.mark_event("active_players", 7777, days_ago(1, 20)).await.unwrap());
    let near = |members: u64, expected: u64| members.abs_diff(expected) <= expected / 20;
    let today = counters.unique("active_players").await.unwrap();
    assert!(near(today, 500), "{today}");
    let both = counters.unique_over("active_players", 2).await.unwrap();
    assert!(near(both, 1000), "{both}");
    assert!(client.time_to_live(&keys.key("stats:active_players:today")).await.unwrap().is_some());
    assert_eq!(counters.unique("nobody").await.unwrap(), 0);
    assert_eq!(counters.unique_over("nobody", 7).await.unwrap(), 0);
}

#[tokio::test]
async fn with_hash_tags_all_days_of_a_name_share_a_slot() {
    let (client, keys) = shared().await;
    let plain = keys.clone();
    let counters = Counters::new(client.clone(), keys.hash_tags(true)).zone(noon()).keep(3);
    counters.add("combats", 1).await.unwrap();
    counters.add_event("combats", 1, "p", days_ago(1, 1)).await.unwrap();
    assert_eq!(counters.value_over("combats", 2).await.unwrap(), 2);
    for name in ["today", "sequences"] {
        let key = plain.key(&format!("stats:{{combats}}:{name}"));
        assert!(client.time_to_live(&key).await.unwrap().is_some(), "{key}");
    }
}

#[tokio::test]
async fn a_name_is_a_counter_or_a_set_and_not_both() {
    let (counters, client, keys) = counters().await;
    counters.add("number", 1).await.unwrap();
    counters.mark("members", 1).await.unwrap();
    raw(shared_url().await, &format!("SADD {} x", keys.key("stats:set:today")));
    raw(shared_url().await, &format!("SET {} text", keys.key("stats:text:today")));
    let is =
        |error: Error, kind| matches!(error, Error::WrongType { expected, .. } if expected == kind);
    for name in ["number", "set", "text"] {
        assert!(is(counters.mark(name, 1).await.unwrap_err(), "HyperLogLog"), "{name}");
        assert!(is(counters.unique(name).await.unwrap_err(), "HyperLogLog"), "{name}");
        assert!(is(counters.unique_over(name, 2).await.unwrap_err(), "HyperLogLog"), "{name}");
    }
    for name in ["members", "set", "text"] {
        assert!(is(counters.add(name, 1).await.unwrap_err(), "counter"), "{name}");
        let event = counters.add_event(name, 1, "p", stamp(1)).await.unwrap_err();
        assert!(is(event, "counter"), "{name}");
        assert!(is(counters.value(name).await.unwrap_err(), "counter"), "{name}");
        assert!(is(counters.value_over(name, 2).await.unwrap_err(), "counter"), "{name}");
        let sequences = keys.key(&format!("stats:{name}:sequences"));
        assert!(client.hash(&sequences).await.unwrap().is_empty(), "nothing was written");
    }
    assert_eq!(counters.value("number").await.unwrap(), 1);
}

#[tokio::test]
async fn a_counter_that_is_full_counts_nothing_and_the_event_is_not_taken_for_counted() {
    let (counters, _, keys) = counters().await;
    let counters = counters.keep(2);
    assert_eq!(counters.add("gold", i64::MAX - 1).await.unwrap(), i64::MAX - 1);
    let event = stamp(7);
    let error = counters.add_event("gold", 5, "live", event).await.unwrap_err();
    assert!(matches!(&error, Error::OutOfRange { .. }) && !error.is_transient(), "{error}");
    assert!(error.to_string().contains("gold"), "{error}");
    assert_eq!(counters.value("gold").await.unwrap(), i64::MAX - 1);
    let counted = counters.add_event("gold", 1, "live", event).await.unwrap();
    assert_eq!(counted, EventCount::Counted { value: i64::MAX });
    assert_eq!(counters.add_event("gold", 1, "live", event).await.unwrap(), EventCount::Seen);
    // the day has room, and what is kept of it has not
    counters.add("wood", 3).await.unwrap();
    let dated = raw(shared_url().await, &format!("KEYS {}stats:wood:2*", keys.prefix()));
    assert_eq!(dated, "*1");
    let dated = crate::probe::raw_lines(
        shared_url().await,
        &format!("KEYS {}stats:wood:2*", keys.prefix()),
        3,
    );
    raw(shared_url().await, &format!("SET {} {}", dated[2], i64::MAX));
    let error = counters.add("wood", 1).await.unwrap_err();
    assert!(matches!(error, Error::OutOfRange { .. }), "{error}");
    assert_eq!(counters.value("wood").await.unwrap(), 3, "one without the other");
    let today = keys.key("stats:wood:today");
    assert!(expires_at(&today).await.is_some(), "it still ends");
}
