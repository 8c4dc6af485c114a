//! Events on their way into a store, and events as a store gives them back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{DecodeError, Error, InvalidEvent, Result};
use crate::event::Event;
use crate::ids::{AggregateId, Anchor, EventId, Name, Position, StreamId, Version};
use crate::json::{Json, JsonError};
use crate::limits::Limits;
use crate::metadata::Metadata;

mod build;

pub use build::Unplaced;

/// An event that is ready to be stored.
///
/// The engine makes these. By hand: [`NewEvent::encode`] for a typed event, [`NewEvent::from_json`] for
/// one whose Rust type is not at hand (an import).
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub(crate) event_id: EventId,
    pub(crate) event_type: Name,
    pub(crate) schema_version: u16,
    pub(crate) payload: Json,
    pub(crate) metadata: Json,
    pub(crate) timestamp: DateTime<Utc>,
}

impl NewEvent {
    /// Encodes a typed event with empty metadata. The timestamp is kept in whole
    /// [microseconds](Limits::microseconds).
    ///
    /// # Errors
    ///
    /// [`InvalidEvent::Json`] when it holds what cannot be stored or read back, [`InvalidEvent::NameReused`] when an
    /// upcaster renames its type, [`InvalidEvent::NameObsolete`] when upcasters say that it means nothing any more.
    pub fn encode<E: Event>(
        event: &E,
        event_id: EventId,
        timestamp: DateTime<Utc>,
    ) -> Result<Self, InvalidEvent> {
        Self::encode_back(event, event_id, timestamp).map(|(new, _)| new)
    }

    /// As [`encode`](NewEvent::encode), with the event as it comes back, where that may be otherwise than it is.
    pub(crate) fn encode_back<E: Event>(
        event: &E,
        event_id: EventId,
        timestamp: DateTime<Utc>,
    ) -> Result<(Self, Option<E>), InvalidEvent> {
        let event_type = event.event_type();
        if E::upcasters().is_obsolete(event_type.name) {
            return Err(InvalidEvent::NameObsolete { name: Name::from_static(event_type.name) });
        }
        if let Some(renamed) = E::upcasters().reused(event_type.name) {
            return Err(InvalidEvent::NameReused {
                name: Name::from_static(event_type.name),
                renamed: renamed.into(),
            });
        }
        let payload = event.encode()?;
        let back = payload.read_back(|text| E::decode_current(event_type, text), E::encode)?;
        let name = Name::from_static(event_type.name);
        let new = Self::from_json(name, payload, event_id, timestamp);
        Ok((new.with_schema_version(event_type.version), back))
    }

    /// An event from its parts, as an import has them. Schema version 1, empty metadata. The timestamp is kept in
    /// whole [microseconds](Limits::microseconds).
    #[must_use]
    pub fn from_json(
        event_type: impl Into<Name>,
        payload: Json,
        event_id: EventId,
        timestamp: DateTime<Utc>,
    ) -> Self {
        Self {
            event_id,
            event_type: event_type.into(),
            schema_version: 1,
            payload,
            metadata: Json::empty(),
            timestamp: Limits::microseconds(timestamp),
        }
    }

    /// Sets the metadata, already encoded so that the events of one command share it.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Json) -> Self {
        self.metadata = metadata;
        self
    }

    /// Sets the schema version of the payload.
    #[must_use]
    pub const fn with_schema_version(mut self, version: u16) -> Self {
        self.schema_version = version;
        self
    }

    /// The event's id.
    #[must_use]
    pub const fn event_id(&self) -> EventId {
        self.event_id
    }

    /// The event's type name.
    #[must_use]
    pub const fn event_type(&self) -> &Name {
        &self.event_type
    }

    /// The version of the payload's shape.
    #[must_use]
    pub const fn schema_version(&self) -> u16 {
        self.schema_version
    }

    /// The payload.
    #[must_use]
    pub const fn payload(&self) -> &Json {
        &self.payload
    }

    /// The metadata.
    #[must_use]
    pub const fn metadata(&self) -> &Json {
        &self.metadata
    }

    /// When it happened.
    #[must_use]
    pub const fn timestamp(&self) -> DateTime<Utc> {
        self.timestamp
    }

    /// How many bytes it counts as, against [`Limits::append_bytes`] and the bounds of queues and batches: its texts,
    /// and [`Limits::EVENT_BYTES`] for the rest.
    #[must_use]
    pub fn bytes(&self) -> usize {
        bytes(&self.event_type, &self.payload, &self.metadata)
    }

    /// With its JSON as PostgreSQL gives it back, to the byte.
    pub(crate) fn into_kept(mut self) -> Result<Self, JsonError> {
        self.payload = self.payload.kept()?;
        self.metadata = self.metadata.kept()?;
        Ok(self)
    }

    /// Checks names, sizes and the timestamp.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), InvalidEvent> {
        check_name(&self.event_type, Limits::EVENT_TYPE_BYTES)?;
        let bytes = self.payload.as_str().len().max(self.metadata.as_str().len());
        if bytes > limits.payload_bytes {
            return Err(InvalidEvent::PayloadTooLarge { bytes, limit: limits.payload_bytes });
        }
        if self.timestamp < Limits::EARLIEST {
            return Err(InvalidEvent::TimeOutOfRange { time: self.timestamp });
        }
        Ok(())
    }
}

