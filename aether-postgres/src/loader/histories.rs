//! Histories put together from the partitions they are in, and proved by their versions.
//!
//! Most are in the newest months, after their snapshot: one query finds those. Where versions are missing, the months in
//! which the stream lived are looked through, the newest first. Events never change and have one place among the
//! versions of their stream, so it does not matter that the queries see different moments.

use std::borrow::Cow;
use std::time::Duration;

use aether_core::backend::{Backoff, Snapshot};
use aether_core::log::{History, Load, StreamId, Until};
use aether_core::shape::Fingerprint;
use aether_core::time::SystemRandom;
use aether_core::{Error, EventId, Json, RecordedEvent, Result, Version};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use crate::database::{CallError, Database, KeptConnection, Mode};
use crate::error::is_undefined_table;
use crate::months::{AT_ONCE, Month, Months, Partitions};
use crate::rows::{RowReader, json_text, version};

/// How often a history is looked for before it counts as incomplete.
const ATTEMPTS: u32 = 4;
/// The pauses between attempts: events are just being moved.
const PAUSES: Backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(80));

/// The connection of a loader, and what it knows.
pub(super) struct Lookup<'a> {
    pub(super) database: &'a Database,
    pub(super) connection: &'a mut KeptConnection,
    pub(super) months: &'a Months,
}

/// A history as far as it was found.
#[derive(Debug, Default)]
struct Found {
    head: Option<Head>,
    history: History,
}

#[derive(Debug)]
struct Head {
    aggregate_type: String,
    first_event_at: DateTime<Utc>,
    last_event_at: DateTime<Utc>,
}

/// How thoroughly to look.
#[derive(Debug, Clone, Copy)]
struct Care {
    /// Without payloads and metadata.
    bare: bool,
    /// In the archive too where the head does not say that the stream is in it.
    anywhere: bool,
}

impl Lookup<'_> {
    /// The history for each load.
    pub(super) async fn histories(
        &mut self,
        loads: &[&Load],
    ) -> Result<Vec<Result<History>>, CallError> {
        let mut refused = Vec::new();
        let mut exact: Vec<Cow<'_, Load>> = Vec::with_capacity(loads.len());
        for (place, load) in loads.iter().enumerate() {
            match load.until {
                Until::Time(time) => match self.version_at(load, time).await? {
                    Ok(version) => {
                        exact.push(Cow::Owned((*load).clone().until(Until::Version(version))));
                    }
                    Err(error) => refused.push((place, Err(error))),
                },
                _ => exact.push(Cow::Borrowed(*load)),
            }
        }
        let exact: Vec<&Load> = exact.iter().map(|load| &**load).collect();
        let found = self.find(&exact, false).await?;
        let mut histories: Vec<_> =
            found.into_iter().zip(exact).map(|(found, load)| found.finish(load)).collect();
        for (place, error) in refused {
            histories.insert(place, error);
        }
        Ok(histories)
    }

    /// The version of the last event that happened at or before a time. It takes the times of all events to know.
    async fn version_at(
        &mut self,
        load: &Load,
        time: DateTime<Utc>,
    ) -> Result<Result<Version>, CallError> {
        let whole = Load::stream(load.stream.clone());
        let found = self.find(&[&whole], true).await?.pop().unwrap_or_default();
        let version = found.finish(&whole).map(|history| {
            let last = history.events.iter().rev().find(|event| event.timestamp <= time);
            last.map_or(Version::ZERO, |last| last.version)
        });
        Ok(version)
    }

    async fn find(&mut self, loads: &[&Load], bare: bool) -> Result<Vec<Found>, CallError> {
        let mut found: Vec<Found> = Vec::new();
        found.resize_with(loads.len(), Found::default);
        let mut open: Vec<usize> = (0..loads.len()).collect();
        let (mut attempt, mut pauses) = (1, PAUSES);
        while !open.is_empty() && attempt <= ATTEMPTS {
            if attempt > 1 {
                self.months.forget();
                tokio::time::sleep(pauses.pause(&SystemRandom)).await;
            }
            let care = Care { bare, anywhere: attempt > 1 };
            attempt += 1;
            let asked: Vec<&Load> = open.iter().map(|place| loads[*place]).collect();
            match self.recent(&asked, care).await {
                Ok(answers) => {
                    open.iter().zip(answers).for_each(|(place, answer)| found[*place] = answer);
                }
                // a month was dropped since it was named
                Err(CallError::Sent(error))
                    if is_undefined_table(&error) && attempt <= ATTEMPTS =>
                {
                    continue;
                }
                Err(error) => return Err(error),
            }
            open.retain(|place| !found[*place].is_settled(loads[*place]));
            if !open.is_empty() {
                self.older(loads, &mut found, &mut open, bare).await?;
            }
        }
        Ok(found)
    }

    /// What is in the newest months, in the DEFAULT partition and in the archive.
    async fn recent(&mut self, loads: &[&Load], care: Care) -> Result<Vec<Found>, CallError> {
        let months = self.months;
        let rows = self
            .database
            .run_on(self.connection, async |connection, mode| {
                let partitions = months.partitions(connection, mode).await?;
                recent(connection, mode, loads, &partitions, care).await
            })
            .await?;
        read_recent(loads, &rows).map_err(CallError::Sent)
    }

    /// Looks for what is missing in the months in which its stream lived.
    async fn older(
        &mut self,
        loads: &[&Load],
        found: &mut [Found],
        open: &mut Vec<usize>,
        bare: bool,
    ) -> Result<(), CallError> {
        let months = self.months;
        let partitions = self
            .database
            .run_on(self.connection, async |connection, mode| {
                months.partitions(connection, mode).await
            })
            .await?;
        let spans = open.iter().filter_map(|place| found[*place].span());
        let Some(span) = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else { return Ok(()) };
        for (first, last) in windows(&partitions, span) {
            let concerned: Vec<usize> = open
                .iter()
                .copied()
                .filter(|place| found[*place].span().is_some_and(|s| s.0 <= last && s.1 >= first))
                .collect();
            if concerned.is_empty() {
                continue;
            }
            let missing: Vec<Missing> =
                concerned.iter().map(|place| found[*place].missing(loads[*place])).collect();
            let rows = self
                .database
                .run_on(self.connection, async |connection, mode| {
                    month_events(connection, mode, &missing, (first, last), bare).await
                })
                .await?;
            let mut reader = RowReader::default();
            for row in &rows {
                let place = concerned[request(row, concerned.len()).map_err(CallError::Sent)?];
                let event = reader.event_of(&loads[place].stream, row, 1);
                found[place].history.events.push(event.map_err(CallError::Sent)?);
            }
            concerned.iter().for_each(|place| put_in_order(&mut found[*place].history.events));
            open.retain(|place| !found[*place].is_settled(loads[*place]));
        }
        Ok(())
    }
}

