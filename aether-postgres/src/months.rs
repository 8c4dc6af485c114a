//! Months and their partitions: which there are, and which ones a range of positions is in.
//!
//! A query that reads through the partitioned table opens every partition when it is planned for any parameters. So
//! those of the hot paths name the partitions they need, and prove that they have named enough.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use aether_core::Position;
use aether_core::log::{Incarnation, Limits};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use parking_lot::Mutex;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

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

/// Positions that are in a few months, or that nothing more is known of.
#[derive(Debug)]
pub(crate) struct Window {
    positions: RangeInclusive<i64>,
    /// The map was complete below this bucket; past it, a query has to look whether it is.
    settled: i64,
    /// The partitions of its months.
    pub(crate) months: Vec<Month>,
    /// Whether those are all there are: some of its buckets may have events of any month.
    pub(crate) any: bool,
    /// Positions that none of the events of a month is outside of, for each of its months; empty unless it is settled and
    /// all of its months are known.
    spans: BTreeMap<Month, RangeInclusive<i64>>,
}

impl Window {
    /// The last position that it tells about.
    pub(crate) fn last(&self) -> Position {
        Position::new(self.positions.end().cast_unsigned())
    }

    /// Whether no month can come to its buckets any more.
    const fn is_settled(&self) -> bool {
        *self.positions.end() / BUCKET < self.settled
    }

    /// The part of it that begins at a position and is in a few months; all that is left where many run side by side.
    /// Its months are in the order in which they begin.
    fn from(&self, first: i64) -> Self {
        let within = |until: i64| {
            let touched = self.spans.iter();
            touched.filter(move |(_, s)| *s.start() <= until && *s.end() >= first)
        };
        let mut until = *self.positions.end();
        if within(first).count() <= AT_ONCE {
            let begins = self.spans.values().map(|span| *span.start());
            let too_far = begins.filter(|begin| *begin > first && within(*begin).count() > AT_ONCE);
            until = too_far.min().map_or(until, |begin| begin - 1);
        }
        let spans: BTreeMap<_, _> = within(until).map(|(month, s)| (*month, s.clone())).collect();
        let mut months: Vec<Month> = spans.keys().copied().collect();
        months.sort_by_key(|month| spans.get(month).map(|span| *span.start()));
        Self { positions: first..=until, settled: self.settled, months, any: false, spans }
    }

    /// Its part up to the bucket of a position.
    pub(crate) fn up_to(&self, position: Position) -> Self {
        let until = *positions(bucket(position.get())..=bucket(position.get())).end();
        let until = until.min(*self.positions.end());
        let begins = |month: &&Month| self.spans.get(month).is_none_or(|s| *s.start() <= until);
        let months: Vec<Month> = self.months.iter().filter(begins).copied().collect();
        let spans = self.spans.iter().filter(|(month, _)| months.contains(month));
        let spans = spans.map(|(month, span)| (*month, span.clone())).collect();
        let positions = *self.positions.start()..=until;
        Self { positions, settled: self.settled, months, any: self.any, spans }
    }

    /// Where the events of some of its months begin and end; `None` if that is not known.
    pub(crate) fn spans(&self, named: &[Month]) -> Option<Vec<&RangeInclusive<i64>>> {
        named.iter().map(|month| self.spans.get(month)).collect()
    }

    /// The buckets of a range of positions in which there may be months that it does not know.
    pub(crate) fn unsettled(&self, after: Position, until: Position) -> RangeInclusive<i64> {
        bucket(after.get() + 1).max(self.settled)..=bucket(until.get())
    }
}

/// How many positions share a row of the map.
pub(crate) const BUCKET: i64 = 1024;
/// How many rows of the map are read at once.
const ROWS: i64 = 4096;
/// How many windows are remembered.
const WINDOWS: usize = 512;
/// An open window is looked up again when the log has grown by this many buckets.
const GROWTH: i64 = 64;

