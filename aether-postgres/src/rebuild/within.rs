//! Events into tables within a transaction that holds more than one batch.

use std::collections::HashSet;

use aether_core::projection::{
    DeadLetter, Handler, LetterState, ProjectionSettings, Undecodable, Undecoded,
};
use aether_core::{AggregateId, Error as CoreError, Position, RecordedEvent};
use chrono::Utc;
use sqlx::Executor as _;

use crate::database::Mode;
use crate::error::{Error, step_error};
use crate::letters::{self, Owner};
use crate::tx::PgTx;

/// Applies a batch, under the rules of a batch of its own: one that fails is halved down to the event
/// that does (one that cannot be decoded is known at once). That one is tried `attempts` times and parked, and the
/// later events of its aggregate with it.
/// Returns whether no event failed.
///
/// # Errors
///
/// What the transaction does not survive, [`aether_core::Error::TransactionEnded`], and
/// [`aether_core::Error::Undecodable`] where the policy is to stop.
pub(super) async fn project_within(
    tx: &mut PgTx,
    mode: Mode,
    projection: &Handler<PgTx>,
    events: &[RecordedEvent],
    blocked: &mut HashSet<AggregateId>,
    settings: &ProjectionSettings,
) -> Result<bool, Error> {
    let mut letters = Vec::new();
    // parts still to do, the next one last
    let mut parts = vec![(events, 1)];
    while let Some((part, attempt)) = parts.pop() {
        let (waiting, free): (Vec<_>, Vec<_>) =
            part.iter().cloned().partition(|event| blocked.contains(&event.aggregate_id));
        let failure = match free.is_empty() {
            true => None,
            false => attempt_within(tx, projection, &free, settings).await?,
        };
        match failure {
            None => {
                let letter = |event| DeadLetter::of(event, LetterState::Waiting, Utc::now());
                letters.extend(waiting.iter().map(letter));
            }
            Some(failed) if part.len() > 1 => {
                // an event that cannot be decoded is known; of others the half is looked for that fails
                let known = part.iter().position(|event| Some(event.position) == failed.at);
                let half = part.len() / 2;
                let (from, to) = known.map_or((half, half), |place| (place, place + 1));
                let split = [&part[to..], &part[from..to], &part[..from]];
                parts.extend(split.into_iter().filter(|part| !part.is_empty()).map(|it| (it, 1)));
            }
            Some(Failed { error, .. }) => {
                let event = &part[0];
                let undecodable = error.is_undecodable();
                match settings.undecodable {
                    Undecodable::Stop if undecodable => return Err(error.into()),
                    Undecodable::Skip if undecodable => {
                        let name = projection.name();
                        tracing::warn!(projection = name, position = %event.position, %error, "event left out");
                    }
                    _ if attempt < settings.attempts && !undecodable => {
                        parts.push((part, attempt + 1));
                    }
                    _ => {
                        blocked.insert(event.aggregate_id);
                        letters.push(DeadLetter {
                            error: Some(error.to_string()),
                            attempts: attempt,
                            ..DeadLetter::of(event, LetterState::Failed, Utc::now())
                        });
                    }
                }
            }
        }
    }
    let owner = Owner { projection: projection.name(), rebuild: true };
    letters::park(tx, mode, owner, &letters).await?;
    Ok(letters.iter().all(|letter| letter.state != LetterState::Failed))
}

/// Why a batch was not applied.
struct Failed {
    error: CoreError,
    /// The event it is about, where that is known.
    at: Option<Position>,
}

/// `Ok(Some(_))`: the projection said no, and what it did is undone.
async fn attempt_within(
    tx: &mut PgTx,
    projection: &Handler<PgTx>,
    events: &[RecordedEvent],
    settings: &ProjectionSettings,
) -> Result<Option<Failed>, Error> {
    let decoded = match projection.decode(events) {
        Ok(decoded) => decoded,
        Err(Undecoded { place, error, .. }) => {
            let at = events.get(place).map(|event| event.position);
            return Ok(Some(Failed { error: *error, at }));
        }
    };
    tx.execute(sqlx::raw_sql("SAVEPOINT aether_batch")).await?;
    let error = match decoded.project(tx, settings.time_limit).await {
        Ok(()) => match tx.execute(sqlx::raw_sql("RELEASE SAVEPOINT aether_batch")).await {
            Ok(_) => return Ok(None),
            Err(error) => step_error(error),
        },
        Err(source) => Error::of_handler(source),
    };
    if error.is_transient() || matches!(error, CoreError::ModelMismatch { .. }) {
        return Err(error.into());
    }
    match tx.execute(sqlx::raw_sql("ROLLBACK TO SAVEPOINT aether_batch")).await {
        Ok(_) => Ok(Some(Failed { error, at: None })),
        // the savepoint has gone with the transaction
        Err(_) => {
            let projection = projection.name().to_owned();
            Err(CoreError::TransactionEnded { projection }.into())
        }
    }
}
