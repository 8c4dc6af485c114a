//! A batch of append requests on its way into the database, and its verdicts.

use std::collections::{BTreeMap, BTreeSet};

use aether_core::log::{
    Append, Appended, ExpectedVersion, Incarnation, NewEvent, StreamId, Written,
};
use aether_core::{Error, EventId, Position, Result, Version};
use chrono::{DateTime, Utc};
use sqlx::postgres::{PgArgumentBuffer, PgConnection, PgHasArrayType, PgTypeInfo};
use sqlx::{Encode, Postgres, Row as _, Type, encode::IsNull};
use uuid::Uuid;

use crate::database::Mode;
use crate::error::write_error;
use crate::months::{AT_ONCE, Month};
use crate::rows::version;

mod commands;
mod locking;
mod one;
mod plain;

pub(crate) use commands::{find_command, first_result, void_command};
use plain::Plain;

/// What the database says of one request of a batch.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Stored, or refused for good.
    Settled(Result<Appended>),
    /// Another transaction holds one of its streams: ask again, waiting.
    Busy,
    /// The id of one of its writes (by index) belongs to another type: the database knows which.
    Foreign(usize),
    /// Its command id was used before: the first result is in the database.
    Duplicate,
}

/// How a batch meets streams that other transactions hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contention {
    /// Nobody holds them, it is hoped: locks nothing before it writes. Where the hope fails, so does the
    /// batch, with a serialisation failure or a lock timeout. Batches that are not plain are stored as
    /// under `Skip`.
    Hope,
    /// Leave their requests out, as [`Verdict::Busy`].
    Skip,
    /// Wait for them.
    Wait,
}

/// What the database says of a batch.
#[derive(Debug)]
pub(crate) struct Verdicts {
    /// One for each request.
    pub(crate) each: Vec<Verdict>,
    /// The incarnation of the log that they hold for.
    pub(crate) incarnation: Option<Incarnation>,
}

impl Verdicts {
    fn new(each: Vec<Verdict>, incarnation: Option<Uuid>) -> Self {
        Self { each, incarnation: incarnation.map(Incarnation::new) }
    }

    /// The position of the last event that was stored.
    pub(crate) fn newest(&self) -> Option<Position> {
        let stored = self.each.iter().filter_map(|verdict| match verdict {
            Verdict::Settled(Ok(appended)) => appended.position(),
            _ => None,
        });
        stored.max()
    }
}

/// Stores a batch. `lock` is the number by which [`resolve`] finds out what became of it should the
/// connection break.
pub(crate) async fn store(
    connection: &mut PgConnection,
    mode: Mode,
    requests: &[&Append],
    contention: Contention,
    lock: i32,
) -> sqlx::Result<Verdicts> {
    if contention == Contention::Hope {
        if let [request] = requests
            && let [write] = request.writes()
            && !write.events.is_empty()
        {
            return one::store(connection, mode, request, write, lock).await;
        }
        if let Some(plain) = Plain::new(requests) {
            return plain.store(connection, mode, lock).await;
        }
    }
    let wait = contention == Contention::Wait;
    locking::store(connection, mode, requests, wait, Some(lock)).await
}

/// What became of requests whose reply was lost: `Some` for those that were stored. Waits until the
/// transaction that carried them has ended.
pub(crate) async fn resolve(
    connection: &mut PgConnection,
    mode: Mode,
    requests: &[&Append],
    lock: i32,
) -> sqlx::Result<Vec<Option<Appended>>> {
    let events = || requests.iter().flat_map(|r| r.writes()).flat_map(|w| &w.events);
    let mut streams: Vec<Uuid> = requests
        .iter()
        .flat_map(|request| request.writes())
        .map(|write| write.stream.aggregate_id.as_uuid())
        .collect();
    streams.sort_unstable();
    streams.dedup();
    let ids: Vec<Uuid> = events().map(|event| event.event_id().as_uuid()).collect();
    let months: BTreeSet<Month> = events().map(|event| Month::of(event.timestamp())).collect();
    let mut stored = BTreeMap::new();
    for (first, last) in spans(months) {
        // the number is given up with the first look: what is stored by then is all there will be
        let rows = mode
            .query(include_str!("sql/resolve.sql"))
            .bind(lock)
            .bind(&streams)
            .bind(&ids)
            .bind(first.start())
            .bind(last.next().start())
            .fetch_all(&mut *connection)
            .await?;
        for row in rows {
            let place: (i32, i64) = (row.try_get(1)?, row.try_get(2)?);
            stored.insert(row.try_get::<Uuid, _>(0)?, place);
        }
    }
    Ok(requests.iter().map(|request| recall(request, &stored)).collect())
}

/// Months in spans that are short enough for one query each.
fn spans(months: BTreeSet<Month>) -> Vec<(Month, Month)> {
    let mut spans: Vec<(Month, Month)> = Vec::new();
    for month in months {
        match spans.last_mut() {
            Some((first, last)) if month < first.plus(AT_ONCE) => *last = month,
            _ => spans.push((month, month)),
        }
    }
    spans
}

