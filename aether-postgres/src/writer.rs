//! Group commit: callers queue their appends, a few writers store what is waiting in one transaction.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aether_core::{Append, Appended, Error, Result, StreamId};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::batch::{self, Contention, Verdict, Verdicts};
use crate::database::{CallError, Database, KeptConnection};
use crate::error::{Failure, SqlError, Words, port_error};
use crate::tail::Tail;

/// The queues in front of the writers.
///
/// An aggregate always goes to the same writer, so that two writers of one process never wait for each
/// other's row locks. A request that finds its aggregate held by somebody else (another process, a
/// caller's own transaction) moves to a **lane**, a writer that waits for locks: strangers in its batch
/// go on.
#[derive(Debug)]
pub(crate) struct Writers {
    shards: Vec<mpsc::Sender<Request>>,
    closing: CancellationToken,
    shard_tasks: TaskTracker,
    lanes_closing: CancellationToken,
    lane_tasks: TaskTracker,
}

/// How many lanes there are: so many held aggregates can be waited for at the same time.
const LANES: usize = 4;

/// For so long after a batch that met another writer the next ones lock before they look.
const WARY: Duration = Duration::from_secs(1);

/// After so many requests of a batch that waited for a lock in vain, the others are not tried any
/// more on their own: all of them may wait for the same thing.
const PARTED: usize = 4;

/// How the writers behave; see the options of the store for what each number means.
#[derive(Debug, Clone)]
pub(crate) struct WriterSettings {
    pub(crate) writers: usize,
    pub(crate) max_batch_requests: usize,
    pub(crate) max_batch_events: usize,
    pub(crate) queue: usize,
    pub(crate) recovery: Duration,
}

#[derive(Debug)]
struct Request {
    append: Append,
    reply: oneshot::Sender<Result<Appended>>,
}

impl Writers {
    pub(crate) fn start(database: &Database, tail: &Arc<Tail>, settings: &WriterSettings) -> Self {
        let (closing, lanes_closing) = (CancellationToken::new(), CancellationToken::new());
        let (shard_tasks, lane_tasks) = (TaskTracker::new(), TaskTracker::new());
        let writer = |contention, closing: &CancellationToken, lanes| {
            let (sender, queue) = mpsc::channel(settings.queue);
            let writer = Writer {
                database: database.clone(),
                tail: tail.clone(),
                settings: settings.clone(),
                contention,
                wary_until: None,
                connection: KeptConnection::default(),
                queue,
                waiting: Vec::new(),
                lanes,
                closing: closing.clone(),
            };
            (sender, writer)
        };
        let lanes: Vec<_> = (0..LANES)
            .map(|_| {
                let (sender, lane) = writer(Contention::Wait, &lanes_closing, Vec::new());
                lane_tasks.spawn(lane.run());
                sender
            })
            .collect();
        let shards = (0..settings.writers.max(1))
            .map(|_| {
                let (sender, shard) = writer(Contention::Hope, &closing, lanes.clone());
                shard_tasks.spawn(shard.run());
                sender
            })
            .collect();
        Self { shards, closing, shard_tasks, lanes_closing, lane_tasks }
    }

    /// Queues an append and waits for its verdict.
    pub(crate) async fn append(&self, append: Append) -> Result<Appended> {
        let shard = &self.shards[slice(&append) % self.shards.len()];
        let (reply, verdict) = oneshot::channel();
        shard.send(Request { append, reply }).await.map_err(|_| Error::Closed)?;
        verdict.await.map_err(|_| Error::Closed)?
    }

    /// Takes no more requests, and returns when those taken have their verdict.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        self.shard_tasks.close();
        self.shard_tasks.wait().await;
        self.lanes_closing.cancel();
        self.lane_tasks.close();
        self.lane_tasks.wait().await;
    }
}

struct Writer {
    database: Database,
    tail: Arc<Tail>,
    settings: WriterSettings,
    contention: Contention,
    wary_until: Option<Instant>,
    /// Kept from one batch to the next, given back when idle.
    connection: KeptConnection,
    queue: mpsc::Receiver<Request>,
    /// Taken from the queue, not yet part of a batch.
    waiting: Vec<Request>,
    /// Where requests go whose aggregates somebody else holds. A lane itself has none.
    lanes: Vec<mpsc::Sender<Request>>,
    closing: CancellationToken,
}

impl Writer {
    async fn run(mut self) {
        loop {
            if self.closing.is_cancelled() {
                // here too: callers who come again at once may keep the queue from ever being empty
                self.queue.close();
            }
            // the callers of the last batch first: what they ask for next belongs into this one
            tokio::task::yield_now().await;
            if self.waiting.is_empty() && !self.fill().await {
                return;
            }
            // what came in while the last batch was stored belongs into the next one
            while self.waiting.len() < self.settings.max_batch_requests
                && let Ok(request) = self.queue.try_recv()
            {
                self.waiting.push(request);
            }
            let batch = self.next_batch();
            self.store(batch).await;
        }
    }

