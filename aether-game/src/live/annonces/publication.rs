//! The bus that announcements go over, made when the first one does.

use std::sync::OnceLock;

use aether_core::{Error, Result};
use aether_realtime::bus::{Bus, Exchange, Listener, Notice};
use aether_redis::{RedisBus, RedisReadModels};
use async_trait::async_trait;

/// A bus over Redis that takes no connection, and needs no runtime, before something is published. So the game can be
/// registered where nothing of it is run.
pub(in crate::live) struct Publication {
    redis: RedisReadModels,
    bus: OnceLock<RedisBus>,
}

impl Publication {
    pub(in crate::live) fn new(redis: &RedisReadModels) -> Self {
        Self { redis: redis.clone(), bus: OnceLock::new() }
    }

    fn bus(&self) -> Result<&RedisBus> {
        if let Some(bus) = self.bus.get() {
            return Ok(bus);
        }
        let made = RedisBus::new(self.redis.client().clone(), self.redis.keys().clone());
        let made = made.map_err(Error::from)?;
        Ok(self.bus.get_or_init(|| made))
    }
}

#[async_trait]
impl Bus for Publication {
    async fn publish(&self, notices: &[Notice]) -> Result<()> {
        self.bus()?.publish(notices).await
    }

    fn listen(&self, channel: &str) -> Listener {
        // a bus that cannot be made has ended
        self.bus().map_or_else(|_| Exchange::new(1).listen(channel), |bus| bus.listen(channel))
    }
}
