//! Reading the log.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::log::{Anchor, Incarnation, Page, Read};
use aether_core::uuid::Uuid;
use aether_core::{Error, EventId, Filter, Position, RecordedEvent, Result};
use futures::TryStreamExt as _;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Row as _};

use crate::database::{CallError, Database, Mode};
use crate::error::{is_undefined_table, read_error};
use crate::months::{AT_ONCE, Month, Months, Window};
use crate::rows::{COLUMNS, RowReader};
use crate::tail::{Known, LogEnd, Tail};

/// The column past those of an event.
const INCARNATION: usize = 11;
/// The column that tells whether events may be in partitions that were not named.
const MISSING: usize = 12;
/// How often a page is asked for again because it was read without a partition that it needs.
const ATTEMPTS: u32 = 10;
const CHANGING: &str = "the partitions of the log changed each time it was read";

/// A page of the log. One query in the middle of it, more where events are larger than those of the last page; at
/// its end the horizon is asked for as well, and what it has uncovered is read too.
pub(crate) async fn read(
    database: &Database,
    months: &Months,
    tail: &Tail,
    read: Read,
) -> Result<Page> {
    loop {
        let known = tail.known();
        if let Some(page) = read_in_one_life(database, months, tail, &read, known).await? {
            return Ok(page);
        }
    }
}

/// As [`read`]; `None` if the log turned out to be in another incarnation than the one that `known` holds for.
async fn read_in_one_life(
    database: &Database,
    months: &Months,
    tail: &Tail,
    read: &Read,
    known: Known,
) -> Result<Option<Page>> {
    let mut filling = Filling::new(read, tail.event_size());
    filling.page.incarnation = known.incarnation;
    let mut horizon = known.horizon;
    let mut asked = false;
    loop {
        let until = read.until.min(horizon);
        // which incarnation it is, only rows tell
        let mut told = until <= filling.page.position;
        while until > filling.page.position {
            let portion = portion(database, months, &filling, until).await?;
            if let Some(found) = portion.incarnation {
                tail.observe(found);
                if found != filling.page.incarnation {
                    if found.is_none() {
                        // the first to ask after a crash gives it a name
                        tail.refresh().await?;
                    }
                    return Ok(None);
                }
                told = true;
            }
            if filling.take(portion) {
                return Ok(Some(filling.finish(tail)));
            }
        }
        if asked || until == read.until && told {
            filling.page.caught_up = true;
            return Ok(Some(filling.finish(tail)));
        }
        let end = tail.refresh().await?;
        if end.incarnation != filling.page.incarnation {
            if filling.page.incarnation.is_some() {
                return Ok(None);
            }
            // nothing was known before
            filling.page.incarnation = end.incarnation;
        }
        if read.after > end.last {
            return Err(past_the_end(read, &end));
        }
        horizon = end.horizon.max(tail.known().horizon);
        asked = true;
        if filling.page.events.len() == filling.limit && horizon > until {
            // full, and there may be more
            return Ok(Some(filling.finish(tail)));
        }
    }
}