    /// Waits for requests; `false` when there will be no more.
    async fn fill(&mut self) -> bool {
        let max = self.settings.max_batch_requests;
        while !self.queue.is_closed() {
            tokio::select! {
                biased;
                () = self.closing.cancelled() => self.queue.close(),
                taken = self.queue.recv_many(&mut self.waiting, max) => return taken > 0,
                () = tokio::time::sleep(KeptConnection::LINGER), if self.connection.is_some() => {
                    self.connection.give_back();
                }
            }
        }
        self.queue.recv_many(&mut self.waiting, max).await > 0
    }

    /// As many of the waiting requests as go into one transaction. Two with the same command id do
    /// not: the second is to find the first one's result. Nor do two types under one id: whose it is depends on
    /// what becomes of the first.
    fn next_batch(&mut self) -> Vec<Request> {
        let mut events = 0;
        let mut commands = HashSet::new();
        let mut types = HashMap::new();
        let fits =
            self.waiting.iter().take(self.settings.max_batch_requests).take_while(|request| {
                events += request.append.event_count();
                events <= self.settings.max_batch_events
                    && request.append.command_id().is_none_or(|id| commands.insert(id))
                    && request.append.writes().iter().all(|write| {
                        let StreamId { aggregate_type, aggregate_id } = &write.stream;
                        types.entry(aggregate_id).or_insert(aggregate_type) == &aggregate_type
                    })
            });
        let count = fits.count().max(1);
        self.waiting.drain(..count).collect()
    }

    /// Stores a batch, whatever it takes, and answers every request in it.
    ///
    /// Returns whether a lock was not to be had in time.
    async fn store(&mut self, mut batch: Vec<Request>) -> bool {
        metrics::histogram!("aether_append_batch_requests").record(batch.len() as f64);
        let started = Instant::now();
        let mut deadlocks = 0;
        let mut held = false;
        while !batch.is_empty() {
            let lock = next_lock();
            let contention = self.contention();
            let error = match self.call(&batch, contention, lock).await {
                Ok(verdicts) => {
                    self.tail.observe(verdicts.incarnation);
                    if let Some(newest) = verdicts.newest() {
                        self.tail.saw(verdicts.incarnation, newest);
                    }
                    self.tail.stored();
                    self.answer(batch, verdicts.each).await;
                    break;
                }
                Err(error) => error,
            };
            let (sent, error) = match error {
                CallError::NotSent(error) => (false, error),
                CallError::Sent(error) => (true, error),
            };
            match Failure::of(&error) {
                Failure::ConnectionLost | Failure::Unreadable if sent => {
                    let told = Words(&error);
                    tracing::warn!(error = %told, requests = batch.len(), "connection lost; resolving");
                    batch = self.resolve(batch, lock, started, error).await;
                }
                Failure::RolledBack | Failure::LockTimeout if contention == Contention::Hope => {
                    self.wary_until = Some(Instant::now() + WARY);
                }
                Failure::RolledBack if deadlocks < 5 => {
                    deadlocks += 1;
                    tokio::time::sleep(Duration::from_millis(1 << deadlocks)).await;
                }
                Failure::LockTimeout if !self.lanes.is_empty() => {
                    held = true;
                    self.part(batch).await;
                    break;
                }
                _ if sent && batch.len() > 1 => {
                    // one request may be what the database can not take: each on its own
                    let told = Words(&error);
                    tracing::warn!(error = %told, requests = batch.len(), "a batch failed; one by one");
                    for request in batch {
                        Box::pin(self.store(vec![request])).await;
                    }
                    break;
                }
                _ => {
                    refuse(batch, error, sent);
                    break;
                }
            }
        }
        metrics::histogram!("aether_append_batch_duration_seconds").record(started.elapsed());
        held
    }

    /// Somebody is just creating a stream that one of these requests wants, and nobody can say which:
    /// each on its own, so that strangers need not wait with it.
    async fn part(&mut self, batch: Vec<Request>) {
        let mut held = 0;
        let mut rest = batch.into_iter();
        if rest.len() > 1 {
            while held < PARTED
                && let Some(request) = rest.next()
            {
                held += usize::from(Box::pin(self.store(vec![request])).await);
            }
        }
        self.pass_on(rest.collect()).await;
    }

    async fn call(
        &mut self,
        batch: &[Request],
        contention: Contention,
        lock: i32,
    ) -> Result<Verdicts, CallError> {
        let appends: Vec<&Append> = batch.iter().map(|request| &request.append).collect();
        self.database
            .run_on(&mut self.connection, async |connection, mode| {
                batch::store(connection, mode, &appends, contention, lock).await
            })
            .await
    }

