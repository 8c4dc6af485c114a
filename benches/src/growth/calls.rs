//! The calls that are measured, and the logs that they are made on.

use std::fmt;
use std::time::{Duration, Instant};

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, Load, Read, StreamId};
use aether_core::{Position, RecordedEvent};
use aether_postgres::PgStore;
use aether_servers::Database;
use anyhow::{Context as _, Result, ensure};
use chrono::Utc;
use futures::TryStreamExt as _;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::layout::{Layout, deposit, months};
use crate::server::{Server, pool};

/// How many events a page has.
const PAGE: u32 = 100;

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Call {
    /// A stream of twenty events, any of the log.
    Load,
    /// A hundred events, from any place of the log on.
    Page,
    /// What became of a batch of twenty events whose reply was lost, any of the log.
    Resolve,
    /// The newest event.
    Newest,
    /// One event, in a new stream.
    Append,
}

impl Call {
    pub(super) const ALL: [Self; 5] =
        [Self::Load, Self::Page, Self::Resolve, Self::Newest, Self::Append];
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Load => "load",
            Self::Page => "page",
            Self::Resolve => "resolve",
            Self::Newest => "newest",
            Self::Append => "append",
        })
    }
}

/// A log with `count` monthly partitions.
pub(super) struct Log {
    store: PgStore,
    pool: PgPool,
    streams: Vec<Vec<RecordedEvent>>,
    /// The position of the last event that it had at first.
    end: Position,
    _database: Database,
}

impl Log {
    pub(super) async fn prepare(server: &Server, layout: Layout, count: u32) -> Result<Self> {
        let database = server.database().await?;
        let pool = pool(&database, 4).await?;
        let store = PgStore::builder().build(pool.clone());
        let months = months(count)?;
        for month in &months {
            store.ensure_partition(*month).await?;
        }
        let spare =
            sqlx::query_scalar("SELECT count(*) FROM aether_partitions() WHERE starts IS NOT NULL");
        let found: i64 = spare.fetch_one(&pool).await?;
        ensure!(found == i64::from(count), "{found} months have partitions, not {count}");
        let events = layout.events(&months)?;
        store.import(futures::stream::iter(events), 50_000).await?;
        sqlx::raw_sql("VACUUM ANALYZE").execute(&pool).await?;
        let mut streams: Vec<Vec<RecordedEvent>> = Vec::new();
        let mut end = Position::START;
        loop {
            let page = store.read(Read::all().after(end).limit(Read::MAX_LIMIT)).await?;
            end = page.position;
            for event in page.events {
                match streams.last_mut() {
                    Some(stream) if event.version.get() > 1 => stream.push(event),
                    _ => streams.push(vec![event]),
                }
            }
            if page.caught_up {
                break;
            }
        }
        Ok(Self { store, pool, streams, end, _database: database })
    }

    /// How long a call takes. Which stream or place it is for, the turn says: all logs are gone through evenly.
    pub(super) async fn time(&self, call: Call, turn: usize) -> Result<Duration> {
        // the golden section spreads the turns
        let share = (turn as f64 * 0.618_033_988_749_895).fract();
        let place = (share * self.streams.len() as f64) as usize;
        let events = self.streams.get(place).context("the log is empty")?;
        let stream = events.first().context("a stream is empty")?.stream().clone();
        match call {
            Call::Load => self.load(stream, events.len()).await,
            Call::Page => {
                let room = self.end.get().saturating_sub(u64::from(PAGE));
                self.page(Position::new((share * room as f64) as u64)).await
            }
            Call::Resolve => self.resolve(events).await,
            Call::Newest => self.newest().await,
            Call::Append => self.append().await,
        }
    }

    async fn load(&self, stream: StreamId, count: usize) -> Result<Duration> {
        let load = Load::stream(stream);
        let begun = Instant::now();
        let found = self.store.load(load).await?.events.len();
        let time = begun.elapsed();
        ensure!(found == count, "{found} events were loaded, not {count}");
        Ok(time)
    }

    async fn page(&self, after: Position) -> Result<Duration> {
        let read = Read::all().after(after).limit(PAGE);
        let begun = Instant::now();
        let found = self.store.read(read).await?.events.len();
        let time = begun.elapsed();
        ensure!(found == PAGE as usize, "a page has {found} events, not {PAGE}");
        Ok(time)
    }

    async fn resolve(&self, events: &[RecordedEvent]) -> Result<Duration> {
        let ids: Vec<Uuid> = events.iter().map(|event| event.event_id.as_uuid()).collect();
        let streams: Vec<Uuid> =
            events.iter().take(1).map(|event| event.stream().aggregate_id.as_uuid()).collect();
        let from = events.iter().map(|event| event.timestamp).min().context("no events")?;
        let to = events.iter().map(|event| event.timestamp).max().context("no events")?;
        let sql = "SELECT event_id FROM aether_resolve_within(7, $1, $2, $3, $4)";
        let query = sqlx::query(sql).bind(streams).bind(ids).bind(from);
        let query = query.bind(to + chrono::Duration::seconds(1));
        let begun = Instant::now();
        let found = query.fetch(&self.pool).try_fold(0, async |count, _| Ok(count + 1)).await?;
        let time = begun.elapsed();
        ensure!(found == events.len(), "{found} events were resolved, not {}", events.len());
        Ok(time)
    }

    async fn newest(&self) -> Result<Duration> {
        let end = self.store.end().await?;
        let begun = Instant::now();
        let newest = self.store.newest(end).await?;
        let time = begun.elapsed();
        ensure!(newest.is_some(), "the log is empty");
        Ok(time)
    }

    async fn append(&self) -> Result<Duration> {
        let stream = StreamId::new("Chest", Uuid::now_v7());
        let append = Append::to(stream, ExpectedVersion::NoStream, vec![deposit(Utc::now())?]);
        let begun = Instant::now();
        self.store.append(append).await?;
        Ok(begun.elapsed())
    }

    pub(super) async fn close(self) {
        self.store.close().await;
        self.pool.close().await;
    }
}
