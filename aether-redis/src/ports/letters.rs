//! What operators see and order of a projection into Redis: its dead letters, and whether it is paused.

use std::collections::{BTreeMap, HashSet};

use aether_core::Position;
use aether_core::backend::{Step, StoredProjection, StoredShard};
use aether_core::projection::{DeadLetter, LetterState, Remedy, Shard};
use fred::clients::{Client, WithOptions};
use fred::error::Error as FredError;
use fred::interfaces::{HashesInterface as _, KeysInterface as _};

use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};
use crate::key_space::Key;
use crate::ports::checkpoint;
use crate::ports::read_models::RedisReadModels;
use crate::script::Script;

static NOTE: Script = Script::new(include_str!("letters/note.lua")).measured_as(Family::Checkpoint);
static ORDER: Script =
    Script::new(include_str!("letters/order.lua")).measured_as(Family::Checkpoint);

/// A hash: `shards`, `paused` (`1`, or [`REFILL`]), and `failure/{shard}` where one stands still.
fn state_key(models: &RedisReadModels, projection: &str) -> Key {
    models.keys().key(&format!("projection:{projection}"))
}

/// A hash: letters as JSON by position.
fn letters_key(models: &RedisReadModels, projection: &str) -> Key {
    models.keys().key(&format!("letters:{projection}"))
}

/// One command on a hash.
async fn call<T, F>(
    client: &RedisClient,
    key: &Key,
    command: impl Fn(WithOptions<Client>) -> F,
) -> Result<T>
where
    F: Future<Output = std::result::Result<T, FredError>>,
{
    client.call(Family::Checkpoint, command).await.map_err(|error| error.at(key, "hash"))
}

/// The number of shards: the first one that was asked for.
pub(crate) async fn register(
    models: &RedisReadModels,
    projection: &str,
    shards: u16,
) -> Result<u16> {
    let (client, key) = (models.client(), state_key(models, projection));
    let key = &key;
    let shards = shards.clamp(1, Shard::MAX);
    let _: bool = call(client, key, |redis| async move {
        redis.hsetnx(key.as_str(), "shards", i64::from(shards)).await
    })
    .await?;
    let stored: Option<i64> =
        call(client, key, |redis| async move { redis.hget(key.as_str(), "shards").await }).await?;
    Ok(stored.and_then(|stored| u16::try_from(stored).ok()).unwrap_or(shards))
}

pub(crate) async fn is_paused(models: &RedisReadModels, projection: &str) -> Result<bool> {
    let (client, key) = (models.client(), state_key(models, projection));
    let key = &key;
    let paused: Option<String> =
        call(client, key, |redis| async move { redis.hget(key.as_str(), "paused").await }).await?;
    Ok(paused.is_some())
}

/// Pauses a projection, or lets it continue; 1 if it was not so before.
pub(crate) async fn pause(models: &RedisReadModels, projection: &str, paused: bool) -> Result<u64> {
    set(models, projection, "paused", paused.then_some("1")).await
}

/// What `paused` is while a read model is filled anew; an operator's is `1`.
const REFILL: &str = "refill";

/// Pauses a projection, unless an operator has.
pub(crate) async fn suspend(models: &RedisReadModels, projection: &str) -> Result<()> {
    note(models, projection, "paused", "new", REFILL).await.map(drop)
}

/// Ends what [`suspend`] has begun, and leaves an operator's pause as it is.
pub(crate) async fn release(models: &RedisReadModels, projection: &str) -> Result<()> {
    let (client, key) = (models.client(), state_key(models, projection));
    let key = &key;
    let paused: Option<String> =
        call(client, key, |redis| async move { redis.hget(key.as_str(), "paused").await }).await?;
    match paused.as_deref() {
        Some(REFILL) => pause(models, projection, false).await.map(drop),
        _ => Ok(()),
    }
}

/// Throws all letters of a projection away.
pub(crate) async fn forget(models: &RedisReadModels, projection: &str) -> Result<()> {
    unlink(models, &letters_key(models, projection)).await
}

/// Nobody has registered the projection any more.
pub(crate) async fn unregister(models: &RedisReadModels, projection: &str) -> Result<()> {
    unlink(models, &state_key(models, projection)).await
}

async fn unlink(models: &RedisReadModels, key: &Key) -> Result<()> {
    let client = models.client();
    let _: u64 = call(client, key, |redis| async move { redis.unlink(key.as_str()).await }).await?;
    Ok(())
}

pub(crate) async fn report(
    models: &RedisReadModels,
    shard: &Shard,
    failure: Option<&str>,
) -> Result<()> {
    set(models, shard.projection(), &format!("failure/{}", shard.index()), failure).await.map(drop)
}

