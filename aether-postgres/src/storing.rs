//! Storing a batch, whatever it takes: lost replies, other writers, bad neighbours.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aether_core::backend::Backoff;
use aether_core::log::{Append, Appended};
use aether_core::time::SystemRandom;
use aether_core::{Error, Result};
use tokio::time::Instant;

use crate::batch::{self, Contention, Verdict, Verdicts};
use crate::database::{CallError, Database, KeptConnection};
use crate::error::{Failure, SqlError, Words, port_error};
use crate::queue::Request;
use crate::tail::Tail;

/// How long the next batches lock before they look, after one that met another writer.
const WARY: Duration = Duration::from_secs(1);

/// After this many requests of a batch that waited for a lock in vain, the others are not tried any
/// more on their own: all of them may wait for the same thing.
const PARTED: usize = 4;

/// How often a batch may lose its connection before its requests are stored one by one, and how often one of them may.
const LOSSES: u32 = 3;

/// Stores batches, one after another.
#[derive(Debug)]
pub(crate) struct Storing {
    database: Database,
    tail: Arc<Tail>,
    recovery: Duration,
    contention: Contention,
    wary_until: Option<Instant>,
    /// Kept from one batch to the next, given back when idle.
    connection: KeptConnection,
}

impl Storing {
    pub(crate) fn new(
        database: &Database,
        tail: &Arc<Tail>,
        recovery: Duration,
        contention: Contention,
    ) -> Self {
        Self {
            database: database.clone(),
            tail: tail.clone(),
            recovery,
            contention,
            wary_until: None,
            connection: KeptConnection::default(),
        }
    }

    pub(crate) fn has_connection(&self) -> bool {
        self.connection.is_some()
    }

    pub(crate) fn give_connection_back(&mut self) {
        self.connection.give_back();
    }

