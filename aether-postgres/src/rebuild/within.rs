//! Events into tables within a transaction that holds more than one batch.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;

use aether_core::{
    AggregateId, BoxError, DeadLetter, Error as CoreError, LetterState, ProjectionSettings,
    RecordedEvent, Undecodable,
};
use chrono::Utc;
use futures::FutureExt as _;
use sqlx::Executor as _;

use crate::error::Error;
use crate::read_models::PgTx;

use super::SqlProjection;

/// Applies a batch, under the rules of a batch of its own: one that fails is halved down to the event
/// that does, that one is tried `attempts` times and parked, and the events of its aggregate behind it.
/// Returns the letters.
///
/// # Errors
///
/// What the transaction does not survive, and [`aether_core::Error::Undecodable`] where the policy is to stop.
pub(super) async fn project_within(
    tx: &mut PgTx,
    projection: &dyn SqlProjection,
    events: &[RecordedEvent],
    blocked: &mut HashSet<AggregateId>,
    settings: &ProjectionSettings,
) -> Result<Vec<DeadLetter>, Error> {
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
            None => letters
                .extend(waiting.iter().map(|event| letter(event, LetterState::Waiting, None, 0))),
            Some(_) if part.len() > 1 => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.push((second, 1));
                parts.push((first, 1));
            }
            Some(error) => {
                let event = &part[0];
                let undecodable = matches!(error, CoreError::Undecodable { .. });
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
                        let error = Some(error.to_string());
                        letters.push(letter(event, LetterState::Failed, error, attempt));
                    }
                }
            }
        }
    }
    Ok(letters)
}

/// `Ok(Some(_))`: the projection said no, and what it did is undone.
async fn attempt_within(
    tx: &mut PgTx,
    projection: &dyn SqlProjection,
    events: &[RecordedEvent],
    settings: &ProjectionSettings,
) -> Result<Option<CoreError>, Error> {
    tx.execute(sqlx::raw_sql("SAVEPOINT aether_batch")).await?;
    let projecting = AssertUnwindSafe(projection.project(events, tx)).catch_unwind();
    let source: BoxError = match tokio::time::timeout(settings.time_limit, projecting).await {
        Ok(Ok(Ok(()))) => {
            tx.execute(sqlx::raw_sql("RELEASE SAVEPOINT aether_batch")).await?;
            return Ok(None);
        }
        Ok(Ok(Err(source))) => source,
        Ok(Err(_)) => "the projection panicked".into(),
        Err(_) => "the projection took longer than its time limit".into(),
    };
    let error = match source.downcast::<CoreError>() {
        Ok(error) if error.is_transient() => return Err((*error).into()),
        Ok(error) => *error,
        Err(source) => CoreError::Backend { source },
    };
    tx.execute(sqlx::raw_sql("ROLLBACK TO SAVEPOINT aether_batch")).await?;
    Ok(Some(error))
}

fn letter(
    event: &RecordedEvent,
    state: LetterState,
    error: Option<String>,
    attempts: u32,
) -> DeadLetter {
    DeadLetter {
        position: event.position,
        event_id: event.event_id,
        event_type: event.event_type.clone(),
        stream: event.stream(),
        version: event.version,
        state,
        error,
        attempts,
        parked_at: Utc::now(),
    }
}
