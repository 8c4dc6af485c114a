//! States of aggregates, kept to make loading quick, and their port.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::error::Result;
use crate::ids::{EventId, StreamId, Version};
use crate::json::Json;
use crate::shape::Fingerprint;

/// Keeps snapshots. [`EventStore::load`](super::EventStore::load) starts from them.
#[async_trait]
pub trait Snapshots: Send + Sync + 'static {
    /// Keeps a snapshot, and of that aggregate only the newest `keep` (at least one).
    ///
    /// # Errors
    ///
    /// Transient ones. A snapshot that is not kept costs time on the next load, nothing else.
    async fn save_snapshot(&self, snapshot: Snapshot, keep: u32) -> Result<()>;
}

/// The state of an aggregate at some version, kept to make loading quick. Never the truth: it can be
/// thrown away at any time.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The stream it was folded from.
    pub stream: StreamId,
    /// How many events were folded.
    pub version: Version,
    /// The id of the last of them, if it is known. A snapshot of another event than the log has there is not kept.
    pub last_event: Option<EventId>,
    /// The shape the aggregate had; a snapshot of another shape is passed over.
    pub fingerprint: Fingerprint,
    /// The state.
    pub state: Json,
    /// When it was taken.
    pub created_at: DateTime<Utc>,
}
