//! Guarded writes: forwards only, whole or not at all.

use std::time::Duration;

use aether_redis::{Entity, Error, GuardedWrite, RedisClient, Stamp};

use crate::probe::{Place, connect, on_every_topology, own, seconds_ago, stamp};

const HOUR: Duration = Duration::from_secs(3600);

fn hp(entity: &Entity, stamp: Stamp, hp: u32) -> GuardedWrite {
    GuardedWrite::update(entity, stamp)
        .lifetime(HOUR)
        .hash(entity.key("state"), [("hp", hp.to_string())])
        .list_push(entity.key("log"), format!("hp {hp}"), 3)
}

fn created(entity: &Entity, stamp: Stamp) -> GuardedWrite {
    GuardedWrite::create(entity, stamp)
        .lifetime(HOUR)
        .hash(entity.key("state"), [("hp", "100"), ("name", "Kael")])
}

async fn read_hp(client: &RedisClient, entity: &Entity) -> Option<String> {
    client.hash(&entity.key("state")).await.unwrap().get("hp").cloned()
}

async fn a_replay_does_not_move_a_value_backwards(at: Place) {
    let Place { client, keys, .. } = &at;
    let entity = keys.entity("combat", 1);
    let history = || {
        let hits = (2..=10).map(|n| hp(&entity, stamp(n), 100 - n as u32));
        std::iter::once(created(&entity, stamp(1))).chain(hits).collect::<Vec<_>>()
    };
    let first = client.write(history()).await.unwrap();
    assert_eq!((first.applied, first.stale, first.missing), (10, 0, 0));
    for write in history() {
        client.write([write]).await.unwrap();
        assert_eq!(read_hp(client, &entity).await.as_deref(), Some("90"));
    }
    let again = client.write(history()).await.unwrap();
    assert_eq!((again.applied, again.stale, again.missing), (0, 10, 0));
    assert_eq!(client.list(&entity.key("log"), 10).await.unwrap(), ["hp 90", "hp 91", "hp 92"]);
    assert_eq!(client.sequence(&entity).await.unwrap(), Some(10));
}

async fn two_writers_out_of_order_end_like_one_in_order(at: Place) {
    let Place { client, keys, .. } = &at;
    let other = at.another_client().await;
    let entities: Vec<Entity> = (0..20).map(|n| keys.entity("combat", n)).collect();
    client.write(entities.iter().map(|entity| created(entity, stamp(1)))).await.unwrap();
    // the same history, cut and paced differently
    let run = |client: RedisClient, batch: usize| {
        let entities = entities.clone();
        async move {
            let all: Vec<GuardedWrite> = (2..=60)
                .flat_map(|n| {
                    entities.iter().map(move |entity| hp(entity, stamp(n), 1000 - n as u32))
                })
                .collect();
            for writes in all.chunks(batch) {
                client.write(writes.to_vec()).await.unwrap();
            }
        }
    };
    tokio::join!(run(client.clone(), 7), run(other, 150));
    for entity in &entities {
        assert_eq!(read_hp(client, entity).await.as_deref(), Some("940"));
        let log = client.list(&entity.key("log"), 10).await.unwrap();
        assert_eq!(log, ["hp 940", "hp 941", "hp 942"]);
    }
}

async fn sequences_beyond_what_a_float_holds_are_told_apart(at: Place) {
    let Place { client, keys, .. } = &at;
    let entity = keys.entity("combat", 1);
    let high = i64::MAX as u64 - 1;
    client.write([created(&entity, stamp(9)), hp(&entity, stamp(high), 5)]).await.unwrap();
    let stale = client.write([hp(&entity, stamp(high), 6)]).await.unwrap();
    let applied = client.write([hp(&entity, stamp(high + 1), 7)]).await.unwrap();
    assert_eq!((stale.stale, applied.applied), (1, 1));
    assert_eq!(read_hp(client, &entity).await.as_deref(), Some("7"));
}

async fn half_an_entity_is_never_made(at: Place) {
    let Place { client, keys, .. } = &at;
    let entity = keys.entity("combat", 1);
    let outcome = client.write([hp(&entity, stamp(5), 50)]).await.unwrap();
    assert_eq!((outcome.applied, outcome.stale, outcome.missing), (0, 0, 1));
    assert_eq!(read_hp(client, &entity).await, None);
}

async fn creating_again_leaves_nothing_of_the_old_entity(at: Place) {
    let Place { client, keys, .. } = &at;
    let entity = keys.entity("combat", 1);
    client.write([created(&entity, stamp(1)), hp(&entity, stamp(2), 50)]).await.unwrap();
    client.write([created(&entity, stamp(3))]).await.unwrap();
    assert_eq!(read_hp(client, &entity).await.as_deref(), Some("100"));
    assert!(client.list(&entity.key("log"), 10).await.unwrap().is_empty());
}

