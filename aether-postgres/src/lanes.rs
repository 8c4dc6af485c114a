//! Lanes: where appends wait for what other transactions hold, and keep nobody else waiting.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aether_core::backend::Backoff;
use aether_core::time::SystemRandom;
use aether_core::{AggregateId, Error};
use parking_lot::Mutex;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::batch::Contention;
use crate::database::Database;
use crate::queue::{Capacity, Held, Place, Request, unavailable};
use crate::storing::Storing;
use crate::tail::Tail;
use crate::writer::WriterSettings;

/// How many lanes use a connection at the same time. A turn waits at most 50 ms for a lock.
const TURNS: usize = 4;

/// The pauses between the tries of a request.
const PAUSES: Backoff = Backoff::new(Duration::from_millis(5), Duration::from_millis(250));

/// All lanes of a store: one for each aggregate that an append has found held, or whose append has found its command
/// id held. A lane tries its requests again and again, with a connection only for the length of a try, until they are
/// answered, given up by their callers, or at the end of their patience.
#[derive(Debug)]
pub(crate) struct Lanes {
    database: Database,
    tail: Arc<Tail>,
    settings: WriterSettings,
    lanes: Mutex<HashMap<AggregateId, Lane>>,
    /// How many there are, for those who only want to know whether there are any.
    count: AtomicUsize,
    turns: Semaphore,
    /// Those that are not at work.
    storing: Mutex<Vec<Storing>>,
    /// All requests in lanes.
    place: Arc<Place>,
    tasks: TaskTracker,
}

#[derive(Debug)]
struct Lane {
    arriving: mpsc::UnboundedSender<Request>,
    place: Arc<Place>,
}

impl Lanes {
    pub(crate) fn new(
        database: &Database,
        tail: &Arc<Tail>,
        settings: &WriterSettings,
    ) -> Arc<Self> {
        Arc::new(Self {
            database: database.clone(),
            tail: tail.clone(),
            settings: settings.clone(),
            lanes: Mutex::default(),
            count: AtomicUsize::new(0),
            turns: Semaphore::new(TURNS),
            storing: Mutex::default(),
            place: Place::new(Self::capacity(settings)),
            tasks: TaskTracker::new(),
        })
    }

    /// Half of the queue: there is always room for those who wait for nobody.
    fn capacity(settings: &WriterSettings) -> Capacity {
        settings.queue.part(2)
    }

    /// Of these requests, moves those whose aggregate has a lane into it, and returns the others.
    pub(crate) fn divert(self: &Arc<Self>, requests: Vec<Request>) -> Vec<Request> {
        if self.count.load(Ordering::Acquire) == 0 {
            return requests;
        }
        let mut lanes = self.lanes.lock();
        let (lane, others): (Vec<_>, _) =
            requests.into_iter().partition(|request| lanes.contains_key(&aggregate(request)));
        lane.into_iter().for_each(|request| self.push(&mut lanes, request));
        others
    }

    /// Takes requests in that have met another transaction.
    pub(crate) fn take_in(self: &Arc<Self>, requests: Vec<Request>) {
        if requests.is_empty() {
            return;
        }
        metrics::counter!("aether_append_contended_total").increment(requests.len() as u64);
        let mut lanes = self.lanes.lock();
        requests.into_iter().for_each(|request| self.push(&mut lanes, request));
    }

    fn push(self: &Arc<Self>, lanes: &mut HashMap<AggregateId, Lane>, mut request: Request) {
        request.turn().give_up();
        let id = aggregate(&request);
        let lane = lanes.entry(id).or_insert_with(|| self.open(id));
        let rooms = self.place.enter(request.bytes).zip(lane.place.enter(request.bytes));
        let Some((among_all, here)) = rooms else {
            let full = "too many appends wait for an aggregate that another transaction holds; try again later";
            return request.answer(Err(unavailable(full)));
        };
        let now = Instant::now();
        request.held = Some(Held { since: now, due: now, pauses: None, _rooms: [among_all, here] });
        // a lane ends under the lock of the map, and leaves it then
        drop(lane.arriving.send(request));
    }

