//! Keeping snapshots.

use aether_core::backend::Snapshot;
use aether_core::log::Limits;
use aether_core::{EventId, Result};

use crate::batch::JsonText;
use crate::database::Database;

/// Stores a snapshot and drops all of its aggregate but the newest `keep`, in one round trip.
pub(crate) async fn save(database: &Database, snapshot: Snapshot, keep: u32) -> Result<()> {
    let created_at = Limits::stored_time(snapshot.created_at)?;
    database
        .run(async |connection, mode| {
            mode.query(include_str!("sql/save_snapshot.sql"))
                .bind(snapshot.stream.aggregate_id.as_uuid())
                .bind(snapshot.stream.aggregate_type.as_str())
                .bind(snapshot.version.get().cast_signed())
                .bind(JsonText(snapshot.state.as_str()))
                .bind(snapshot.fingerprint.get())
                .bind(created_at)
                .bind(i64::from(keep.max(1)))
                .bind(snapshot.last_event.map(EventId::as_uuid))
                .execute(connection)
                .await
        })
        .await?;
    Ok(())
}
