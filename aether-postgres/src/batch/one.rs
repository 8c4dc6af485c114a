//! A batch of one plain request, through the SQL function `aether_append_one`.

use aether_core::{Append, Appended, Position, Write, Written};
use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::plain::refusal;
use super::{JsonText, Verdict, expected_number};
use crate::database::Mode;
use crate::rows::version;

/// Stores a request that has one write, with events.
pub(super) async fn store(
    connection: &mut PgConnection,
    mode: Mode,
    request: &Append,
    write: &Write,
    lock: i32,
) -> sqlx::Result<Verdict> {
    let events = &write.events;
    let times: Vec<DateTime<Utc>> = events.iter().map(|event| event.timestamp()).collect();
    let ids: Vec<Uuid> = events.iter().map(|event| event.event_id().as_uuid()).collect();
    let types: Vec<&str> = events.iter().map(|event| &**event.event_type()).collect();
    let payloads: Vec<_> = events.iter().map(|event| JsonText(event.payload().as_str())).collect();
    let metadata: Vec<_> = events.iter().map(|event| JsonText(event.metadata().as_str())).collect();
    let schemas: Vec<i16> =
        events.iter().map(|event| event.schema_version().cast_signed()).collect();
    let row = mode
        .query(include_str!("../sql/append_one.sql"))
        .bind(lock)
        .bind(write.stream.aggregate_id.as_uuid())
        .bind(&*write.stream.aggregate_type)
        .bind(expected_number(write.expected))
        .bind(times.iter().min())
        .bind(times.iter().max())
        .bind(write.stream.aggregate_id.slice().cast_signed())
        .bind(request.command_id().map(|id| id.as_uuid()))
        .bind(&ids)
        .bind(&types)
        .bind(&payloads)
        .bind(&metadata)
        .bind(&times)
        .bind(&schemas)
        .fetch_one(&mut *connection)
        .await?;
    let Some(reached) = row.try_get::<Option<i32>, _>(0)? else {
        return Ok(Verdict::Settled(Err(refusal(write, row.try_get(1)?, row.try_get(2)?))));
    };
    let positions: Vec<i64> = row.try_get(3)?;
    let written = Written {
        stream: write.stream.clone(),
        version: version(reached),
        positions: positions.into_iter().map(|p| Position::new(p.cast_unsigned())).collect(),
    };
    Ok(Verdict::Settled(Ok(Appended { writes: vec![written], duplicate: false })))
}
