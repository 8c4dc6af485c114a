//! What an error of Redis means to others: to the core, to the step of a projection, and to programs.

use aether_core::{BoxError, Error as CoreError, ErrorKind};

use super::Error;

impl From<Error> for CoreError {
    fn from(error: Error) -> Self {
        Error::told(error.into()).unwrap_or_else(|source| Self::Backend { source })
    }
}

impl Error {
    /// An error of a projection, or of its step, wherever Redis's hides in the chain of sources. That Redis is away, or
    /// refuses the credentials, says nothing about the events; nor do keys that no Cluster can hold together.
    pub(crate) fn of_handler(source: BoxError) -> CoreError {
        let source = match source.downcast::<CoreError>() {
            Ok(error) => match *error {
                CoreError::Backend { source } => source,
                error => return error,
            },
            Err(source) => source,
        };
        let source = match Self::told(source) {
            Ok(error) => return error,
            Err(source) => source,
        };
        match Self::find_in(&*source) {
            Some(error) if error.is_about_access() => CoreError::Unavailable { source },
            Some(Self::HashTagsNeeded { .. } | Self::CrossSlot { .. }) => {
                CoreError::ModelMismatch { source }
            }
            _ => CoreError::of_handler(source),
        }
    }

    /// What an error of Redis's means whatever was asked; the error itself where that depends.
    fn told(source: BoxError) -> Result<CoreError, BoxError> {
        Ok(match Self::find_in(&*source) {
            Some(Self::ShardTaken { projection }) => {
                CoreError::ShardTaken { projection: projection.clone() }
            }
            Some(Self::CheckpointLost { projection }) => {
                CoreError::CheckpointLost { projection: projection.clone(), source }
            }
            Some(Self::Timeout { .. }) => CoreError::Timeout { source },
            Some(Self::OutOfMemory { .. }) => CoreError::StorageFull { source },
            Some(error) if error.is_transient() => CoreError::Unavailable { source },
            _ => return Err(source),
        })
    }

    /// It is about the way to Redis, whatever was asked: an operator can mend it, and then the same call succeeds.
    const fn is_about_access(&self) -> bool {
        matches!(
            self,
            Self::Address { .. }
                | Self::Mismatch { .. }
                | Self::Unsupported { .. }
                | Self::Certificates { .. }
                | Self::Denied { .. }
        )
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::ShardTaken { .. } => ErrorKind::TakenOver,
            Self::Address { .. }
            | Self::InvalidKey { .. }
            | Self::HashTagsNeeded { .. }
            | Self::CrossSlot { .. }
            | Self::TooLarge { .. }
            | Self::OutOfRange { .. } => ErrorKind::Invalid,
            Self::Mismatch { .. }
            | Self::Unsupported { .. }
            | Self::Certificates { .. }
            | Self::Denied { .. }
            | Self::WrongType { .. }
            | Self::CheckpointLost { .. } => ErrorKind::Mismatch,
            _ if self.is_transient() => ErrorKind::Unavailable,
            _ => ErrorKind::Other,
        }
    }

    /// The name of the error for programs, in `snake_case`. It stays when the message changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "address",
            Self::Mismatch { .. } => "mismatch",
            Self::Unsupported { .. } => "unsupported",
            Self::Certificates { .. } => "certificates",
            Self::InvalidKey { .. } => "invalid_key",
            Self::HashTagsNeeded { .. } => "hash_tags_needed",
            Self::CrossSlot { .. } => "cross_slot",
            Self::TooLarge { .. } => "too_large",
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::NotReady { .. } => "not_ready",
            Self::TooManyClients { .. } => "too_many_clients",
            Self::OutOfMemory { .. } => "out_of_memory",
            Self::Denied { .. } => "denied",
            Self::WrongType { .. } => "wrong_type",
            Self::OutOfRange { .. } => "out_of_range",
            Self::CheckpointLost { .. } => "checkpoint_lost",
            Self::ShardTaken { .. } => "shard_taken",
            Self::UnexpectedReply { .. } => "unexpected_reply",
            Self::Failed { .. } => "failed",
        }
    }
}
