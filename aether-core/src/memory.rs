//! The in-memory backend: for tests, examples and tools. Keeps every promise of the port but
//! durability.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

use crate::append::{Append, Appended, Write, Written};
use crate::coordination::Coordinator;
use crate::envelope::RecordedEvent;
use crate::error::{Error, Result};
use crate::ids::{
    AggregateId, Anchor, CommandFingerprint, CommandId, EventId, Incarnation, Name, Position,
    StreamId, Version,
};
use crate::limits::Limits;
use crate::ports::{Clock, Random as _, SystemClock, SystemRandom};
use crate::store::{
    CommandIds, EventStore, History, Load, LogIdentity, Page, Read, Snapshot, Snapshots, Until,
};

mod coordinator;
mod processes;
mod read_models;

pub use processes::{MemoryProcesses, ProcessTables};
pub use read_models::{MemoryReadModels, MemoryTx};

/// An event store in this process's memory. Cloning gives another handle on the same store.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use aether_core::backend::EventStore;
/// use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
/// use aether_core::memory::MemoryStore;
/// use aether_core::uuid::Uuid;
/// use aether_core::Json;
///
/// let store = MemoryStore::new();
/// let stream = StreamId::new("Chest", Uuid::from_u128(7));
/// let event = NewEvent::from_json(
///     "ChestOpened", Json::empty(), Uuid::from_u128(1).into(), "2026-01-01T00:00:00Z".parse()?,
/// );
/// let appended = store.append(Append::to(stream, ExpectedVersion::NoStream, vec![event])).await?;
/// assert_eq!(appended.writes[0].version.get(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Tells this store from all others.
    identity: u128,
    clock: Arc<dyn Clock>,
    limits: Limits,
    log: Mutex<Log>,
    /// The position of the last event; waiting readers watch it.
    end: watch::Sender<Position>,
    closed: watch::Sender<bool>,
    coordinator: Arc<coordinator::MemoryCoordinator>,
}

#[derive(Debug, Default)]
struct Log {
    /// All events; the one at position `p` has index `p - 1`.
    events: Vec<RecordedEvent>,
    streams: HashMap<AggregateId, Stream>,
    /// Per aggregate, oldest first.
    snapshots: HashMap<AggregateId, Vec<Snapshot>>,
    commands: HashMap<CommandId, Command>,
}

/// What is kept under a command id.
#[derive(Debug)]
struct Command {
    fingerprint: Option<CommandFingerprint>,
    /// The first result; `None` where the id was used up without one.
    first: Option<Appended>,
}

#[derive(Debug)]
struct Stream {
    aggregate_type: Name,
    /// Where its events are in the log.
    indexes: Vec<usize>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::with(SystemClock, Limits::default())
    }

    /// An empty store with a clock of its own and other limits.
    #[must_use]
    pub fn with(clock: impl Clock, limits: Limits) -> Self {
        let shared = Shared {
            identity: SystemRandom.next(),
            clock: Arc::new(clock),
            limits,
            log: Mutex::default(),
            end: watch::Sender::new(Position::START),
            closed: watch::Sender::new(false),
            coordinator: Arc::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        // every change below is made in one go after all checks: a panic leaves nothing half done
        self.shared.log.lock()
    }

    fn check_open(&self) -> Result<()> {
        if *self.shared.closed.borrow() { Err(Error::Closed) } else { Ok(()) }
    }
}

#[async_trait]
impl EventStore for MemoryStore {
    async fn append(&self, append: Append) -> Result<Appended> {
        append.check(&self.shared.limits)?;
        if append.is_empty() {
            return Ok(Appended::default());
        }
        let append = append.into_kept()?;
        let mut log = self.log();
        // under the lock: what comes after `close` has returned is not stored
        self.check_open()?;
        let appended = log.append(append, self.shared.clock.as_ref())?;
        let end = log.end();
        drop(log);
        self.shared.end.send_if_modified(|known| {
            let rose = end > *known;
            *known = end.max(*known);
            rose
        });
        Ok(appended)
    }

    async fn load(&self, load: Load) -> Result<History> {
        let until = load.until.kept();
        self.log().load(&load.until(until))
    }

    async fn read(&self, read: Read) -> Result<Page> {
        read.filter.check()?;
        self.log().read(&read)
    }

    async fn wait(&self, after: Position) -> Result<Position> {
        let (mut end, mut closed) = (self.shared.end.subscribe(), self.shared.closed.subscribe());
        tokio::select! {
            biased;
            reached = end.wait_for(|end| *end > after) => reached.map(|end| *end),
            _ = closed.wait_for(|closed| *closed) => return Err(Error::Closed),
        }
        .map_err(|_| Error::Closed)
    }

