//! Lines: where the commands of one process for one aggregate take turns.
//!
//! A command enters the line of its aggregate when it arrives and leaves it with its answer. In its turn it is decided
//! on the newest state there is, which may be ahead of the store, and its append is sent; then the next one has its
//! turn. ADR 0021 has the argument. Lines spare conflicts, and nothing else rests on them: the store checks every version.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use parking_lot::Mutex;

use crate::aggregate_cache::{Kept, Key};
use crate::error::{Error, Result};
use crate::ids::Incarnation;

use super::Engine;

mod point;
mod sent;

pub(super) use point::{Fate, Point};
pub(super) use sent::{Link, Sent};

/// For how long a command waits in a line in which nothing moves. Then it goes on apart from it, as it would in another
/// process. A future that nobody polls any more, but that is not dropped, costs this once.
const PATIENCE: Duration = Duration::from_secs(2);

/// All lines of an engine: one for each aggregate that a command is at.
#[derive(Debug, Default)]
pub(super) struct Lines(Mutex<HashMap<Key, Arc<Line>>>);

/// The commands at one aggregate.
#[derive(Debug, Default)]
struct Line {
    state: Mutex<State>,
    /// At most this many appends are on their way.
    limit: usize,
}

#[derive(Debug, Default)]
struct State {
    /// How many commands are here, from their arrival to their answer.
    present: usize,
    /// The ticket of the last one that arrived.
    last_ticket: u64,
    /// Who waits for a turn, by ticket. One that has just been taken back has no waker yet.
    waiting: BTreeMap<u64, Option<Waker>>,
    /// Whether somebody has the turn.
    is_taken: bool,
    /// How many appends are on their way.
    sent: usize,
    /// How many turns were given and how many appends have come back.
    moves: u64,
    /// How often what was ahead of the store was given up.
    generation: u64,
    /// What the next command is decided on; `None`: what the store says when nothing is on its way any more.
    newest: Option<Arc<Point>>,
}

impl State {
    fn is_open(&self, limit: usize) -> bool {
        !self.is_taken && self.sent < limit && (self.sent == 0 || self.newest.is_some())
    }

    /// Whom to wake, if somebody can have the turn.
    fn next(&mut self, limit: usize) -> Option<Waker> {
        let is_open = self.is_open(limit);
        self.waiting.values_mut().next().filter(|_| is_open)?.take()
    }

    fn is_left(&self) -> bool {
        self.present == 0 && self.sent == 0
    }
}

impl Lines {
    fn enter(&self, key: Key, limit: usize, most: usize) -> Option<(Arc<Line>, u64)> {
        let mut lines = self.0.lock();
        let new = || Arc::new(Line { limit, ..Line::default() });
        let line = lines.entry(key).or_insert_with(new).clone();
        let mut state = line.state.lock();
        if state.present >= most {
            return None;
        }
        state.present += 1;
        state.last_ticket += 1;
        let ticket = state.last_ticket;
        drop(state);
        Some((line, ticket))
    }

    fn leave(&self, key: Key, line: &Arc<Line>) {
        let mut lines = self.0.lock();
        let mut state = line.state.lock();
        state.present -= 1;
        if state.is_left() && lines.get(&key).is_some_and(|known| Arc::ptr_eq(known, line)) {
            lines.remove(&key);
        }
    }

    /// Forgets a line whose last append has come back after its last command had gone.
    fn sweep(&self, key: Key, line: &Arc<Line>) {
        let mut lines = self.0.lock();
        if line.state.lock().is_left()
            && lines.get(&key).is_some_and(|known| Arc::ptr_eq(known, line))
        {
            lines.remove(&key);
        }
    }
}

impl Line {
    /// Changes the state, and wakes the one that can have the turn then.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock();
        let result = change(&mut state);
        let next = state.next(self.limit);
        drop(state);
        if let Some(waker) = next {
            waker.wake();
        }
        result
    }

    /// Gives the turn to a ticket, or notes whom to wake.
    fn take(&self, ticket: u64, waker: Option<&Waker>) -> bool {
        let mut state = self.state.lock();
        let is_first = state.waiting.keys().next().is_none_or(|first| *first >= ticket);
        if is_first && state.is_open(self.limit) {
            state.waiting.remove(&ticket);
            state.is_taken = true;
            state.moves += 1;
            return true;
        }
        if let Some(waker) = waker {
            state.waiting.insert(ticket, Some(waker.clone()));
        }
        false
    }
}

impl Engine {
    /// Enters the line of an aggregate.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if too many commands are there.
    pub(super) fn enter(&self, key: Key) -> Result<Place<'_>> {
        let settings = &self.inner.settings;
        let limit = settings.sent_at_once.max(1);
        let most = settings.commands_at_once.max(1);
        let Some((line, ticket)) = self.inner.lines.enter(key, limit, most) else {
            let full = "too many commands wait for one aggregate; try again later";
            return Err(Error::Unavailable { source: full.into() });
        };
        Ok(Place { engine: self, key, line, ticket })
    }
}

/// A command's place in the line of an aggregate, until it is dropped. It keeps its place when it has to be decided
/// again: the first to come is the first to be decided.
#[derive(Debug)]
pub(super) struct Place<'e> {
    engine: &'e Engine,
    key: Key,
    line: Arc<Line>,
    ticket: u64,
}

