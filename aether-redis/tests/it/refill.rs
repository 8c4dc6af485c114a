//! A read model that is emptied, and filled again by the nodes that run its projection.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{
    Checkpoints as _, EventStore as _, Manner, Order, ReadModels as _, RebuildRequest, Rebuilt,
    Registration, Step,
};
use aether_core::log::Read;
use aether_core::memory::MemoryStore;
use aether_core::projection::{DeadLetter, LetterState, Shard};
use aether_core::{Engine, Error as CoreError, Filter, Module, Node, Position};
use aether_redis::RedisReadModels;

use crate::probe::{Place, eventually, on_every_topology, shared};
use crate::rebuild::{Counts, append, assert_counts_in, start_in};

const NAME: &str = "counts";

async fn it_is_right_again_also_while_events_keep_coming(place: Place) {
    let Place { client, keys, .. } = &place;
    let (store, models) = (MemoryStore::new(), RedisReadModels::new(client.clone(), keys.clone()));
    let mut last = Position::START;
    for aggregate in 1..=30 {
        last = append(&store, aggregate, 3).await;
    }
    let node = start_in(&store, client, keys.clone());
    node.wait_for(NAME, last).await.unwrap();
    let wrong = keys.entity("count", aether_core::uuid::Uuid::from_u128(7)).key("state");
    let (stray, other) = (keys.entity("count", "stray"), keys.entity("counter", 1));
    for key in [&wrong, &stray.key("state"), &other.key("state")] {
        assert!(!place.raw(&format!("HSET {key} count 99")).starts_with('-'));
    }

    let writing = tokio::spawn({
        let store = store.clone();
        async move {
            let mut last = Position::START;
            for aggregate in 21..=40 {
                last = append(&store, aggregate, 2).await;
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            last
        }
    });
    // a state and a guard each, and the stray one
    assert!(models.refill(NAME, &["count"]).await.unwrap() > 60);
    let last = writing.await.unwrap();
    let filled = async || {
        let stored = models.checkpoint(&Shard::whole(NAME)).await.unwrap().position;
        stored >= last
    };
    eventually("it is filled again", filled).await;
    let counts: Vec<_> = (1..=20)
        .map(|aggregate| (aggregate, 3))
        .chain((21..=30).map(|aggregate| (aggregate, 5)))
        .chain((31..=40).map(|aggregate| (aggregate, 2)))
        .collect();
    assert_counts_in(client, keys, &counts).await;
    assert!(client.hash(&stray.key("state")).await.unwrap().is_empty());
    assert_eq!(client.hash(&other.key("state")).await.unwrap()["count"], "99", "of another kind");
    assert!(!models.stored(NAME).await.unwrap().unwrap().paused);
    node.stop().await.unwrap();
}

on_every_topology! {
    it_is_right_again_also_while_events_keep_coming,
}

#[tokio::test]
async fn who_ran_it_cannot_write_any_more_and_a_pause_stays() {
    let (client, keys) = shared().await;
    let (models, shard) = (RedisReadModels::new(client, keys), Shard::whole(NAME));
    let filter = Filter::all();
    let registration = Registration::new(NAME, &filter, 1);
    models.register(&registration).await.unwrap();
    let store = MemoryStore::new();
    append(&store, 1, 1).await;
    let event = store.read(Read::all()).await.unwrap().events.swap_remove(0);
    let letter = DeadLetter::of(&event, LetterState::Failed, event.recorded_at);
    let from = models.claim(&shard, 5).await.unwrap().checkpoint;
    let to = Position::new(9);
    let step = Step { parked: &[letter], ..Step::new(from, to) };
    let reached = models.commit(models.begin().await.unwrap(), &shard, step).await.unwrap();
    models.order(NAME, Order::Pause).await.unwrap();

    models.refill(NAME, &["count"]).await.unwrap();
    let late = Step { from: reached, to: Position::new(10), parked: &[], ..step };
    let told = models.commit(models.begin().await.unwrap(), &shard, late).await.unwrap_err();
    assert!(matches!(told, CoreError::ShardTaken { .. }), "{told}");
    let told = models.claim(&shard, 5).await.unwrap_err();
    assert!(matches!(told, CoreError::ShardTaken { .. }), "{told}");
    let stored = models.stored(NAME).await.unwrap().unwrap();
    assert!(stored.paused, "an operator has paused it");
    assert_eq!(stored.shards[0].checkpoint.position, Position::START);
    assert!(models.letters(NAME, None).await.unwrap().is_empty());
    let epoch = stored.shards[0].checkpoint.epoch;
    assert_eq!(models.claim(&shard, epoch).await.unwrap().checkpoint.position, Position::START);
}

#[tokio::test]
async fn one_that_is_interrupted_leaves_the_projection_paused_and_the_next_one_ends_it() {
    let (client, keys) = shared().await;
    let (models, shard) = (RedisReadModels::new(client, keys), Shard::whole(NAME));
    let filter = Filter::all();
    let registration = Registration::new(NAME, &filter, 1);
    models.register(&registration).await.unwrap();
    models.claim(&shard, 1).await.unwrap();
    let kinds = ["count"];
    tokio::select! {
        _ = models.refill(NAME, &kinds) => panic!("it waits for what may be under way"),
        () = tokio::time::sleep(Duration::from_millis(200)) => {}
    }
    assert!(models.stored(NAME).await.unwrap().unwrap().paused);
    models.refill(NAME, &kinds).await.unwrap();
    assert!(!models.stored(NAME).await.unwrap().unwrap().paused);
}

#[tokio::test]
async fn what_nobody_has_registered_is_left_alone() {
    let (client, keys) = shared().await;
    let models = RedisReadModels::new(client, keys);
    assert_eq!(models.refill("jamais", &["count"]).await.unwrap(), 0);
    assert_eq!(models.stored("jamais").await.unwrap(), None);
}

#[tokio::test]
async fn a_projection_of_a_module_says_what_is_emptied() {
    let (client, keys) = shared().await;
    let models = RedisReadModels::new(client.clone(), keys.clone());
    let store = MemoryStore::new();
    let last = append(&store, 1, 3).await;
    let module = Module::new("counts").projection(models.clone(), Counts);
    let node = Node::builder(&Engine::new(store.clone())).install(&module).start().unwrap();
    node.wait_for(NAME, last).await.unwrap();
    let maintenance = module.projections()[0].maintenance().unwrap();
    assert_eq!(maintenance.manner(), Manner::Emptied);
    let request = RebuildRequest::new(Arc::new(store.clone()));
    let rebuilt = maintenance.rebuild(request).await.unwrap();
    assert!(matches!(rebuilt, Rebuilt::Emptied { deleted } if deleted >= 1), "{rebuilt:?}");
    let filled = async || models.checkpoint(&Shard::whole(NAME)).await.unwrap().position >= last;
    eventually("it is filled again", filled).await;
    assert_counts_in(&client, &keys, &[(1, 3)]).await;
    let log = Arc::new(store);
    assert_eq!(maintenance.verify(&[], log, 1).await.unwrap(), None, "its entities expire");
    node.stop().await.unwrap();
}
