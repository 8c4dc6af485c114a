//! How far projections are behind: every command is a sample.

use std::sync::Arc;
use std::time::Instant;

use aether_core::{Error, Node, Position};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::demo::timer::Timer;

/// How far a projection is behind.
#[derive(Debug)]
pub(crate) struct Lag {
    pub projection: &'static str,
    pub timer: Arc<Timer>,
    pub samples: mpsc::UnboundedSender<(Position, Instant)>,
    pub follower: JoinHandle<()>,
}

impl Lag {
    pub(crate) fn follow(node: &Node, projection: &'static str) -> Self {
        let timer = Arc::new(Timer::default());
        let (samples, mut waiting) = mpsc::unbounded_channel::<(Position, Instant)>();
        let node = node.clone();
        let times = timer.clone();
        let follower = tokio::spawn(async move {
            // Samples come nearly in the order of the log. One that comes after a later one is taken
            // when that one was reached: a little too late, never too early.
            while let Some((position, returned)) = waiting.recv().await {
                match node.wait_for(projection, position).await {
                    Ok(()) => times.record(returned.elapsed()),
                    Err(Error::Parked { .. }) => {}
                    Err(_) => return,
                }
            }
        });
        Self { projection, timer, samples, follower }
    }
}
