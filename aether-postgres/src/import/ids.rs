//! Which event ids the log has: a table that imports alone fill, in order of position, up to a known one.

use std::collections::{BTreeMap, HashMap};

use aether_core::log::StreamId;
use aether_core::{AggregateId, EventId, Version};
use chrono::{DateTime, Datelike as _, Utc};
use sqlx::Acquire as _;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use super::{Item, copy};
use crate::database::Mode;
use crate::error::Error;
use crate::months::BUCKET;
use crate::rows::version;
use crate::store::PgStore;

/// The ids of a chunk that the log has, each with the stream and the version that has it.
pub(super) type Taken = HashMap<EventId, (StreamId, Version)>;

impl PgStore {
    /// Notes the ids of all events that the log has, in portions. What is appended meanwhile is found past them.
    pub(super) async fn note_event_ids(&self) -> Result<(), Error> {
        const PORTION: i64 = 20_000;
        let horizon = self.horizon().await?.get().cast_signed();
        let known = "SELECT known_to FROM aether_event_ids_known";
        let known = self.mode().query(known).fetch_one(self.pool()).await?;
        let mut known_to: i64 = known.try_get(0)?;
        while known_to < horizon {
            let mut transaction = self.begin().await?;
            let row = self
                .mode()
                .query(include_str!("../sql/note_event_ids.sql"))
                .bind(horizon)
                .bind(PORTION)
                .fetch_one(&mut *transaction)
                .await?;
            known_to = row.try_get(0)?;
            transaction.commit().await?;
        }
        Ok(())
    }
}

/// How far the ids are known, which stays so until the transaction ends.
pub(super) async fn lock_known(connection: &mut PgConnection, mode: Mode) -> sqlx::Result<i64> {
    let sql = "SELECT known_to FROM aether_event_ids_known FOR UPDATE";
    mode.query(sql).fetch_one(connection).await?.try_get(0)
}

/// Notes the ids of a chunk at the positions right after the known ones, and draws these. `None`, with nothing
/// noted, if one of the ids is there already, or if the log has drawn other positions since.
///
/// Where it succeeds the log has none of the ids: all of its events are at known positions.
pub(super) async fn note_chunk(
    connection: &mut PgConnection,
    mode: Mode,
    chunk: &[Item],
    known_to: i64,
) -> sqlx::Result<Option<Vec<i64>>> {
    let mut ids: Vec<(Uuid, i64)> = chunk
        .iter()
        .zip(known_to + 1..)
        .map(|((item, _), position)| (item.event.event_id().as_uuid(), position))
        .collect();
    ids.sort_unstable();
    let mut savepoint = connection.begin().await?;
    match copy::event_ids(&mut savepoint, &ids).await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            savepoint.rollback().await?;
            return Ok(None);
        }
        noted => noted?,
    }
    let last = known_to + chunk.len().cast_signed() as i64;
    if !draw_next(&mut savepoint, mode, chunk, known_to + 1, last).await? {
        savepoint.rollback().await?;
        return Ok(None);
    }
    mode.query("UPDATE aether_event_ids_known SET known_to = $1")
        .bind(last)
        .execute(&mut *savepoint)
        .await?;
    savepoint.commit().await?;
    Ok(Some((known_to + 1..=last).collect()))
}

/// Draws the positions of a chunk, with the months that they belong to written down. `false` if they are not those
/// from `first` to `last`.
async fn draw_next(
    connection: &mut PgConnection,
    mode: Mode,
    chunk: &[Item],
    first: i64,
    last: i64,
) -> sqlx::Result<bool> {
    // one position and time of each month in each bucket says as much as all
    let months: BTreeMap<_, _> = chunk
        .iter()
        .zip(first..)
        .map(|((item, _), position)| {
            let time = item.event.timestamp();
            ((position / BUCKET, time.year(), time.month()), (position, time))
        })
        .collect();
    let (positions, times): (Vec<i64>, Vec<DateTime<Utc>>) = months.into_values().unzip();
    let row = mode
        .query(include_str!("../sql/draw_next.sql"))
        .bind(last - first + 1)
        .bind(positions)
        .bind(times)
        .fetch_one(connection)
        .await?;
    Ok(row.try_get::<i64, _>(0)? == first && row.try_get::<i64, _>(1)? == last)
}

/// Where the log has events with the ids of the chunk.
pub(super) async fn taken(
    connection: &mut PgConnection,
    mode: Mode,
    chunk: &[Item],
    known_to: i64,
) -> Result<Taken, Error> {
    let ids: Vec<Uuid> = chunk.iter().map(|(item, _)| item.event.event_id().as_uuid()).collect();
    let rows = mode
        .query(include_str!("../sql/find_event_ids.sql"))
        .bind(ids)
        .bind(known_to)
        .fetch_all(connection)
        .await?;
    let place = |row: &PgRow| {
        let aggregate_id = AggregateId::new(row.try_get::<Uuid, _>(1)?);
        let stream = StreamId::new(row.try_get::<String, _>(2)?, aggregate_id);
        Ok((EventId::new(row.try_get(0)?), (stream, version(row.try_get(3)?))))
    };
    Ok(rows.iter().map(place).collect::<sqlx::Result<_>>()?)
}
