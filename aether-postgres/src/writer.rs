//! Group commit: callers queue their appends, a few writers store what is waiting in one transaction.

use std::sync::Arc;
use std::time::Duration;

use aether_core::log::{Append, Appended};
use aether_core::{Error, Result};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::batch::Contention;
use crate::database::{Database, KeptConnection};
use crate::lanes::Lanes;
use crate::order::Order;
use crate::queue::{BatchLimits, Capacity, Place, Request};
use crate::storing::Storing;
use crate::tail::Tail;

/// The writers, and the queue in front of them.
///
/// An aggregate has its writer, so that two writers of one process never wait for each other's row locks: with several
/// aggregates a request goes where the [order](Order) says. A request that finds its aggregate held by another
/// transaction (of another process, or a caller's own) moves to a [lane](Lanes): strangers in its batch are stored without it.
#[derive(Debug)]
pub(crate) struct Writers {
    writers: Vec<mpsc::UnboundedSender<Request>>,
    /// All requests that have no verdict yet.
    queue: Arc<Place>,
    order: Arc<Order>,
    closing: CancellationToken,
    tasks: TaskTracker,
    lanes: Arc<Lanes>,
}

/// How the writers behave; see the options of the store for what each number means.
#[derive(Debug, Clone)]
pub(crate) struct WriterSettings {
    pub(crate) writers: usize,
    pub(crate) batch: BatchLimits,
    pub(crate) queue: Capacity,
    pub(crate) recovery: Duration,
    pub(crate) patience: Duration,
}

impl Writers {
    pub(crate) fn start(database: &Database, tail: &Arc<Tail>, settings: &WriterSettings) -> Self {
        let closing = CancellationToken::new();
        let tasks = TaskTracker::new();
        let lanes = Lanes::new(database, tail, settings);
        let writers = (0..settings.writers.max(1))
            .map(|_| {
                let (sender, queue) = mpsc::unbounded_channel();
                let writer = Writer {
                    storing: Storing::new(database, tail, settings.recovery, Contention::Hope),
                    limits: settings.batch.clone(),
                    queue,
                    waiting: Vec::new(),
                    lanes: lanes.clone(),
                    closing: closing.clone(),
                };
                tasks.spawn(writer.run());
                sender
            })
            .collect();
        let queue = Place::new(settings.queue);
        let order = Arc::default();
        Self { writers, queue, order, closing, tasks, lanes }
    }

    /// Queues an append and waits for its verdict. It is queued when this is polled first.
    pub(crate) async fn append(&self, append: Append) -> Result<Appended> {
        let (admission, verdict) = Request::admit(&append, &self.queue)?;
        // what is refused is dropped when the order is free again
        let refused = self.order.hand_over(append, self.writers.len(), |writer, append, turn| {
            self.writers[writer].send(Request::new(append, admission, turn)).err()
        });
        if refused.is_some() {
            return Err(Error::Closed);
        }
        verdict.await.map_err(|_| Error::Closed)?
    }

    /// The order in which requests are stored.
    pub(crate) const fn order(&self) -> &Arc<Order> {
        &self.order
    }

    /// Takes no more requests, and returns when those taken have their verdict.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.lanes.close().await;
    }
}

struct Writer {
    storing: Storing,
    limits: BatchLimits,
    /// Unbounded by itself: what goes into it has a place in the queue.
    queue: mpsc::UnboundedReceiver<Request>,
    /// Taken from the queue, not yet part of a batch.
    waiting: Vec<Request>,
    lanes: Arc<Lanes>,
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
            if let Some(first) = self.waiting.first() {
                first.turn().come().await;
            }
            // what came in while the last batch was stored belongs into the next one
            while self.waiting.len() < self.limits.requests
                && let Ok(request) = self.queue.try_recv()
            {
                self.waiting.push(request);
            }
            let batch = self.limits.take(&mut self.waiting);
            let batch = self.lanes.divert(batch);
            let held = self.storing.store(batch).await;
            self.lanes.take_in(held);
        }
    }

    /// Waits for requests; `false` when there will be no more.
    async fn fill(&mut self) -> bool {
        let max = self.limits.requests;
        while !self.queue.is_closed() {
            tokio::select! {
                biased;
                () = self.closing.cancelled() => self.queue.close(),
                taken = self.queue.recv_many(&mut self.waiting, max) => return taken > 0,
                () = tokio::time::sleep(KeptConnection::LINGER), if self.storing.has_connection() => {
                    self.storing.give_connection_back();
                }
            }
        }
        self.queue.recv_many(&mut self.waiting, max).await > 0
    }
}