/// The versions of a stream that were not found: those after one, up to another.
struct Missing {
    aggregate: Uuid,
    after: i32,
    until: i32,
}

impl Found {
    /// The months in which its stream lived. A day more on both sides: there are leap seconds.
    fn span(&self) -> Option<(Month, Month)> {
        let head = self.head.as_ref()?;
        let day = TimeDelta::days(1);
        let first = head.first_event_at.checked_sub_signed(day).unwrap_or(head.first_event_at);
        let last = head.last_event_at.checked_add_signed(day).unwrap_or(head.last_event_at);
        Some((Month::of(first), Month::of(last)))
    }

    fn missing(&self, load: &Load) -> Missing {
        let History { snapshot, events, end, .. } = &self.history;
        let mut after = snapshot.as_ref().map_or(load.after, |snapshot| snapshot.version).get();
        let mut until = end.get();
        for event in events {
            after += u32::from(event.version.get() == after + 1);
        }
        for event in events.iter().rev() {
            until -= u32::from(event.version.get() == until);
        }
        Missing {
            aggregate: load.stream.aggregate_id.as_uuid(),
            after: after.cast_signed(),
            until: until.cast_signed(),
        }
    }

    /// Why the load is refused, whatever its events are.
    fn refusal(&self, load: &Load) -> Option<Error> {
        let actual = self.history.head;
        match &self.head {
            Some(head) if load.stream.aggregate_type != *head.aggregate_type => {
                Some(Error::TypeMismatch {
                    aggregate_id: load.stream.aggregate_id,
                    requested: load.stream.aggregate_type.clone(),
                    actual: head.aggregate_type.clone().into(),
                })
            }
            _ => match load.until {
                Until::Version(requested) if requested > actual => {
                    Some(Error::VersionAhead { stream: load.stream.clone(), requested, actual })
                }
                _ => None,
            },
        }
    }

    fn is_settled(&self, load: &Load) -> bool {
        self.history.check(load).is_ok() || self.refusal(load).is_some()
    }

    fn finish(self, load: &Load) -> Result<History> {
        match self.refusal(load) {
            Some(refusal) => Err(refusal),
            None => self.history.check(load).map(|()| self.history),
        }
    }
}

/// The months of a span, the newest first, as many at once as may be named: each the first and the last month.
fn windows(partitions: &Partitions, (first, last): (Month, Month)) -> Vec<(Month, Month)> {
    if first > last {
        return Vec::new();
    }
    let months: Vec<Month> = partitions.range(first..=last).rev().copied().collect();
    let mut windows: Vec<_> = months
        .chunks(AT_ONCE)
        .filter_map(|part| part.last().zip(part.first()))
        .map(|(first, last)| (*first, *last))
        .collect();
    match windows.last_mut() {
        // also what its name puts elsewhere: months before Christ
        Some(oldest) => oldest.0 = first.min(oldest.0),
        None => windows.push((first, last)),
    }
    windows
}

