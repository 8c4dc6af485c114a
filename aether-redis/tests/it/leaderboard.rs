//! Leaderboards in Redis keep every promise of the port, however Redis is deployed.

use std::marker::PhantomData;
use std::sync::Arc;

use aether_contract::Backend;
use aether_realtime::leaderboard::Leaderboards;
use aether_redis::RedisLeaderboards;
use async_trait::async_trait;

use crate::probe::{Deployment, suite_on_every_topology};

struct Deployed<D>(RedisLeaderboards, PhantomData<D>);

#[async_trait]
impl<D: Deployment> Backend for Deployed<D> {
    type Handle = Arc<dyn Leaderboards>;

    async fn open() -> Self {
        let place = D::place().await;
        Self(RedisLeaderboards::new(place.client, place.keys), PhantomData)
    }

    async fn connect(&self) -> Arc<dyn Leaderboards> {
        Arc::new(self.0.clone())
    }
}

suite_on_every_topology!(leaderboard_contract, Deployed);