/// The next portion of a page; asks again, from scratch, where it missed a partition.
async fn portion(
    database: &Database,
    months: &Months,
    filling: &Filling<'_>,
    until: Position,
) -> Result<Portion> {
    for _ in 0..ATTEMPTS {
        let found = database
            .run(async |connection, mode| filling.query(connection, mode, months, until).await)
            .await;
        match found {
            Ok(Some(portion)) => return Ok(portion),
            Ok(None) => months.forget(),
            // dropped since it was named
            Err(CallError::Sent(error)) if is_undefined_table(&error) => months.forget(),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Unavailable { source: CHANGING.into() })
}

/// A position that the log does not have: a standby may only be late.
fn past_the_end(read: &Read, end: &LogEnd) -> Error {
    let requested = read.after;
    let last = end.last;
    if end.standby {
        let source = format!(
            "this standby can be read to {last}, and {requested} was asked for; it has to catch up"
        );
        return Error::Unavailable { source: source.into() };
    }
    Error::PositionAhead { requested, last }
}

/// A page of the log on a connection of the caller's, in its transaction, whose statements have to see what
/// is committed before each of them. Two queries, more where events are larger than those of the last page.
pub(crate) async fn read_in(
    connection: &mut PgConnection,
    mode: Mode,
    size: &EventSize,
    read: &Read,
) -> sqlx::Result<Page> {
    let asked =
        mode.query("SELECT horizon FROM aether_horizon()").fetch_one(&mut *connection).await?;
    let horizon = Position::new(asked.try_get::<i64, _>(0)?.cast_unsigned());
    // the horizon first: what it lets a reader trust is seen by a later statement
    let until = read.until.min(horizon);
    let mut filling = Filling::new(read, size);
    let months = Months::default();
    let mut attempts = 0;
    while until > filling.page.position {
        let Some(portion) = filling.query(connection, mode, &months, until).await? else {
            months.forget();
            attempts += 1;
            if attempts == ATTEMPTS {
                return Err(sqlx::Error::Io(std::io::Error::other(CHANGING)));
            }
            continue;
        };
        if filling.take(portion) {
            return Ok(filling.page);
        }
    }
    filling.page.caught_up = true;
    Ok(filling.page)
}

/// How large an event of the last page was, which tells how many to ask for: the server sends all that it is asked
/// for, also what does not go into the page.
#[derive(Debug, Default)]
pub(crate) struct EventSize(AtomicUsize);

impl EventSize {
    /// How many events go into a number of bytes, with room to spare.
    fn events_in(&self, bytes: usize) -> usize {
        match self.0.load(Ordering::Relaxed) {
            0 => usize::MAX,
            size => (bytes / size).saturating_mul(2).saturating_add(2),
        }
    }

    fn learn(&self, events: usize, bytes: usize) {
        if let Some(size) = bytes.checked_div(events) {
            self.0.store(size, Ordering::Relaxed);
        }
    }
}

/// A page on its way to being full.
struct Filling<'a> {
    read: &'a Read,
    size: &'a EventSize,
    limit: usize,
    page: Page,
    bytes: usize,
}

impl<'a> Filling<'a> {
    fn new(read: &'a Read, size: &'a EventSize) -> Self {
        let limit = read.limit.clamp(1, Read::MAX_LIMIT) as usize;
        let page = Page { position: read.after, ..Page::default() };
        Self { read, size, limit, page, bytes: 0 }
    }

    /// What comes next, up to a position, as far as the page has room and few enough partitions are needed. `None` if
    /// the range has events in a partition that was not named.
    async fn query(
        &self,
        connection: &mut PgConnection,
        mode: Mode,
        months: &Months,
        until: Position,
    ) -> sqlx::Result<Option<Portion>> {
        let after = self.page.position;
        let incarnation = self.page.incarnation;
        let mut window = months.window(connection, mode, incarnation, after, until).await?;
        // one more than there is room for, to know whether this is the end
        let left = self.limit - self.page.events.len() + 1;
        let asked = left.min(self.size.events_in(self.read.bytes));
        if after == self.read.after && self.read.filter == Filter::all() {
            // where it is full unless positions are missing, in which case the rest is looked for further on
            let full = Position::new(after.get().saturating_add(left as u64));
            window = Arc::new(window.up_to(full));
        }
        let until = until.min(window.last());
        let mut part = Part { reaches: until, ..Part::default() };
        let mut names = window.months.chunks(AT_ONCE);
        let mut named = names.next().unwrap_or_default();
        loop {
            let spans = window.spans(named).filter(|_| !months.are_needed_often(named));
            let tables = Tables { months: named, spans };
            let query = select(mode, &self.read.filter, after, until, asked, &window, tables);
            if !part.read(query, connection, asked, self).await? {
                return Ok(None);
            }
            match names.next() {
                Some(next) => named = next,
                None => break,
            }
        }
        Ok(Some(self.portion(part, until)))
    }

