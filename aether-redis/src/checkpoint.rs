//! How far a projection has come, kept beside the data it wrote.

use aether_core::{Checkpoint, Position};
use fred::interfaces::HashesInterface as _;
use fred::types::Value;

use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};
use crate::key_space::{Key, KeySpace};
use crate::script::Script;

static CLAIM: Script =
    Script::new(include_str!("checkpoint/claim.lua")).measured_as(Family::Checkpoint);
static ADVANCE: Script =
    Script::new(include_str!("checkpoint/advance.lua")).measured_as(Family::Checkpoint);

fn key(keys: &KeySpace, projection: &str) -> Key {
    keys.key(&format!("checkpoint:{projection}"))
}

pub(crate) async fn claim(
    client: &RedisClient,
    keys: &KeySpace,
    shard: &str,
    epoch: u64,
) -> Result<Checkpoint> {
    let keys = vec![key(keys, shard).to_string()];
    let reply = CLAIM.run(client, &client.connection()?, keys, vec![epoch.to_string()]).await?;
    match reply.as_str().as_deref() {
        Some("fenced") => Err(Error::Fenced { projection: shard.to_owned() }),
        _ => parse(reply, shard),
    }
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

/// Whether the checkpoint can be moved from `from` to `to`, or was already.
pub(crate) async fn look(
    client: &RedisClient,
    keys: &KeySpace,
    projection: &str,
    from: Checkpoint,
    to: Position,
) -> Result<()> {
    run_advance(client, keys, projection, from, to, "look").await
}

/// Moves the checkpoint.
pub(crate) async fn advance(
    client: &RedisClient,
    keys: &KeySpace,
    projection: &str,
    from: Checkpoint,
    to: Position,
) -> Result<Checkpoint> {
    run_advance(client, keys, projection, from, to, "move").await?;
    Ok(Checkpoint { position: to, epoch: from.epoch })
}

async fn run_advance(
    client: &RedisClient,
    keys: &KeySpace,
    projection: &str,
    from: Checkpoint,
    to: Position,
    what: &str,
) -> Result<()> {
    let keys = vec![key(keys, projection).to_string()];
    let numbers = [from.position.get(), from.epoch, to.get()].map(|number| number.to_string());
    let arguments = numbers.into_iter().chain([what.to_owned()]).collect();
    let reply = ADVANCE.run(client, &client.connection()?, keys, arguments).await?;
    let projection = projection.to_owned();
    match reply.as_str().as_deref() {
        Some("ok") => Ok(()),
        Some("fenced") => Err(Error::Fenced { projection }),
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