async fn recent(
    connection: &mut PgConnection,
    mode: Mode,
    loads: &[&Load],
    partitions: &Partitions,
    care: Care,
) -> sqlx::Result<Vec<PgRow>> {
    let until = |load: &&Load| match load.until {
        Until::Version(version) => Some(version.get().cast_signed()),
        _ => None,
    };
    let ids: Vec<Uuid> = loads.iter().map(|load| load.stream.aggregate_id.as_uuid()).collect();
    let after: Vec<i32> = loads.iter().map(|load| load.after.get().cast_signed()).collect();
    let until: Vec<Option<i32>> = loads.iter().map(until).collect();
    let fingerprints: Vec<Option<i64>> =
        loads.iter().map(|load| load.snapshot.map(Fingerprint::get)).collect();
    mode.assembled(statement(partitions, care))
        .bind(ids)
        .bind(after)
        .bind(until)
        .bind(fingerprints)
        .fetch_all(connection)
        .await
}

/// The query for recent events, as text: what months there are is known when it is planned.
fn statement(partitions: &Partitions, care: Care) -> String {
    let columns = match care.bare {
        true => COLUMNS.replace("e.payload, e.metadata", "NULL::jsonb, NULL::jsonb"),
        false => COLUMNS.to_owned(),
    };
    let now = Month::of(Utc::now());
    let months = [now.previous(), now].into_iter().filter(|month| partitions.contains(month));
    let months = months.map(|month| {
        include_str!("../sql/load_month.sql")
            .replace("{month}", &month.to_string())
            .replace("{start}", &month.start().to_rfc3339())
            .replace("{end}", &month.next().start().to_rfc3339())
    });
    let sql = include_str!("../sql/load.sql")
        .replace("{months}", &months.collect::<String>())
        .replace("{columns}", &columns);
    match care.anywhere {
        true => sql.replace("h.archived AND ", ""),
        false => sql,
    }
}

const COLUMNS: &str = "e.event_sequence, e.event_id, e.event_type, e.aggregate_version, e.payload, \
     e.metadata, e.timestamp, e.created_at, e.schema_version";

async fn month_events(
    connection: &mut PgConnection,
    mode: Mode,
    missing: &[Missing],
    (first, last): (Month, Month),
    bare: bool,
) -> sqlx::Result<Vec<PgRow>> {
    mode.query(include_str!("../sql/month_events.sql"))
        .bind(missing.iter().map(|missing| missing.aggregate).collect::<Vec<_>>())
        .bind(missing.iter().map(|missing| missing.after).collect::<Vec<_>>())
        .bind(missing.iter().map(|missing| missing.until).collect::<Vec<_>>())
        .bind(first.start())
        .bind(last.next().start())
        .bind(bare)
        .fetch_all(connection)
        .await
}

/// The rows of an answer as one history per load.
fn read_recent(loads: &[&Load], rows: &[PgRow]) -> sqlx::Result<Vec<Found>> {
    let mut reader = RowReader::default();
    let mut found: Vec<Found> = Vec::with_capacity(loads.len());
    found.resize_with(loads.len(), Found::default);
    for row in rows {
        let place = request(row, loads.len())?;
        let load = loads[place];
        let found = &mut found[place];
        if found.head.is_none() {
            found.head = Some(Head {
                aggregate_type: row.try_get(1)?,
                first_event_at: row.try_get(3)?,
                last_event_at: row.try_get(4)?,
            });
            found.history.head = version(row.try_get(2)?);
        }
        if row.try_get::<Option<i64>, _>(5)?.is_some() {
            found.history.events.push(reader.event_of(&load.stream, row, 5)?);
        } else if let Some(fingerprint) = load.snapshot
            && row.try_get::<Option<Uuid>, _>(6)?.is_some()
        {
            found.history.snapshot = Some(snapshot(&load.stream, fingerprint, row)?);
        }
    }
    for (found, load) in found.iter_mut().zip(loads) {
        put_in_order(&mut found.history.events);
        found.history.end = match load.until {
            Until::Version(version) => version,
            _ => found.history.head,
        };
    }
    Ok(found)
}

/// The load that a row belongs to.
fn request(row: &PgRow, loads: usize) -> sqlx::Result<usize> {
    let number: i32 = row.try_get(0)?;
    let place = usize::try_from(number - 1).ok().filter(|place| *place < loads);
    place.ok_or(sqlx::Error::RowNotFound)
}

/// In order of version. An event that was moved between two looks was found twice.
fn put_in_order(events: &mut Vec<RecordedEvent>) {
    if !events.is_sorted_by_key(|event| event.version) {
        events.sort_by_key(|event| event.version);
    }
    events.dedup_by(|a, b| a.version == b.version && a.event_id == b.event_id);
}

fn snapshot(stream: &StreamId, fingerprint: Fingerprint, row: &PgRow) -> sqlx::Result<Snapshot> {
    Ok(Snapshot {
        stream: stream.clone(),
        version: version(row.try_get(8)?),
        // a snapshot's row has it in the place of the type
        last_event: row.try_get::<&str, _>(7)?.parse().ok().map(EventId::new),
        fingerprint,
        state: Json::from_stored(json_text(row, 9)?),
        created_at: row.try_get(11)?,
    })
}
