//! A rebuild from the log, from its first event to the switch.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::backend::{Checkpoints as _, EventStore, ReadModels as _};
use aether_core::log::Read;
use aether_core::projection::{Delivery, Handler, Shard};
use aether_core::{Error as CoreError, Position, Projection};
use aether_realtime::leaderboard::{Board, BoardRebuild as _, LeaderboardError, Result};

use super::RedisLeaderboards;
use super::models::RebuildModels;
use super::rebuild::RedisRebuild;
use super::table::Table;
use crate::ports::read_models::{RedisReadModels, RedisTx};

/// How long a rebuild that has read the whole log tries to meet the board at one event.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pauses while there is nothing new in the log, and yet the board is ahead.
const PAUSE: Duration = Duration::from_millis(2);

impl RedisLeaderboards {
    /// Rebuilds a board from the log with the projection that fills it, while both go on, and switches
    /// atomically: returns up to where the new board has everything.
    ///
    /// The projection's other writes and its side effects are left out. `projection` must be the one that
    /// fills the live board, or newer code under the same name, and the only one that does. To start over
    /// after a crash or an error, call it again.
    ///
    /// ```no_run
    /// use aether_realtime::leaderboard::{Board, LeaderboardError};
    /// use aether_core::backend::EventStore;
    /// use aether_core::Projection;
    /// use aether_redis::{RedisLeaderboards, RedisTx};
    ///
    /// # async fn run(
    /// #     boards: RedisLeaderboards, log: &dyn EventStore, arena: impl Projection<RedisTx>,
    /// # ) -> Result<(), LeaderboardError> {
    /// let through = boards.rebuild_from(log, &Board::new("arena")?, arena).await?;
    /// println!("the arena was counted anew, up to event {through}");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`RebuildSuperseded`](LeaderboardError::RebuildSuperseded) if another rebuild of the board has
    /// begun. [`is_behind`](LeaderboardError::is_behind) if the log is read to its end, and the board
    /// stays ahead of it for a minute: something else writes to it.
    /// [`Store`](LeaderboardError::Store) with what the projection or a store failed with; an event
    /// that it cannot apply ends the rebuild, unless the live projection has
    /// [parked](aether_core::projection::DeadLetter) it too. In all cases the live board is as it was.
    pub async fn rebuild_from(
        &self,
        log: &dyn EventStore,
        board: &Board,
        projection: impl Projection<RedisTx>,
    ) -> Result<Position> {
        let rebuild = RedisRebuild::begin(&Table::live(&self.client, &self.keys, board)).await?;
        let models = Arc::new(RebuildModels::new(rebuild, self.keys.clone()));
        let outcome = self.fill_and_switch(log, &models, Handler::new(projection)).await;
        let label = if outcome.is_ok() { "switched" } else { "failed" };
        metrics::counter!("aether_redis_leaderboard_rebuilds_total", "outcome" => label)
            .increment(1);
        match outcome {
            Err(LeaderboardError::Store(CoreError::ShardTaken { .. })) => {
                Err(LeaderboardError::RebuildSuperseded { board: board.name().to_owned() })
            }
            Err(error) => {
                if let Err(left) = models.rebuild.abandon().await {
                    tracing::debug!(
                        board = board.name(), error = %left,
                        "the table of a failed rebuild stays until the next one"
                    );
                }
                Err(error)
            }
            Ok(position) => Ok(position),
        }
    }

    async fn fill_and_switch(
        &self,
        log: &dyn EventStore,
        models: &Arc<RebuildModels>,
        projection: Handler<RedisTx>,
    ) -> Result<Position> {
        let shard = Shard::whole(projection.name());
        let mut delivery =
            Delivery::of(models.clone(), projection.clone(), shard).without_side_effects();
        let mut position = delivery.claim(1).await?.position;
        let read = Read::all().filter(projection.filter());
        let mut at_the_end_since = None;
        loop {
            let page = log.read(read.clone().after(position)).await?;
            if page.position > position {
                delivery.apply(&page.events, page.position).await?;
                position = page.position;
            }
            self.compare_letters(models, projection.name()).await?;
            // after every page: under a flood of events, the end of the log is never seen, but the
            // board is overtaken
            let error = match models.rebuild.switch(position.into()).await {
                Err(error) if error.is_behind() => error,
                result => return result.map(|()| position),
            };
            if page.caught_up {
                let since = *at_the_end_since.get_or_insert_with(Instant::now);
                if since.elapsed() > PATIENCE {
                    return Err(error);
                }
                if page.events.is_empty() {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// What is missing in the rebuild must be missing in the live board too.
    async fn compare_letters(&self, models: &RebuildModels, projection: &str) -> Result<()> {
        let missing = models.checkpoints().letters(projection, None).await?;
        if missing.is_empty() {
            return Ok(());
        }
        let live = RedisReadModels::new(self.client.clone(), self.keys.clone());
        let live: HashSet<_> =
            live.letters(projection, None).await?.into_iter().map(|it| it.position).collect();
        match missing.into_iter().find(|letter| !live.contains(&letter.position)) {
            None => Ok(()),
            Some(letter) => {
                let why = letter.error.as_deref().unwrap_or("it waits behind another one");
                let source = format!("the event at {} was not applied: {why}", letter.position);
                Err(CoreError::Backend { source: source.into() }.into())
            }
        }
    }
}
