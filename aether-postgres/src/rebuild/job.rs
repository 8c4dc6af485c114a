//! What the parts of a rebuild work with.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::backend::EventStore;
use aether_core::log::{Page, Read};
use aether_core::projection::Handler;
use aether_core::{Error as CoreError, Filter, Position, RecordedEvent};

use crate::database::Database;
use crate::error::Error;
use crate::reader::{self, EventSize};
use crate::tx::PgTx;

use super::shadow::{Rebuilt, Shadow};
use super::state;

/// What is rebuilt, from where and to where.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) log: Log,
    /// Of the read models.
    pub(super) database: Database,
    pub(super) projections: Vec<Rebuilt>,
    pub(super) shadow: Shadow,
    pub(super) tuning: Tuning,
    pub(super) epoch: u64,
}

/// Tuning for a rebuild.
#[derive(Debug, Clone)]
pub(super) struct Tuning {
    pub(super) lease: Duration,
    pub(super) lock_patience: Duration,
    pub(super) reader_patience: Duration,
}

impl Job {
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.projections.iter().map(|it| it.handler.name()).collect()
    }

    /// How many events are read at once: the smallest batch of the projections.
    pub(super) fn batch_size(&self) -> u32 {
        let sizes = self.projections.iter().map(|it| it.handler.settings().batch_size);
        sizes.min().unwrap_or(1)
    }

    /// For how long what is away is waited for: the longest patience of the projections.
    pub(super) fn patience(&self) -> Duration {
        let patience = self.projections.iter().map(|it| it.handler.settings().patience);
        patience.max().unwrap_or_default()
    }

    /// What at least one of the projections wants, and perhaps more.
    pub(super) fn filter(&self) -> Filter {
        let filters: Vec<_> = self.projections.iter().map(|it| it.handler.filter()).collect();
        let Some(first) = filters.first() else { return Filter::all() };
        if filters.iter().all(|filter| filter == first) {
            return first.clone();
        }
        let types = |filter: &Filter| Filter::all().event_types(filter.event_types.clone());
        let kinds = |filter: &Filter| Filter::all().aggregate_types(filter.aggregate_types.clone());
        let mut union = Filter::all();
        if filters.iter().all(|filter| !filter.event_types.is_empty() && *filter == types(filter)) {
            union.event_types = filters.into_iter().flat_map(|filter| filter.event_types).collect();
        } else if filters
            .iter()
            .all(|filter| !filter.aggregate_types.is_empty() && *filter == kinds(filter))
        {
            union.aggregate_types =
                filters.into_iter().flat_map(|filter| filter.aggregate_types).collect();
        }
        union
    }
}

/// When a patience is at its end. A year is for ever, and never overflows.
pub(super) fn deadline(patience: Duration) -> Instant {
    const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    Instant::now() + patience.min(FOR_EVER)
}

/// The events of a batch that are for one projection.
pub(super) fn wanted(
    events: &[RecordedEvent],
    projection: &Handler<PgTx>,
    after: Position,
) -> Vec<RecordedEvent> {
    let filter = projection.filter();
    let wanted = |event: &&RecordedEvent| event.position > after && filter.matches(event);
    events.iter().filter(wanted).cloned().collect()
}

/// The log that a rebuild reads.
#[derive(Clone)]
pub(super) struct Log {
    pub(super) store: Arc<dyn EventStore>,
    /// Whether it is in the database of the read models.
    pub(super) is_here: bool,
    event_size: Arc<EventSize>,
}

impl Log {
    /// How long another store may be asked while tables are locked.
    const LIMIT: Duration = Duration::from_secs(1);

    pub(super) fn of(store: Arc<dyn EventStore>, is_here: bool) -> Self {
        Self { store, is_here, event_size: Arc::default() }
    }

    /// How far the log can be read now, asked while a transaction holds locks.
    pub(super) async fn end_within(
        &self,
        tx: &mut PgTx,
        database: &Database,
    ) -> Result<Position, Error> {
        if self.is_here {
            let query = database.mode.query("SELECT horizon FROM aether_horizon()");
            return Ok(state::position(&query.fetch_one(&mut **tx).await?, 0)?);
        }
        match tokio::time::timeout(Self::LIMIT, self.store.end()).await {
            Ok(end) => Ok(end?),
            Err(late) => Err(CoreError::Timeout { source: late.into() }.into()),
        }
    }

    /// Reads while a transaction holds locks: through its own connection where the log is there. Those who
    /// wait for the locks may have all the others.
    pub(super) async fn read_within(
        &self,
        tx: &mut PgTx,
        database: &Database,
        read: &Read,
    ) -> Result<Page, Error> {
        if self.is_here {
            return Ok(reader::read_in(tx, database.mode, &self.event_size, read).await?);
        }
        match tokio::time::timeout(Self::LIMIT, self.store.read(read.clone())).await {
            Ok(page) => Ok(page?),
            Err(late) => Err(CoreError::Timeout { source: late.into() }.into()),
        }
    }
}