async fn every_write_renews_every_key_of_the_entity(at: Place) {
    let Place { client, keys, .. } = &at;
    let entity = keys.entity("combat", 1);
    let old = created(&entity, seconds_ago(1, 3000))
        .set_add(entity.key("effects"), ["poison"])
        .sorted_set_add(entity.key("turn_order"), [("a", 12.0), ("b", 17.5)]);
    client.write([old]).await.unwrap();
    let parts = ["state", "effects", "turn_order", "guard"];
    for part in parts {
        let left = client.time_to_live(&entity.key(part)).await.unwrap().unwrap();
        assert!((590..=600).contains(&left.as_secs()), "{part}: {left:?}");
    }
    client.write([hp(&entity, stamp(2), 50)]).await.unwrap();
    for part in parts.into_iter().chain(["log"]) {
        let left = client.time_to_live(&entity.key(part)).await.unwrap().unwrap();
        assert!((3590..=3600).contains(&left.as_secs()), "{part}: {left:?}");
    }
    let order = client.sorted_set(&entity.key("turn_order"), 10).await.unwrap();
    assert_eq!(order, [("b".to_owned(), 17.5), ("a".to_owned(), 12.0)]);
}

async fn a_set_that_ran_empty_and_fills_again_expires_with_the_rest(at: Place) {
    let Place { client, keys, .. } = &at;
    let entity = keys.entity("combat", 1);
    let (at, effects) = (stamp(1), entity.key("effects"));
    let step = |sequence| GuardedWrite::update(&entity, Stamp::new(sequence, at.at)).lifetime(HOUR);
    client.write([created(&entity, at).set_add(effects.clone(), ["a"])]).await.unwrap();
    client.write([step(2).set_remove(effects.clone(), ["a"])]).await.unwrap();
    client.write([step(3).set_add(effects.clone(), ["b"])]).await.unwrap();
    assert!(client.time_to_live(&effects).await.unwrap().is_some());
}

async fn a_family_of_keys_goes_at_once(at: Place) {
    let Place { client, keys, .. } = &at;
    let entity = keys.entity("combat", 1);
    let effect = |id: u32| entity.key(format_args!("effect:{id}"));
    let field = [("power", "3")];
    let before = created(&entity, stamp(1)).hash(effect(1), field).hash(effect(2), field);
    client.write([before]).await.unwrap();
    let step = |sequence| GuardedWrite::update(&entity, stamp(sequence)).lifetime(HOUR);
    client
        .write([step(2).hash(effect(3), field), step(3).delete_under(entity.key("effect:"))])
        .await
        .unwrap();
    for id in 1..=3 {
        assert!(client.hash(&effect(id)).await.unwrap().is_empty());
    }
    assert_eq!(read_hp(client, &entity).await.as_deref(), Some("100"));
}

async fn history_whose_time_is_over_does_not_come_back(at: Place) {
    let Place { client, keys, .. } = &at;
    let entity = keys.entity("combat", 1);
    client.write([created(&entity, seconds_ago(1, 3601))]).await.unwrap();
    assert_eq!(read_hp(client, &entity).await, None);
    assert_eq!(client.sequence(&entity).await.unwrap(), None);
}

async fn members_of_a_shared_set_are_guarded_one_by_one(at: Place) {
    let Place { client, keys, .. } = &at;
    let zone = keys.entity("zone", 9);
    let active = zone.key("active_combats");
    let member = |id: u32, sequence| {
        GuardedWrite::put(&zone.part("active_combats", id), stamp(sequence)).lifetime(2 * HOUR)
    };
    client
        .write([
            member(1, 10).set_add(active.clone(), ["1"]),
            member(2, 5).set_add(active.clone(), ["2"]),
            member(1, 20).set_remove(active.clone(), ["1"]),
        ])
        .await
        .unwrap();
    // late: the combat has ended
    client.write([member(1, 10).set_add(active.clone(), ["1"])]).await.unwrap();
    assert_eq!(client.set(&active).await.unwrap().into_iter().collect::<Vec<_>>(), ["2"]);
    assert!(client.time_to_live(&active).await.unwrap().unwrap() > HOUR);
}

async fn a_shared_key_never_lives_shorter_for_an_older_write(at: Place) {
    let Place { client, keys, .. } = &at;
    let zone = keys.entity("zone", 9);
    let active = zone.key("active_combats");
    let member = |id: u32, stamp| {
        GuardedWrite::put(&zone.part("active_combats", id), stamp)
            .lifetime(HOUR)
            .set_add(active.clone(), [id.to_string()])
    };
    client.write([member(1, stamp(10))]).await.unwrap();
    client.write([member(2, seconds_ago(5, 1800))]).await.unwrap();
    assert!(client.time_to_live(&active).await.unwrap().unwrap() > Duration::from_secs(3590));
}

