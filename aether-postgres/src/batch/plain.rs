//! A batch of plain requests, through the SQL function `aether_append`.
//!
//! Plain is a request that writes to one stream and has no conditions on others: nearly every one.

use std::collections::HashMap;

use aether_core::command::CommandFingerprint;
use aether_core::log::{Append, Appended, ExpectedVersion, Write, Written};
use aether_core::{Error, EventId, Position, Version};
use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::{EventColumns, Verdict, Verdicts, expected_number, known};
use crate::database::Mode;
use crate::rows::version;

/// The requests of a batch as the columns the SQL function takes, stream by stream.
#[derive(Default)]
pub(super) struct Plain<'a> {
    /// Where the requests went, in the order of the batch.
    places: Vec<Place<'a>>,
    new_streams: i32,
    any_streams: i32,
    stream_ids: Vec<Uuid>,
    stream_types: Vec<&'a str>,
    stream_expected: Vec<i32>,
    stream_events: Vec<i32>,
    stream_first: Vec<DateTime<Utc>>,
    stream_last: Vec<DateTime<Utc>>,
    stream_known: Vec<Option<Uuid>>,
    stream_newest: Vec<Uuid>,
    command_ids: Vec<Uuid>,
    /// Empty if no command has one.
    command_fingerprints: Vec<Option<Uuid>>,
    command_streams: Vec<i32>,
    command_behind: Vec<i32>,
    command_event: Vec<i32>,
    command_events: Vec<i32>,
    event_streams: Vec<i32>,
    event_behind: Vec<i32>,
    events: EventColumns<'a>,
}

/// Where a request went.
#[derive(Clone, Copy)]
struct Place<'a> {
    write: &'a Write,
    /// Index of its stream.
    stream: usize,
    /// Index of its first event.
    event: usize,
    /// How many events its stream gets after its own.
    behind: i32,
}

/// The order in which streams are given, by what is expected of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    New,
    Any,
    Rest,
}

