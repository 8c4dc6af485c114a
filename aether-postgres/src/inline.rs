//! Projections that run in the transaction of the append itself.

use std::time::Duration;

use aether_core::log::{Append, Appended, NewEvent, StreamId};
use aether_core::projection::Handler;
use aether_core::{BoxError, Error, Filter, Result};

use crate::batch;
use crate::database::{Database, Mode, Terms};
use crate::error::{Error as PgError, read_error, violated, write_error};
use crate::read_models::begin_error;
use crate::rows::{COLUMNS, RowReader};
use crate::tx::PgTx;

mod past;

pub(crate) use past::refused;

/// How often an append is tried when its transaction meets others (a deadlock, a serialisation failure).
const ATTEMPTS: u32 = 5;
/// For how long its transaction waits for a lock, and may stand still: all readers of the log wait for it.
const LIMIT: Duration = Duration::from_secs(5);

/// The projections that run inside of appends.
#[derive(Clone, Default)]
pub(crate) struct InlineProjections(Vec<Inline>);

#[derive(Clone)]
struct Inline {
    projection: Handler<PgTx>,
    /// The projection's, asked for once: every append looks at it.
    filter: Filter,
    /// Whether it can be given the events it listens to. Looked into once, too.
    fit: bool,
}

impl InlineProjections {
    pub(crate) fn push(&mut self, projection: Handler<PgTx>) {
        let filter = projection.filter();
        let fit = projection.check().is_ok();
        self.0.push(Inline { projection, filter, fit });
    }

    /// The projections.
    pub(crate) fn handlers(&self) -> impl Iterator<Item = &Handler<PgTx>> {
        self.0.iter().map(|inline| &inline.projection)
    }

    /// Looks whether each can be given the events it listens to.
    pub(crate) fn check(&self) -> Result<()> {
        self.0.iter().try_for_each(|inline| inline.projection.check())
    }

    /// Whether one of them listens to an event of this append.
    pub(crate) fn want(&self, append: &Append) -> bool {
        self.0.iter().any(|Inline { filter, .. }| {
            let mut writes = append.writes().iter();
            writes.any(|w| w.events.iter().any(|event| may_pass(filter, &w.stream, event)))
        })
    }

    /// Appends and projects in one transaction, apart from the batches of others: a handler that fails
    /// fails its own append only.
    pub(crate) async fn append(&self, database: &Database, append: &Append) -> Result<Appended> {
        let mut attempt = 1;
        loop {
            match self.try_append(database, append).await {
                Err(Error::Unavailable { .. } | Error::Timeout { .. }) if attempt < ATTEMPTS => {
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn try_append(&self, database: &Database, append: &Append) -> Result<Appended> {
        let mode = database.mode;
        let terms = Terms::DURABLE.idle(LIMIT).lock(LIMIT);
        let mut tx = database.begin_with(terms).await.map_err(begin_error)?;
        let appended = batch::store_one(&mut tx, mode, append).await?;
        if !appended.duplicate {
            self.project(&mut tx, mode, &appended).await?;
        }
        tx.commit().await.map_err(|error| self.commit_error(error))?;
        Ok(appended)
    }

    async fn project(&self, tx: &mut PgTx, mode: Mode, appended: &Appended) -> Result<()> {
        let positions = appended.writes.iter().flat_map(|write| &write.positions);
        let positions: Vec<_> = positions.map(|position| position.get().cast_signed()).collect();
        let sql = format!("SELECT {COLUMNS} FROM aether_events_at($1) AS e ORDER BY 1");
        let rows = mode.assembled(sql).bind(positions).fetch_all(&mut **tx).await;
        let events = rows.and_then(|rows| RowReader::events(&rows)).map_err(read_error)?;
        for Inline { projection, filter, fit } in &self.0 {
            let wanted: Vec<_> =
                events.iter().filter(|event| filter.matches(event)).cloned().collect();
            if wanted.is_empty() {
                continue;
            }
            if !fit {
                projection.check()?;
            }
            let decoded = projection.decode(&wanted);
            let decoded = decoded.map_err(|it| refusal(projection.name(), it.error))?;
            let projected = decoded.project(tx, Duration::MAX).await;
            projected.map_err(|source| refusal(projection.name(), source))?;
        }
        Ok(())
    }
}

impl InlineProjections {
    /// A constraint that is looked at only at the commit is one of the projections', whichever it is.
    fn commit_error(&self, error: sqlx::Error) -> Error {
        if violated(&error).is_none() {
            return write_error(error);
        }
        let names: Vec<_> = self.0.iter().map(|inline| inline.projection.name()).collect();
        refusal(&names.join(", "), error.into())
    }
}

impl std::fmt::Debug for InlineProjections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|inline| inline.projection.name())).finish()
    }
}

/// What an append is answered whose projection has failed. That other transactions were in the way says nothing
/// about it.
fn refusal(projection: &str, source: BoxError) -> Error {
    let constraint = violated(&*source);
    let source = match PgError::of_handler(source) {
        error if error.is_transient() => return error,
        Error::Backend { source } | Error::ModelMismatch { source } => source,
        error => error.into(),
    };
    Error::InlineProjection { projection: projection.to_owned(), constraint, source }
}

/// What can be told before the event is stored; the correlation is looked at afterwards.
fn may_pass(filter: &Filter, stream: &StreamId, event: &NewEvent) -> bool {
    let id = stream.aggregate_id;
    (filter.event_types.is_empty() || filter.event_types.contains(event.event_type()))
        && (filter.aggregate_types.is_empty()
            || filter.aggregate_types.contains(&stream.aggregate_type))
        && (filter.aggregate_ids.is_empty() || filter.aggregate_ids.contains(&id))
        && filter.slices.as_ref().is_none_or(|slices| slices.contains(&id.slice()))
}
