//! One line of an import.

use aether_core::log::{NewEvent, StreamId};
use aether_core::{AggregateId, EventId, Json, Version};
use aether_postgres::ImportEvent;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The envelope, as `export` writes it. What the store gives anew (`sequence`, `recordedAt`) is not looked
/// at; other keys are refused, since they are mistakes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line<'a> {
    event_type: String,
    event_id: EventId,
    timestamp: DateTime<Utc>,
    aggregate_id: AggregateId,
    aggregate_type: String,
    version: Option<u32>,
    #[serde(borrow)]
    payload: &'a RawValue,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(default = "first_schema")]
    schema_version: u16,
    #[serde(rename = "sequence")]
    _sequence: Option<u64>,
    #[serde(rename = "recordedAt")]
    _recorded_at: Option<DateTime<Utc>>,
}

const fn first_schema() -> u16 {
    1
}

/// Refuses a file whose first line shows that it is something else than JSON Lines.
pub(super) fn begin(line: &[u8]) -> Result<(), String> {
    let found = match line {
        [0x1f, 0x8b, ..] => {
            "the file is compressed with gzip; import it with `gunzip -c FILE | … import`"
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            "the file is compressed with zstd; import it with `zstdcat FILE | … import`"
        }
        [b'P', b'K', 3, 4, ..] => "the file is a zip archive; unpack it first",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is in UTF-16; save it as UTF-8",
        [0xef, 0xbb, 0xbf, ..] => {
            "the file begins with a byte order mark (EF BB BF); save it as UTF-8 without one"
        }
        line if line.trim_ascii_start().starts_with(b"[") => {
            "the file is a JSON array; import takes JSON Lines, one event a line: `jq -c '.[]' FILE | … import`"
        }
        _ => return Ok(()),
    };
    Err(found.to_owned())
}

/// The event of a line, and the version it has to get, if the line says one.
pub(super) fn parse(line: &[u8]) -> Result<(ImportEvent, Option<Version>), String> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| {
        let kind = if error.is_eof() { "it ends in the middle of" } else { "it is not" };
        format!("{kind} an event as JSON ({error})")
    })?;
    let version = match line.version {
        Some(0) => return Err("its version is 0, but versions begin at 1".to_owned()),
        Some(version) if version > Version::MAX.get() => {
            return Err(format!("its version {version} is above the highest, {}", Version::MAX));
        }
        version => version.map(Version::new),
    };
    let exact = |json: &RawValue| Json::parse(json.get());
    let payload = exact(line.payload).map_err(|error| format!("its payload: {error}"))?;
    let metadata = line.metadata.map_or_else(|| Ok(Json::empty()), exact);
    let metadata = metadata.map_err(|error| format!("its metadata: {error}"))?;
    if !metadata.as_str().starts_with('{') {
        return Err("its metadata is not an object".to_owned());
    }
    let event = NewEvent::from_json(line.event_type, payload, line.event_id, line.timestamp)
        .with_metadata(metadata)
        .with_schema_version(line.schema_version);
    let stream = StreamId::new(line.aggregate_type, line.aggregate_id);
    Ok((ImportEvent::new(stream, event), version))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"eventType":"GoldWon","eventId":"00000000-0000-0000-0000-000000000001",
        "timestamp":"2026-03-01T10:00:00.000001Z","aggregateType":"Player","version":3,
        "aggregateId":"00000000-0000-0000-0000-000000000002","payload":{"or":1.10},
        "metadata":{"userId":"u"},"sequence":9,"schemaVersion":2,"recordedAt":"2026-03-01T10:00:00Z"}"#;

    #[test]
    fn a_line_becomes_an_event_with_nothing_lost() {
        let (item, version) = parse(LINE.as_bytes()).expect("a good line");
        assert_eq!(version, Some(Version::new(3)));
        assert_eq!(item.stream.to_string(), "Player 00000000-0000-0000-0000-000000000002");
        assert_eq!(item.event.schema_version(), 2);
        assert_eq!(item.event.payload().as_str(), r#"{"or": 1.10}"#);
        assert_eq!(item.event.metadata().as_str(), r#"{"userId": "u"}"#);
        assert_eq!(item.event.timestamp().timestamp_subsec_micros(), 1);
    }

    #[test]
    fn a_file_that_is_not_json_lines_is_called_what_it_is() {
        let called = |line: &[u8]| begin(line).expect_err("no JSON Lines");
        assert!(called(b"\x1f\x8b\x08\0").contains("gzip"));
        assert!(called(b"\x28\xb5\x2f\xfd").contains("zstd"));
        assert!(called(b"PK\x03\x04").contains("zip"));
        assert!(called(b"\xff\xfe{\0").contains("UTF-16"));
        assert!(called(b"\xef\xbb\xbf{}\n").contains("byte order mark"));
        assert!(called(b" [{}]\n").contains("JSON array"));
        assert_eq!(begin(LINE.as_bytes()), Ok(()));
        assert_eq!(begin(b"\n"), Ok(()));
    }

    #[test]
    fn what_cannot_be_stored_is_refused_with_the_reason() {
        let refused = |from: &str, to: &str| {
            let line = LINE.replace(from, to);
            assert_ne!(line, LINE, "{from}");
            parse(line.as_bytes()).expect_err(to)
        };
        assert!(refused("\"version\":3", "\"version\":0").contains("begin at 1"));
        assert!(refused("\"version\":3", "\"version\":2147483648").contains("above the highest"));
        assert!(refused("\"version\":3", "\"verion\":3").contains("verion"));
        assert!(refused("{\"or\":1.10}", "\"a\\u0000b\"").contains("NUL"));
        assert!(refused("{\"userId\":\"u\"}", "7").contains("not an object"));
        assert!(refused("2026-03-01T10:00:00.000001Z", "yesterday").contains("not an event"));
        assert!(refused("\"eventType\":\"GoldWon\",", "").contains("eventType"));
        let half = &LINE.as_bytes()[..LINE.len() / 2];
        assert!(parse(half).expect_err("half a line").contains("ends in the middle"));
        assert!(parse(b"\xff\xfe").expect_err("no UTF-8").contains("not an event"));
    }
}