fn place(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn bucket(position: u64) -> i64 {
    place(position) / BUCKET
}

/// The positions of some buckets.
fn positions(buckets: RangeInclusive<i64>) -> RangeInclusive<i64> {
    let end = buckets.end().saturating_add(1).saturating_mul(BUCKET);
    buckets.start() * BUCKET..=end.saturating_sub(1)
}

/// What a store remembers of months. None of it is relied on without a proof.
#[derive(Debug, Default)]
pub(crate) struct Months {
    partitions: Mutex<Option<Partitions>>,
    windows: Mutex<Windows>,
    /// The sets of months that pages needed lately, and how often each, the latest last.
    needed: Mutex<Vec<(Vec<Month>, u32)>>,
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
        *self.partitions.lock() = None;
        self.windows.lock().known.clear();
    }

    /// Whether a statement about these months is used so often that it pays to prepare it: each connection plans it
    /// anew, and keeps a hundred.
    pub(crate) fn are_needed_often(&self, months: &[Month]) -> bool {
        const SETS: usize = 16;
        const OFTEN: u32 = 16;
        let mut needed = self.needed.lock();
        let place = needed.iter().position(|(set, _)| set == months);
        let (set, times) = match place {
            Some(place) => needed.remove(place),
            None => (months.to_vec(), 0),
        };
        let times = times.saturating_add(1);
        if needed.len() == SETS {
            needed.remove(0);
        }
        needed.push((set, times));
        times > OFTEN
    }

    /// The months that have partitions, as far as is known.
    pub(crate) async fn partitions(
        &self,
        connection: &mut PgConnection,
        mode: Mode,
    ) -> sqlx::Result<Partitions> {
        let known = self.partitions.lock().clone();
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
        *self.partitions.lock() = Some(found.clone());
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
        let first = place(after.get() + 1);
        let end = bucket(horizon.get());
        let window = match self.known(incarnation, first, end) {
            Some(known) => known,
            None => {
                let mut found = self.find(connection, mode, first / BUCKET, end).await?;
                if found.is_settled() && !found.any && found.months.len() > AT_ONCE {
                    found.spans = spans(connection, mode, &found.positions).await?;
                }
                let found = Arc::new(found);
                self.remember(incarnation, found.clone());
                found
            }
        };
        Ok(if window.spans.is_empty() { window } else { Arc::new(window.from(first)) })
    }

    fn remember(&self, incarnation: Option<Incarnation>, window: Arc<Window>) {
        let mut windows = self.windows.lock();
        if windows.incarnation == incarnation {
            let known = &mut windows.known;
            known.retain(|known| !known.positions.contains(window.positions.start()));
            if known.len() == WINDOWS {
                known.remove(0);
            }
            known.push(window);
        }
    }

    /// A window that a position is known to be in. Those of another incarnation of the log, which may have given its
    /// positions to other events, are forgotten.
    fn known(&self, incarnation: Option<Incarnation>, first: i64, end: i64) -> Option<Arc<Window>> {
        let mut windows = self.windows.lock();
        if windows.incarnation != incarnation {
            *windows = Windows { incarnation, known: Vec::new() };
        }
        let fits = |window: &&Arc<Window>| {
            window.positions.contains(&first)
                && (window.is_settled() || end - window.settled <= GROWTH)
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
            positions: positions(first..=cut.map_or(i64::MAX, |cut| cut - 1)),
            settled: end.min(cut.unwrap_or(end)),
            months: Vec::new(),
            any: false,
            spans: BTreeMap::new(),
        };
        let mut months = BTreeSet::new();
        let mut spans: BTreeMap<Month, RangeInclusive<i64>> = BTreeMap::new();
        for (place, (bucket, of_bucket)) in buckets.iter().enumerate() {
            let any = of_bucket.contains(&None);
            let is_in = |month: &&Month| any || of_bucket.contains(&Some(**month));
            let more: BTreeSet<Month> = partitions.iter().filter(is_in).copied().collect();
            if place > 0 && months.union(&more).count() > AT_ONCE {
                window.positions = positions(first..=bucket - 1);
                break;
            }
            for month in &more {
                let span = spans.entry(*month).or_insert_with(|| positions(*bucket..=*bucket));
                *span = *span.start()..=*positions(*bucket..=*bucket).end();
            }
            months.extend(more);
            window.any |= any;
        }
        window.months = months.into_iter().collect();
        if window.is_settled() && !window.any {
            window.spans = spans;
        }
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

/// Where the events of settled positions begin and end in each month. Events only leave partitions, so that it stays
/// true.
async fn spans(
    connection: &mut PgConnection,
    mode: Mode,
    positions: &RangeInclusive<i64>,
) -> sqlx::Result<BTreeMap<Month, RangeInclusive<i64>>> {
    let rows = mode
        .query(include_str!("sql/spans.sql"))
        .bind(*positions.start())
        .bind(*positions.end())
        .fetch_all(connection)
        .await?;
    let span = |row: &PgRow| Ok((Month::of(row.try_get(0)?), row.try_get(1)?..=row.try_get(2)?));
    rows.iter().map(span).collect()
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

    /// A settled bucket with events of these months.
    fn window(spans: &[RangeInclusive<i64>]) -> Window {
        let months = (0..).map(Month);
        let spans: BTreeMap<_, _> = months.zip(spans.iter().cloned()).collect();
        let months = spans.keys().copied().collect();
        Window { positions: 1024..=2047, settled: 2, months, any: false, spans }
    }

    #[test]
    fn a_part_of_many_months_names_all_that_it_touches_and_few() {
        // twenty positions each, in the order of time
        let whole = window(&(0..51).map(|n| 1024 + n * 20..=1043 + n * 20).collect::<Vec<_>>());
        let mut first = 1024;
        let mut named = BTreeSet::new();
        while first <= 2047 {
            let part = whole.from(first);
            assert_eq!(*part.positions.start(), first);
            assert!(*part.positions.end() >= 2047.min(first + 140), "{part:?}");
            assert!(part.months.len() <= AT_ONCE);
            for (month, span) in &whole.spans {
                let touched = span.start() <= part.positions.end() && *span.end() >= first;
                assert_eq!(part.months.contains(month), touched);
            }
            named.extend(part.months.iter().copied());
            first = part.positions.end() + 1;
        }
        assert_eq!(named.len(), 51);
        // side by side, but for one that begins late
        let mut spans: Vec<_> = (0..20).map(|n| 1024 + n..=2000 + n).collect();
        spans.push(1500..=1500);
        let whole = window(&spans);
        let part = whole.from(1100);
        assert_eq!((part.positions.clone(), part.months.len()), (1100..=2047, 21));
        assert_eq!(whole.from(2015).months.len(), 5);
    }
}
