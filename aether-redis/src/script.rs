//! Lua scripts: sent once, then called by their digest.

use std::sync::OnceLock;

use fred::clients::{Client, WithOptions};
use fred::interfaces::LuaInterface as _;
use fred::types::Value;

use crate::client::RedisClient;
use crate::error::Result;

/// A script of this crate.
pub(crate) struct Script {
    lua: &'static str,
    /// What Redis calls it; the same on every server.
    digest: OnceLock<String>,
}

impl Script {
    pub(crate) const fn new(lua: &'static str) -> Self {
        Self { lua, digest: OnceLock::new() }
    }

    /// Runs it. A server that does not know it (it was restarted, or is another node) gets the text.
    pub(crate) async fn run(
        &self,
        client: &RedisClient,
        connection: &WithOptions<Client>,
        keys: Vec<String>,
        arguments: Vec<impl Into<Value> + Send>,
    ) -> Result<Value> {
        let arguments: Vec<Value> = arguments.into_iter().map(Into::into).collect();
        let digest = match self.digest.get() {
            Some(digest) => digest.clone(),
            None => {
                let digest: String =
                    connection.script_load(self.lua).await.map_err(client.error())?;
                self.digest.get_or_init(|| digest).clone()
            }
        };
        match connection.evalsha(digest, keys.clone(), arguments.clone()).await {
            Err(error) if error.details().starts_with("NOSCRIPT") => {
                connection.eval(self.lua, keys, arguments).await.map_err(client.error())
            }
            result => result.map_err(client.error()),
        }
    }
}