    /// Stores a batch and answers every request in it, but for those that another transaction stands in the way of:
    /// these are returned. Requests that are given up before they are sent are dropped.
    pub(crate) async fn store(&mut self, mut batch: Vec<Request>) -> Vec<Request> {
        if batch.is_empty() {
            return batch;
        }
        metrics::histogram!("aether_append_batch_requests").record(batch.len() as f64);
        let started = Instant::now();
        let mut deadlocks = 0;
        let mut pauses = Backoff::new(Duration::from_millis(2), Duration::from_millis(32));
        let mut losses = 0;
        let mut held = Vec::new();
        loop {
            batch.retain(|request| !request.is_given_up());
            if batch.is_empty() {
                break;
            }
            let lock = next_lock();
            let contention = self.contention();
            let error = match self.call(&batch, contention, lock).await {
                Ok(verdicts) => {
                    self.tail.answered(verdicts.incarnation);
                    if let Some(newest) = verdicts.newest() {
                        self.tail.saw(verdicts.incarnation, newest);
                    }
                    self.tail.stored();
                    held = self.answer(batch, verdicts.each).await;
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
                    let error = SqlError::from(error);
                    batch = self.resolve(batch, lock, started, &error).await;
                    losses += 1;
                    if losses == LOSSES && batch.len() == 1 {
                        unknown(batch, &error);
                        break;
                    }
                    if losses == LOSSES {
                        held = self.one_by_one(batch).await;
                        break;
                    }
                }
                Failure::RolledBack | Failure::LockTimeout if contention == Contention::Hope => {
                    self.wary_until = Some(Instant::now() + WARY);
                }
                Failure::RolledBack if deadlocks < 5 => {
                    deadlocks += 1;
                    tokio::time::sleep(pauses.pause(&SystemRandom)).await;
                }
                Failure::LockTimeout => {
                    held = self.part(batch).await;
                    break;
                }
                _ if sent && batch.len() > 1 => {
                    // one request may be what the database cannot take: each on its own
                    let told = Words(&error);
                    tracing::warn!(error = %told, requests = batch.len(), "a batch failed; one by one");
                    held = self.one_by_one(batch).await;
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

    /// One request that breaks every connection, or that the database cannot take, is to fail alone.
    async fn one_by_one(&mut self, batch: Vec<Request>) -> Vec<Request> {
        let mut held = Vec::new();
        for request in batch {
            held.extend(Box::pin(self.store(vec![request])).await);
        }
        held
    }

    /// Another transaction holds what one of these requests wants, and nobody can say which: each on its own, so that
    /// strangers need not wait with it.
    async fn part(&mut self, batch: Vec<Request>) -> Vec<Request> {
        if batch.len() == 1 {
            return batch;
        }
        let mut held = Vec::new();
        let mut rest = batch.into_iter();
        while held.len() < PARTED
            && let Some(request) = rest.next()
        {
            held.extend(Box::pin(self.store(vec![request])).await);
        }
        held.extend(rest);
        held
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

    /// Answers the requests, and returns those whose streams another transaction holds.
    async fn answer(&self, batch: Vec<Request>, verdicts: Vec<Verdict>) -> Vec<Request> {
        let mut busy = Vec::new();
        for (request, verdict) in batch.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Settled(result) => request.answer(result),
                Verdict::Busy => busy.push(request),
                Verdict::Foreign(write) => {
                    let write = &request.append.writes()[write];
                    let error = self.type_mismatch(write).await;
                    request.answer(Err(error));
                }
                Verdict::Duplicate => {
                    let first = self.first_result(&request.append).await;
                    request.answer(first);
                }
            }
        }
        busy
    }

    async fn type_mismatch(&self, write: &aether_core::log::Write) -> Error {
        self.database
            .run(async |connection, mode| batch::type_mismatch(connection, mode, write).await)
            .await
            .unwrap_or_else(|error| error.into())
    }

    async fn first_result(&self, append: &Append) -> Result<Appended> {
        self.database
            .run(async |connection, mode| batch::first_result(connection, mode, append).await)
            .await?
    }

    /// Finds out what became of a batch whose reply was lost: answers what was stored, and returns
    /// what was not, to be stored again.
    async fn resolve(
        &self,
        batch: Vec<Request>,
        lock: i32,
        started: Instant,
        lost: &SqlError,
    ) -> Vec<Request> {
        let mut backoff = Backoff::new(Duration::from_millis(5), Duration::from_millis(500));
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
                            Some(appended) => request.answer(Ok(appended)),
                            None => again.push(request),
                        }
                    }
                    return again;
                }
                Err(error) if started.elapsed() < self.recovery => {
                    let error = SqlError::from(error.into_inner());
                    let pause = backoff.pause(&SystemRandom);
                    tracing::debug!(%error, ?pause, "database not back yet");
                    tokio::time::sleep(pause).await;
                }
                Err(_) => {
                    unknown(batch, lost);
                    return Vec::new();
                }
            }
        }
    }
}

/// Tells every request that nobody knows.
fn unknown(batch: Vec<Request>, lost: &SqlError) {
    for request in batch {
        request.answer(Err(Error::OutcomeUnknown { source: lost.clone().into() }));
    }
}

/// Answers every request with the same refusal.
fn refuse(batch: Vec<Request>, error: sqlx::Error, sent: bool) {
    let failure = Failure::of(&error);
    let error = SqlError::from(error);
    if sent && matches!(failure, Failure::ConnectionLost | Failure::Unreadable) {
        return unknown(batch, &error);
    }
    for request in batch {
        request.answer(Err(port_error(failure, error.clone().into())));
    }
}

/// A number for a batch, by which its outcome can be asked for. Unique among the batches that run at
/// the same time: random start per process, then counted.
fn next_lock() -> i32 {
    static NEXT: std::sync::LazyLock<AtomicU32> =
        std::sync::LazyLock::new(|| AtomicU32::new(uuid::Uuid::new_v4().as_u128() as u32));
    NEXT.fetch_add(1, Ordering::Relaxed).cast_signed()
}
