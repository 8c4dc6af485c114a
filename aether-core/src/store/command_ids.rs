//! The port for command ids: what was done under one, and how one is used up.

use async_trait::async_trait;

use crate::append::Appended;
use crate::error::Result;
use crate::ids::CommandId;

/// Remembers the command ids that were used. [`EventStore::append`](super::EventStore::append) uses them.
#[async_trait]
pub trait CommandIds: Send + Sync + 'static {
    /// The first result of a command id, if it was stored. A [voided](CommandIds::void_command) id has
    /// none.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn find_command(&self, id: CommandId) -> Result<Option<Appended>>;

    /// Uses a command id up without a result, for good: whatever is appended under it from now on is
    /// answered with [`CommandVoided`](crate::Error::CommandVoided). Unless it has a result already, which
    /// is returned then and stays. Calling it again does nothing. One row, one round trip.
    ///
    /// What makes a refusal final: an executor that was paused before it appended finds the id used up when
    /// it wakes up. An append under the id that is just being stored is waited for, though not for long: if it takes
    /// more than a second, [`Timeout`](crate::Error::Timeout).
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn void_command(&self, id: CommandId) -> Result<Option<Appended>>;
}