impl<'a> Plain<'a> {
    /// The columns, if all requests are plain and those for one stream make one: all under any version, or each
    /// expecting what the one before it leads to.
    pub(super) fn new(requests: &[&'a Append]) -> Option<Self> {
        // by the first request for it
        let mut groups = HashMap::with_capacity(requests.len());
        let mut order = Vec::with_capacity(requests.len());
        for (index, request) in requests.iter().enumerate() {
            let [write] = request.writes() else { return None };
            if write.events.is_empty() {
                return None;
            }
            let id = write.stream.aggregate_id.as_uuid();
            let group = *groups.entry(id).or_insert_with(|| group(write.expected));
            order.push((group, id, index));
        }
        order.sort_unstable();
        let mut plain = Self::default();
        let nowhere =
            Place { write: &requests.first()?.writes()[0], stream: 0, event: 0, behind: 0 };
        plain.places.resize(requests.len(), nowhere);
        let mut last: Option<(Uuid, Chain<'_>)> = None;
        for (group, id, index) in order {
            let request = requests[index];
            let write = &request.writes()[0];
            match &mut last {
                Some((of, chain)) if *of == id => chain.add(write)?,
                _ => {
                    plain.push_stream(group, id, write);
                    last = Some((id, Chain::new(write)));
                }
            }
            plain.push_request(index, request, write);
        }
        plain.count_behind();
        Some(plain)
    }

    fn push_stream(&mut self, group: Group, id: Uuid, write: &'a Write) {
        match group {
            Group::New => self.new_streams += 1,
            Group::Any => self.any_streams += 1,
            Group::Rest => {}
        }
        self.stream_ids.push(id);
        self.stream_types.push(&write.stream.aggregate_type);
        self.stream_expected.push(expected_number(write.expected));
        self.stream_events.push(0);
        self.stream_first.push(DateTime::<Utc>::MAX_UTC);
        self.stream_last.push(DateTime::<Utc>::MIN_UTC);
        self.stream_known.push(known(write));
        self.stream_newest.push(Uuid::nil());
    }

    /// A request for the last stream.
    fn push_request(&mut self, index: usize, request: &'a Append, write: &'a Write) {
        let stream = self.stream_ids.len() - 1;
        self.places[index] = Place { write, stream, event: self.events.ids.len(), behind: 0 };
        if let Some(id) = request.command_id() {
            self.command_ids.push(id.as_uuid());
            self.push_fingerprint(request.fingerprint());
            self.command_streams.push(stream as i32 + 1);
            self.command_event.push(self.events.ids.len() as i32 + 1);
            self.command_events.push(write.events.len() as i32);
        }
        for event in &write.events {
            let time = event.timestamp();
            self.stream_events[stream] += 1;
            self.stream_first[stream] = self.stream_first[stream].min(time);
            self.stream_last[stream] = self.stream_last[stream].max(time);
            self.stream_newest[stream] = event.event_id().as_uuid();
            self.event_streams.push(stream as i32 + 1);
            self.events.push(&write.stream, event);
        }
    }

    /// That of the last command.
    fn push_fingerprint(&mut self, fingerprint: Option<CommandFingerprint>) {
        if fingerprint.is_some() || !self.command_fingerprints.is_empty() {
            self.command_fingerprints.resize(self.command_ids.len() - 1, None);
            self.command_fingerprints.push(fingerprint.map(CommandFingerprint::as_uuid));
        }
    }

    /// Events of a stream stand together: how many are behind each is known when all are there.
    fn count_behind(&mut self) {
        let mut end = 0;
        for count in &self.stream_events {
            end += count;
            self.event_behind.extend((0..*count).rev());
        }
        debug_assert_eq!(end as usize, self.events.ids.len());
        for place in &mut self.places {
            place.behind = self.event_behind[place.event + place.write.events.len() - 1];
        }
        self.command_behind = self
            .command_event
            .iter()
            .zip(&self.command_events)
            .map(|(event, events)| self.event_behind[(event + events) as usize - 2])
            .collect();
    }

    /// The version that each stream has if no request is refused, where all of them expect one.
    fn reached(&self) -> Option<Vec<i32>> {
        let streams = self.stream_expected.iter().zip(&self.stream_events);
        // one above the highest version is refused, whatever is said here
        let reached = |(expected, events): (&i32, &i32)| match *expected {
            0.. => Some(expected.wrapping_add(*events)),
            _ => None,
        };
        streams.map(reached).collect()
    }

    /// Stores the batch. `lock` is the number by which [`resolve`](super::resolve) finds out what
    /// became of it should the connection break.
    pub(super) async fn store(
        &self,
        connection: &mut PgConnection,
        mode: Mode,
        lock: i32,
    ) -> sqlx::Result<Verdicts> {
        let sql = match self.command_fingerprints.is_empty() {
            true => include_str!("../sql/append.sql"),
            false => include_str!("../sql/append_fingerprinted.sql"),
        };
        let query = mode
            .query(sql)
            .bind(lock)
            .bind(self.new_streams)
            .bind(self.any_streams)
            .bind(&self.stream_ids)
            .bind(&self.stream_types)
            .bind(&self.stream_expected)
            .bind(&self.stream_events)
            .bind(&self.stream_first)
            .bind(&self.stream_last)
            .bind((!self.command_ids.is_empty()).then_some(&self.command_ids))
            .bind(&self.command_streams)
            .bind(&self.command_behind)
            .bind(&self.command_event)
            .bind(&self.command_events)
            .bind(&self.event_streams)
            .bind(&self.event_behind)
            .bind(&self.events.ids)
            .bind(&self.events.types)
            .bind(&self.events.stream_types)
            .bind(&self.events.payloads)
            .bind(&self.events.metadata)
            .bind(&self.events.times)
            .bind(&self.events.schemas)
            .bind(&self.events.slices)
            .bind(&self.stream_known)
            .bind(&self.stream_newest)
            .bind(self.stream_first.iter().min())
            .bind(self.stream_last.iter().max())
            .bind(self.reached());
        let query = match self.command_fingerprints.is_empty() {
            true => query,
            false => query.bind(&self.command_fingerprints),
        };
        let row = query.fetch_one(&mut *connection).await?;
        let (versions, actual, actual_types, positions, incarnation) = row.try_get(0)?;
        let answer = Answer { versions, actual, actual_types, positions };
        let each = self.places.iter().map(|place| Verdict::Settled(answer.verdict(place)));
        Ok(Verdicts::new(each.collect(), incarnation))
    }
}

struct Answer {
    versions: Vec<Option<i32>>,
    actual: Option<Vec<Option<i32>>>,
    actual_types: Option<Vec<Option<String>>>,
    positions: Vec<i64>,
}

impl Answer {
    fn verdict(&self, place: &Place<'_>) -> Result<Appended, Error> {
        let Some(reached) = self.versions[place.stream] else {
            let found = self.actual.as_ref().and_then(|found| found[place.stream]);
            let types = self.actual_types.as_ref();
            let found_type = types.and_then(|types| types[place.stream].as_deref());
            return Err(refusal(place.write, found, found_type));
        };
        let positions = &self.positions[place.event..place.event + place.write.events.len()];
        let written = Written {
            stream: place.write.stream.clone(),
            version: version(reached - place.behind),
            positions: positions.iter().map(|p| Position::new(p.cast_unsigned())).collect(),
        };
        Ok(Appended { writes: vec![written], duplicate: false })
    }
}

/// Why a plain write was refused, by the version and the type that its stream was found to have.
pub(super) fn refusal(write: &Write, found: Option<i32>, found_type: Option<&str>) -> Error {
    let found = found.map_or(Version::ZERO, version);
    match found_type {
        Some(found_type) if found_type != &*write.stream.aggregate_type => {
            write.type_mismatch(found_type.to_owned().into())
        }
        _ if found.get() > Version::MAX.get() - write.events.len() as u32
            && write.expected.is_met_by(found) =>
        {
            write.version_overflow()
        }
        _ => write.conflict(found),
    }
}

/// Requests for one stream that are stored as one, or refused as one.
struct Chain<'a> {
    first: &'a Write,
    /// The head that the last of them leads to, if it is known.
    head: Option<(Version, EventId)>,
}

impl<'a> Chain<'a> {
    fn new(first: &'a Write) -> Self {
        let before = match first.expected {
            ExpectedVersion::NoStream => Some(Version::ZERO),
            ExpectedVersion::Exact(version) | ExpectedVersion::Head(version, _) => Some(version),
            ExpectedVersion::Any | ExpectedVersion::StreamExists => None,
        };
        Self { first, head: before.and_then(|before| head_after(before, first)) }
    }