async fn a_wrong_type_under_one_key_leaves_all_keys_as_they_were(at: Place) {
    let Place { client, keys, .. } = &at;
    let entity = keys.entity("combat", 1);
    client.write([created(&entity, stamp(1))]).await.unwrap();
    at.raw(&format!("SET {} x", entity.key("log")));
    let error = client.write([hp(&entity, stamp(2), 50)]).await.unwrap_err();
    match &error {
        Error::WrongType { key, expected } => {
            assert_eq!((key.as_str(), *expected), (entity.key("log").as_str(), "list"));
        }
        other => panic!("{other}"),
    }
    assert!(!error.is_transient());
    assert_eq!(read_hp(client, &entity).await.as_deref(), Some("100"));
    assert_eq!(client.sequence(&entity).await.unwrap(), Some(1));
    let error = client.list(&entity.key("log"), 3).await.unwrap_err();
    assert!(matches!(error, Error::WrongType { .. }), "{error}");
}

async fn strings_and_the_key_named_like_the_entity_are_its_own(at: Place) {
    let Place { client, keys, .. } = &at;
    let profile = keys.entity("player", 1).section("profile");
    let (root, stats) = (profile.root(), profile.key("stats"));
    let whole = |sequence, name: &str| {
        GuardedWrite::create(&profile, stamp(sequence))
            .lifetime(HOUR)
            .hash(root.clone(), [(name.to_owned(), "1")])
            .text(stats.clone(), name)
    };
    client.write([whole(1, "old")]).await.unwrap();
    client.write([whole(2, "new")]).await.unwrap();
    client.write([whole(1, "old")]).await.unwrap();
    assert_eq!(client.hash(&root).await.unwrap().into_keys().collect::<Vec<_>>(), ["new"]);
    assert_eq!(client.text(&stats).await.unwrap().as_deref(), Some("new"));
    for key in [&root, &stats] {
        let left = client.time_to_live(key).await.unwrap().unwrap();
        assert!(left <= HOUR + Duration::from_secs(1), "{key}: {left:?}");
    }
    let left = client.time_to_live_of(&profile).await.unwrap().unwrap();
    assert!(
        left > HOUR - Duration::from_secs(10) && left <= HOUR + Duration::from_secs(1),
        "{left:?}"
    );
    client.write([GuardedWrite::update(&profile, stamp(3)).delete(root.clone())]).await.unwrap();
    assert_eq!(client.time_to_live_of(&profile).await.unwrap(), None);
    assert!(client.hash(&root).await.unwrap().is_empty());
    at.raw(&format!("SADD {} x", profile.key("names")));
    let error = client.write([whole(4, "x").text(profile.key("names"), "x")]).await.unwrap_err();
    assert!(matches!(error, Error::WrongType { expected: "string", .. }), "{error}");
}

#[tokio::test]
async fn a_large_history_of_one_entity_goes_through_in_order() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let entity = aether_redis::KeySpace::new().entity("combat", 1);
    let many: Vec<String> = (0..5000).map(|n| n.to_string()).collect();
    let mut writes = vec![created(&entity, stamp(1)).set_add(entity.key("many"), many)];
    writes.extend((2..=2000).map(|n| hp(&entity, stamp(n), n as u32)));
    let outcome = client.write(writes).await.unwrap();
    assert_eq!((outcome.applied, outcome.stale, outcome.missing), (2000, 0, 0));
    assert_eq!(client.set(&entity.key("many")).await.unwrap().len(), 5000);
    assert_eq!(read_hp(&client, &entity).await.as_deref(), Some("2000"));
}

on_every_topology! {
    a_replay_does_not_move_a_value_backwards,
    two_writers_out_of_order_end_like_one_in_order,
    sequences_beyond_what_a_float_holds_are_told_apart,
    half_an_entity_is_never_made,
    creating_again_leaves_nothing_of_the_old_entity,
    every_write_renews_every_key_of_the_entity,
    a_set_that_ran_empty_and_fills_again_expires_with_the_rest,
    a_family_of_keys_goes_at_once,
    history_whose_time_is_over_does_not_come_back,
    members_of_a_shared_set_are_guarded_one_by_one,
    a_shared_key_never_lives_shorter_for_an_older_write,
    a_wrong_type_under_one_key_leaves_all_keys_as_they_were,
    strings_and_the_key_named_like_the_entity_are_its_own,
}
