//! The port that tells which log this is.

use async_trait::async_trait;

use crate::error::Result;
use crate::ids::Incarnation;

/// Which log a store has: what it shares a backup with, what it is told apart by, and whether it is still the one that
/// was read before.
#[async_trait]
pub trait LogIdentity: Send + Sync + 'static {
    /// The database the log is kept in, if it has a name: whatever else is kept in a database of this name is
    /// restored together with the log. Asked for once in a while.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn database(&self) -> Result<Option<String>>;

    /// The incarnation that the log was last seen in. `None` for a log that has only one, and before anything was
    /// asked. What was learnt about the log before this changed is void. Asks nobody.
    fn incarnation(&self) -> Option<Incarnation>;

    /// What tells this log from every other one, also from one in the same database, if it has such a name. It
    /// stays the same across restarts and fail-overs. Notices on a bus carry it, so that stores which share
    /// a bus are told apart. Where a log has no other name: the database's. Asked for once in a while.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn identity(&self) -> Result<Option<String>>;
}
