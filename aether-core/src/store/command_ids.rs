//! The port for command ids: what was done under one, and how one is used up.

use async_trait::async_trait;

use crate::append::Appended;
use crate::error::Result;
use crate::ids::{CommandFingerprint, CommandId};

/// Remembers the command ids that were used, and the [fingerprint](CommandFingerprint) of what was asked for under each.
/// [`EventStore::append`](super::EventStore::append) uses them.
#[async_trait]
pub trait CommandIds: Send + Sync + 'static {
    /// The first result of a command id, if it was stored. A [voided](CommandIds::void_command) id has
    /// none.
    ///
    /// # Errors
    ///
    /// [`CommandMismatch`](crate::Error::CommandMismatch) if the id was used or voided with another fingerprint, transient
    /// ones (retry).
    async fn find_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>>;

    /// Uses a command id up without a result, for good: whatever is appended under it from now on is
    /// answered with [`CommandVoided`](crate::Error::CommandVoided). Unless it has a result already, which
    /// is returned then and stays. Calling it again does nothing. One row, one round trip.
    ///
    /// What makes a refusal final: an executor that was paused before it appended finds the id used up when
    /// it wakes up. An append under the id that is just being stored is waited for, though not for long: if it takes
    /// more than a second, [`Timeout`](crate::Error::Timeout). The fingerprint is kept, as that of an append is.
    ///
    /// # Errors
    ///
    /// [`CommandMismatch`](crate::Error::CommandMismatch) if the id was used or voided with another fingerprint: it stays
    /// what it is, and nothing will be appended under it with this one. Transient ones (retry).
    async fn void_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>>;
}
