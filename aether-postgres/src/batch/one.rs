//! A batch of one plain request, through the SQL function `aether_append_one`.

use aether_core::Position;
use aether_core::command::CommandFingerprint;
use aether_core::log::{Append, Appended, Write, Written};
use sqlx::Row as _;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::plain::refusal;
use super::{EventColumns, Verdict, Verdicts, expected_number, known};
use crate::database::Mode;
use crate::rows::version;

/// The version that the stream has now; if that is none, the version that it has, and its type; the positions of the events;
/// the incarnation of the log.
type Answer = (Option<i32>, Option<i32>, Option<String>, Option<Vec<i64>>, Option<Uuid>);

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
    let fingerprint = request.fingerprint().map(CommandFingerprint::as_uuid);
    let sql = match fingerprint {
        None => include_str!("../sql/append_one.sql"),
        Some(_) => include_str!("../sql/append_one_fingerprinted.sql"),
    };
    let query = mode
        .query(sql)
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
        .bind(known(write));
    let query = match fingerprint {
        None => query,
        Some(fingerprint) => query.bind(fingerprint),
    };
    let row = query.fetch_one(&mut *connection).await?;
    let (reached, actual, actual_type, positions, incarnation): Answer = row.try_get(0)?;
    let verdict = match reached {
        None => Err(refusal(write, actual, actual_type.as_deref())),
        Some(reached) => {
            let positions =
                positions.unwrap_or_default().into_iter().map(|p| Position::new(p.cast_unsigned()));
            let written = Written {
                stream: write.stream.clone(),
                version: version(reached),
                positions: positions.collect(),
            };
            Ok(Appended { writes: vec![written], duplicate: false })
        }
    };
    Ok(Verdicts::new(vec![Verdict::Settled(verdict)], incarnation))
}
