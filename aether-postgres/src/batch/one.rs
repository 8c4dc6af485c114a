//! A batch of one plain request, through the SQL function `aether_append_one`.

use aether_core::{Append, Appended, Position, Write, Written};
use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use super::plain::refusal;
use super::{EventColumns, Verdict, Verdicts, expected_number, known};
use crate::database::Mode;
use crate::rows::version;

/// Stores a request that has one write, with events.
pub(super) async fn store(
    connection: &mut PgConnection,
    mode: Mode,
    request: &Append,
    write: &Write,
    lock: i32,
) -> sqlx::Result<Verdicts> {
    let mut events = EventColumns::default();
    write.events.iter().for_each(|event| events.push(&write.stream, event));
    let row = mode
        .query(include_str!("../sql/append_one.sql"))
        .bind(lock)
        .bind(write.stream.aggregate_id.as_uuid())
        .bind(&*write.stream.aggregate_type)
        .bind(expected_number(write.expected))
        .bind(events.times.iter().min())
        .bind(events.times.iter().max())
        .bind(write.stream.aggregate_id.slice().cast_signed())
        .bind(request.command_id().map(|id| id.as_uuid()))
        .bind(&events.ids)
        .bind(&events.types)
        .bind(&events.payloads)
        .bind(&events.metadata)
        .bind(&events.times)
        .bind(&events.schemas)
        .bind(known(write))
        .fetch_one(&mut *connection)
        .await?;
    let verdict = match row.try_get::<Option<i32>, _>(0)? {
        None => Err(refusal(write, row.try_get(1)?, row.try_get(2)?)),
        Some(reached) => {
            let positions: Vec<i64> = row.try_get(3)?;
            let positions = positions.into_iter().map(|p| Position::new(p.cast_unsigned()));
            let written = Written {
                stream: write.stream.clone(),
                version: version(reached),
                positions: positions.collect(),
            };
            Ok(Appended { writes: vec![written], duplicate: false })
        }
    };
    Ok(Verdicts::new(vec![Verdict::Settled(verdict)], row.try_get(4)?))
}
