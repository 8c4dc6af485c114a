//! Reading the log.

use aether_core::{Anchor, Error, EventId, Filter, Page, Position, Read, Result};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

use crate::database::{Database, Mode};
use crate::error::read_error;
use crate::rows::{COLUMNS, RowReader};
use crate::tail::Tail;

/// A page of the log. One query in the middle of it; at its end the horizon is asked for as well, and
/// what it has uncovered is read too.
pub(crate) async fn read(database: &Database, tail: &Tail, read: Read) -> Result<Page> {
    let limit = read.limit.clamp(1, Read::MAX_LIMIT) as usize;
    let mut page = Page { events: Vec::new(), position: read.after, caught_up: false };
    let mut horizon = tail.known();
    let mut asked = false;
    loop {
        let until = read.until.min(horizon);
        if until > page.position {
            let (after, left) = (page.position, limit - page.events.len());
            let filter = &read.filter;
            // one more than asked for, to know whether this is the end
            let events = database
                .run(async |connection, mode| {
                    events(connection, mode, filter, after, until, left + 1).await
                })
                .await?;
            page.events.extend(events);
            if page.events.len() > limit {
                page.events.truncate(limit);
                page.position = page.events.last().map_or(after, |last| last.position);
                return Ok(page);
            }
            page.position = until;
        }
        if asked || until == read.until {
            page.caught_up = true;
            return Ok(page);
        }
        let (fresh, last) = tail.refresh().await?;
        if read.after > last {
            return Err(Error::PositionAhead { requested: read.after, last });
        }
        horizon = fresh.max(tail.known());
        asked = true;
        if page.events.len() == limit && horizon > until {
            // full, and there may be more
            return Ok(page);
        }
    }
}

/// A page of the log on a connection of the caller's, in its transaction, whose statements have to see what
/// is committed before each of them. Two queries.
pub(crate) async fn read_in(
    connection: &mut PgConnection,
    mode: Mode,
    read: &Read,
) -> sqlx::Result<Page> {
    let limit = read.limit.clamp(1, Read::MAX_LIMIT) as usize;
    let asked =
        mode.query("SELECT horizon FROM aether_horizon()").fetch_one(&mut *connection).await?;
    let horizon = Position::new(asked.try_get::<i64, _>(0)?.cast_unsigned());
    // the horizon first: what it lets a reader trust is seen by a later statement
    let until = read.until.min(horizon).max(read.after);
    let mut found = events(connection, mode, &read.filter, read.after, until, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let position = match found.last() {
        Some(last) if more => last.position,
        _ => until,
    };
    Ok(Page { events: found, position, caught_up: !more })
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

async fn events(
    connection: &mut PgConnection,
    mode: Mode,
    filter: &Filter,
    after: Position,
    until: Position,
    limit: usize,
) -> sqlx::Result<Vec<aether_core::RecordedEvent>> {
    let Filter { event_types, aggregate_types, aggregate_ids, correlation_id, slices } = filter;
    let mut sql = format!(
        "SELECT {COLUMNS} FROM aether_log AS e \
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
    RowReader::events(&query.fetch_all(connection).await?)
}
