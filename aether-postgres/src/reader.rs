//! Reading the log.

use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::uuid::Uuid;
use aether_core::{
    Anchor, Error, EventId, Filter, Incarnation, Page, Position, Read, RecordedEvent, Result,
};
use futures::TryStreamExt as _;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Row as _};

use crate::database::{Database, Mode};
use crate::error::read_error;
use crate::rows::{COLUMNS, RowReader};
use crate::tail::{Known, LogEnd, Tail};

/// The column past those of an event.
const INCARNATION: usize = 11;

/// A page of the log. One query in the middle of it, more where events are larger than those of the last page; at
/// its end the horizon is asked for as well, and what it has uncovered is read too.
pub(crate) async fn read(database: &Database, tail: &Tail, read: Read) -> Result<Page> {
    loop {
        let known = tail.known();
        if let Some(page) = read_in_one_life(database, tail, &read, known).await? {
            return Ok(page);
        }
    }
}

/// As [`read`]; `None` if the log turned out to be in another incarnation than the one that `known` holds for.
async fn read_in_one_life(
    database: &Database,
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
            let portion = database
                .run(async |connection, mode| filling.query(connection, mode, until).await)
                .await?;
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

/// A position that the log does not have: a standby may only be late.
fn past_the_end(read: &Read, end: &LogEnd) -> Error {
    let (requested, last) = (read.after, end.last);
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
    while until > filling.page.position {
        let portion = filling.query(connection, mode, until).await?;
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
    /// How many events go into so many bytes, with room to spare.
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

    /// What comes next, up to a position, as far as the page has room.
    async fn query(
        &self,
        connection: &mut PgConnection,
        mode: Mode,
        until: Position,
    ) -> sqlx::Result<Portion> {
        // one more than there is room for, to know whether this is the end
        let left = self.limit - self.page.events.len() + 1;
        let asked = left.min(self.size.events_in(self.read.bytes));
        let query = select(mode, &self.read.filter, self.page.position, until, asked);
        let mut rows = query.fetch(connection);
        let mut reader = RowReader::default();
        let mut portion = Portion { until, bytes: self.bytes, ..Portion::default() };
        let mut found = 0;
        while let Some(row) = rows.try_next().await? {
            found += 1;
            if found == 1 {
                let id: Option<Uuid> = row.try_get(INCARNATION)?;
                portion.incarnation = Some(id.map(Incarnation::new));
            }
            // to the last row, so that the connection is free for the next call
            if !portion.full {
                portion.push(reader.event(&row)?, self);
            }
        }
        if portion.full || found == asked {
            let newest = portion.events.last().or(self.page.events.last());
            portion.until = newest.map_or(until, |event| event.position);
        }
        Ok(portion)
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

/// The newest event at or below a position. One query: the end of an index of each partition.
pub(crate) async fn newest(database: &Database, until: Position) -> Result<Option<Anchor>> {
    let sql = "SELECT event_sequence, event_id FROM aether_log WHERE event_sequence <= $1 \
               ORDER BY event_sequence DESC LIMIT 1";
    let row = database
        .run(async |connection, mode| {
            mode.query(sql).bind(until.get().cast_signed()).fetch_optional(connection).await
        })
        .await?;
    row.as_ref().map(|row| anchor(row, 0)).transpose().map(Option::flatten).map_err(read_error)
}

/// An anchor in a row: its position and its id, from a column on.
pub(crate) fn anchor(row: &PgRow, first: usize) -> sqlx::Result<Option<Anchor>> {
    let (position, id) = (row.try_get::<Option<i64>, _>(first)?, row.try_get(first + 1)?);
    Ok(position.zip(id).map(|(position, id)| Anchor {
        position: Position::new(position.cast_unsigned()),
        event_id: EventId::new(id),
    }))
}

/// Events between two positions, so many at most.
fn select(
    mode: Mode,
    filter: &Filter,
    after: Position,
    until: Position,
    limit: usize,
) -> Query<'static, Postgres, PgArguments> {
    let Filter { event_types, aggregate_types, aggregate_ids, correlation_id, slices } = filter;
    let mut sql = format!(
        "SELECT {COLUMNS}, (SELECT aether_incarnation()) FROM aether_log AS e \
         WHERE e.event_sequence > $1 AND e.event_sequence <= $2"
    );
    let mut next = 4;
    let mut condition = |wanted: bool, text: &str| {
        if wanted {
            sql.push_str(&text.replace('?', &format!("${next}")));
            next += 1;
        }
    };
    condition(!event_types.is_empty(), " AND e.event_type = ANY (?::varchar[])");
    condition(!aggregate_types.is_empty(), " AND e.aggregate_type = ANY (?::varchar[])");
    condition(!aggregate_ids.is_empty(), " AND e.aggregate_id = ANY (?)");
    condition(correlation_id.is_some(), " AND e.metadata->>'correlationId' = ?");
    condition(slices.is_some(), " AND e.slice BETWEEN (?::int[])[1] AND (?::int[])[2]");
    sql.push_str(" ORDER BY e.event_sequence LIMIT $3");

    let texts =
        |names: &[aether_core::Name]| names.iter().map(|n| n.to_string()).collect::<Vec<_>>();
    let mut query = mode
        .assembled(sql)
        .bind(after.get().cast_signed())
        .bind(until.get().cast_signed())
        .bind(limit as i64);
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
    query
}