    /// One more request, if it goes with the others. After one at an exact version it has to name the last event as
    /// well: if the first is refused, it is refused alone, too.
    fn add(&mut self, write: &Write) -> Option<()> {
        if write.stream != self.first.stream {
            return None;
        }
        match (self.head, write.expected) {
            (None, ExpectedVersion::Any) if self.first.expected == ExpectedVersion::Any => {}
            (Some((version, id)), expected) if expected == ExpectedVersion::Head(version, id) => {
                self.head = head_after(version, write);
            }
            _ => return None,
        }
        Some(())
    }
}

fn head_after(before: Version, write: &Write) -> Option<(Version, EventId)> {
    let events = u32::try_from(write.events.len()).ok()?;
    let version = before.get().checked_add(events)?;
    Some((Version::new(version), write.events.last()?.event_id()))
}

fn group(expected: ExpectedVersion) -> Group {
    match expected {
        ExpectedVersion::NoStream | ExpectedVersion::Exact(Version::ZERO) => Group::New,
        ExpectedVersion::Any => Group::Any,
        ExpectedVersion::StreamExists | ExpectedVersion::Exact(_) | ExpectedVersion::Head(..) => {
            Group::Rest
        }
    }
}

#[cfg(test)]
mod tests {
    use aether_core::Json;
    use aether_core::log::{NewEvent, StreamId};

    use super::*;

    fn request(stream: u128, expected: ExpectedVersion, ids: &[u128]) -> Append {
        let time = "2026-03-01T12:00:00Z".parse().unwrap();
        let event = |id: &u128| {
            NewEvent::from_json("Opened", Json::empty(), Uuid::from_u128(*id).into(), time)
        };
        let stream = StreamId::new("Chest", Uuid::from_u128(stream));
        Append::to(stream, expected, ids.iter().map(event).collect())
    }

    fn head(version: u32, id: u128) -> ExpectedVersion {
        ExpectedVersion::Head(Version::new(version), EventId::new(Uuid::from_u128(id)))
    }

    /// What each stream gets, if the requests make a plain batch.
    fn streams(requests: &[Append]) -> Option<Vec<(i32, i32)>> {
        let requests: Vec<&Append> = requests.iter().collect();
        let plain = Plain::new(&requests)?;
        Some(plain.stream_expected.into_iter().zip(plain.stream_events).collect())
    }

    #[test]
    fn requests_that_rest_on_each_other_make_a_plain_batch() {
        let exact = |version| ExpectedVersion::Exact(Version::new(version));
        let batch = [
            request(1, exact(4), &[11, 12]),
            request(2, ExpectedVersion::Any, &[21]),
            request(1, head(6, 12), &[13]),
            request(3, ExpectedVersion::NoStream, &[31]),
            request(3, head(1, 31), &[32, 33]),
            request(1, head(7, 13), &[14]),
        ];
        assert_eq!(streams(&batch), Some(vec![(0, 3), (-1, 1), (4, 4)]));
        let requests: Vec<&Append> = batch.iter().collect();
        let plain = Plain::new(&requests).unwrap();
        let behind: Vec<_> = plain.places.iter().map(|place| place.behind).collect();
        assert_eq!(behind, [2, 0, 1, 2, 0, 0]);
        let newest: Vec<_> = plain.stream_newest.iter().map(Uuid::as_u128).collect();
        assert_eq!(newest, [33, 21, 14]);
    }

    #[test]
    fn requests_that_could_be_accepted_without_each_other_make_none() {
        let exact = |version| ExpectedVersion::Exact(Version::new(version));
        for second in [head(6, 11), head(5, 12), head(7, 12), exact(6), ExpectedVersion::Any] {
            let batch = [request(1, exact(4), &[11, 12]), request(1, second, &[13])];
            assert_eq!(streams(&batch), None, "{second:?}");
        }
        let any = [request(1, ExpectedVersion::Any, &[11]), request(1, head(1, 11), &[12])];
        assert_eq!(streams(&any), None);
    }
}
