//! Rows in the binary format of COPY.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::{Head, ImportEvent};

/// How many bytes are collected before they are sent.
const BUFFER: usize = 1 << 20;

/// The events, at their positions.
pub(super) async fn events(
    connection: &mut PgConnection,
    chunk: &[&ImportEvent],
    positions: &[i64],
    streams: &BTreeMap<Uuid, Head<'_>>,
) -> sqlx::Result<()> {
    let mut versions: BTreeMap<Uuid, i32> =
        streams.iter().map(|(id, head)| (*id, head.version)).collect();
    let rows = chunk.iter().zip(positions);
    rows_of(connection, include_str!("../sql/copy_events.sql"), rows, |buffer, (item, position)| {
        let id = item.stream.aggregate_id;
        let version = versions.entry(id.as_uuid()).or_default();
        *version += 1;
        event(buffer, item, *position, *version);
    })
    .await
}

/// Ids of events and their positions, in ascending order of id: the index is walked from left to right then.
pub(super) async fn event_ids(
    connection: &mut PgConnection,
    ids: &[(Uuid, i64)],
) -> sqlx::Result<()> {
    let sql = "COPY aether_event_ids (event_id, event_sequence) FROM STDIN (FORMAT binary)";
    rows_of(connection, sql, ids.iter(), |buffer, (id, position)| {
        buffer.extend_from_slice(&2_i16.to_be_bytes());
        field(buffer, &[id.as_bytes()]);
        field(buffer, &[&position.to_be_bytes()]);
    })
    .await
}

async fn rows_of<T>(
    connection: &mut PgConnection,
    sql: &str,
    rows: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) -> sqlx::Result<()> {
    let mut copy = connection.copy_in_raw(sql).await?;
    let mut buffer = Vec::with_capacity(BUFFER + (1 << 16));
    buffer.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
    for row in rows {
        write(&mut buffer, row);
        if buffer.len() >= BUFFER {
            copy.send(std::mem::replace(&mut buffer, Vec::with_capacity(BUFFER))).await?;
        }
    }
    buffer.extend_from_slice(&(-1_i16).to_be_bytes());
    copy.send(buffer).await?;
    copy.finish().await?;
    Ok(())
}

fn event(buffer: &mut Vec<u8>, item: &ImportEvent, position: i64, version: i32) {
    let event = &item.event;
    buffer.extend_from_slice(&11_i16.to_be_bytes());
    field(buffer, &[&position.to_be_bytes()]);
    field(buffer, &[event.event_id().as_uuid().as_bytes()]);
    field(buffer, &[event.event_type().as_bytes()]);
    field(buffer, &[item.stream.aggregate_id.as_uuid().as_bytes()]);
    field(buffer, &[item.stream.aggregate_type.as_bytes()]);
    field(buffer, &[&version.to_be_bytes()]);
    field(buffer, &[&[1], event.payload().as_str().as_bytes()]);
    field(buffer, &[&[1], event.metadata().as_str().as_bytes()]);
    field(buffer, &[&postgres_micros(event.timestamp()).to_be_bytes()]);
    field(buffer, &[&event.schema_version().to_be_bytes()]);
    field(buffer, &[&item.stream.aggregate_id.slice().to_be_bytes()]);
}

fn field(buffer: &mut Vec<u8>, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    buffer.extend_from_slice(&(length as i32).to_be_bytes());
    parts.iter().for_each(|part| buffer.extend_from_slice(part));
}

/// Microseconds since 2000-01-01, as PostgreSQL counts.
const fn postgres_micros(time: DateTime<Utc>) -> i64 {
    const POSTGRES_EPOCH: i64 = 946_684_800_000_000;
    time.timestamp_micros() - POSTGRES_EPOCH
}
