//! Months and their partitions: which there are, and which ones a range of positions is in.
//!
//! A query that reads through the partitioned table opens every partition when it is planned for any parameters. So
//! those of the hot paths name the partitions they need, and prove that they have named enough.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use aether_core::{Incarnation, Limits, Position};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use crate::database::Mode;

/// At most this many partitions are named by one query.
pub(crate) const AT_ONCE: usize = 8;

/// A month (UTC), counted from year 0. Its `Display` is the name of its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(i32);

impl Month {
    pub(crate) fn of(time: DateTime<Utc>) -> Self {
        Self(time.year() * 12 + time.month0().cast_signed())
    }

    /// The month of a partition; `None` for the DEFAULT partition.
    fn of_partition(name: &str) -> Option<Self> {
        let (year, month) = name.strip_prefix("evenements_")?.split_once('_')?;
        let (year, month): (i32, i32) = (year.parse().ok()?, month.parse().ok()?);
        (1..=12).contains(&month).then_some(Self(year * 12 + month - 1))
    }

    /// As its partition's name has it, which does not tell years before Christ from later ones.
    const fn named(self) -> Self {
        let year = self.0.div_euclid(12);
        let month = self.0.rem_euclid(12);
        if year <= 0 { Self((1 - year) * 12 + month) } else { self }
    }

    pub(crate) const fn next(self) -> Self {
        self.plus(1)
    }

    pub(crate) const fn plus(self, months: usize) -> Self {
        Self(self.0.saturating_add(months as i32))
    }

    pub(crate) const fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// Its first moment, or that of the calendar.
    pub(crate) fn start(self) -> DateTime<Utc> {
        let month = self.0.rem_euclid(12).cast_unsigned() + 1;
        NaiveDate::from_ymd_opt(self.0.div_euclid(12), month, 1)
            .map_or(DateTime::<Utc>::MAX_UTC, |day| day.and_time(chrono::NaiveTime::MIN).and_utc())
            .max(Limits::EARLIEST)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(months) = self.named();
        write!(f, "evenements_{:04}_{:02}", months / 12, months % 12 + 1)
    }
}

/// The months that have partitions.
pub(crate) type Partitions = Arc<BTreeSet<Month>>;

/// Positions that are in a few months, or in one bucket.
#[derive(Debug)]
pub(crate) struct Window {
    buckets: RangeInclusive<i64>,
    /// The map was complete below this bucket; past it, a query has to look whether it is.
    settled: i64,
    /// The partitions of its months.
    pub(crate) months: Vec<Month>,
    /// Whether those are all there are: some of its buckets may have events of any month.
    pub(crate) any: bool,
}

impl Window {
    /// The last position that it tells about.
    pub(crate) fn last(&self) -> Position {
        let end = self.buckets.end().saturating_add(1).checked_mul(BUCKET);
        end.map_or(Position::END, |end| Position::new(end.cast_unsigned() - 1))
    }

    /// The buckets of a range of positions in which there may be months that it does not know.
    pub(crate) fn unsettled(&self, after: Position, until: Position) -> RangeInclusive<i64> {
        bucket(after.get() + 1).max(self.settled)..=bucket(until.get())
    }
}

/// How many positions share a row of the map.
const BUCKET: i64 = 1024;
/// So many rows of the map are read at once.
const ROWS: i64 = 4096;
/// So many windows are remembered.
const WINDOWS: usize = 64;
/// An open window is looked up again when the log has grown by this many buckets.
const GROWTH: i64 = 64;

fn bucket(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX) / BUCKET
}

/// What a store remembers of months. None of it is relied on without a proof.
#[derive(Debug, Default)]
pub(crate) struct Months {
    partitions: Mutex<Option<Partitions>>,
    windows: Mutex<Windows>,
}

/// What was found of one incarnation of the log.
#[derive(Debug, Default)]
struct Windows {
    incarnation: Option<Incarnation>,
    known: Vec<Arc<Window>>,
}

