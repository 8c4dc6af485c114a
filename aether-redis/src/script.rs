//! Lua scripts: sent once, then called by their digest.

use std::sync::OnceLock;

use fred::clients::{Client, WithOptions};
use fred::interfaces::LuaInterface as _;
use fred::types::Value;
use fred::util::redis_keyslot;

use crate::client::{Family, RedisClient};
use crate::error::{Error, Result};

/// A script of this crate.
pub(crate) struct Script {
    lua: &'static str,
    /// What its calls are measured as.
    family: Family,
    /// What Redis calls it; the same on every server.
    digest: OnceLock<String>,
}

impl Script {
    pub(crate) const fn new(lua: &'static str) -> Self {
        Self { lua, family: Family::Script, digest: OnceLock::new() }
    }

    /// Measured as `family`.
    pub(crate) const fn measured_as(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    /// Runs it. A server that does not know it (it was restarted, or is another node) gets the text. On
    /// a Cluster all keys must lie in one slot.
    pub(crate) async fn run(
        &self,
        client: &RedisClient,
        connection: &WithOptions<Client>,
        keys: Vec<String>,
        arguments: Vec<impl Into<Value> + Send>,
    ) -> Result<Value> {
        let arguments: Vec<Value> = arguments.into_iter().map(Into::into).collect();
        if client.is_cluster() {
            check_slots(&keys)?;
        }
        let digest = match self.digest.get() {
            Some(digest) => digest.clone(),
            None => {
                let digest: String =
                    connection.script_load(self.lua).await.map_err(client.error())?;
                self.digest.get_or_init(|| digest).clone()
            }
        };
        let (digest, keys, arguments) = (&digest, &keys, &arguments);
        let by_digest = client.ask(self.family, connection, |redis| async move {
            redis.evalsha(digest.as_str(), keys.clone(), arguments.clone()).await
        });
        match by_digest.await {
            Err(error) if error.details().starts_with("NOSCRIPT") => {
                let by_text = client.ask(self.family, connection, |redis| async move {
                    redis.eval(self.lua, keys.clone(), arguments.clone()).await
                });
                by_text.await.map_err(client.error())
            }
            result => result.map_err(client.error()),
        }
    }
}

fn check_slots(keys: &[String]) -> Result<()> {
    let slot = |key: &String| redis_keyslot(key.as_bytes());
    let Some((first, others)) = keys.split_first() else { return Ok(()) };
    match others.iter().find(|key| slot(key) != slot(first)) {
        Some(other) => Err(Error::CrossSlot { reason: format!("{first} and {other}") }),
        None => Ok(()),
    }
}
