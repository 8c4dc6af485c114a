//! Leaderboards in Redis keep every promise of the port, however Redis is deployed.

use std::marker::PhantomData;
use std::sync::Arc;

use aether_core::leaderboard::Leaderboards;
use aether_redis::RedisLeaderboards;
use aether_testkit::leaderboards::LeaderboardBackend;
use async_trait::async_trait;

use crate::probe::{Deployment, suite_on_every_topology};

struct Backend<D>(RedisLeaderboards, PhantomData<D>);

#[async_trait]
impl<D: Deployment> LeaderboardBackend for Backend<D> {
    async fn open() -> Self {
        let place = D::place().await;
        Self(RedisLeaderboards::new(place.client, place.keys), PhantomData)
    }

    fn leaderboards(&self) -> Arc<dyn Leaderboards> {
        Arc::new(self.0.clone())
    }
}

suite_on_every_topology!(leaderboard_contract, Backend);