    /// As much of what was read as the page has room for.
    fn portion(&self, mut part: Part, until: Position) -> Portion {
        part.events.retain(|event| event.position <= part.reaches);
        // what moved to the archive between two queries is in both
        part.events.sort_by_key(|event| event.position);
        part.events.dedup_by_key(|event| event.position);
        let mut portion = Portion {
            until: part.reaches,
            bytes: self.bytes,
            incarnation: part.incarnation,
            ..Portion::default()
        };
        for event in part.events {
            portion.push(event, self);
            if portion.full {
                break;
            }
        }
        if portion.full {
            let newest = portion.events.last().or(self.page.events.last());
            portion.until = newest.map_or(until, |event| event.position);
        }
        portion
    }

    /// Returns whether the page is full.
    fn take(&mut self, portion: Portion) -> bool {
        self.page.events.extend(portion.events);
        self.page.position = portion.until;
        self.bytes = portion.bytes;
        self.size.learn(self.page.events.len(), self.bytes);
        portion.full
    }

    /// The page, which reaches no further than what no crash takes back.
    fn finish(mut self, tail: &Tail) -> Page {
        let last = self.page.events.last().map(|event| event.position);
        if let Some(last) = last {
            tail.saw(self.page.incarnation, last);
        }
        let durable = self.page.position.min(tail.known().durable);
        self.page.position = durable.max(last.unwrap_or(self.read.after));
        self.page
    }
}

/// What the partitions of a window have.
#[derive(Default)]
struct Part {
    events: Vec<RecordedEvent>,
    /// How far it is complete: less where the limit of a query or of bytes was met.
    reaches: Position,
    incarnation: Option<Option<Incarnation>>,
}

impl Part {
    /// Adds the answer of a query. `false` if there may be events in partitions that it did not name.
    async fn read(
        &mut self,
        query: Query<'static, Postgres, PgArguments>,
        connection: &mut PgConnection,
        asked: usize,
        filling: &Filling<'_>,
    ) -> sqlx::Result<bool> {
        let mut rows = query.fetch(connection);
        let mut reader = RowReader::default();
        let (mut found, mut bytes) = (0, filling.bytes);
        let mut complete = true;
        let mut ended = false;
        // to the last row, so that the connection is free for the next call
        while let Some(row) = rows.try_next().await? {
            if found == 0 {
                let id: Option<Uuid> = row.try_get(INCARNATION)?;
                self.incarnation = Some(id.map(Incarnation::new));
                complete = !row.try_get::<bool, _>(MISSING)?;
            }
            if row.try_get::<Option<i64>, _>(0)?.is_none() {
                continue;
            }
            found += 1;
            if complete && !ended {
                let event = reader.event(&row)?;
                bytes += event.bytes();
                // one event more than there is room for tells that the page is full
                ended = found == asked || bytes > filling.read.bytes;
                if ended {
                    self.reaches = self.reaches.min(event.position);
                }
                self.events.push(event);
            }
        }
        Ok(complete)
    }
}

/// What one query adds to a page.
#[derive(Default)]
struct Portion {
    events: Vec<RecordedEvent>,
    /// The bytes of the page with these events.
    bytes: usize,
    /// How far it reaches.
    until: Position,
    /// Whether there was more than the page has room for.
    full: bool,
    /// The incarnation of the log that it was read in, if there was any event.
    incarnation: Option<Option<Incarnation>>,
}

impl Portion {
    fn push(&mut self, event: RecordedEvent, filling: &Filling<'_>) {
        let count = filling.page.events.len() + self.events.len();
        let bytes = self.bytes + event.bytes();
        self.full = count == filling.limit || count > 0 && bytes > filling.read.bytes;
        if !self.full {
            self.bytes = bytes;
            self.events.push(event);
        }
    }
}

/// The newest event at or below a position. One query.
pub(crate) async fn newest(database: &Database, until: Position) -> Result<Option<Anchor>> {
    let row = database
        .run(async |connection, mode| {
            mode.query("SELECT event_sequence, event_id FROM aether_newest($1)")
                .bind(i64::try_from(until.get()).unwrap_or(i64::MAX))
                .fetch_one(connection)
                .await
        })
        .await?;
    anchor(&row, 0).map_err(read_error)
}

