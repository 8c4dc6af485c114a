//! A connection beside the pool, for commands that wait.

use std::time::Duration;

use fred::clients::Client;
use fred::interfaces::ClientLike as _;

use super::RedisClient;
use super::config::{Purpose, builder};
use crate::error::{Error, Result};

impl RedisClient {
    /// A connection for commands that wait at the server, such as `XREADGROUP … BLOCK`: one at a
    /// time, each answered within `timeout` (which must be longer than the command waits). It is
    /// connected, reconnects by itself, and passes neither the circuit breaker nor the meters.
    /// The caller ends it with `quit()`.
    pub(crate) async fn dedicated(&self, timeout: Duration) -> Result<Client> {
        let (config, settings) = (self.inner.config.clone(), &self.inner.settings);
        let limit = settings.connect_timeout;
        let client = builder(config, settings, Purpose::Alone(timeout))
            .build()
            .map_err(|error| Error::of(error, limit))?;
        let connected = tokio::time::timeout(limit * 2, client.init()).await;
        if !matches!(connected, Ok(Ok(_))) {
            let late = client.clone();
            self.inner.runtime.spawn(async move { late.quit().await });
        }
        connected
            .map_err(|_| Error::Timeout { limit })?
            .map_err(|error| Error::of(error, limit))?;
        Ok(client)
    }
}
