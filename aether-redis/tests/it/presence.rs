//! Presence: there for a window, in one zone, without anybody to clear up.

use std::collections::BTreeSet;
use std::time::Duration;

use aether_redis::{Error, KeySpace, Presence, RedisClient};
use tokio::task::JoinSet;

use crate::probe::{connect, eventually, raw, shared, shared_url};

async fn presence() -> (Presence, RedisClient, KeySpace) {
    let (client, keys) = shared().await;
    (Presence::new(client.clone(), keys.clone()), client, keys)
}

/// All pages of a zone, one after another.
async fn walk(presence: &Presence, zone: &str, limit: u16) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = presence.in_zone(zone, after.as_deref(), limit).await.unwrap();
        assert!(page.players.len() <= usize::from(limit));
        all.extend(page.players);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn a_player_is_there_for_a_window_after_each_beat() {
    let (presence, ..) = presence().await;
    let presence = presence.window(Duration::from_millis(80));
    assert!(presence.beat(1, "forest").await.unwrap(), "was not there before");
    eventually("fell silent", async || !presence.is_online(1).await.unwrap()).await;
    assert_eq!(presence.online().await.unwrap(), 0);
    assert!(presence.in_zone("forest", None, 10).await.unwrap().players.is_empty());
    assert!(presence.beat(1, "forest").await.unwrap(), "is back");
    let long = presence.window(Duration::from_secs(60));
    long.beat(1, "forest").await.unwrap();
    assert!(!long.beat(1, "forest").await.unwrap(), "was there all along");
    assert_eq!(long.zone_of(1).await.unwrap().as_deref(), Some("forest"));
    assert_eq!(long.zone_of(2).await.unwrap(), None);
}

#[tokio::test]
async fn a_player_who_moves_is_never_in_two_zones() {
    let (presence, ..) = presence().await;
    for zone in ["forest", "harbour", "forest"] {
        presence.beat(1, zone).await.unwrap();
        assert_eq!(presence.zone_of(1).await.unwrap().as_deref(), Some(zone));
        for other in ["forest", "harbour"] {
            let there = walk(&presence, other, 10).await;
            assert_eq!(there.len(), usize::from(other == zone), "{other}");
        }
    }
    assert_eq!(presence.online().await.unwrap(), 1);
}

#[tokio::test]
async fn who_leaves_is_gone_at_once() {
    let (presence, ..) = presence().await;
    presence.beats([(1, "forest"), (2, "forest")]).await.unwrap();
    assert!(presence.leave(1).await.unwrap());
    assert!(!presence.leave(1).await.unwrap());
    assert!(!presence.leave(3).await.unwrap());
    assert!(!presence.is_online(1).await.unwrap());
    assert_eq!(presence.online().await.unwrap(), 1);
    assert_eq!(walk(&presence, "forest", 10).await, ["2"]);
}

#[tokio::test]
async fn thousands_are_noted_at_once_and_each_is_on_one_page() {
    let (presence, ..) = presence().await;
    let zone = |player: u32| if player.is_multiple_of(3) { "forest" } else { "harbour" };
    let players: Vec<(u32, &str)> = (0..6000).map(|player| (player, zone(player))).collect();
    assert_eq!(presence.beats(players.clone()).await.unwrap(), 6000);
    assert_eq!(presence.beats(players.clone()).await.unwrap(), 0);
    assert_eq!(presence.online().await.unwrap(), 6000);
    for limit in [7, 100, 1000] {
        let there = walk(&presence, "forest", limit).await;
        assert!(there.is_sorted(), "in order of their ids");
        let expected: BTreeSet<String> =
            (0..6000).step_by(3).map(|player: u32| player.to_string()).collect();
        assert_eq!(there.len(), expected.len(), "nobody twice");
        assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), expected);
    }
    let none = presence.in_zone("desert", None, 10).await.unwrap();
    assert_eq!((none.players.len(), none.next), (0, None));
}

#[tokio::test]
async fn who_stays_is_listed_once_while_others_come_and_go() {
    let (presence, ..) = presence().await;
    let stay: Vec<(String, &str)> = (0..300).map(|n| (format!("stay{n:03}"), "forest")).collect();
    presence.beats(stay.clone()).await.unwrap();
    let mut moving = JoinSet::new();
    for node in 0..4 {
        let (presence, stay) = (presence.clone(), stay.clone());
        moving.spawn(async move {
            for round in 0..20 {
                let guests = (0..20).map(|n| (format!("guest{node}.{n}"), "forest"));
                presence.beats(guests).await.unwrap();
                presence.beats(stay.clone()).await.unwrap();
                presence.beat(format!("guest{node}.{round}"), "harbour").await.unwrap();
                presence.leave(format!("guest{node}.{}", round / 2)).await.unwrap();
            }
        });
    }
    while !moving.is_empty() {
        let mut listed = walk(&presence, "forest", 50).await;
        listed.retain(|player| player.starts_with("stay"));
        let expected: Vec<String> = stay.iter().map(|(player, _)| player.clone()).collect();
        assert_eq!(listed, expected);
        while let Some(done) = moving.try_join_next() {
            done.unwrap();
        }
    }
}