/// An anchor in a row: its position and its id, from a column on.
pub(crate) fn anchor(row: &PgRow, first: usize) -> sqlx::Result<Option<Anchor>> {
    let (position, id) = (row.try_get::<Option<i64>, _>(first)?, row.try_get(first + 1)?);
    Ok(position.zip(id).map(|(position, id)| Anchor {
        position: Position::new(position.cast_unsigned()),
        event_id: EventId::new(id),
    }))
}

/// The partitions that a query is about: in its text, or given to a function together with what is known of where their
/// events are.
struct Tables<'a> {
    months: &'a [Month],
    spans: Option<Vec<&'a RangeInclusive<i64>>>,
}

/// Events between two positions, up to a limit, that are in these partitions, in the DEFAULT partition or in the
/// archive; and whether there may be others, in partitions that the window does not know.
fn select(
    mode: Mode,
    filter: &Filter,
    after: Position,
    until: Position,
    limit: usize,
    window: &Window,
    tables: Tables<'_>,
) -> Query<'static, Postgres, PgArguments> {
    let Filter { event_types, aggregate_types, aggregate_ids, correlation_id, slices } = filter;
    let mut conditions = String::new();
    let mut next = 8;
    // the parameter of a condition, or NULL
    let mut condition = |wanted: bool, text: &str| {
        if !wanted {
            return "NULL".to_owned();
        }
        let parameter = format!("${next}");
        conditions.push_str(&text.replace('?', &parameter));
        next += 1;
        parameter
    };
    let parameters = [
        condition(!event_types.is_empty(), " AND e.event_type = ANY (?::varchar[])"),
        condition(!aggregate_types.is_empty(), " AND e.aggregate_type = ANY (?::varchar[])"),
        condition(!aggregate_ids.is_empty(), " AND e.aggregate_id = ANY (?)"),
        condition(correlation_id.is_some(), " AND e.metadata->>'correlationId' = ?"),
        condition(slices.is_some(), " AND e.slice BETWEEN (?::int[])[1] AND (?::int[])[2]"),
    ];
    let Tables { months: named, spans } = tables;
    let spans = spans.filter(|spans| !spans.is_empty());
    let months = if spans.is_some() {
        let of_tables = format!("${}, ${}, ${}", next, next + 1, next + 2);
        let filters = parameters.join(", ");
        format!(
            " UNION ALL SELECT {COLUMNS}, e.slice
              FROM aether_page_of({of_tables}, $1, $2, $3, {filters}) AS e"
        )
    } else {
        let each =
            |month: &Month| format!(" UNION ALL SELECT {COLUMNS}, e.slice FROM {month} AS e");
        named.iter().map(each).collect()
    };
    let sql = include_str!("sql/page.sql")
        .replace("{columns}", COLUMNS)
        .replace("{months}", &months)
        .replace("{conditions}", &conditions);
    let unsettled = window.unsettled(after, until);
    let known: Vec<String> = window.months.iter().map(Month::to_string).collect();

    let texts =
        |names: &[aether_core::log::Name]| names.iter().map(|n| n.to_string()).collect::<Vec<_>>();
    let mut query = mode
        .assembled(sql)
        .bind(after.get().cast_signed())
        .bind(i64::try_from(until.get()).unwrap_or(i64::MAX))
        .bind(limit as i64)
        .bind(*unsettled.start())
        .bind(*unsettled.end())
        .bind(known)
        .bind(window.any);
    if !event_types.is_empty() {
        query = query.bind(texts(event_types));
    }
    if !aggregate_types.is_empty() {
        query = query.bind(texts(aggregate_types));
    }
    if !aggregate_ids.is_empty() {
        query = query.bind(aggregate_ids.iter().map(|id| id.as_uuid()).collect::<Vec<_>>());
    }
    if let Some(id) = correlation_id {
        query = query.bind(id.to_string());
    }
    if let Some(slices) = slices {
        query = query.bind(vec![i32::from(*slices.start()), i32::from(*slices.end())]);
    }
    if let Some(spans) = spans {
        query = query
            .bind(named.iter().map(Month::to_string).collect::<Vec<_>>())
            .bind(spans.iter().map(|span| *span.start()).collect::<Vec<_>>())
            .bind(spans.iter().map(|span| *span.end()).collect::<Vec<_>>());
    }
    query
}
