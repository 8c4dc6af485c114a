//! A leaderboard that a projection keeps: `cargo run --example leaderboard`.
//!
//! It prints:
//!
//! ```text
//! 1. Cid 80
//! 2. Aria 70
//! 3. Bors 50
//! Bors is rank 3 of 3
//! after everything came twice, Aria has 70
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::sync::Arc;

use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::{
    Aggregate, BoxError, Engine, Event, Facts, Node, Projection, Recorded, Shape, id,
};
use aether_realtime::leaderboard::{Board, Change, Leaderboard, Leaderboards, MemoryLeaderboards};
use serde::{Deserialize, Serialize};

const ARENA: Board = Board::from_static("arena");

id! { struct PlayerId of Player; }

#[derive(Serialize, Deserialize, Event)]
enum PlayerEvent {
    Won { name: String, points: i64 },
}

struct Win {
    name: &'static str,
    points: i64,
}

#[derive(Default, Clone, Serialize, Deserialize, Shape)]
struct Player;

impl Aggregate for Player {
    const TYPE: &'static str = "Player";
    type Command = Win;
    type Event = PlayerEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, win: &Win, _: &Facts) -> Result<Vec<PlayerEvent>, Self::Error> {
        Ok(vec![PlayerEvent::Won { name: win.name.to_owned(), points: win.points }])
    }

    fn apply(&mut self, _: &PlayerEvent) {}
}

/// Keeps the board. Each change carries its event, so that a batch that comes twice counts once.
struct Arena(Arc<dyn Leaderboard>);

impl Projection<MemoryTx<()>> for Arena {
    type Events = PlayerEvent;

    fn name(&self) -> &'static str {
        "arena"
    }

    async fn project(
        &self,
        events: &[Recorded<PlayerEvent>],
        _: &mut MemoryTx<()>,
    ) -> Result<(), BoxError> {
        let changes = events.iter().map(|recorded| {
            let PlayerEvent::Won { name, points } = &recorded.event;
            Change::add(recorded.aggregate_id, *points, recorded).named(name)
        });
        self.0.write(&changes.collect::<Vec<_>>()).await?;
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let engine = Engine::new(MemoryStore::new());
    let board = MemoryLeaderboards::new().open(&ARENA); // RedisLeaderboards where processes share it
    let models = MemoryReadModels::new();
    let node = Node::builder(&engine).projection(models, Arena(board.clone())).start()?;

    let [aria, bors, cid] = std::array::from_fn(|_| PlayerId::generate());
    let wins = [(aria, "Aria", 30), (bors, "Bors", 50), (cid, "Cid", 80), (aria, "Aria", 40)];
    for (player, name, points) in wins {
        engine.execute(player, Win { name, points }).await?;
    }
    engine.settle().await?;
    for standing in board.top(10).await? {
        println!("{}. {} {}", standing.rank, standing.name, standing.score);
    }
    let rank = board.rank(bors.into()).await?.unwrap_or_default();
    println!("Bors is rank {rank} of {}", board.count().await?);
    node.stop().await?;

    // a second node that begins anew writes the same changes again
    Node::builder(&engine).projection(MemoryReadModels::new(), Arena(board.clone())).start()?;
    engine.settle().await?;
    let score = board.score(aria.into()).await?.unwrap_or_default();
    println!("after everything came twice, Aria has {score}");
    engine.close().await;
    Ok(())
}