impl Months {
    /// Forgets everything: it was wrong, or the log is another one.
    pub(crate) fn forget(&self) {
        *self.partitions.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).known.clear();
    }

    /// The months that have partitions, as far as is known.
    pub(crate) async fn partitions(
        &self,
        connection: &mut PgConnection,
        mode: Mode,
    ) -> sqlx::Result<Partitions> {
        let known = self.partitions.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some(known) => Ok(known),
            None => self.look(connection, mode).await,
        }
    }

    /// The months that have partitions now.
    async fn look(&self, connection: &mut PgConnection, mode: Mode) -> sqlx::Result<Partitions> {
        let rows = mode.query("SELECT name FROM aether_partitions()").fetch_all(connection).await?;
        let names = rows.iter().map(|row| row.try_get::<&str, _>(0));
        let names = names.collect::<sqlx::Result<Vec<_>>>()?;
        let found: Partitions =
            Arc::new(names.into_iter().filter_map(Month::of_partition).collect());
        *self.partitions.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
        Ok(found)
    }

    /// A window that begins after a position, up to which the log can be read to `horizon`.
    pub(crate) async fn window(
        &self,
        connection: &mut PgConnection,
        mode: Mode,
        incarnation: Option<Incarnation>,
        after: Position,
        horizon: Position,
    ) -> sqlx::Result<Arc<Window>> {
        let first = bucket(after.get() + 1);
        let end = bucket(horizon.get());
        if let Some(known) = self.known(incarnation, first, end) {
            return Ok(known);
        }
        let window = Arc::new(self.find(connection, mode, first, end).await?);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.incarnation == incarnation {
            let known = &mut windows.known;
            known.retain(|known| !known.buckets.contains(window.buckets.start()));
            if known.len() == WINDOWS {
                known.remove(0);
            }
            known.push(window.clone());
        }
        Ok(window)
    }

    /// A window that is known to begin there. Those of another incarnation of the log, which may have given its
    /// positions to other events, are forgotten.
    fn known(&self, incarnation: Option<Incarnation>, first: i64, end: i64) -> Option<Arc<Window>> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.incarnation != incarnation {
            *windows = Windows { incarnation, known: Vec::new() };
        }
        let fits = |window: &&Arc<Window>| {
            window.buckets.contains(&first)
                && (*window.buckets.end() < window.settled || end - window.settled <= GROWTH)
        };
        windows.known.iter().rev().find(fits).cloned()
    }

    async fn find(
        &self,
        connection: &mut PgConnection,
        mode: Mode,
        first: i64,
        end: i64,
    ) -> sqlx::Result<Window> {
        let rows = mode
            .query(include_str!("sql/months.sql"))
            .bind(first)
            .bind(ROWS)
            .fetch_all(&mut *connection)
            .await?;
        let mut buckets: BTreeMap<i64, BTreeSet<Option<Month>>> = BTreeMap::new();
        for row in &rows {
            let month = row.try_get::<Option<DateTime<Utc>>, _>(1)?;
            let month = month.map(|month| Month::of(month).named());
            buckets.entry(row.try_get(0)?).or_default().insert(month);
        }
        // the last one may go on after the rows that were asked for
        let cut = rows.len() as i64 == ROWS && buckets.len() > 1;
        let cut = if cut { buckets.pop_last().map(|(bucket, _)| bucket) } else { None };
        let partitions = self.partitions_of(connection, mode, &buckets).await?;
        let mut window = Window {
            buckets: first..=cut.map_or(i64::MAX, |cut| cut - 1),
            settled: end.min(cut.unwrap_or(end)),
            months: Vec::new(),
            any: false,
        };
        let mut months = BTreeSet::new();
        for (place, (bucket, of_bucket)) in buckets.iter().enumerate() {
            let any = of_bucket.contains(&None);
            let is_in = |month: &&Month| any || of_bucket.contains(&Some(**month));
            let more: BTreeSet<Month> = partitions.iter().filter(is_in).copied().collect();
            if place > 0 && months.union(&more).count() > AT_ONCE {
                window.buckets = first..=bucket - 1;
                break;
            }
            months.extend(more);
            window.any |= any;
        }
        window.months = months.into_iter().collect();
        Ok(window)
    }

    /// The partitions, looked at again after the map if it names a month that is not known to have one. What is
    /// made later has nothing of what the map told about.
    async fn partitions_of(
        &self,
        connection: &mut PgConnection,
        mode: Mode,
        buckets: &BTreeMap<i64, BTreeSet<Option<Month>>>,
    ) -> sqlx::Result<Partitions> {
        let known = self.partitions(connection, mode).await?;
        let is_known = |month: &Option<Month>| month.is_some_and(|month| known.contains(&month));
        match buckets.values().flatten().all(is_known) {
            true => Ok(known),
            false => self.look(connection, mode).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_called_as_postgresql_calls_it() {
        for (time, name) in [
            ("2026-11-30T23:59:59.999999Z", "evenements_2026_11"),
            ("0044-03-15T00:00:00Z", "evenements_0044_03"),
            ("+12345-12-01T00:00:00Z", "evenements_12345_12"),
            ("0000-01-01T00:00:00Z", "evenements_0001_01"),
            ("-0043-03-15T00:00:00Z", "evenements_0044_03"),
        ] {
            let month = Month::of(time.parse().unwrap());
            assert_eq!(month.to_string(), name);
            assert!(month.start() <= time.parse::<DateTime<Utc>>().unwrap());
            assert!(time.parse::<DateTime<Utc>>().unwrap() < month.next().start());
            assert_eq!(month.next().previous(), month);
        }
        assert_eq!(Month::of_partition("evenements_default"), None);
        let month = Month::of("2026-11-30T00:00:00Z".parse().unwrap());
        assert_eq!(Month::of_partition("evenements_2026_11"), Some(month));
    }
}
