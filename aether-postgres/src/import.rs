//! Bulk import through COPY: history from elsewhere, at the speed of the disk.

mod copy;
mod fresh;
mod ids;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use aether_core::log::{Limits, NewEvent, StreamId};
use aether_core::{Position, Version};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use futures::stream::Peekable;
use futures::{Stream, StreamExt as _};
use sqlx::Row as _;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::store::PgStore;

/// An event of an import, and the stream it is added to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ImportEvent {
    /// The stream. Its versions continue where they are.
    pub stream: StreamId,
    /// The event.
    pub event: NewEvent,
}

impl ImportEvent {
    /// An event of a stream.
    #[must_use]
    pub const fn new(stream: StreamId, event: NewEvent) -> Self {
        Self { stream, event }
    }
}

/// What an import has stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// How many events.
    pub events: u64,
    /// How many were there already, and were passed over; see [`PgStore::import_at`].
    pub passed_over: u64,
    /// The position of the last one.
    pub position: Position,
}

impl PgStore {
    /// Stores events in the order they come, `chunk` of them per transaction (50 000 is a good
    /// number), or as many as [`Limits::append_bytes`] allows. Versions continue after those a stream already has;
    /// months without a partition get one.
    ///
    /// An event id is stored once: an event that its stream has already is passed over. So an import that was
    /// interrupted is simply started again. To know the ids, the first import notes those of the whole log: some
    /// seconds per million events. Each later one notes those that were appended since. Imports into one store take
    /// turns, chunk by chunk.
    ///
    /// Readers wait for the chunk that is being stored, as for any running append; other appends go on,
    /// but for those to the chunk's aggregates.
    ///
    /// # Errors
    ///
    /// [`Error::Import`], which says how many events are stored: whole chunks, and they stay. A bad
    /// event stops the import before its chunk is stored; one whose id another event has is
    /// [`Error::EventStored`].
    pub async fn import(
        &self,
        events: impl Stream<Item = ImportEvent> + Send,
        chunk: usize,
    ) -> Result<Imported, Error> {
        self.import_at(events.map(|event| (event, None)), chunk).await
    }

    /// As [`import`](PgStore::import), for events that know their versions: the log of another store. An
    /// event that its stream has already is passed over if it is at that version. `None` is whichever version comes
    /// next.
    ///
    /// # Errors
    ///
    /// As [`import`](PgStore::import); and where a stream has another event at that version, or not yet
    /// the one before it, [`Error::Import`] with an `InvalidAppend` that names both.
    pub async fn import_at(
        &self,
        events: impl Stream<Item = (ImportEvent, Option<Version>)> + Send,
        chunk: usize,
    ) -> Result<Imported, Error> {
        let mut imported = Imported::default();
        let mut events = std::pin::pin!(events.peekable());
        loop {
            let chunk = next_chunk(events.as_mut(), chunk.max(1), self.limits().append_bytes).await;
            if chunk.is_empty() {
                return Ok(imported);
            }
            let stored = async {
                check(&chunk, &self.limits())?;
                self.ensure_months(&chunk).await?;
                self.note_event_ids().await?;
                self.import_chunk(&chunk).await
            };
            match stored.await {
                Ok((events, position)) => {
                    imported.events += events;
                    imported.passed_over += chunk.len() as u64 - events;
                    imported.position = position.unwrap_or(imported.position);
                    self.tail().stored();
                }
                Err(error) => {
                    let source = Box::new(error);
                    return Err(Error::Import { imported: imported.events, source });
                }
            }
        }
    }

    /// A partition for every month the chunk touches.
    async fn ensure_months(&self, chunk: &[Item]) -> Result<(), Error> {
        let months: BTreeSet<NaiveDate> = chunk
            .iter()
            .filter_map(|(item, _)| item.event.timestamp().date_naive().with_day(1))
            .collect();
        for month in months {
            self.ensure_partition(month.and_time(chrono::NaiveTime::MIN).and_utc()).await?;
        }
        Ok(())
    }

    /// How many events of the chunk were not there yet, and the position of the last of them.
    async fn import_chunk(&self, chunk: &[Item]) -> Result<(u64, Option<Position>), Error> {
        let mut streams: BTreeMap<Uuid, Head<'_>> = BTreeMap::new();
        for (item, _) in chunk {
            let head = streams
                .entry(item.stream.aggregate_id.as_uuid())
                .or_insert_with(|| Head::new(&item.stream, item.event.timestamp()));
            head.count(item)?;
        }
        let mut transaction = self.begin().await?;
        let mode = self.mode();
        // before anything is held that others wait for
        let known_to = ids::lock_known(&mut transaction, mode).await?;
        mode.query("SELECT aether_enter()").execute(&mut *transaction).await?;
        lock_heads(&mut transaction, mode, &mut streams).await?;
        let noted = ids::note_chunk(&mut transaction, mode, chunk, known_to).await?;
        let taken = match &noted {
            Some(_) => ids::Taken::new(),
            None => ids::taken(&mut transaction, mode, chunk, known_to).await?,
        };
        let fresh = fresh::fresh(&mut transaction, mode, chunk, &mut streams, taken).await?;
        if fresh.is_empty() {
            return Ok((0, None));
        }
        let positions = match noted {
            Some(positions) => positions,
            None => draw_positions(&mut transaction, mode, &fresh).await?,
        };
        copy::events(&mut transaction, &fresh, &positions, &streams).await?;
        raise_heads(&mut transaction, mode, &streams, &fresh).await?;
        transaction.commit().await?;
        let last = positions.last().map(|last| Position::new(last.cast_unsigned()));
        Ok((fresh.len() as u64, last))
    }
}