#[tokio::test]
async fn those_who_fell_silent_are_cleared_away_a_bounded_number_at_a_time() {
    let (presence, client, keys) = presence().await;
    let presence = presence.shards(1);
    let short = presence.clone().window(Duration::from_millis(50));
    // one who stays keeps the keys alive
    presence.beat("stay", "forest").await.unwrap();
    short.beats((0..300).map(|n| (n, "forest"))).await.unwrap();
    let stored = async || {
        let zone = keys.key("presence:0:zone:forest");
        let zones = client.hash(&keys.key("presence:0:zones")).await.unwrap().len();
        (client.sorted_set(&zone, 1000).await.unwrap().len(), zones)
    };
    eventually("silent", async || presence.online().await.unwrap() == 1).await;
    assert_eq!(walk(&presence, "forest", 10).await, ["stay"], "not listed, cleared away or not");
    let mut before = stored().await;
    assert!(before.0 > 1);
    while before.0 > 1 {
        presence.beat("stay", "forest").await.unwrap();
        let after = stored().await;
        assert_eq!(after.0, after.1);
        assert!(after.0 < before.0 && before.0 - after.0 <= 128, "{before:?} {after:?}");
        before = after;
    }
}

#[tokio::test]
async fn nothing_is_left_when_nobody_is_there() {
    let (presence, client, keys) = presence().await;
    let presence = presence.shards(1).window(Duration::from_millis(50));
    presence.beats((0..50).map(|n| (n, n % 5))).await.unwrap();
    eventually("gone", async || {
        let mut gone = client.hash(&keys.key("presence:0:zones")).await.unwrap().is_empty();
        for key in ["online", "zone:0", "zone:1", "zone:2", "zone:3", "zone:4"] {
            let key = keys.key(&format!("presence:0:{key}"));
            gone &= client.sorted_set(&key, 1).await.unwrap().is_empty();
        }
        gone
    })
    .await;
}

#[tokio::test]
async fn all_nodes_see_the_same_players_and_hash_tags_keep_a_shard_in_one_slot() {
    let (client, keys) = shared().await;
    let tagged = keys.clone().hash_tags(true);
    let here = Presence::new(client.clone(), tagged.clone());
    let there = Presence::new(connect(shared_url().await).await, tagged);
    here.beats((0..1600).map(|n| (n, "forest"))).await.unwrap();
    for player in (0..1600).step_by(100) {
        assert!(there.is_online(player).await.unwrap());
    }
    assert_eq!(walk(&there, "forest", 300).await.len(), 1600);
    let mut stored = 0;
    for shard in 0..16 {
        let key = keys.key(&format!("presence:{{{shard}}}:online"));
        let share = client.sorted_set(&key, 1000).await.unwrap().len();
        assert!((50..=150).contains(&share), "spread evenly: {share} in {shard}");
        stored += share;
    }
    assert_eq!(stored, 1600);
}

#[tokio::test]
async fn a_wrong_type_is_a_typed_error_and_changes_nothing() {
    let (presence, client, keys) = presence().await;
    let presence = presence.shards(1);
    let zone = keys.key("presence:0:zone:forest");
    raw(shared_url().await, &format!("SET {zone} x"));
    let wrong = |error: &Error, key: &aether_redis::Key| match error {
        Error::WrongType { key: found, expected: "sorted set" } => *found == key.to_string(),
        _ => false,
    };
    let error = presence.beats([(1, "harbour"), (2, "forest")]).await.unwrap_err();
    assert!(wrong(&error, &zone), "{error}");
    assert!(wrong(&presence.in_zone("forest", None, 10).await.unwrap_err(), &zone));
    assert_eq!(presence.online().await.unwrap(), 0, "nobody of that shard was noted");
    let online = keys.key("presence:0:online");
    raw(shared_url().await, &format!("SET {online} x"));
    assert!(wrong(&presence.online().await.unwrap_err(), &online));
    assert!(wrong(&presence.is_online(1).await.unwrap_err(), &online));
    assert!(wrong(&presence.leave(1).await.unwrap_err(), &online));
    assert!(client.hash(&keys.key("presence:0:zones")).await.unwrap().is_empty());
}
