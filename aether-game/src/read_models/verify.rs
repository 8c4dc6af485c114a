//! The proof: tables against a fold of the events that they were made from.
//!
//! A fold goes by the states of the aggregates, and shares no code with the projections.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::projection::Verified;
use aether_core::{Filter, Position, RecordedEvent, Result as CoreResult};
use aether_postgres::{Error, PgStore};
use futures::TryStreamExt as _;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool};

use super::row::Row;

/// How many differences a report lists in full; further ones are only counted.
const LISTED: usize = 100;
/// How many events are read at a time.
const PAGE: u32 = 5000;

/// What tables have to say, folded from the log.
pub(super) trait Fold: Default + Send {
    /// The aggregates whose events are folded.
    const AGGREGATES: &'static [&'static str];

    /// Folds the next event in.
    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()>;

    /// Compares each table with what was folded.
    fn compare(
        self,
        pool: &PgPool,
        report: &mut VerifyReport,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// How many rows the tables have to hold.
    pub rows: u64,
    /// How many events they were folded from.
    pub events: u64,
    /// Up to where.
    pub position: Position,
    /// The first hundred differences.
    pub differences: Vec<Difference>,
    /// How many differences there are.
    pub difference_count: u64,
}

/// A place where a table says something else than the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The key of the row; why it cannot be read, if so.
    pub row: String,
    /// The column; none when the whole row is missing or should not be there.
    pub column: Option<String>,
    /// What the events say, as JSON.
    pub expected: Option<Value>,
    /// What the table says, as JSON.
    pub found: Option<Value>,
}

/// Folds the events of a log and compares tables with the result, when both are at rest: events that the projections have not seen
/// yet show up as differences.
///
/// Reads the events of the fold's aggregates once and keeps the rows in memory. Asks one query for each table.
pub(super) async fn verify<F: Fold>(store: &PgStore) -> Result<VerifyReport, Error> {
    let mut report = VerifyReport::default();
    let mut fold = F::default();
    let filter = Filter::all().aggregate_types(F::AGGREGATES.iter().copied());
    let mut read = Read::all().limit(PAGE).filter(filter);
    loop {
        let page = store.read(read.clone()).await?;
        for event in &page.events {
            fold.apply(event)?;
            report.events += 1;
        }
        report.position = page.position;
        if page.caught_up {
            fold.compare(store.pool(), &mut report).await?;
            return Ok(report);
        }
        read = read.after(page.position);
    }
}

impl VerifyReport {
    /// Whether the tables say exactly what the events say.
    #[must_use]
    pub const fn is_equal(&self) -> bool {
        self.difference_count == 0
    }

    /// Compares a table with the rows that it has to hold.
    pub(super) async fn compare<R: Row + Send>(
        &mut self,
        pool: &PgPool,
        expected: impl IntoIterator<Item = R>,
    ) -> Result<(), Error>
    where
        R::Key: Send,
    {
        let mut expected: BTreeMap<_, _> =
            expected.into_iter().map(|row| (row.key(), row)).collect();
        self.rows += expected.len() as u64;
        let mut known = BTreeSet::new();
        for table in std::iter::once(R::TABLE).chain(R::ARCHIVE) {
            let sql = format!("SELECT to_jsonb(t) - 'updated_at' FROM {table} AS t");
            let mut stored = sqlx::query_scalar::<_, Value>(AssertSqlSafe(sql)).fetch(pool);
            while let Some(found) = stored.try_next().await? {
                match R::deserialize(&found) {
                    // what was rebuilt since it was archived is in both
                    Ok(row) if known.contains(&row.key()) => {}
                    Ok(row) => {
                        self.compare_row(expected.remove(&row.key()), &row);
                        known.insert(row.key());
                    }
                    Err(error) => {
                        let row = format!("(unreadable: {error})");
                        self.differ::<R>(row, None, None, Some(found));
                    }
                }
            }
        }
        for (key, row) in expected {
            self.differ::<R>(key.to_string(), None, Some(members(&row)), None);
        }
        Ok(())
    }

    fn compare_row<R: Row>(&mut self, expected: Option<R>, found: &R) {
        let key = found.key().to_string();
        let found = members(found);
        let Some(expected) = expected else {
            return self.differ::<R>(key, None, None, Some(found));
        };
        let expected = members(&expected);
        if expected == found {
            return;
        }
        let columns = expected.as_object().into_iter().flatten();
        for (column, value) in columns.filter(|(column, value)| found.get(*column) != Some(*value))
        {
            let stored = found.get(column).cloned();
            self.differ::<R>(key.clone(), Some(column.clone()), Some(value.clone()), stored);
        }
    }

    fn differ<R: Row>(
        &mut self,
        row: String,
        column: Option<String>,
        expected: Option<Value>,
        found: Option<Value>,
    ) {
        self.difference_count += 1;
        if self.differences.len() < LISTED {
            self.differences.push(Difference { table: R::TABLE, row, column, expected, found });
        }
    }
}

/// A row as an object of columns. A row has no member that JSON cannot hold.
fn members<R: Row>(row: &R) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, events, difference_count, .. } = self;
        write!(f, "{rows} rows from {events} events: {difference_count} differences")
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, row, column, expected, found } = self;
        write!(f, "{table} {row}")?;
        if let Some(column) = column {
            write!(f, ", {column}")?;
        }
        match (expected, found) {
            (Some(expected), Some(found)) => write!(f, ": is {found}, the events say {expected}"),
            (Some(expected), None) => write!(f, ": is missing, the events say {expected}"),
            (None, found) => {
                write!(
                    f,
                    ": is {}, the events know no such row",
                    found.as_ref().unwrap_or(&Value::Null)
                )
            }
        }
    }
}

impl From<VerifyReport> for Verified {
    fn from(report: VerifyReport) -> Self {
        let checked = format!("{} rows from {} events", report.rows, report.events);
        Self::new(checked).differences(report.difference_count, report.differences)
    }
}
