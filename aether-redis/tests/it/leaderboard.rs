//! Leaderboards in Redis keep every promise of the port, with and without hash tags.

use std::sync::Arc;

use aether_core::leaderboard::Leaderboards;
use aether_redis::RedisLeaderboards;
use aether_testkit::leaderboards::LeaderboardBackend;
use async_trait::async_trait;

use crate::probe::shared;

struct Plain(RedisLeaderboards);

#[async_trait]
impl LeaderboardBackend for Plain {
    async fn open() -> Self {
        let (client, keys) = shared().await;
        Self(RedisLeaderboards::new(client, keys))
    }

    fn leaderboards(&self) -> Arc<dyn Leaderboards> {
        Arc::new(self.0.clone())
    }
}

struct Tagged(RedisLeaderboards);

#[async_trait]
impl LeaderboardBackend for Tagged {
    async fn open() -> Self {
        let (client, keys) = shared().await;
        Self(RedisLeaderboards::new(client, keys.hash_tags(true)))
    }

    fn leaderboards(&self) -> Arc<dyn Leaderboards> {
        Arc::new(self.0.clone())
    }
}

mod plain {
    use super::Plain;

    aether_testkit::leaderboard_contract!(Plain);
}

mod tagged {
    use super::Tagged;

    aether_testkit::leaderboard_contract!(Tagged);
}