/// What there is of a projection; `None` if it is not registered.
pub(crate) async fn stored(
    models: &RedisReadModels,
    projection: &str,
) -> Result<Option<StoredProjection>> {
    let (client, key) = (models.client(), state_key(models, projection));
    let key = &key;
    let mut state: BTreeMap<String, String> =
        call(client, key, |redis| async move { redis.hgetall(key.as_str()).await }).await?;
    let Some(count) = state.get("shards").and_then(|count| count.parse().ok()) else {
        return Ok(None);
    };
    let mut shards = Vec::new();
    for shard in Shard::all(projection.to_owned(), count) {
        let at = checkpoint::read(client, models.keys(), &shard.to_string()).await?;
        let failure = state.remove(&format!("failure/{}", shard.index()));
        shards.push(StoredShard { checkpoint: at, failure });
    }
    Ok(Some(StoredProjection { paused: state.contains_key("paused"), shards }))
}

async fn set(
    models: &RedisReadModels,
    projection: &str,
    field: &str,
    value: Option<&str>,
) -> Result<u64> {
    let what = if value.is_some() { "set" } else { "remove" };
    note(models, projection, field, what, value.unwrap_or_default()).await
}

async fn note(
    models: &RedisReadModels,
    projection: &str,
    field: &str,
    what: &str,
    value: &str,
) -> Result<u64> {
    let (client, key) = (models.client(), state_key(models, projection));
    let keys = vec![key.to_string()];
    let arguments = vec![field, what, value];
    let noted = NOTE.run(client, &client.connection()?, keys, arguments).await;
    let noted = noted.map_err(|error| error.at(&key, "hash"))?;
    Ok(noted.as_u64().unwrap_or_default())
}

/// All letters of a projection, in order of position.
pub(crate) async fn all(models: &RedisReadModels, projection: &str) -> Result<Vec<DeadLetter>> {
    let (client, key) = (models.client(), letters_key(models, projection));
    let key = &key;
    let stored: BTreeMap<String, String> =
        call(client, key, |redis| async move { redis.hgetall(key.as_str()).await }).await?;
    let mut letters =
        stored.values().map(|letter| parse(key, letter)).collect::<Result<Vec<DeadLetter>>>()?;
    letters.sort_by_key(|letter| letter.position);
    Ok(letters)
}

/// The first letter of each aggregate of a shard that waits for something.
pub(crate) async fn heads(models: &RedisReadModels, shard: &Shard) -> Result<Vec<DeadLetter>> {
    let mut letters = all(models, shard.projection()).await?;
    let mut seen = HashSet::new();
    letters.retain(|letter| {
        letter.state != LetterState::Skipped
            && shard.contains(letter.stream.aggregate_id)
            && seen.insert(letter.stream.aggregate_id)
    });
    Ok(letters)
}

/// Keeps and removes the letters of a step. Doing it twice is doing it once.
pub(crate) async fn keep(models: &RedisReadModels, projection: &str, step: Step<'_>) -> Result<()> {
    let (client, key) = (models.client(), letters_key(models, projection));
    let key = &key;
    let letters = step.parked.iter().map(|letter| Ok((field(letter.position), text(letter)?)));
    let letters = letters.collect::<Result<Vec<_>>>()?;
    if !letters.is_empty() {
        let letters = &letters;
        let _: i64 =
            call(
                client,
                key,
                |redis| async move { redis.hset(key.as_str(), letters.clone()).await },
            )
            .await?;
    }
    if let Some(settled) = step.settled {
        let _: i64 =
            call(
                client,
                key,
                |redis| async move { redis.hdel(key.as_str(), field(settled)).await },
            )
            .await?;
    }
    Ok(())
}

/// Orders something about a letter, unless it waits or is settled. The runner of the shard may settle it in the same moment:
/// only the letter that was looked at is changed.
pub(crate) async fn remedy(
    models: &RedisReadModels,
    projection: &str,
    position: Position,
    remedy: Remedy,
) -> Result<bool> {
    let (client, key) = (models.client(), letters_key(models, projection));
    loop {
        let found: Option<String> = call(client, &key, |redis| {
            let key = &key;
            async move { redis.hget(key.as_str(), field(position)).await }
        })
        .await?;
        let Some(found) = found else { return Ok(false) };
        let letter = parse(&key, &found)?;
        if !letter.state.can_be_ordered() {
            return Ok(false);
        }
        let ordered = text(&DeadLetter { state: remedy.ordered(), ..letter })?;
        let keys = vec![key.to_string()];
        let arguments = vec![field(position), found, ordered];
        let changed = ORDER.run(client, &client.connection()?, keys, arguments).await;
        if changed.map_err(|error| error.at(&key, "hash"))?.as_u64() == Some(1) {
            return Ok(true);
        }
    }
}

fn parse(key: &Key, letter: &str) -> Result<DeadLetter> {
    serde_json::from_str(letter)
        .map_err(|error| Error::UnexpectedReply { reason: format!("a letter in {key}: {error}") })
}

fn field(position: Position) -> String {
    position.get().to_string()
}

fn text(letter: &DeadLetter) -> Result<String> {
    serde_json::to_string(letter)
        .map_err(|error| Error::UnexpectedReply { reason: format!("a letter: {error}") })
}
