//! The suite tried on itself: a store whose transactions draw numbers early and commit late keeps
//! every promise when its readers stop before open transactions, and is caught when they do not.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use aether_core::backend::{CommandIds, EventStore, LogIdentity, Snapshots, forward};
use aether_core::command::CommandFingerprint;
use aether_core::log::{Anchor, Append, Appended, History, Load, Page, Read};
use aether_core::memory::MemoryStore;
use aether_core::{CommandId, Error, Position, RecordedEvent, Result};
use async_trait::async_trait;
use futures::FutureExt as _;
use tokio::sync::watch;

use super::{Backend, SlowAppend, Stage};

/// An in-memory store that numbers its events as a database sequence does: drawn before the commit,
/// never given back.
#[derive(Clone)]
struct Sequenced {
    inner: MemoryStore,
    numbers: Arc<Mutex<Numbers>>,
    changed: watch::Sender<()>,
    /// Whether readers look out for transactions that are still open.
    careful: bool,
}

#[derive(Default)]
struct Numbers {
    /// The last number drawn.
    last: u64,
    /// The number of each event, in the order of the inner store's log.
    given: Vec<u64>,
    /// For each open transaction, the last number that was drawn before its own.
    open: BTreeSet<u64>,
}

impl Sequenced {
    fn new(careful: bool) -> Self {
        let changed = watch::Sender::new(());
        Self { inner: MemoryStore::new(), numbers: Arc::default(), changed, careful }
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().expect("no promise panics in here")
    }

    fn commit(&self, numbers: &mut Numbers, append: Append, drawn: Vec<u64>) -> Result<Appended> {
        let answer = self.inner.append(append).now_or_never().expect("memory does not wait")?;
        if !answer.duplicate {
            let count: usize = answer.writes.iter().map(|write| write.positions.len()).sum();
            numbers.given.extend(&drawn[..count]);
        }
        Ok(numbers.translate(answer))
    }

    fn begin(&self, append: Append) -> Box<dyn SlowAppend> {
        let mut numbers = self.numbers();
        let lock = numbers.last;
        let drawn = numbers.draw(append.event_count() + 1);
        numbers.open.insert(lock);
        Box::new(Slow { store: self.clone(), lock, pending: Some((append, drawn)) })
    }

    fn page(&self, read: &Read) -> Result<Page> {
        read.filter.check()?;
        let numbers = self.numbers();
        if read.after.get() > numbers.last {
            let last = Position::new(numbers.last);
            return Err(Error::PositionAhead { requested: read.after, last });
        }
        let upper = read.until.min(self.horizon(&numbers));
        let mut events = self.everything();
        for event in &mut events {
            event.position = numbers.of(event.position);
        }
        events.retain(|event| event.position > read.after && event.position <= upper);
        events.retain(|event| read.filter.matches(event));
        events.sort_by_key(|event| event.position);
        let limit = read.limit.clamp(1, Read::MAX_LIMIT) as usize;
        let mut bytes = 0;
        let within = |event: &&RecordedEvent| {
            bytes += event.bytes();
            bytes <= read.bytes
        };
        let fitting = events.iter().take(limit).take_while(within).count().max(1);
        let caught_up = events.len() <= fitting;
        events.truncate(fitting);
        let position = match events.last() {
            Some(last) if !caught_up => last.position,
            _ => read.after.max(upper),
        };
        Ok(Page { events, position, caught_up, incarnation: None })
    }

    fn everything(&self) -> Vec<RecordedEvent> {
        let mut events = Vec::new();
        loop {
            let after = Position::new(events.len() as u64);
            let read = self.inner.read(Read::all().after(after).limit(Read::MAX_LIMIT));
            let page = read.now_or_never().expect("memory does not wait").expect("it can read");
            events.extend(page.events);
            if page.caught_up {
                return events;
            }
        }
    }

    /// How far readers may go.
    fn horizon(&self, numbers: &Numbers) -> Position {
        let open = numbers.open.first().filter(|_| self.careful);
        Position::new(*open.unwrap_or(&numbers.last))
    }
}

impl Numbers {
    fn draw(&mut self, count: usize) -> Vec<u64> {
        let first = self.last + 1;
        self.last += count as u64;
        (first..=self.last).collect()
    }

    fn of(&self, inner: Position) -> Position {
        Position::new(self.given[inner.get() as usize - 1])
    }

    fn translate(&self, mut appended: Appended) -> Appended {
        for position in appended.writes.iter_mut().flat_map(|write| &mut write.positions) {
            *position = self.of(*position);
        }
        appended
    }
}