impl Limits {
    /// A time as stores [keep](Limits::microseconds) it.
    ///
    /// # Errors
    ///
    /// [`Error::TimeOutOfRange`] for one before [`Limits::EARLIEST`].
    pub fn stored_time(time: DateTime<Utc>) -> Result<DateTime<Utc>> {
        let kept = Self::microseconds(time);
        if kept < Self::EARLIEST { Err(Error::TimeOutOfRange { time }) } else { Ok(kept) }
    }
}

fn bytes(event_type: &Name, payload: &Json, metadata: &Json) -> usize {
    Limits::EVENT_BYTES
        + event_type.as_str().len()
        + payload.as_str().len()
        + metadata.as_str().len()
}

pub(crate) fn check_name(name: &str, limit: usize) -> Result<(), InvalidEvent> {
    if name.is_empty() || name.len() > limit || name.contains('\0') {
        let name = name.chars().take(limit + 20).collect();
        return Err(InvalidEvent::BadName { name, limit });
    }
    Ok(())
}

/// An event as the store keeps it.
///
/// As JSON it has the keys `eventType, eventId, timestamp, aggregateId, aggregateType, version,
/// payload, metadata, sequence, schemaVersion, recordedAt`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedEvent {
    /// Its type name, as it was stored.
    pub event_type: Name,
    /// Its id.
    pub event_id: EventId,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// The aggregate it belongs to.
    pub aggregate_id: AggregateId,
    /// That aggregate's type.
    pub aggregate_type: Name,
    /// Its place in its aggregate's stream: 1, 2, 3 …
    pub version: Version,
    /// What happened, in the shape of [`schema_version`](RecordedEvent::schema_version).
    pub payload: Json,
    /// Data about the event; see [`metadata`](RecordedEvent::metadata()).
    pub metadata: Json,
    /// Its place in the log of all events.
    #[serde(rename = "sequence")]
    pub position: Position,
    /// The version of the payload's shape.
    pub schema_version: u16,
    /// When the store took it.
    pub recorded_at: DateTime<Utc>,
}

impl RecordedEvent {
    /// The stream it belongs to.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        StreamId { aggregate_type: self.aggregate_type.clone(), aggregate_id: self.aggregate_id }
    }

    /// How many bytes it counts as, against [`Read::bytes`](crate::log::Read::bytes); as [`NewEvent::bytes`].
    #[must_use]
    pub fn bytes(&self) -> usize {
        bytes(&self.event_type, &self.payload, &self.metadata)
    }

    /// What the log is recognized by where this is the newest event.
    #[must_use]
    pub const fn anchor(&self) -> Anchor {
        Anchor { position: self.position, event_id: self.event_id }
    }

    /// The typed event; payloads of older schema versions are upcast.
    ///
    /// # Errors
    ///
    /// [`Error::Undecodable`], which names the event and says why. Trying again does not help.
    pub fn decode<E: Event>(&self) -> Result<E> {
        let decoded = E::decode(&self.event_type, self.schema_version, &self.payload);
        decoded.map_err(|reason| self.undecodable(reason))
    }

    /// The typed event of a history; `None` if it means nothing any more.
    pub(crate) fn decode_meaning<E: Event>(&self) -> Result<Option<E>> {
        match E::decode(&self.event_type, self.schema_version, &self.payload) {
            Err(DecodeError::Obsolete) => Ok(None),
            decoded => decoded.map(Some).map_err(|reason| self.undecodable(reason)),
        }
    }

    /// That it cannot be decoded, and why.
    pub(crate) fn undecodable(&self, reason: DecodeError) -> Error {
        Error::Undecodable {
            stream: self.stream(),
            version: self.version,
            event_id: self.event_id,
            event_type: self.event_type.clone(),
            reason,
        }
    }

    /// The metadata, read.
    #[must_use]
    pub fn metadata(&self) -> Metadata {
        Metadata::from_stored(&self.metadata)
    }
}
