//! A batch of any requests, through the SQL function `aether_append_locking`.

use std::collections::BTreeMap;

use aether_core::command::CommandFingerprint;
use aether_core::log::{Append, Appended, ExpectedVersion, StreamId, Written};
use aether_core::{Position, Version};
use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::{EventColumns, Verdict, Verdicts, expected_number, known};
use crate::database::Mode;
use crate::rows::version;

/// The requests of a batch as the columns the SQL function takes.
#[derive(Default)]
struct Columns<'a> {
    stream_ids: Vec<Uuid>,
    stream_types: Vec<&'a str>,
    stream_new: Vec<bool>,
    stream_first: Vec<Option<DateTime<Utc>>>,
    stream_last: Vec<Option<DateTime<Utc>>>,
    request_writes: Vec<i32>,
    request_commands: Vec<Option<Uuid>>,
    request_fingerprints: Vec<Option<Uuid>>,
    write_streams: Vec<i32>,
    write_expected: Vec<i32>,
    write_known: Vec<Option<Uuid>>,
    write_events: Vec<i32>,
    event_writes: Vec<i32>,
    event_offsets: Vec<i32>,
    event_streams: Vec<Uuid>,
    events: EventColumns<'a>,
}

impl<'a> Columns<'a> {
    fn new(requests: &[&'a Append]) -> Self {
        let mut columns = Self::default();
        // ascending by id: the order in which locks are taken
        let mut indexes: BTreeMap<(Uuid, &str), usize> = BTreeMap::new();
        for write in requests.iter().flat_map(|request| request.writes()) {
            indexes.insert(key(&write.stream), 0);
        }
        for (index, ((id, aggregate_type), place)) in indexes.iter_mut().enumerate() {
            *place = index;
            columns.stream_ids.push(*id);
            columns.stream_types.push(aggregate_type);
        }
        let streams = columns.stream_ids.len();
        columns.stream_new.resize(streams, false);
        columns.stream_first.resize(streams, None);
        columns.stream_last.resize(streams, None);
        for request in requests {
            columns.request_writes.push(request.writes().len() as i32);
            columns.request_commands.push(request.command_id().map(|id| id.as_uuid()));
            let fingerprint = request.fingerprint().map(CommandFingerprint::as_uuid);
            columns.request_fingerprints.push(fingerprint);
            for write in request.writes() {
                let stream = indexes[&key(&write.stream)];
                columns.push_write(stream, write);
            }
        }
        columns
    }

    fn push_write(&mut self, stream: usize, write: &'a aether_core::log::Write) {
        self.stream_new[stream] |= needs_a_head(write);
        self.write_streams.push(stream as i32 + 1);
        self.write_expected.push(expected_number(write.expected));
        self.write_known.push(known(write));
        self.write_events.push(write.events.len() as i32);
        let write_index = self.write_streams.len() as i32;
        for (offset, event) in write.events.iter().enumerate() {
            let time = event.timestamp();
            let first = &mut self.stream_first[stream];
            *first = Some(first.map_or(time, |first| first.min(time)));
            let last = &mut self.stream_last[stream];
            *last = Some(last.map_or(time, |last| last.max(time)));
            self.event_writes.push(write_index);
            self.event_offsets.push(offset as i32 + 1);
            self.event_streams.push(write.stream.aggregate_id.as_uuid());
            self.events.push(&write.stream, event);
        }
    }
}

/// Stores a batch, locking its streams first. `lock` is the number by which
/// [`resolve`](super::resolve) finds out what became of it should the
/// connection break.
pub(super) async fn store(
    connection: &mut PgConnection,
    mode: Mode,
    requests: &[&Append],
    wait: bool,
    lock: Option<i32>,
) -> sqlx::Result<Verdicts> {
    let columns = Columns::new(requests);
    let commands = columns.request_commands.iter().any(Option::is_some);
    let fingerprints = columns.request_fingerprints.iter().any(Option::is_some);
    let row = mode
        .query(include_str!("../sql/append_locking.sql"))
        .bind(wait)
        .bind(lock)
        .bind(&columns.stream_ids)
        .bind(&columns.stream_types)
        .bind(&columns.stream_new)
        .bind(&columns.stream_first)
        .bind(&columns.stream_last)
        .bind(&columns.request_writes)
        .bind(commands.then_some(&columns.request_commands))
        .bind(&columns.write_streams)
        .bind(&columns.write_expected)
        .bind(&columns.write_events)
        .bind(&columns.event_writes)
        .bind(&columns.event_offsets)
        .bind(&columns.events.ids)
        .bind(&columns.events.types)
        .bind(&columns.event_streams)
        .bind(&columns.events.stream_types)
        .bind(&columns.events.payloads)
        .bind(&columns.events.metadata)
        .bind(&columns.events.times)
        .bind(&columns.events.schemas)
        .bind(&columns.events.slices)
        .bind(&columns.write_known)
        .bind(fingerprints.then_some(&columns.request_fingerprints))
        .fetch_one(&mut *connection)
        .await?;
    let answer = Answer {
        verdicts: row.try_get(0)?,
        failed: row.try_get(1)?,
        versions: row.try_get(2)?,
        positions: row.try_get(3)?,
    };
    let mut verdicts = Vec::with_capacity(requests.len());
    let (mut write, mut position) = (0, 0);
    for (index, request) in requests.iter().enumerate() {
        let verdict = match answer.verdicts[index] {
            0 => Verdict::Settled(Ok(answer.stored(request, write, position))),
            3 => Verdict::Busy,
            5 => Verdict::Duplicate,
            code => {
                let failed = answer.failed[index].map_or(write, |at| at as usize - 1);
                let refused = &request.writes()[failed - write];
                let actual = version(answer.versions[failed].unwrap_or(0));
                match code {
                    2 => Verdict::Foreign(failed - write),
                    4 => Verdict::Settled(Err(refused.version_overflow())),
                    _ => Verdict::Settled(Err(refused.conflict(actual))),
                }
            }
        };
        verdicts.push(verdict);
        write += request.writes().len();
        position += request.event_count();
    }
    Ok(Verdicts::new(verdicts, row.try_get(4)?))
}

struct Answer {
    verdicts: Vec<i16>,
    failed: Vec<Option<i32>>,
    versions: Vec<Option<i32>>,
    positions: Vec<Option<i64>>,
}

impl Answer {
    fn stored(&self, request: &Append, first: usize, mut position: usize) -> Appended {
        let writes = request.writes().iter().enumerate().map(|(offset, write)| {
            let until = position + write.events.len();
            let positions = self.positions[position..until].iter().flatten();
            let positions = positions.map(|p| Position::new(p.cast_unsigned())).collect();
            position = until;
            let version = version(self.versions[first + offset].unwrap_or(0));
            Written { stream: write.stream.clone(), version, positions }
        });
        Appended { writes: writes.collect(), duplicate: false }
    }
}

fn key(stream: &StreamId) -> (Uuid, &str) {
    (stream.aggregate_id.as_uuid(), &stream.aggregate_type)
}

/// Whether the stream's head is made if it is missing: to be raised, or to be locked as long as a
/// condition has to hold that the stream is missing.
fn needs_a_head(write: &aether_core::log::Write) -> bool {
    match write.expected {
        ExpectedVersion::Any => !write.events.is_empty(),
        ExpectedVersion::NoStream => true,
        ExpectedVersion::Exact(version) => version == Version::ZERO,
        ExpectedVersion::StreamExists | ExpectedVersion::Head(..) => false,
    }
}
