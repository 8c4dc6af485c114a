//! Dead letters as rows of `aether_dead_letters`.

use std::ops::RangeInclusive;

use aether_core::log::{Name, StreamId};
use aether_core::projection::{DeadLetter, LetterState};
use aether_core::{AggregateId, Position, Version};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

use crate::database::Mode;

/// Which letters: those of a projection as it is read, or of its rebuild.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) projection: &'a str,
    pub(crate) rebuild: bool,
}

/// Keeps letters; one that is there already is replaced.
pub(crate) async fn park(
    connection: &mut PgConnection,
    mode: Mode,
    owner: Owner<'_>,
    letters: &[DeadLetter],
) -> sqlx::Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    fn column<T>(letters: &[DeadLetter], field: impl Fn(&DeadLetter) -> T) -> Vec<T> {
        letters.iter().map(field).collect()
    }
    mode.query(include_str!("sql/park_letters.sql"))
        .bind(owner.projection.to_owned())
        .bind(owner.rebuild)
        .bind(column(letters, |l| l.position.get().cast_signed()))
        .bind(column(letters, |l| l.event_id.as_uuid()))
        .bind(column(letters, |l| l.event_type.to_string()))
        .bind(column(letters, |l| l.stream.aggregate_id.as_uuid()))
        .bind(column(letters, |l| l.stream.aggregate_type.to_string()))
        .bind(column(letters, |l| l.version.get().cast_signed()))
        .bind(column(letters, |l| i32::from(l.stream.aggregate_id.slice())))
        .bind(column(letters, |l| l.state.as_str()))
        // PostgreSQL's text holds no NUL
        .bind(column(letters, |l| l.error.as_ref().map(|error| error.replace('\0', "\u{fffd}"))))
        .bind(column(letters, |l| l.attempts.cast_signed()))
        .bind(column(letters, |l| l.parked_at))
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes the letter of an event that has been applied.
pub(crate) async fn settle(
    connection: &mut PgConnection,
    mode: Mode,
    owner: Owner<'_>,
    position: Position,
) -> sqlx::Result<()> {
    mode.query(
        "DELETE FROM aether_dead_letters WHERE projection = $1 AND rebuild = $2 AND position = $3",
    )
    .bind(owner.projection.to_owned())
    .bind(owner.rebuild)
    .bind(position.get().cast_signed())
    .execute(connection)
    .await?;
    Ok(())
}

/// Aggregates in these slices with letters that are not settled.
pub(crate) async fn blocked<B: FromIterator<AggregateId>>(
    connection: &mut PgConnection,
    mode: Mode,
    owner: Owner<'_>,
    slices: RangeInclusive<u16>,
) -> sqlx::Result<B> {
    let rows = mode
        .query(include_str!("sql/blocked_aggregates.sql"))
        .bind(owner.projection.to_owned())
        .bind(owner.rebuild)
        .bind(i32::from(*slices.start()))
        .bind(i32::from(*slices.end()))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(AggregateId::new(row.try_get(0)?))).collect()
}

/// A letter from a row with the columns of `select_letters.sql`.
pub(crate) fn letter(row: &PgRow) -> sqlx::Result<DeadLetter> {
    let state: String = row.try_get(6)?;
    let state = LetterState::parse(&state)
        .ok_or_else(|| sqlx::Error::Decode(format!("no state of a dead letter: {state}").into()))?;
    let stream =
        StreamId::new(Name::from(row.try_get::<String, _>(4)?), AggregateId::new(row.try_get(3)?));
    Ok(DeadLetter {
        position: Position::new(row.try_get::<i64, _>(0)?.cast_unsigned()),
        event_id: aether_core::EventId::new(row.try_get(1)?),
        event_type: Name::from(row.try_get::<String, _>(2)?),
        stream,
        version: Version::new(row.try_get::<i32, _>(5)?.cast_unsigned()),
        state,
        error: row.try_get(7)?,
        attempts: row.try_get::<i32, _>(8)?.cast_unsigned(),
        parked_at: row.try_get(9)?,
    })
}
