//! Rows of the event tables as events.

use aether_core::log::{Name, StreamId};
use aether_core::{AggregateId, EventId, Json, Position, RecordedEvent, Version};
use sqlx::postgres::PgRow;
use sqlx::{Row as _, ValueRef as _};

/// The columns [`RowReader::event`] expects, in its order.
pub(crate) const COLUMNS: &str = "e.event_sequence, e.event_id, e.event_type, e.aggregate_id, \
     e.aggregate_type, e.aggregate_version, e.payload, e.metadata, e.timestamp, e.created_at, \
     e.schema_version";

/// Reads the rows of one result. Names recur, and so does the metadata of the events of one command:
/// both are shared between the events instead of being copied for each.
#[derive(Default)]
pub(crate) struct RowReader {
    names: Vec<Name>,
    metadata: Option<Json>,
}

impl RowReader {
    pub(crate) fn events(rows: &[PgRow]) -> sqlx::Result<Vec<RecordedEvent>> {
        let mut reader = Self::default();
        rows.iter().map(|row| reader.event(row)).collect()
    }

    pub(crate) fn event(&mut self, row: &PgRow) -> sqlx::Result<RecordedEvent> {
        Ok(RecordedEvent {
            position: position(row, 0)?,
            event_id: EventId::new(row.try_get(1)?),
            event_type: self.name(row.try_get(2)?),
            aggregate_id: AggregateId::new(row.try_get(3)?),
            aggregate_type: self.name(row.try_get(4)?),
            version: version(row.try_get(5)?),
            payload: Json::from_stored(json_text(row, 6)?),
            metadata: self.metadata(json_text(row, 7)?),
            timestamp: row.try_get(8)?,
            recorded_at: row.try_get(9)?,
            schema_version: row.try_get::<i16, _>(10)?.cast_unsigned(),
        })
    }

    /// An event of a stream that is known, in columns from `first` on that do not name it.
    pub(crate) fn event_of(
        &mut self,
        stream: &StreamId,
        row: &PgRow,
        first: usize,
    ) -> sqlx::Result<RecordedEvent> {
        Ok(RecordedEvent {
            position: position(row, first)?,
            event_id: EventId::new(row.try_get(first + 1)?),
            event_type: self.name(row.try_get(first + 2)?),
            aggregate_id: stream.aggregate_id,
            aggregate_type: stream.aggregate_type.clone(),
            version: version(row.try_get(first + 3)?),
            payload: Json::from_stored(json_text(row, first + 4)?),
            metadata: self.metadata(json_text(row, first + 5)?),
            timestamp: row.try_get(first + 6)?,
            recorded_at: row.try_get(first + 7)?,
            schema_version: row.try_get::<i16, _>(first + 8)?.cast_unsigned(),
        })
    }

    pub(crate) fn name(&mut self, text: &str) -> Name {
        if let Some(known) = self.names.iter().find(|known| known.as_str() == text) {
            return known.clone();
        }
        let name = Name::from(text.to_owned());
        self.names.push(name.clone());
        name
    }

    fn metadata(&mut self, text: &str) -> Json {
        match &self.metadata {
            Some(last) if last.as_str() == text => last.clone(),
            _ => {
                let json = Json::from_stored(text);
                self.metadata = Some(json.clone());
                json
            }
        }
    }
}

fn position(row: &PgRow, index: usize) -> sqlx::Result<Position> {
    Ok(Position::new(row.try_get::<i64, _>(index)?.cast_unsigned()))
}

pub(crate) fn version(number: i32) -> Version {
    Version::new(u32::try_from(number).unwrap_or(0))
}

/// The text of a JSONB column as PostgreSQL sent it, without parsing.
pub(crate) fn json_text(row: &PgRow, index: usize) -> sqlx::Result<&str> {
    let value = row.try_get_raw(index)?;
    if value.is_null() {
        return Ok("null");
    }
    let bytes = value.as_bytes().map_err(sqlx::Error::Decode)?;
    // the binary form is the text after a format version, 1
    let text = bytes.strip_prefix(&[1]).unwrap_or(bytes);
    std::str::from_utf8(text).map_err(|error| sqlx::Error::Decode(error.into()))
}