    fn contention(&mut self) -> Contention {
        if self.contention == Contention::Hope
            && self.wary_until.is_some_and(|until| Instant::now() < until)
        {
            return Contention::Skip;
        }
        self.wary_until = None;
        self.contention
    }

    async fn answer(&self, batch: Vec<Request>, verdicts: Vec<Verdict>) {
        let mut busy = Vec::new();
        for (request, verdict) in batch.into_iter().zip(verdicts) {
            match verdict {
                // a caller that has gone away does not need its answer
                Verdict::Settled(result) => drop(request.reply.send(result)),
                Verdict::Busy => busy.push(request),
                Verdict::Foreign(write) => {
                    let write = &request.append.writes()[write];
                    let error = self.type_mismatch(write).await;
                    drop(request.reply.send(Err(error)));
                }
                Verdict::Duplicate => {
                    let first = self.first_result(&request.append).await;
                    drop(request.reply.send(first));
                }
            }
        }
        if !busy.is_empty() {
            self.pass_on(busy).await;
        }
    }

    /// Hands requests to the lanes.
    async fn pass_on(&self, requests: Vec<Request>) {
        metrics::counter!("aether_append_contended_total").increment(requests.len() as u64);
        for request in requests {
            if self.lanes.is_empty() {
                let source = "the aggregate is held by another transaction".into();
                drop(request.reply.send(Err(Error::Unavailable { source })));
                continue;
            }
            let lane = &self.lanes[slice(&request.append) % self.lanes.len()];
            if let Err(refused) = lane.send(request).await {
                drop(refused.0.reply.send(Err(Error::Closed)));
            }
        }
    }

    async fn type_mismatch(&self, write: &aether_core::Write) -> Error {
        self.database
            .run(async |connection, mode| batch::type_mismatch(connection, mode, write).await)
            .await
            .unwrap_or_else(|error| error.into())
    }

    async fn first_result(&self, append: &Append) -> Result<Appended> {
        let Some(id) = append.command_id() else { return Ok(Appended::default()) };
        let first = self
            .database
            .run(async |connection, mode| batch::find_command(connection, mode, id).await)
            .await?;
        first.ok_or(Error::CommandVoided { id })
    }

    /// Finds out what became of a batch whose reply was lost: answers what was stored, and returns
    /// what was not, to be stored again.
    async fn resolve(
        &self,
        batch: Vec<Request>,
        lock: i32,
        started: Instant,
        lost: sqlx::Error,
    ) -> Vec<Request> {
        let mut pause = Duration::from_millis(5);
        loop {
            let appends: Vec<&Append> = batch.iter().map(|request| &request.append).collect();
            let resolved = self
                .database
                .run(async |connection, mode| {
                    batch::resolve(connection, mode, &appends, lock).await
                })
                .await;
            match resolved {
                Ok(outcomes) => {
                    self.tail.stored();
                    let mut again = Vec::new();
                    for (request, outcome) in batch.into_iter().zip(outcomes) {
                        match outcome {
                            Some(appended) => drop(request.reply.send(Ok(appended))),
                            None => again.push(request),
                        }
                    }
                    return again;
                }
                Err(error) if started.elapsed() < self.settings.recovery => {
                    let error = SqlError::from(error.into_inner());
                    tracing::debug!(%error, ?pause, "database not back yet");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(500));
                }
                Err(_) => {
                    let lost = SqlError::from(lost);
                    for request in batch {
                        let source = lost.clone().into();
                        drop(request.reply.send(Err(Error::OutcomeUnknown { source })));
                    }
                    return Vec::new();
                }
            }
        }
    }
}

/// Which writer an append goes to.
fn slice(append: &Append) -> usize {
    append.writes().first().map_or(0, |write| write.stream.aggregate_id.slice().into())
}

/// Answers every request with the same refusal.
fn refuse(batch: Vec<Request>, error: sqlx::Error, sent: bool) {
    let failure = Failure::of(&error);
    let error = SqlError::from(error);
    for request in batch {
        let source = error.clone().into();
        let refusal = match failure {
            Failure::ConnectionLost | Failure::Unreadable if sent => {
                Error::OutcomeUnknown { source }
            }
            _ => port_error(failure, source),
        };
        drop(request.reply.send(Err(refusal)));
    }
}

/// A number for a batch, by which its outcome can be asked for. Unique among the batches that run at
/// the same time: random start per process, then counted.
fn next_lock() -> i32 {
    static NEXT: std::sync::LazyLock<AtomicU32> =
        std::sync::LazyLock::new(|| AtomicU32::new(uuid::Uuid::new_v4().as_u128() as u32));
    NEXT.fetch_add(1, Ordering::Relaxed).cast_signed()
}
