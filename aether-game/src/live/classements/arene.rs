//! Ratings of the arena onto their board.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{Checkpoints, Patience, ReadModels as _};
use aether_core::{
    Aggregate as _, BoxError, Error, EventSet, Filter, Position, Projection, Recorded,
};
use aether_postgres::PgStore;
use aether_realtime::leaderboard::Change;
use aether_redis::RedisTx;
use serde::Deserialize;
use sqlx::PgPool;

use super::ARENA;
use crate::combat::{Combat, CombatEvent};
use crate::queries;
use crate::read_models::ArenaProjection;
use crate::values::CombatId;

/// How long it waits for the read model before the batch is tried again.
const PATIENCE: Duration = Duration::from_secs(10);

/// Keeps [`ARENA`]: whenever a combat ends, the board has the ratings that [`ArenaProjection`] comes to in PostgreSQL, and so
/// says what the table says. It waits for that projection.
pub struct ArenaBoardProjection {
    pool: PgPool,
    books: Arc<dyn Checkpoints>,
}

/// What it listens to.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = CombatEvent)]
#[doc(hidden)]
pub enum Fins {
    /// A combat ended.
    CombatTermine {},
}

impl ArenaBoardProjection {
    /// A board of the ratings in this store's database.
    #[must_use]
    pub fn new(store: &PgStore) -> Self {
        Self { pool: store.pool().clone(), books: store.read_models().checkpoints() }
    }

    /// Whether the ratings have come past an event.
    async fn look(&self, event: Position) -> aether_core::Result<()> {
        let name = ArenaProjection::NAME;
        let stored = self.books.stored(name).await?;
        let shards = stored.as_ref().map(|stored| stored.shards.iter());
        let reached = shards.and_then(|shards| shards.map(|it| it.checkpoint.position).min());
        match reached {
            Some(reached) if reached >= event => Ok(()),
            reached => {
                let reached = reached.unwrap_or(Position::START);
                let source = format!(
                    "projection {name} has come to {reached}; the board of the arena waits for {event}"
                );
                Err(Error::Unavailable { source: source.into() })
            }
        }
    }
}

impl Projection<RedisTx> for ArenaBoardProjection {
    type Events = Fins;

    fn name(&self) -> &'static str {
        "classement_arene"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Combat::TYPE])
    }

    async fn project(&self, events: &[Recorded<Fins>], tx: &mut RedisTx) -> Result<(), BoxError> {
        let Some(last) = events.last() else { return Ok(()) };
        Patience::new(PATIENCE).retry(|| self.look(last.position)).await?;
        let combats = events.iter().map(|it| CombatId::from(it.aggregate_id)).collect();
        let mut board = tx.leaderboard(&ARENA);
        for row in queries::cotes_apres(&self.pool, combats).await? {
            // a player who has fought again since has a newer row
            let sequence = row.last_event_sequence.cast_unsigned();
            board.write(Change::set(row.joueur_id, row.cote.into(), sequence).named(row.nom));
        }
        Ok(())
    }
}