impl Place<'_> {
    pub(super) const fn key(&self) -> Key {
        self.key
    }

    /// Waits for its turn. `None` if nothing moves any more.
    pub(super) async fn turn(&self) -> Option<Turn<'_>> {
        if !self.line.take(self.ticket, None) {
            self.wait_for(Waiting(self)).await?;
        }
        Some(Turn { place: self })
    }

    /// Waits for what somebody in the line has to do. `None` if nothing moves any more.
    async fn wait_for<F: Future>(&self, what: F) -> Option<F::Output> {
        let mut what = std::pin::pin!(what);
        loop {
            let moves = self.line.state.lock().moves;
            match tokio::time::timeout(PATIENCE, &mut what).await {
                Ok(output) => return Some(output),
                Err(_) if self.line.state.lock().moves == moves => return None,
                Err(_) => {}
            }
        }
    }

    /// Lets others go first while it pauses.
    pub(super) fn step_aside(&self) {
        self.line.change(|state| state.waiting.remove(&self.ticket));
    }

    /// Goes on apart from the line, and asks the store.
    pub(super) fn part(&mut self) {
        self.leave();
        self.engine.inner.cache.evict(self.key);
        let state = State { present: 1, ..State::default() };
        self.line = Arc::new(Line { state: Mutex::new(state), limit: self.line.limit });
    }

    /// Whether its turn will need a state from the store. What is loaded while an append is on its way may be old by then.
    pub(super) fn needs_a_load(&self) -> bool {
        let state = self.line.state.lock();
        let has_none = state.newest.is_none() && state.sent == 0;
        drop(state);
        has_none && self.engine.inner.cache.lacks(self.key)
    }

    /// This state is not the newest one.
    pub(super) fn forget(&self, point: &Arc<Point>) {
        self.line.change(|state| {
            if state.newest.as_ref().is_some_and(|newest| Arc::ptr_eq(newest, point)) {
                state.newest = None;
            }
        });
    }

    fn leave(&self) {
        self.step_aside();
        self.engine.inner.lines.leave(self.key, &self.line);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Waits in its place for the turn.
struct Waiting<'p>(&'p Place<'p>);

impl Future for Waiting<'_> {
    type Output = ();

    fn poll(self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Place { line, ticket, .. } = self.0;
        if line.take(*ticket, Some(cx.waker())) { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.step_aside();
    }
}

/// The turn at an aggregate, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'p> {
    place: &'p Place<'p>,
}

impl Turn<'_> {
    pub(super) fn key(&self) -> Key {
        self.place.key
    }

    /// What to decide on: the state that the command before has led to. `None` if the store has to say.
    pub(super) fn newest(&self, incarnation: Option<Incarnation>) -> Option<Arc<Point>> {
        let newest = self.place.line.state.lock().newest.clone();
        newest.filter(|point| point.kept.incarnation == incarnation)
    }

    /// Notes what the store has said.
    pub(super) fn stand_on(&self, kept: Kept) -> Arc<Point> {
        let point = Arc::new(Point::loaded(kept));
        self.place.line.state.lock().newest = Some(point.clone());
        point
    }

    /// Notes an append that was decided on a state, and the state it leads to if it has events.
    pub(super) fn link(&self, base: &Point, fate: &Arc<Fate>, ahead: Option<Kept>) -> Link {
        base.is_followed_by(fate);
        let Place { key, line, ticket, .. } = self.place;
        let point = ahead.map(|kept| Arc::new(Point::ahead(kept, fate.clone())));
        let mut state = line.state.lock();
        state.sent += 1;
        if let Some(point) = &point {
            state.newest = Some(point.clone());
        }
        let generation = state.generation;
        drop(state);
        Link { key: *key, line: line.clone(), generation, ticket: Some(*ticket), point }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.place.line.change(|state| state.is_taken = false);
    }
}

#[cfg(all(test, feature = "memory"))]
mod tests {
    use std::any::TypeId;

    use futures::poll;

    use crate::AggregateId;
    use crate::memory::MemoryStore;

    use super::*;

    fn line_of(engine: &Engine) -> Key {
        assert!(engine.inner.lines.0.lock().is_empty());
        (AggregateId::new(uuid::Uuid::from_u128(7)), TypeId::of::<()>())
    }

    #[tokio::test]
    async fn turns_come_in_the_order_of_arrival_and_a_place_is_kept() {
        let engine = Engine::new(MemoryStore::new());
        let key = line_of(&engine);
        let [first, second, third] = [(); 3].map(|()| engine.enter(key).unwrap());
        let turn = first.turn().await.unwrap();
        let mut late = Box::pin(third.turn());
        let mut early = Box::pin(second.turn());
        assert!(poll!(&mut late).is_pending() && poll!(&mut early).is_pending());
        drop(turn);
        assert!(poll!(&mut late).is_pending(), "the second is first");
        let turn = early.await.unwrap();
        // the first one again: it has been here the longest
        let mut again = Box::pin(first.turn());
        assert!(poll!(&mut again).is_pending());
        drop(turn);
        assert!(poll!(&mut late).is_pending(), "the first is first again");
        drop(again.await);
        drop(late.await);
        drop((first, second, third));
        line_of(&engine);
    }

    #[tokio::test]
    async fn who_gives_up_waiting_passes_the_turn_on() {
        let engine = Engine::new(MemoryStore::new());
        let key = line_of(&engine);
        let [first, second, third] = [(); 3].map(|()| engine.enter(key).unwrap());
        let turn = first.turn().await.unwrap();
        let mut early = Box::pin(second.turn());
        let mut late = Box::pin(third.turn());
        assert!(poll!(&mut early).is_pending() && poll!(&mut late).is_pending());
        drop(turn);
        drop(early);
        tokio::time::timeout(PATIENCE / 2, late).await.unwrap().unwrap();
    }
}