    async fn end(&self) -> Result<Position> {
        Ok(self.log().end())
    }

    async fn newest(&self, until: Position) -> Result<Option<Anchor>> {
        Ok(self.log().newest(until))
    }

    fn coordinator(&self) -> Arc<dyn Coordinator> {
        self.shared.coordinator.clone()
    }

    async fn close(&self) {
        // appends that have the log finish first
        let _log = self.log();
        self.shared.closed.send_replace(true);
    }
}

#[async_trait]
impl LogIdentity for MemoryStore {
    /// Memory has no backups.
    async fn database(&self) -> Result<Option<String>> {
        Ok(None)
    }

    /// It begins empty with each process.
    fn incarnation(&self) -> Option<Incarnation> {
        None
    }

    async fn identity(&self) -> Result<Option<String>> {
        Ok(Some(format!("memory/{:x}", self.shared.identity)))
    }
}

#[async_trait]
impl Snapshots for MemoryStore {
    async fn save_snapshot(&self, mut snapshot: Snapshot, keep: u32) -> Result<()> {
        snapshot.created_at = Limits::stored_time(snapshot.created_at)?;
        let mut log = self.log();
        let known = snapshot.last_event;
        if known.is_some_and(|id| !log.has_event(&snapshot.stream, snapshot.version, id)) {
            return Ok(());
        }
        let kept = log.snapshots.entry(snapshot.stream.aggregate_id).or_default();
        let same = |old: &Snapshot| {
            old.version == snapshot.version && old.fingerprint == snapshot.fingerprint
        };
        if !kept.iter().any(same) {
            kept.push(snapshot);
            kept.sort_by_key(|snapshot| snapshot.version);
        }
        let surplus = kept.len().saturating_sub(keep.max(1) as usize);
        kept.drain(..surplus);
        Ok(())
    }
}

#[async_trait]
impl CommandIds for MemoryStore {
    async fn find_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        let log = self.log();
        Ok(log.command(id, fingerprint)?.and_then(|known| known.first.clone()))
    }

    async fn void_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        let mut log = self.log();
        if let Some(known) = log.command(id, fingerprint)? {
            return Ok(known.first.clone());
        }
        log.commands.insert(id, Command { fingerprint, first: None });
        Ok(None)
    }
}

impl Log {
    fn end(&self) -> Position {
        Position::new(self.events.len() as u64)
    }

    fn newest(&self, until: Position) -> Option<Anchor> {
        let until = usize::try_from(until.get()).unwrap_or(usize::MAX).min(self.events.len());
        self.events[..until].last().map(RecordedEvent::anchor)
    }

    /// What is kept under a command id, if the same was asked for.
    fn command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<&Command>> {
        let known = self.commands.get(&id);
        if known.is_some_and(|it| CommandFingerprint::differ(it.fingerprint, fingerprint)) {
            return Err(Error::CommandMismatch { id });
        }
        Ok(known)
    }

    fn append(&mut self, append: Append, clock: &dyn Clock) -> Result<Appended> {
        if let Some(id) = append.command_id()
            && let Some(known) = self.command(id, append.fingerprint())?
        {
            let first = known.first.clone().ok_or(Error::CommandVoided { id })?;
            return Ok(Appended { duplicate: true, ..first });
        }
        let versions = self.decide(append.writes())?;
        let recorded_at = Limits::microseconds(clock.now());
        let writes = append
            .writes()
            .iter()
            .zip(versions)
            .map(|(write, version)| self.store(write, version, recorded_at))
            .collect();
        let appended = Appended { writes, duplicate: false };
        if let Some(id) = append.command_id() {
            let fingerprint = append.fingerprint();
            self.commands.insert(id, Command { fingerprint, first: Some(appended.clone()) });
        }
        Ok(appended)
    }

    /// Each write's version before it, if all expectations hold. Changes nothing.
    fn decide(&self, writes: &[Write]) -> Result<Vec<Version>> {
        let mut heads: HashMap<AggregateId, (Name, Version)> = HashMap::new();
        let mut versions = Vec::with_capacity(writes.len());
        for write in writes {
            let id = write.stream.aggregate_id;
            let (aggregate_type, version) = heads.entry(id).or_insert_with(|| {
                self.streams.get(&id).map_or_else(
                    || (write.stream.aggregate_type.clone(), Version::ZERO),
                    |stream| (stream.aggregate_type.clone(), stream.version()),
                )
            });
            if *aggregate_type != write.stream.aggregate_type {
                return Err(write.type_mismatch(aggregate_type.clone()));
            }
            let known = write.expected.last_event();
            let other = known.is_some_and(|id| !self.has_event(&write.stream, *version, id));
            if !write.expected.is_met_by(*version) || other {
                return Err(write.conflict(*version));
            }
            versions.push(*version);
            let count = u32::try_from(write.events.len()).unwrap_or(u32::MAX);
            if count > Version::MAX.get() - version.get() {
                return Err(write.version_overflow());
            }
            *version = version.plus(count);
        }
        Ok(versions)
    }