    fn open(self: &Arc<Self>, id: AggregateId) -> Lane {
        let (arriving, requests) = mpsc::unbounded_channel();
        self.count.fetch_add(1, Ordering::AcqRel);
        self.tasks.spawn(self.clone().run(id, requests));
        // an eighth of the queue
        Lane { arriving, place: Place::new(Self::capacity(&self.settings).part(4)) }
    }

    /// Tries the requests of a lane until none is left.
    async fn run(self: Arc<Self>, id: AggregateId, mut arriving: mpsc::UnboundedReceiver<Request>) {
        let mut waiting: Vec<Request> = Vec::new();
        loop {
            while let Ok(request) = arriving.try_recv() {
                waiting.push(request);
            }
            waiting.retain(|request| !request.is_given_up());
            if waiting.is_empty() {
                if self.leave(id, &arriving) {
                    return;
                }
                continue;
            }
            let mut due = due(&mut waiting);
            if due.is_empty() {
                let next =
                    waiting.iter().filter_map(|request| Some(request.held.as_ref()?.due)).min();
                tokio::select! {
                    Some(request) = arriving.recv() => waiting.push(request),
                    () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now)) => {}
                }
                continue;
            }
            let batch = self.settings.batch.take(&mut due);
            waiting.splice(..0, due);
            waiting.extend(self.turn(batch).await);
        }
    }

    /// Ends a lane, unless something has arrived.
    fn leave(&self, id: AggregateId, arriving: &mpsc::UnboundedReceiver<Request>) -> bool {
        let mut lanes = self.lanes.lock();
        let is_left = arriving.is_empty();
        if is_left {
            lanes.remove(&id);
            self.count.fetch_sub(1, Ordering::AcqRel);
        }
        is_left
    }

    /// Tries to store requests of a lane, and returns those that are to be tried again.
    async fn turn(&self, batch: Vec<Request>) -> Vec<Request> {
        let Ok(_turn) = self.turns.acquire().await else { return batch };
        let idle = self.storing.lock().pop();
        let mut storing = idle.unwrap_or_else(|| {
            Storing::new(&self.database, &self.tail, self.settings.recovery, Contention::Wait)
        });
        let held = storing.store(batch).await;
        storing.give_connection_back();
        self.storing.lock().push(storing);
        held.into_iter().filter_map(|request| self.put_off(request)).collect()
    }

    /// The request, to be tried again later; `None` if it has waited long enough.
    fn put_off(&self, mut request: Request) -> Option<Request> {
        let now = Instant::now();
        let held = request.held.as_mut()?;
        if now - held.since >= self.settings.patience {
            let source =
                "another transaction holds the aggregate or the command id; see the diagnostics"
                    .into();
            request.answer(Err(Error::Timeout { source }));
            return None;
        }
        let pauses = held.pauses.get_or_insert(PAUSES);
        held.due = now + pauses.pause(&SystemRandom);
        Some(request)
    }

    /// Returns when all requests in lanes have their verdict.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Takes those out that are to be tried now: those that have not been tried yet, if there are any. They may have
/// nothing to do with what the others wait for.
fn due(waiting: &mut Vec<Request>) -> Vec<Request> {
    let now = Instant::now();
    let is_due = |request: &Request| request.held.as_ref().is_none_or(|held| held.due <= now);
    let is_fresh =
        |request: &Request| request.held.as_ref().is_none_or(|held| held.pauses.is_none());
    let fresh = waiting.iter().any(|request| is_due(request) && is_fresh(request));
    let (due, rest) = std::mem::take(waiting)
        .into_iter()
        .partition(|request| is_due(request) && is_fresh(request) == fresh);
    *waiting = rest;
    due
}

fn aggregate(request: &Request) -> AggregateId {
    let first = request.append.writes().first();
    first.map_or(AggregateId::new(uuid::Uuid::nil()), |write| write.stream.aggregate_id)
}
