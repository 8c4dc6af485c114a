//! Leaderboards in memory keep every promise of the port.

use std::sync::Arc;

use aether_contract::Backend;
use aether_realtime::leaderboard::{Board, LeaderboardError, Leaderboards, MemoryLeaderboards};
use async_trait::async_trait;

struct Memory(MemoryLeaderboards);

#[async_trait]
impl Backend for Memory {
    type Handle = Arc<dyn Leaderboards>;

    async fn open() -> Self {
        Self(MemoryLeaderboards::new())
    }

    async fn connect(&self) -> Arc<dyn Leaderboards> {
        Arc::new(self.0.clone())
    }
}

aether_contract::leaderboard_contract!(Memory);

#[test]
fn a_name_that_could_be_mistaken_for_another_key_is_refused() {
    for bad in ["", "a:b", "a{b}", "Arena", "a b", &"x".repeat(51)] {
        let error = Board::new(bad).unwrap_err();
        assert!(matches!(error, LeaderboardError::BadBoard { .. }), "{error}");
        assert!(error.is_invalid());
    }
    assert_eq!(Board::new("guild-2026.v_2").unwrap().name(), "guild-2026.v_2");
}
