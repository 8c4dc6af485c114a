//! What callers have under way: appends that wait for their verdict, within bounds.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::backend::Backoff;
use aether_core::log::{Append, Appended, StreamId};
use aether_core::{Error, Result};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::order::Turn;

/// An append on its way to its verdict.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) append: Append,
    pub(crate) bytes: usize,
    /// Set while it waits for what another transaction holds.
    pub(crate) held: Option<Held>,
    reply: oneshot::Sender<Result<Appended>>,
    /// Its place among those for the same aggregates.
    turn: Turn,
    /// Its place in the queue.
    _room: Room,
}

/// An append's place in the queue, and where its answer goes.
#[derive(Debug)]
pub(crate) struct Admission {
    bytes: usize,
    reply: oneshot::Sender<Result<Appended>>,
    room: Room,
}

/// Since when a request has been waiting for what another transaction holds, and when it is tried again.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) since: Instant,
    pub(crate) due: Instant,
    /// The pauses between its tries; none before the first.
    pub(crate) pauses: Option<Backoff>,
    /// Its place in its lane, and among all that wait in lanes.
    pub(crate) _rooms: [Room; 2],
}

impl Request {
    /// Makes room for an append in the queue.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the queue is full.
    pub(crate) fn admit(
        append: &Append,
        queue: &Arc<Place>,
    ) -> Result<(Admission, oneshot::Receiver<Result<Appended>>)> {
        let bytes = append.bytes();
        let room = queue.enter(bytes).ok_or_else(|| {
            metrics::counter!("aether_append_refused_total").increment(1);
            unavailable("too many appends wait to be stored; try again later")
        })?;
        let (reply, verdict) = oneshot::channel();
        Ok((Admission { bytes, reply, room }, verdict))
    }

    pub(crate) fn new(append: Append, admission: Admission, turn: Turn) -> Self {
        let Admission { bytes, reply, room } = admission;
        Self { append, bytes, held: None, reply, turn, _room: room }
    }

    pub(crate) fn answer(self, answer: Result<Appended>) {
        // a caller that has just gone away does not need it
        drop(self.reply.send(answer));
    }

    /// Whether its caller has dropped its future.
    pub(crate) fn is_given_up(&self) -> bool {
        self.reply.is_closed()
    }

    /// Its place among those for the same aggregates.
    pub(crate) const fn turn(&self) -> &Turn {
        &self.turn
    }
}

pub(crate) fn unavailable(reason: &'static str) -> Error {
    Error::Unavailable { source: reason.into() }
}

/// How many requests, and of how many bytes, may be in a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    pub(crate) requests: usize,
    pub(crate) bytes: usize,
}

impl Capacity {
    /// The `n`-th part of it.
    pub(crate) fn part(self, n: usize) -> Self {
        Self { requests: (self.requests / n).max(1), bytes: self.bytes / n }
    }
}

/// Where requests are, and how many.
#[derive(Debug)]
pub(crate) struct Place {
    capacity: Capacity,
    requests: AtomicUsize,
    bytes: AtomicUsize,
}

impl Place {
    pub(crate) fn new(capacity: Capacity) -> Arc<Self> {
        Arc::new(Self { capacity, requests: AtomicUsize::new(0), bytes: AtomicUsize::new(0) })
    }

    /// Room for one more request, if there is any. One that is larger than the whole place has it alone.
    pub(crate) fn enter(self: &Arc<Self>, bytes: usize) -> Option<Room> {
        let requests = self.requests.fetch_add(1, Ordering::Relaxed);
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let room = Room { place: self.clone(), bytes };
        let Capacity { requests: most, bytes: most_bytes } = self.capacity;
        let fits = requests == 0 || requests < most && before + bytes <= most_bytes;
        fits.then_some(room)
    }
}

/// A request's room in a place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Room {
    place: Arc<Place>,
    bytes: usize,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.place.requests.fetch_sub(1, Ordering::Relaxed);
        self.place.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// The most that goes into one transaction.
#[derive(Debug, Clone)]
pub(crate) struct BatchLimits {
    pub(crate) requests: usize,
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

impl BatchLimits {
    /// Takes as many of the waiting requests, from the first on, as go into one transaction, and one in any case. One that
    /// waits for another writer does not, nor do those after it. Two
    /// with the same command id do not: the second is to find the first one's result. Nor do two types under one id:
    /// whose it is depends on what becomes of the first.
    pub(crate) fn take(&self, waiting: &mut Vec<Request>) -> Vec<Request> {
        let (mut events, mut bytes) = (0, 0);
        let mut commands = HashSet::new();
        let mut types = HashMap::new();
        let fits = waiting.iter().take(self.requests).take_while(|request| {
            events += request.append.event_count();
            bytes += request.bytes;
            request.turn.has_come()
                && events <= self.events
                && bytes <= self.bytes
                && request.append.command_id().is_none_or(|id| commands.insert(id))
                && request.append.writes().iter().all(|write| {
                    let StreamId { aggregate_type, aggregate_id } = &write.stream;
                    types.entry(aggregate_id).or_insert(aggregate_type) == &aggregate_type
                })
        });
        let count = fits.count().max(1).min(waiting.len());
        waiting.drain(..count).collect()
    }
}
