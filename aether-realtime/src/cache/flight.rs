//! Loads under way: one per key, shared by all who want it, owned by none of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

use super::key::OwnedKey;
use super::port::CacheLease;

/// Loads under way, by key. `R` is what all who wait get a clone of.
pub(super) struct Flights<R> {
    flights: Mutex<Map<R>>,
    /// Counts fetches and leases in the order in which they happened.
    order: std::sync::atomic::AtomicU64,
}

type Map<R> = HashMap<OwnedKey, Arc<Flight<R>>>;

/// A load under way.
pub(super) struct Flight<R> {
    /// Set before the load begins.
    begun: OnceLock<Begun>,
    landing: watch::Receiver<Option<Landing<R>>>,
}

/// What a flight brings to those who are on board.
struct Landing<R> {
    result: R,
    /// When it was still asked for, in the order of things: it is not for fetches that began later. `None` if
    /// those who were let on board may have it.
    asked: Option<u64>,
}

/// How a load began.
struct Begun {
    lease: Option<CacheLease>,
    /// In the order of things.
    at: u64,
    generation: u64,
}

/// What a fetch knows when it wants to share a load.
pub(super) struct Boarding {
    /// When the fetch began.
    pub(super) since: u64,
    /// The lease it saw under the key; `None` if the cache did not answer.
    pub(super) seen: Option<Option<CacheLease>>,
    /// The [generation](super::port::Cache::generation) of the key.
    pub(super) generation: u64,
}

/// The end of a flight that does the work. Dropping it takes the flight off the list.
pub(super) struct Pilot<R> {
    flights: Arc<Flights<R>>,
    key: OwnedKey,
    flight: Arc<Flight<R>>,
    landing: watch::Sender<Option<Landing<R>>>,
}

impl<R: Clone> Flights<R> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { flights: Mutex::default(), order: 0.into() })
    }

    /// A moment in the order of things.
    pub(super) fn now(&self) -> u64 {
        self.order.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
    }

    /// Joins the load that is under way, or becomes the one that has to do it.
    pub(super) fn board(
        self: &Arc<Self>,
        key: &OwnedKey,
        boarding: &Boarding,
    ) -> (Arc<Flight<R>>, Option<Pilot<R>>) {
        match self.lock().entry(key.clone()) {
            Entry::Occupied(flight) if flight.get().takes(boarding) => (flight.get().clone(), None),
            entry => {
                let (landing, receiver) = watch::channel(None);
                let flight = Arc::new(Flight { begun: OnceLock::new(), landing: receiver });
                entry.insert_entry(flight.clone());
                let (flights, key) = (self.clone(), key.clone());
                (flight.clone(), Some(Pilot { flights, key, flight, landing }))
            }
        }
    }

    /// Becomes the one that has to load, unless somebody does already.
    pub(super) fn start(self: &Arc<Self>, key: &OwnedKey, generation: u64) -> Option<Pilot<R>> {
        if self.lock().contains_key(key) {
            return None;
        }
        let boarding = Boarding { since: 0, seen: None, generation };
        self.board(key, &boarding).1
    }

    fn lock(&self) -> MutexGuard<'_, Map<R>> {
        self.flights.lock()
    }
}

impl<R: Clone> Flight<R> {
    /// Whether what it brings was read late enough for a fetch: not before the last invalidation that was
    /// over when the fetch began.
    fn takes(&self, boarding: &Boarding) -> bool {
        let Some(begun) = self.begun.get() else { return true };
        if begun.at > boarding.since {
            return true;
        }
        let unknown = boarding.seen.is_none();
        let same = boarding.seen == Some(begun.lease) && begun.lease.is_some();
        begun.generation == boarding.generation && (same || unknown)
    }

    /// What it brought to a fetch; `None` if it was broken off, or if that may be older than the fetch.
    pub(super) async fn result(&self, boarding: &Boarding) -> Option<R> {
        let mut landing = self.landing.clone();
        let landing = landing.wait_for(Option::is_some).await.ok()?;
        let landing = landing.as_ref()?;
        let late = landing.asked.is_some_and(|asked| asked < boarding.since);
        (!late).then(|| landing.result.clone())
    }
}

impl<R: Clone> Pilot<R> {
    /// To be called before the load begins.
    pub(super) fn begin(&self, lease: Option<CacheLease>, generation: u64) {
        // only this one sets it, once
        let _ = self.flight.begun.set(Begun { lease, at: self.flights.now(), generation });
    }

    /// Hands the result to all who wait, and to nobody who comes later: time may have passed by then. With `asked`,
    /// it is no load's but was found under way, and those who came on board after it was asked for do not get it.
    pub(super) fn land(self, result: R, asked: Option<u64>) {
        self.leave();
        self.landing.send_replace(Some(Landing { result, asked }));
    }
}

impl<R> Pilot<R> {
    fn leave(&self) {
        let mut flights = self.flights.flights.lock();
        if flights.get(&self.key).is_some_and(|flight| Arc::ptr_eq(flight, &self.flight)) {
            flights.remove(&self.key);
        }
    }
}

impl<R> Drop for Pilot<R> {
    fn drop(&mut self) {
        self.leave();
    }
}