#[async_trait]
impl EventStore for Sequenced {
    forward! { |self| self.inner; coordinator, close }

    async fn append(&self, append: Append) -> Result<Appended> {
        let answer = {
            let mut numbers = self.numbers();
            // one more than it needs: there are gaps everywhere
            let drawn = numbers.draw(append.event_count() + 1);
            self.commit(&mut numbers, append, drawn)
        };
        self.changed.send_replace(());
        answer
    }

    async fn load(&self, load: Load) -> Result<History> {
        let mut history = self.inner.load(load).await?;
        let numbers = self.numbers();
        for event in &mut history.events {
            event.position = numbers.of(event.position);
        }
        Ok(history)
    }

    async fn read(&self, read: Read) -> Result<Page> {
        self.page(&read)
    }

    async fn wait(&self, after: Position) -> Result<Position> {
        let mut changes = self.changed.subscribe();
        loop {
            let horizon = self.horizon(&self.numbers());
            if horizon > after {
                return Ok(horizon);
            }
            tokio::select! {
                _ = changes.changed() => {}
                closed = self.inner.wait(Position::END) => return closed,
            }
        }
    }

    async fn end(&self) -> Result<Position> {
        Ok(self.horizon(&self.numbers()))
    }

    async fn newest(&self, until: Position) -> Result<Option<Anchor>> {
        let page = self.page(&Read::all().until(until).limit(Read::MAX_LIMIT))?;
        Ok(page.events.last().map(RecordedEvent::anchor))
    }
}

impl LogIdentity for Sequenced {
    forward! { |self| self.inner; database, incarnation, identity }
}

impl Snapshots for Sequenced {
    forward! { |self| self.inner; save_snapshot }
}

#[async_trait]
impl CommandIds for Sequenced {
    async fn find_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        let found = self.inner.find_command(id, fingerprint).await?;
        Ok(found.map(|appended| self.numbers().translate(appended)))
    }

    async fn void_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        let found = self.inner.void_command(id, fingerprint).await?;
        Ok(found.map(|appended| self.numbers().translate(appended)))
    }
}

struct Slow {
    store: Sequenced,
    lock: u64,
    pending: Option<(Append, Vec<u64>)>,
}

#[async_trait]
impl SlowAppend for Slow {
    async fn commit(mut self: Box<Self>) -> Result<Appended> {
        let (append, drawn) = self.pending.take().expect("it is committed once");
        self.store.commit(&mut self.store.numbers(), append, drawn)
    }

    async fn rollback(self: Box<Self>) {}
}

impl Drop for Slow {
    fn drop(&mut self) {
        self.store.numbers().open.remove(&self.lock);
        self.store.changed.send_replace(());
    }
}

struct SequencedBackend(Sequenced);

#[async_trait]
impl Backend for SequencedBackend {
    type Handle = Arc<dyn EventStore>;

    async fn open() -> Self {
        Self(Sequenced::new(true))
    }

    async fn connect(&self) -> Arc<dyn EventStore> {
        Arc::new(self.0.clone())
    }

    async fn begin_slow_append(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        Some(self.0.begin(append))
    }

    async fn draw_numbers_without_inserting(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        Some(self.0.begin(append))
    }
}

crate::event_store_contract!(SequencedBackend);

/// The same store with readers that go as far as there are events.
async fn careless() -> Stage {
    Stage::on(Arc::new(SequencedBackend(Sequenced::new(false)))).await
}

#[tokio::test]
#[should_panic(expected = "read (left) and stored (right)")]
async fn a_skipped_late_commit_is_caught() {
    super::slow_transactions::a_late_commit_is_never_skipped(&careless().await).await;
}

#[tokio::test]
#[should_panic(expected = "read (left) and stored (right)")]
async fn a_skipped_number_is_caught() {
    super::slow_transactions::numbers_drawn_but_not_inserted_are_never_skipped(&careless().await)
        .await;
}

#[tokio::test]
#[should_panic(expected = "assertion `left == right` failed")]
async fn a_filtered_reader_that_skips_is_caught() {
    super::slow_transactions::a_filtered_reader_skips_no_late_commit(&careless().await).await;
}

#[tokio::test]
#[should_panic(expected = "read (left) and stored (right)")]
async fn skipped_commits_in_any_order_are_caught() {
    super::slow_transactions::late_commits_in_any_order_are_all_seen(&careless().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic(expected = "what was read (left) and what was stored (right)")]
async fn readers_that_skip_among_many_writers_are_caught() {
    super::order::readers_see_every_event_once_and_in_order(&careless().await).await;
}
