//! How far a projection has come, kept beside the data it wrote.

use aether_core::backend::{Checkpoint, Step};
use aether_core::log::Anchor;
use aether_core::{EventId, Position};
use fred::interfaces::{HashesInterface as _, KeysInterface as _};
use fred::types::Value;

use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};
use crate::key_space::{Key, KeySpace};
use crate::script::Script;

static CLAIM: Script =
    Script::new(include_str!("checkpoint/claim.lua")).measured_as(Family::Checkpoint);
static ADVANCE: Script =
    Script::new(include_str!("checkpoint/advance.lua")).measured_as(Family::Checkpoint);
static REFILL: Script =
    Script::new(include_str!("checkpoint/refill.lua")).measured_as(Family::Checkpoint);

fn key(keys: &KeySpace, projection: &str) -> Key {
    keys.key(&format!("checkpoint:{projection}"))
}

pub(crate) async fn claim(
    client: &RedisClient,
    keys: &KeySpace,
    shard: &str,
    epoch: u64,
) -> Result<(Checkpoint, Option<Anchor>)> {
    let keys = vec![key(keys, shard).to_string()];
    let reply = CLAIM.run(client, &client.connection()?, keys, vec![epoch.to_string()]).await?;
    match reply.as_str().as_deref() {
        Some("fenced") => Err(Error::ShardTaken { projection: shard.to_owned() }),
        _ => {
            let mut fields = reply.into_array();
            let anchor = fields.pop().and_then(|anchor| anchor.as_string()).unwrap_or_default();
            let checkpoint = parse(Value::Array(fields), shard)?;
            Ok((checkpoint, read_anchor(&anchor, checkpoint.position)))
        }
    }
}

/// An anchor as it is kept, with the position it was found at: below any other one it means nothing.
fn write_anchor(anchor: Option<Anchor>, checkpoint: Position) -> String {
    anchor.map_or_else(String::new, |Anchor { position, event_id }| {
        format!("{checkpoint} {position} {event_id}")
    })
}

fn read_anchor(kept: &str, checkpoint: Position) -> Option<Anchor> {
    let mut parts = kept.split(' ');
    let found_at: u64 = parts.next()?.parse().ok()?;
    let position = Position::new(parts.next()?.parse().ok()?);
    let event_id = EventId::new(parts.next()?.parse().ok()?);
    (found_at == checkpoint.get()).then_some(Anchor { position, event_id })
}

/// The checkpoint as it is; the default one if there is none.
pub(crate) async fn read(
    client: &RedisClient,
    keys: &KeySpace,
    projection: &str,
) -> Result<Checkpoint> {
    let (key, fields) = (key(keys, projection), vec!["position", "epoch"]);
    let (key, fields) = (&key, &fields);
    let reply: Value = client
        .call(
            Family::Checkpoint,
            |redis| async move { redis.hmget(key.as_str(), fields.clone()).await },
        )
        .await
        .map_err(|error| error.at(key, "hash"))?;
    let absent = reply.clone().into_array().iter().any(Value::is_null);
    if absent { Ok(Checkpoint::default()) } else { parse(reply, projection) }
}

/// Forgets the checkpoint of a shard.
pub(crate) async fn forget(client: &RedisClient, keys: &KeySpace, shard: &str) -> Result<()> {
    let key = key(keys, shard);
    let key = &key;
    let _: u64 = client
        .call(Family::Checkpoint, |redis| async move { redis.unlink(key.as_str()).await })
        .await?;
    Ok(())
}

/// Nobody who runs the shard now can move its checkpoint any more.
pub(crate) async fn fence(client: &RedisClient, keys: &KeySpace, shard: &str) -> Result<()> {
    run_refill(client, keys, shard, "fence").await
}

/// As [`fence`], and the next to claim it begins at the start.
pub(crate) async fn start_over(client: &RedisClient, keys: &KeySpace, shard: &str) -> Result<()> {
    run_refill(client, keys, shard, "start").await
}

async fn run_refill(client: &RedisClient, keys: &KeySpace, shard: &str, what: &str) -> Result<()> {
    let keys = vec![key(keys, shard).to_string()];
    REFILL.run(client, &client.connection()?, keys, vec![what]).await?;
    Ok(())
}

/// Whether the checkpoint can be moved as a step says, or was already.
pub(crate) async fn look(
    client: &RedisClient,
    keys: &KeySpace,
    projection: &str,
    step: &Step<'_>,
) -> Result<()> {
    run_advance(client, keys, projection, step, "look").await
}

/// Moves the checkpoint as a step says.
pub(crate) async fn advance(
    client: &RedisClient,
    keys: &KeySpace,
    projection: &str,
    step: &Step<'_>,
) -> Result<Checkpoint> {
    run_advance(client, keys, projection, step, "move").await?;
    Ok(Checkpoint { position: step.to, epoch: step.from.epoch })
}

async fn run_advance(
    client: &RedisClient,
    keys: &KeySpace,
    projection: &str,
    step: &Step<'_>,
    what: &str,
) -> Result<()> {
    let keys = vec![key(keys, projection).to_string()];
    let &Step { from, to, anchor, .. } = step;
    let numbers = [from.position.get(), from.epoch, to.get()].map(|number| number.to_string());
    let arguments =
        numbers.into_iter().chain([write_anchor(anchor, to), what.to_owned()]).collect();
    let reply = ADVANCE.run(client, &client.connection()?, keys, arguments).await?;
    let projection = projection.to_owned();
    match reply.as_str().as_deref() {
        Some("ok") => Ok(()),
        Some("fenced") => Err(Error::ShardTaken { projection }),
        Some("lost") => Err(Error::CheckpointLost { projection }),
        _ => Err(Error::UnexpectedReply { reason: format!("the checkpoint of {projection}") }),
    }
}

fn parse(reply: Value, projection: &str) -> Result<Checkpoint> {
    let numbers: Option<Vec<u64>> = reply.convert().ok();
    match numbers.as_deref() {
        Some(&[position, epoch]) => Ok(Checkpoint { position: Position::new(position), epoch }),
        _ => Err(Error::UnexpectedReply {
            reason: format!("the checkpoint of {projection} is not two numbers"),
        }),
    }
}