fn recall(request: &Append, stored: &BTreeMap<Uuid, (i32, i64)>) -> Option<Appended> {
    let first = request.writes().iter().find_map(|write| write.events.first())?;
    stored.get(&first.event_id().as_uuid())?;
    let writes = request.writes().iter().map(|write| {
        let places = write.events.iter().filter_map(|e| stored.get(&e.event_id().as_uuid()));
        let (versions, positions): (Vec<i32>, Vec<i64>) = places.copied().unzip();
        let version = match (versions.last(), write.expected) {
            (Some(last), _) => version(*last),
            (None, ExpectedVersion::Exact(version) | ExpectedVersion::Head(version, _)) => version,
            (None, _) => Version::ZERO,
        };
        let positions = positions.iter().map(|p| Position::new(p.cast_unsigned())).collect();
        Written { stream: write.stream.clone(), version, positions }
    });
    Some(Appended { writes: writes.collect(), duplicate: false })
}

/// Stores one append inside the caller's transaction.
pub(crate) async fn store_one(
    connection: &mut PgConnection,
    mode: Mode,
    append: &Append,
) -> Result<Appended> {
    let verdicts = locking::store(connection, mode, &[append], true, None).await;
    match verdicts.map_err(write_error)?.each.pop() {
        Some(Verdict::Settled(result)) => result,
        Some(Verdict::Duplicate) => {
            first_result(connection, mode, append).await.map_err(write_error)?
        }
        Some(Verdict::Foreign(write)) => {
            let write = &append.writes()[write];
            Err(type_mismatch(connection, mode, write).await.map_err(write_error)?)
        }
        Some(Verdict::Busy) | None => Err(Error::Unavailable {
            source: "the aggregate is held by another transaction".into(),
        }),
    }
}

/// The error for a write to an id that belongs to another type.
pub(crate) async fn type_mismatch(
    connection: &mut PgConnection,
    mode: Mode,
    write: &aether_core::log::Write,
) -> sqlx::Result<Error> {
    let row = mode
        .query("SELECT aggregate_type FROM aether_streams WHERE aggregate_id = $1")
        .bind(write.stream.aggregate_id.as_uuid())
        .fetch_optional(connection)
        .await?;
    // taken out of the database by hand since
    let found = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
    let actual = found.unwrap_or_else(|| "aggregate of another type".to_owned());
    Ok(write.type_mismatch(actual.into()))
}

fn expected_number(expected: ExpectedVersion) -> i32 {
    match expected {
        ExpectedVersion::Any => -1,
        ExpectedVersion::StreamExists => -2,
        ExpectedVersion::NoStream => 0,
        ExpectedVersion::Exact(version) | ExpectedVersion::Head(version, _) => {
            version.get().cast_signed()
        }
    }
}

/// The id that the last event of a write's stream must have.
fn known(write: &aether_core::log::Write) -> Option<Uuid> {
    write.expected.last_event().map(EventId::as_uuid)
}

/// The events of a batch, column by column.
#[derive(Default)]
struct EventColumns<'a> {
    ids: Vec<Uuid>,
    types: Vec<&'a str>,
    stream_types: Vec<&'a str>,
    payloads: Vec<JsonText<'a>>,
    metadata: Vec<JsonText<'a>>,
    times: Vec<DateTime<Utc>>,
    schemas: Vec<i16>,
    slices: Vec<i16>,
}

impl<'a> EventColumns<'a> {
    fn push(&mut self, stream: &'a StreamId, event: &'a NewEvent) {
        self.ids.push(event.event_id().as_uuid());
        self.types.push(event.event_type());
        self.stream_types.push(&stream.aggregate_type);
        self.payloads.push(JsonText(event.payload().as_str()));
        self.metadata.push(JsonText(event.metadata().as_str()));
        self.times.push(event.timestamp());
        self.schemas.push(event.schema_version().cast_signed());
        self.slices.push(stream.aggregate_id.slice().cast_signed());
    }
}

/// JSON text as a JSONB parameter, copied once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JsonText<'a>(pub(crate) &'a str);

impl Type<Postgres> for JsonText<'_> {
    fn type_info() -> PgTypeInfo {
        // a type given by name would be looked up first, which overwrites an unnamed statement
        <serde_json::Value as Type<Postgres>>::type_info()
    }
}

impl PgHasArrayType for JsonText<'_> {
    fn array_type_info() -> PgTypeInfo {
        <serde_json::Value as PgHasArrayType>::array_type_info()
    }
}

impl Encode<'_, Postgres> for JsonText<'_> {
    fn encode_by_ref(
        &self,
        buffer: &mut PgArgumentBuffer,
    ) -> std::result::Result<IsNull, sqlx::error::BoxDynError> {
        buffer.push(1); // version of the binary format
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}
