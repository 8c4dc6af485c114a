//! Streams as an operator sees them: what an id belongs to, and whether the log is sound.

use std::fmt;

use aether_core::log::StreamId;
use aether_core::{AggregateId, EventId, Position, Version};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::rows::version;
use crate::store::PgStore;

/// What the store knows of a stream without reading its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StreamHead {
    /// The stream.
    #[serde(flatten)]
    pub stream: StreamId,
    /// The version of its newest event.
    pub version: Version,
    /// When the first of its events happened.
    pub first_event_at: DateTime<Utc>,
    /// When the last of them happened.
    pub last_event_at: DateTime<Utc>,
    /// Whether some of its events are in the archive.
    pub archived: bool,
}

/// What is wrong with the log: see [`PgStore::unsound`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Unsound {
    /// How many streams were looked at.
    pub streams: i64,
    /// How many events.
    pub events: i64,
    /// Streams that contradict themselves.
    pub unsound_streams: Vec<UnsoundStream>,
    /// Event ids that occur more than once.
    pub repeated_events: Vec<RepeatedEvent>,
}

/// A stream whose events do not go 1, 2, 3 … to the version of its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UnsoundStream {
    /// The stream.
    #[serde(flatten)]
    pub stream: StreamId,
    /// The version its head says.
    pub head: i32,
    /// How many events it has.
    pub events: i64,
    /// How many different versions they have.
    pub versions: i64,
    /// The highest of them.
    pub newest: i32,
    /// Whether a later version stands earlier in the log.
    pub out_of_order: bool,
    /// Whether its events are not all of the head's aggregate type.
    pub mixed_types: bool,
}

/// An event id that was stored more than once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RepeatedEvent {
    /// The id.
    pub event_id: EventId,
    /// How often it was stored.
    pub times: i64,
}

impl fmt::Display for UnsoundStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stream, head, events, versions, newest, .. } = self;
        write!(f, "{stream}: its head says version {head}, it has {events} events")?;
        if *versions != *events {
            write!(f, " of {versions} versions")?;
        }
        if i64::from(*newest) != *events {
            write!(f, ", the newest is {newest}")?;
        }
        if self.out_of_order {
            write!(f, ", positions do not rise with versions")?;
        }
        if self.mixed_types {
            write!(f, ", not all of its type")?;
        }
        Ok(())
    }
}

impl fmt::Display for RepeatedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {} is stored {} times", self.event_id, self.times)
    }
}

impl PgStore {
    /// How far the log can be read now: no event at or below it can appear any more. One query.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the database cannot be asked.
    pub async fn horizon(&self) -> Result<Position, Error> {
        Ok(self.tail().durable_end().await?)
    }

    /// What the store knows of the stream of an aggregate, `None` if it has no events. One query.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked.
    pub async fn stream_head(&self, id: AggregateId) -> Result<Option<StreamHead>, Error> {
        let row = self
            .mode()
            .query(
                "SELECT aggregate_type, version, first_event_at, last_event_at, archived
                 FROM aether_streams WHERE aggregate_id = $1 AND version > 0",
            )
            .bind(id.as_uuid())
            .fetch_optional(&mut *self.begin().await?)
            .await?;
        let head = |row: PgRow| {
            Ok(StreamHead {
                stream: StreamId::new(row.try_get::<String, _>(0)?, id),
                version: version(row.try_get(1)?),
                first_event_at: row.try_get(2)?,
                last_event_at: row.try_get(3)?,
                archived: row.try_get(4)?,
            })
        };
        row.map(head).transpose().map_err(Error::Database)
    }

    /// Checks the whole log: that the versions of each stream go 1, 2, 3 … to what its head says, in rising
    /// positions and of one type, and that no event id occurs twice. At most `limit` findings of each
    /// kind. Appends may go on meanwhile.
    ///
    /// Reads and sorts the log in the database: minutes for some hundred million events.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked. A finding is no error.
    pub async fn unsound(&self, limit: u32) -> Result<Unsound, Error> {
        let (mode, limit) = (self.mode(), i64::from(limit));
        let mut transaction = self.begin().await?;
        let counts = mode
            .query(
                "SELECT (SELECT count(*) FROM aether_streams WHERE version > 0),
                        (SELECT count(*) FROM aether_log)",
            )
            .fetch_one(&mut *transaction)
            .await?;
        let streams = mode
            .query(include_str!("../sql/unsound_streams.sql"))
            .bind(limit)
            .fetch_all(&mut *transaction)
            .await?;
        let repeated = mode
            .query(include_str!("../sql/repeated_events.sql"))
            .bind(limit)
            .fetch_all(&mut *transaction)
            .await?;
        Ok(Unsound {
            streams: counts.try_get(0)?,
            events: counts.try_get(1)?,
            unsound_streams: streams.iter().map(unsound_stream).collect::<sqlx::Result<_>>()?,
            repeated_events: repeated.iter().map(repeated_event).collect::<sqlx::Result<_>>()?,
        })
    }
}

fn unsound_stream(row: &PgRow) -> sqlx::Result<UnsoundStream> {
    Ok(UnsoundStream {
        stream: StreamId::new(
            row.try_get::<String, _>(1)?,
            AggregateId::new(row.try_get::<uuid::Uuid, _>(0)?),
        ),
        head: row.try_get(2)?,
        events: row.try_get(3)?,
        versions: row.try_get(4)?,
        newest: row.try_get(5)?,
        out_of_order: row.try_get(6)?,
        mixed_types: row.try_get::<Option<bool>, _>(7)?.unwrap_or(false),
    })
}

fn repeated_event(row: &PgRow) -> sqlx::Result<RepeatedEvent> {
    Ok(RepeatedEvent { event_id: EventId::new(row.try_get(0)?), times: row.try_get(1)? })
}
