//! An append on its way, and what its answer means for the lines it was decided in.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use tokio::runtime::Handle;

use crate::aggregate_cache::Key;
use crate::append::{Append, Appended};
use crate::error::{Error, Result};

use super::{Engine, Fate, Line, Point};

/// An append on its way.
///
/// Dropping it takes the append back, unless another one was decided on what it leads to: then it continues without its
/// caller.
pub(in crate::engine) struct Sent {
    answer: Option<BoxFuture<'static, Result<Appended>>>,
    member: Option<Member>,
}

/// What an append is to the lines it was decided in.
struct Member {
    engine: Engine,
    fate: Arc<Fate>,
    /// One for each of its aggregates; none once its fate is known.
    links: Vec<Link>,
}

/// What an append is to one line.
#[derive(Debug)]
pub(in crate::engine) struct Link {
    pub(super) key: Key,
    pub(super) line: Arc<Line>,
    pub(super) generation: u64,
    /// The ticket of its command, as long as that waits for the answer.
    pub(super) ticket: Option<u64>,
    /// The state that it leads to.
    pub(super) point: Option<Arc<Point>>,
}

impl Sent {
    pub(in crate::engine) fn new(
        engine: &Engine,
        append: Append,
        fate: Arc<Fate>,
        mut links: Vec<Link>,
    ) -> Self {
        // A unit is the first again in its first line only. In the others it would be in the way of those who hold a turn
        // that it needs before.
        let first = links.iter().map(|link| link.key).min();
        for link in links.iter_mut().filter(|link| Some(link.key) != first) {
            link.ticket = None;
        }
        let store = engine.inner.store.clone();
        Self {
            answer: Some(Box::pin(async move { store.append(append).await })),
            member: Some(Member { engine: engine.clone(), fate, links }),
        }
    }

    /// Sends it, passes the turns on, and waits for the answer.
    pub(in crate::engine) async fn answer<T>(mut self, turns: T) -> Result<Appended> {
        let early = futures::poll!(&mut self);
        drop(turns);
        match early {
            Poll::Ready(answer) => answer,
            Poll::Pending => self.await,
        }
    }
}

impl Future for Sent {
    type Output = Result<Appended>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(answer) = &mut self.answer else { return Poll::Ready(Err(Error::Closed)) };
        let result = std::task::ready!(answer.as_mut().poll(cx));
        self.answer = None;
        if let Some(member) = self.member.take() {
            member.settle(&result);
        }
        Poll::Ready(result)
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        let (Some(answer), Some(mut member)) = (self.answer.take(), self.member.take()) else {
            return;
        };
        member.links.iter_mut().for_each(|link| link.ticket = None);
        if let Ok(runtime) = Handle::try_current()
            && member.has_followers()
        {
            let background = member.engine.inner.background.clone();
            background.spawn_on(async move { member.settle(&answer.await) }, &runtime);
        } else {
            drop(answer);
        }
    }
}

impl Member {
    /// Whether another append was decided on what this one leads to.
    fn has_followers(&self) -> bool {
        let mut points = self.links.iter().filter_map(|link| link.point.as_ref());
        points.any(|point| point.has_follower())
    }

    fn settle(mut self, result: &Result<Appended>) {
        let is_stored = result.as_ref().is_ok_and(|appended| !appended.duplicate);
        let again = result.as_ref().is_err_and(Error::is_conflict);
        self.tell(is_stored, again);
    }

    /// Tells the lines. What was ahead of the store is given up if this was not stored.
    fn tell(&mut self, is_stored: bool, again: bool) {
        self.fate.tell(is_stored);
        for Link { key, line, generation, ticket, point } in self.links.drain(..) {
            let cache = &self.engine.inner.cache;
            let is_left = line.change(|state| {
                state.sent -= 1;
                state.moves += 1;
                if !is_stored && state.generation == generation {
                    state.generation += 1;
                    state.newest = None;
                }
                match (&point, &state.newest) {
                    (Some(point), Some(newest)) if Arc::ptr_eq(point, newest) => {
                        cache.put(key, point.kept.clone());
                    }
                    // what others were decided on meanwhile will be there soon
                    (_, Some(_)) => {}
                    // what was loaded while this was on its way may be older
                    (_, None) => cache.evict(key),
                }
                if let (true, Some(ticket)) = (again, ticket) {
                    // it is the first to be decided again
                    state.waiting.entry(ticket).or_insert(None);
                }
                state.is_left()
            });
            if is_left {
                self.engine.inner.lines.sweep(key, &line);
            }
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.tell(false, false);
    }
}

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sent").finish_non_exhaustive()
    }
}
