//! Events that a projection could not handle, and what an operator wants done with them.

use aether_core::{DeadLetter, LetterState, Position, RecordedEvent, Remedy};
use serde::Serialize;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::letters::letter;
use crate::rows::{COLUMNS, RowReader};
use crate::store::PgStore;

/// A dead letter, and the projection it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ParkedEvent {
    /// The projection.
    pub projection: String,
    /// The letter.
    #[serde(flatten)]
    pub letter: DeadLetter,
}

/// Which dead letters are wanted. Default: 1000 of all projections, in every state.
#[derive(Debug, Clone)]
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

fn parked(row: &PgRow) -> sqlx::Result<ParkedEvent> {
    Ok(ParkedEvent { letter: letter(row)?, projection: row.try_get("projection")? })
}

/// Letters of a rebuild that has not been swapped in are the rebuild's business.
const SELECT: &str = "
    SELECT position, event_id, event_type, aggregate_id, aggregate_type, aggregate_version, state, error,
           attempts, parked_at, projection
    FROM aether_dead_letters WHERE NOT rebuild";

impl PgStore {
    /// Dead letters, by projection and position.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database can not be asked.
    pub async fn dead_letters(&self, wanted: &Letters) -> Result<Vec<ParkedEvent>, Error> {
        let sql = format!(
            "{SELECT} AND ($1 IS NULL OR projection = $1)
             AND ($2::text[] = '{{}}' OR state = ANY ($2::text[]))
             ORDER BY projection, position LIMIT $3"
        );
        let states: Vec<&str> = wanted.states.iter().map(|state| state.as_str()).collect();
        let rows = self
            .mode()
            .assembled(sql)
            .bind(wanted.projection.clone())
            .bind(states)
            .bind(i64::from(wanted.limit))
            .fetch_all(&mut *self.begin().await?)
            .await?;
        Ok(rows.iter().map(parked).collect::<sqlx::Result<_>>()?)
    }

    /// One dead letter, and its event.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is none at that position, [`Error::Database`].
    pub async fn dead_letter(
        &self,
        projection: &str,
        position: Position,
    ) -> Result<(ParkedEvent, RecordedEvent), Error> {
        let at = position.get().cast_signed();
        let mut transaction = self.begin().await?;
        let row = self
            .mode()
            .assembled(format!("{SELECT} AND projection = $1 AND position = $2"))
            .bind(projection.to_owned())
            .bind(at)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Err(no_letter(projection, position)) };
        let event = self
            .mode()
            .assembled(format!("SELECT {COLUMNS} FROM aether_events_at($1) AS e"))
            .bind(vec![at])
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(event) = event else {
            return Err(Error::NotFound {
                what: format!("the event at {position}"),
                hint: format!("its dead letter of {projection:?} is older than the log"),
            });
        };
        Ok((parked(&row)?, RowReader::default().event(&event)?))
    }

    /// Has a failed event handled again, or left out. The node that runs the projection carries it out;
    /// until it has, the order can be changed. Returns the letter as it is now.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no letter at that position, [`Error::Letter`] if it waits behind
    /// another one or was left out already, [`Error::Database`]. Nothing was changed then.
    pub async fn order_dead_letter(
        &self,
        projection: &str,
        position: Position,
        order: Remedy,
    ) -> Result<ParkedEvent, Error> {
        let at = position.get().cast_signed();
        let mut transaction = self.begin().await?;
        let row = self
            .mode()
            .assembled(format!("{SELECT} AND projection = $1 AND position = $2 FOR UPDATE"))
            .bind(projection.to_owned())
            .bind(at)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Err(no_letter(projection, position)) };
        let mut found = parked(&row)?;
        let refused =
            |reason| Error::Letter { projection: projection.to_owned(), position, reason };
        match found.letter.state {
            LetterState::Failed | LetterState::Retry | LetterState::Skip => {}
            LetterState::Skipped => return Err(refused("it was left out already".to_owned())),
            LetterState::Waiting => {
                let first = self
                    .mode()
                    .query(
                        "SELECT min(position) FROM aether_dead_letters
                         WHERE NOT rebuild AND projection = $1 AND aggregate_id = $2
                           AND state IN ('failed', 'retry', 'skip')",
                    )
                    .bind(projection)
                    .bind(found.letter.stream.aggregate_id.as_uuid())
                    .fetch_one(&mut *transaction)
                    .await?
                    .try_get::<Option<i64>, _>(0)?;
                let first = first.map_or_else(|| "an earlier one".into(), |at| format!("{at}"));
                return Err(refused(format!("it waits behind {first}; deal with that one")));
            }
        }
        found.letter.state = order.ordered();
        self.mode()
            .query(
                "UPDATE aether_dead_letters SET state = $3
                 WHERE NOT rebuild AND projection = $1 AND position = $2",
            )
            .bind(projection)
            .bind(at)
            .bind(found.letter.state.as_str())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(found)
    }

    /// Orders the same for all failed events of a projection. Returns how many there were.
    ///
    /// # Errors
    ///
    /// [`Error::Database`]: nothing was changed.
    pub async fn order_dead_letters(&self, projection: &str, order: Remedy) -> Result<u64, Error> {
        let mut transaction = self.begin().await?;
        let ordered = self
            .mode()
            .query(
                "UPDATE aether_dead_letters SET state = $2
                 WHERE NOT rebuild AND projection = $1 AND state = 'failed'",
            )
            .bind(projection)
            .bind(order.ordered().as_str())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        transaction.commit().await?;
        Ok(ordered)
    }
}

fn no_letter(projection: &str, position: Position) -> Error {
    Error::NotFound {
        what: format!("a dead letter at {position} of projection {projection:?}"),
        hint: "it may have been dealt with already".to_owned(),
    }
}
