//! Events that projections could not handle.

use aether_core::projection::{DeadLetter, LetterState};
use serde::Serialize;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::letters::letter;
use crate::store::PgStore;

/// A dead letter, and the projection it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ParkedEvent {
    /// The projection.
    pub projection: String,
    /// The letter.
    #[serde(flatten)]
    pub letter: DeadLetter,
}

impl ParkedEvent {
    /// The letter of a projection, whose read model may be in another database.
    #[must_use]
    pub fn new(projection: impl Into<String>, letter: DeadLetter) -> Self {
        Self { projection: projection.into(), letter }
    }
}

/// Which dead letters are wanted. Default: 1000 of all projections, in every state.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Letters {
    /// Only of this projection.
    pub projection: Option<String>,
    /// Only in these states; none: in every state.
    pub states: Vec<LetterState>,
    /// At most this many.
    pub limit: u32,
}

impl Default for Letters {
    fn default() -> Self {
        Self { projection: None, states: Vec::new(), limit: 1000 }
    }
}

impl Letters {
    /// Only those of this projection.
    #[must_use]
    pub fn projection(mut self, projection: impl Into<String>) -> Self {
        self.projection = Some(projection.into());
        self
    }

    /// Only those in these states.
    #[must_use]
    pub fn states(mut self, states: impl IntoIterator<Item = LetterState>) -> Self {
        self.states = states.into_iter().collect();
        self
    }

    /// At most this many.
    #[must_use]
    pub const fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }
}

fn parked(row: &PgRow) -> sqlx::Result<ParkedEvent> {
    Ok(ParkedEvent { letter: letter(row)?, projection: row.try_get("projection")? })
}

/// Letters of a rebuild that has not been swapped in are the rebuild's business.
const SELECT: &str = "
    SELECT position, event_id, event_type, aggregate_id, aggregate_type, aggregate_version, state, error,
           attempts, parked_at, projection
    FROM aether_dead_letters
    WHERE NOT rebuild AND ($1 IS NULL OR projection = $1)
      AND ($2::text[] = '{}' OR state = ANY ($2::text[]))
    ORDER BY projection, position LIMIT $3";

impl PgStore {
    /// Dead letters, by projection and position.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked.
    pub async fn dead_letters(&self, wanted: &Letters) -> Result<Vec<ParkedEvent>, Error> {
        let states: Vec<&str> = wanted.states.iter().map(|state| state.as_str()).collect();
        let rows = self
            .mode()
            .query(SELECT)
            .bind(wanted.projection.clone())
            .bind(states)
            .bind(i64::from(wanted.limit))
            .fetch_all(&mut *self.begin().await?)
            .await?;
        Ok(rows.iter().map(parked).collect::<sqlx::Result<_>>()?)
    }
}
