//! A bare COPY in the binary format: the fastest way rows get into PostgreSQL.

use std::collections::HashMap;

use aether_postgres::ImportEvent;
use anyhow::Result;
use sqlx::postgres::PgPool;
use uuid::Uuid;

/// How many events each stream has by now.
pub(super) type Versions = HashMap<Uuid, i32>;

/// Microseconds from 1970 to 2000, where PostgreSQL begins to count.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// Copies rows into `twin`, in one transaction.
pub(super) async fn rows(
    pool: &PgPool,
    events: &[ImportEvent],
    versions: &mut Versions,
) -> Result<()> {
    let mut connection = pool.acquire().await?;
    let mut copy = connection
        .copy_in_raw(
            "COPY twin (event_id, event_type, aggregate_id, aggregate_type, aggregate_version, \
             payload, metadata, timestamp, schema_version, slice) FROM STDIN (FORMAT binary)",
        )
        .await?;
    let mut buffer = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    for ImportEvent { stream, event, .. } in events {
        let id = stream.aggregate_id.as_uuid();
        let version = versions.entry(id).or_default();
        *version += 1;
        let time = event.timestamp().timestamp_micros() - POSTGRES_EPOCH;
        buffer.extend_from_slice(&10_i16.to_be_bytes());
        field(&mut buffer, &[], event.event_id().as_uuid().as_bytes());
        field(&mut buffer, &[], event.event_type().as_bytes());
        field(&mut buffer, &[], id.as_bytes());
        field(&mut buffer, &[], stream.aggregate_type.as_bytes());
        field(&mut buffer, &[], &version.to_be_bytes());
        field(&mut buffer, &[1], event.payload().as_str().as_bytes());
        field(&mut buffer, &[1], event.metadata().as_str().as_bytes());
        field(&mut buffer, &[], &time.to_be_bytes());
        field(&mut buffer, &[], &event.schema_version().to_be_bytes());
        field(&mut buffer, &[], &stream.aggregate_id.slice().to_be_bytes());
        if buffer.len() >= 1 << 20 {
            copy.send(std::mem::take(&mut buffer)).await?;
        }
    }
    buffer.extend_from_slice(&(-1_i16).to_be_bytes());
    copy.send(buffer).await?;
    copy.finish().await?;
    Ok(())
}

fn field(buffer: &mut Vec<u8>, prefix: &[u8], value: &[u8]) {
    buffer.extend_from_slice(&((prefix.len() + value.len()) as i32).to_be_bytes());
    buffer.extend_from_slice(prefix);
    buffer.extend_from_slice(value);
}
