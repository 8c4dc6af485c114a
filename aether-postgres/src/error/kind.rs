//! Errors for programs: what to do about one, and what it is called.

use aether_core::ErrorKind;

use super::{Error, Failure};

impl Error {
    /// What to do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => error.kind(),
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::LockLost { .. } | Self::RebuildRunning { .. } => ErrorKind::TakenOver,
            Self::Address { .. }
            | Self::EventStored { .. }
            | Self::NotForgettable { .. }
            | Self::NotRebuildable { .. }
            | Self::RebuildInTheWay { .. } => ErrorKind::Invalid,
            Self::Migrate(_)
            | Self::TablesChanged { .. }
            | Self::LiveTableTouched { .. }
            | Self::Unsuitable { .. }
            | Self::PoolTooLarge { .. }
            | Self::SchemaAhead { .. } => ErrorKind::Mismatch,
            _ if self.is_transient() => ErrorKind::Unavailable,
            Self::Database(error) if Failure::of(error) == Failure::Mismatch => ErrorKind::Mismatch,
            Self::Database(_)
            | Self::Connect { .. }
            | Self::Import { .. }
            | Self::RebuildCancelled => ErrorKind::Other,
        }
    }

    /// The name of the error for programs and metrics, in `snake_case`. It stays when the message changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Address { .. } => "address",
            Self::Connect { .. } => "connect",
            Self::Database(_) => "database",
            Self::Migrate(_) => "migrate",
            Self::Import { .. } => "import",
            Self::EventStored { .. } => "event_stored",
            Self::NotFound { .. } => "not_found",
            Self::NotForgettable { .. } => "not_forgettable",
            Self::NotRebuildable { .. } => "not_rebuildable",
            Self::RebuildRunning { .. } => "rebuild_running",
            Self::RebuildInTheWay { .. } => "rebuild_in_the_way",
            Self::TablesChanged { .. } => "tables_changed",
            Self::LiveTableTouched { .. } => "live_table_touched",
            Self::RebuildCancelled => "rebuild_cancelled",
            Self::LockLost { .. } => "lock_lost",
            Self::Unsuitable { .. } => "unsuitable",
            Self::PoolTooLarge { .. } => "pool_too_large",
            Self::SchemaAhead { .. } => "schema_ahead",
        }
    }
}
