//! A connection beside the pool, for listening.

use fred::clients::SubscriberClient;

use super::RedisClient;
use super::config::{Purpose, builder};
use crate::error::{Error, Result};

impl RedisClient {
    /// A client that listens to channels, with the address and the settings of this one. It is not
    /// connected yet: `connect()` starts connecting in the background, for ever, whether Redis is
    /// there or not; `manage_subscriptions()` subscribes again after each reconnect. The caller
    /// it ends it with `quit()`.
    pub(crate) fn subscriber(&self) -> Result<SubscriberClient> {
        let (config, settings) = (self.inner.config.clone(), &self.inner.settings);
        builder(config, settings, Purpose::Listening)
            .build_subscriber_client()
            .map_err(|error| Error::of(error, settings.connect_timeout))
    }
}