/// An event, and the version it has to get.
type Item = (ImportEvent, Option<Version>);

/// The next events that go into one transaction; none at the end.
async fn next_chunk(
    mut events: Pin<&mut Peekable<impl Stream<Item = Item>>>,
    most: usize,
    most_bytes: usize,
) -> Vec<Item> {
    let mut chunk = Vec::new();
    let mut bytes = 0;
    while chunk.len() < most {
        let is_first = chunk.is_empty();
        let fits = |(item, _): &Item| is_first || bytes + item.event.bytes() <= most_bytes;
        let Some(item) = events.as_mut().next_if(fits).await else { break };
        bytes += item.0.event.bytes();
        chunk.push(item);
    }
    chunk
}

fn check(chunk: &[Item], limits: &Limits) -> Result<(), Error> {
    for (item, _) in chunk {
        let append = aether_core::log::Append::to(
            item.stream.clone(),
            aether_core::log::ExpectedVersion::Any,
            vec![item.event.clone()],
        );
        append.check(limits)?;
    }
    Ok(())
}

/// What a chunk adds to one stream.
struct Head<'a> {
    stream: &'a StreamId,
    /// Its version before the chunk.
    version: i32,
    events: i32,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

impl<'a> Head<'a> {
    const fn new(stream: &'a StreamId, time: DateTime<Utc>) -> Self {
        Self { stream, version: 0, events: 0, first: time, last: time }
    }

    fn count(&mut self, item: &ImportEvent) -> Result<(), Error> {
        if item.stream.aggregate_type != self.stream.aggregate_type {
            return Err(mismatch(&item.stream, &self.stream.aggregate_type));
        }
        self.events += 1;
        self.first = self.first.min(item.event.timestamp());
        self.last = self.last.max(item.event.timestamp());
        Ok(())
    }
}

fn mismatch(stream: &StreamId, actual: &str) -> Error {
    Error::Store(aether_core::Error::TypeMismatch {
        aggregate_id: stream.aggregate_id,
        requested: stream.aggregate_type.clone(),
        actual: actual.to_owned().into(),
    })
}

/// Locks the streams' heads in ascending order of id, new ones first: as every append does.
async fn lock_heads(
    connection: &mut PgConnection,
    mode: crate::database::Mode,
    streams: &mut BTreeMap<Uuid, Head<'_>>,
) -> Result<(), Error> {
    let ids: Vec<Uuid> = streams.keys().copied().collect();
    let types: Vec<&str> = streams.values().map(|h| h.stream.aggregate_type.as_str()).collect();
    mode.query(
        "INSERT INTO aether_streams (aggregate_id, aggregate_type, version)
         SELECT id, type, 0 FROM unnest($1::uuid[], $2::varchar[]) AS u(id, type)
         ON CONFLICT DO NOTHING",
    )
    .bind(&ids)
    .bind(&types)
    .execute(&mut *connection)
    .await?;
    let rows = mode
        .query(
            "SELECT aggregate_id, aggregate_type, version FROM aether_streams
             WHERE aggregate_id = ANY ($1) ORDER BY aggregate_id FOR UPDATE",
        )
        .bind(&ids)
        .fetch_all(connection)
        .await?;
    for row in rows {
        let Some(head) = streams.get_mut(&row.try_get::<Uuid, _>(0)?) else {
            continue;
        };
        let aggregate_type: &str = row.try_get(1)?;
        if head.stream.aggregate_type != aggregate_type {
            return Err(mismatch(head.stream, aggregate_type));
        }
        head.version = row.try_get(2)?;
        if head.version > Version::MAX.get().cast_signed() - head.events {
            return Err(Error::Store(aether_core::Error::InvalidAppend {
                reason: format!("{} would pass the highest version", head.stream),
            }));
        }
    }
    Ok(())
}

async fn raise_heads(
    connection: &mut PgConnection,
    mode: crate::database::Mode,
    streams: &BTreeMap<Uuid, Head<'_>>,
    fresh: &[&ImportEvent],
) -> Result<(), Error> {
    let heads = || streams.values();
    let newest: BTreeMap<Uuid, Uuid> = fresh
        .iter()
        .map(|item| (item.stream.aggregate_id.as_uuid(), item.event.event_id().as_uuid()))
        .collect();
    mode.query(
        "UPDATE aether_streams AS s
         SET version = s.version + u.events,
             first_event_at = least(s.first_event_at, u.first),
             last_event_at = greatest(s.last_event_at, u.last),
             last_event_id = u.newest,
             last_event_of = s.version + u.events
         FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::uuid[])
              AS u(id, events, first, last, newest)
         WHERE s.aggregate_id = u.id",
    )
    .bind(streams.keys().copied().collect::<Vec<_>>())
    .bind(heads().map(|head| head.events).collect::<Vec<_>>())
    .bind(heads().map(|head| head.first).collect::<Vec<_>>())
    .bind(heads().map(|head| head.last).collect::<Vec<_>>())
    .bind(streams.keys().map(|id| newest.get(id).copied()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// A position for each event, in order, with the months that they belong to written down.
async fn draw_positions(
    connection: &mut PgConnection,
    mode: crate::database::Mode,
    chunk: &[&ImportEvent],
) -> sqlx::Result<Vec<i64>> {
    let times: Vec<_> = chunk.iter().map(|item| item.event.timestamp()).collect();
    let row = mode
        .query(include_str!("sql/draw_positions.sql"))
        .bind(times)
        .fetch_one(connection)
        .await?;
    row.try_get(0)
}
