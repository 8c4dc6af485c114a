//! Why one event cannot be stored, or read.

use chrono::{DateTime, Utc};

use crate::ids::{Name, Version};
use crate::json::JsonError;
use crate::limits::Limits;

/// Why an event cannot be stored. Nothing of its append was stored; trying again does not help.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEvent {
    /// The payload or the metadata is not storable as JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The payload is larger than the store's limit.
    #[error(
        "its payload has {bytes} bytes, more than the limit of {limit}; store large data elsewhere and keep a reference"
    )]
    PayloadTooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The event type's or aggregate type's name is empty or too long, or holds a NUL character.
    #[error("the name {name:?} is empty, longer than {limit} bytes or contains NUL; shorten it")]
    BadName {
        /// The name, cut at 120 bytes.
        name: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// An upcaster renames the event type's name: once stored, nobody could tell which of the two it is.
    #[error(
        "the name {name:?} is given again after the rename to {renamed:?}; give the event type another name, or take the \
         rename out"
    )]
    NameReused {
        /// The name.
        name: Name,
        /// What the upcasters rename it to.
        renamed: Name,
    },
    /// The upcasters say that events of this name mean nothing any more.
    #[error(
        "the name {name:?} is obsolete: stored events of it are passed over; give the event type another name, or take \
         `obsolete` out"
    )]
    NameObsolete {
        /// The name.
        name: Name,
    },
    /// It happened before the earliest time that a store keeps.
    #[error(
        "its timestamp, {time}, is before {}, the earliest that a store keeps; correct it",
        Limits::EARLIEST
    )]
    TimeOutOfRange {
        /// The time.
        time: DateTime<Utc>,
    },
    /// The aggregate would have more events than a version can count.
    #[error("the aggregate has reached the highest version, {}; start a new one", Version::MAX)]
    VersionOverflow,
}

/// Why a stored event cannot be decoded. Trying again does not help.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The type name is neither a current one nor one the upcasters know.
    #[error(
        "this event type is unknown here; add it to the event enum, or rename it with an upcaster"
    )]
    UnknownType,
    /// The type name is a current one, and an upcaster renames it: whether the event is of the new type or of the
    /// renamed one cannot be told.
    #[error(
        "its type name is given again after the rename to {renamed:?}; give the new event type another name, or take \
         the rename out"
    )]
    NameReused {
        /// What the upcasters rename it to.
        renamed: Name,
    },
    /// The upcasters say that events of this name mean nothing any more. Loads and readers pass them over.
    #[error("its type is obsolete; loads and readers pass it over")]
    Obsolete,
    /// The payload was written by newer code.
    #[error(
        "it was stored with schema version {stored}, and this code knows {known}; deploy newer code"
    )]
    NewerVersion {
        /// The version it was stored with.
        stored: u16,
        /// The version this code knows.
        known: u16,
    },
    /// The payload does not fit the type.
    #[error("its payload does not fit: {0}; raise the schema version and add an upcaster")]
    Payload(serde_json::Error),
    /// An upcaster, or a `Deserialize` of the event's, panicked.
    #[error("decoding it panicked: {0}; mend the upcaster or the type's `Deserialize`")]
    Panicked(String),
    /// An upcaster made what JSON cannot hold.
    #[error("an upcaster made a value that cannot be stored: {0}")]
    Upcast(JsonError),
}

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self::Payload(error)
    }
}
