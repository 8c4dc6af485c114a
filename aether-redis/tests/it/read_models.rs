//! Checkpoints beside the data: moved together, fenced, lost together.

use aether_core::backend::{Checkpoint, Checkpoints as _, ReadModels as _, Step};
use aether_core::log::Anchor;
use aether_core::projection::Shard;
use aether_core::uuid::Uuid;
use aether_core::{Error as CoreError, EventId, Position};
use aether_redis::{Entity, Error, GuardedWrite, RedisReadModels};

use crate::probe::{Place, connect, on_every_topology, own, raw, stamp};

fn at(position: u64) -> Position {
    Position::new(position)
}

fn live() -> Shard {
    Shard::whole("live")
}

fn step(from: Checkpoint, to: u64) -> Step<'static> {
    Step::new(from, at(to))
}

fn turn(entity: &Entity, sequence: u64) -> GuardedWrite {
    GuardedWrite::create(entity, stamp(sequence))
        .hash(entity.key("state"), [("tour", sequence.to_string())])
}

async fn a_commit_moves_data_and_checkpoint(place: Place) {
    let Place { client, keys, .. } = &place;
    let models = RedisReadModels::new(client.clone(), keys.clone());
    let entity = keys.entity("combat", 1);
    let start = models.claim(&live(), 1).await.unwrap().checkpoint;
    assert_eq!(start.position, Position::START);
    let mut tx = models.begin().await.unwrap();
    tx.write(turn(&entity, 7));
    let reached = models.commit(tx, &live(), step(start, 9)).await.unwrap();
    assert_eq!(reached, models.checkpoint(&live()).await.unwrap());
    assert_eq!((reached.position, reached.epoch), (at(9), start.epoch));
    assert_eq!(client.hash(&entity.key("state")).await.unwrap()["tour"], "7");
    // the next runner goes on from there
    assert_eq!(models.claim(&live(), 2).await.unwrap().checkpoint.position, at(9));
}

async fn a_runner_that_was_taken_over_is_fenced_before_its_first_write(place: Place) {
    let Place { client, keys, .. } = &place;
    let models = RedisReadModels::new(client.clone(), keys.clone());
    let entity = keys.entity("combat", 1);
    let old = models.claim(&live(), 3).await.unwrap().checkpoint;
    let mut tx = models.begin().await.unwrap();
    tx.write(turn(&entity, 7));
    let new = models.claim(&live(), 4).await.unwrap().checkpoint;
    assert!(new.epoch > old.epoch);
    let error = models.commit(tx, &live(), step(old, 9)).await.unwrap_err();
    assert!(matches!(error, CoreError::ShardTaken { .. }), "{error}");
    assert!(client.hash(&entity.key("state")).await.unwrap().is_empty());
    let empty = models.begin().await.unwrap();
    let error = models.commit(empty, &live(), step(old, 9)).await.unwrap_err();
    assert!(matches!(error, CoreError::ShardTaken { .. }), "{error}");
}

async fn a_commit_whose_answer_was_lost_can_be_sent_again(place: Place) {
    let Place { client, keys, .. } = &place;
    let models = RedisReadModels::new(client.clone(), keys.clone());
    let start = models.claim(&live(), 5).await.unwrap().checkpoint;
    for _ in 0..2 {
        let mut tx = models.begin().await.unwrap();
        tx.write(turn(&keys.entity("combat", 1), 7));
        assert_eq!(models.commit(tx, &live(), step(start, 9)).await.unwrap().position, at(9));
    }
}

async fn a_checkpoint_keeps_its_anchor(place: Place) {
    let Place { client, keys, .. } = &place;
    let models = RedisReadModels::new(client.clone(), keys.clone());
    let claimed = models.claim(&live(), 1).await.unwrap();
    assert_eq!(claimed.anchor, None);
    let anchor = Anchor { position: at(7), event_id: EventId::new(Uuid::from_u128(7)) };
    let anchored = Step { anchor: Some(anchor), ..step(claimed.checkpoint, 9) };
    let reached = models.commit(models.begin().await.unwrap(), &live(), anchored).await.unwrap();
    let claimed = models.claim(&live(), 2).await.unwrap();
    assert_eq!((claimed.checkpoint.position, claimed.anchor), (reached.position, Some(anchor)));
    // a node that knows no anchors moves the checkpoint
    let key = keys.key("checkpoint:live");
    place.raw(&format!("HSET {key} position 12"));
    assert_eq!(models.claim(&live(), 3).await.unwrap().anchor, None);
    place.raw(&format!("HSET {key} position 9"));
    let claimed = models.claim(&live(), 4).await.unwrap();
    assert_eq!(claimed.anchor, Some(anchor));
    let plain = step(claimed.checkpoint, 13);
    models.commit(models.begin().await.unwrap(), &live(), plain).await.unwrap();
    assert_eq!(models.claim(&live(), 5).await.unwrap().anchor, None);
}

#[tokio::test]
async fn a_flush_is_noticed_before_the_first_write() {
    let redis = own().await;
    let client = connect(redis.url()).await;
    let keys = aether_redis::KeySpace::new();
    let models = RedisReadModels::new(client.clone(), keys.clone());
    let start = models.claim(&live(), 6).await.unwrap().checkpoint;
    raw(redis.url(), "FLUSHALL");
    let mut tx = models.begin().await.unwrap();
    tx.write(turn(&keys.entity("combat", 1), 7));
    let error = models.commit(tx, &live(), step(start, 9)).await.unwrap_err();
    assert!(Error::find_in(&error).is_some_and(Error::is_checkpoint_lost), "{error}");
    assert!(!error.is_transient());
    assert!(client.sequence(&keys.entity("combat", 1)).await.unwrap().is_none());
    // the next claim starts from zero, and the runner from before is not taken for it
    let again = models.claim(&live(), 7).await.unwrap().checkpoint;
    assert_eq!(again.position, Position::START);
    assert!(again.epoch > start.epoch);
    let empty = models.begin().await.unwrap();
    let error = models.commit(empty, &live(), step(start, 9)).await.unwrap_err();
    assert!(matches!(error, CoreError::ShardTaken { .. }), "{error}");
}

async fn a_wrong_type_stops_the_commit_and_the_checkpoint(place: Place) {
    let Place { client, keys, .. } = &place;
    let models = RedisReadModels::new(client.clone(), keys.clone());
    let entity = keys.entity("combat", 1);
    place.raw(&format!("SADD {} x", entity.key("state")));
    let start = models.claim(&live(), 8).await.unwrap().checkpoint;
    let mut tx = models.begin().await.unwrap();
    tx.write(turn(&entity, 7));
    let error = models.commit(tx, &live(), step(start, 9)).await.unwrap_err();
    assert!(matches!(Error::find_in(&error), Some(Error::WrongType { .. })), "{error}");
    assert_eq!(models.checkpoint(&live()).await.unwrap(), start);
}

async fn operators_orders_are_taken(place: Place) {
    let Place { client, keys, .. } = &place;
    aether_contract::orders::keep(&RedisReadModels::new(client.clone(), keys.clone())).await;
}

on_every_topology! {
    a_commit_moves_data_and_checkpoint,
    a_runner_that_was_taken_over_is_fenced_before_its_first_write,
    a_commit_whose_answer_was_lost_can_be_sent_again,
    a_checkpoint_keeps_its_anchor,
    a_wrong_type_stops_the_commit_and_the_checkpoint,
    operators_orders_are_taken,
}