    /// Whether the event of a stream at a version is this one.
    fn has_event(&self, stream: &StreamId, version: Version, id: EventId) -> bool {
        let stream = self.streams.get(&stream.aggregate_id);
        let index =
            stream.and_then(|stream| stream.indexes.get(version.get().checked_sub(1)? as usize));
        index.is_some_and(|&index| self.events[index].event_id == id)
    }

    fn store(
        &mut self,
        write: &Write,
        before: Version,
        recorded_at: chrono::DateTime<chrono::Utc>,
    ) -> Written {
        let mut version = before;
        let mut positions = Vec::with_capacity(write.events.len());
        for event in &write.events {
            version = version.plus(1);
            let position = Position::new(self.events.len() as u64 + 1);
            positions.push(position);
            self.streams
                .entry(write.stream.aggregate_id)
                .or_insert_with(|| Stream {
                    aggregate_type: write.stream.aggregate_type.clone(),
                    indexes: Vec::new(),
                })
                .indexes
                .push(self.events.len());
            self.events.push(RecordedEvent {
                event_type: event.event_type().clone(),
                event_id: event.event_id(),
                timestamp: event.timestamp(),
                aggregate_id: write.stream.aggregate_id,
                aggregate_type: write.stream.aggregate_type.clone(),
                version,
                payload: event.payload().clone(),
                metadata: event.metadata().clone(),
                position,
                schema_version: event.schema_version(),
                recorded_at,
            });
        }
        Written { stream: write.stream.clone(), version, positions }
    }

    fn load(&self, load: &Load) -> Result<History> {
        let id = load.stream.aggregate_id;
        let Some(stream) = self.streams.get(&id) else {
            return match load.until {
                Until::Version(requested) if requested > Version::ZERO => {
                    Err(version_ahead(load, requested, Version::ZERO))
                }
                _ => Ok(History::default()),
            };
        };
        if stream.aggregate_type != load.stream.aggregate_type {
            return Err(Error::TypeMismatch {
                aggregate_id: id,
                requested: load.stream.aggregate_type.clone(),
                actual: stream.aggregate_type.clone(),
            });
        }
        let last = match load.until {
            Until::Now => stream.version(),
            Until::Version(requested) if requested > stream.version() => {
                return Err(version_ahead(load, requested, stream.version()));
            }
            Until::Version(requested) => requested,
            Until::Time(time) => stream
                .indexes
                .iter()
                .rposition(|&index| self.events[index].timestamp <= time)
                .map_or(Version::ZERO, |index| Version::new(index as u32 + 1)),
        };
        let snapshot = load.snapshot.and_then(|fingerprint| {
            let fits = |snapshot: &&Snapshot| {
                snapshot.fingerprint == fingerprint
                    && snapshot.version > load.after
                    && snapshot.version <= last
            };
            self.snapshots.get(&id)?.iter().rev().find(fits).cloned()
        });
        let after = snapshot.as_ref().map_or(load.after, |snapshot| snapshot.version);
        let range = after.get() as usize..(last.get() as usize).max(after.get() as usize);
        let events = stream.indexes.get(range).unwrap_or_default();
        let events = events.iter().map(|&index| self.events[index].clone()).collect();
        Ok(History { snapshot, events, head: stream.version(), end: last })
    }

    fn read(&self, read: &Read) -> Result<Page> {
        let end = self.end();
        if read.after > end {
            return Err(Error::PositionAhead { requested: read.after, last: end });
        }
        let last = read.until.min(end);
        let limit = read.limit.clamp(1, Read::MAX_LIMIT) as usize;
        let from = read.after.get() as usize;
        let mut page = Page { position: read.after.max(last), caught_up: true, ..Page::default() };
        let mut bytes = 0;
        for event in self.events[from..(last.get() as usize).max(from)].iter() {
            if !read.filter.matches(event) {
                continue;
            }
            bytes += event.bytes();
            if let Some(newest) = page.events.last()
                && (page.events.len() == limit || bytes > read.bytes)
            {
                page.position = newest.position;
                page.caught_up = false;
                break;
            }
            page.events.push(event.clone());
        }
        Ok(page)
    }
}

impl Stream {
    fn version(&self) -> Version {
        Version::new(u32::try_from(self.indexes.len()).unwrap_or(u32::MAX))
    }
}

fn version_ahead(load: &Load, requested: Version, actual: Version) -> Error {
    Error::VersionAhead { stream: load.stream.clone(), requested, actual }
}
