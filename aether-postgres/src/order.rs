//! The order of requests: those that name an aggregate in common are stored in the order in which they came.
//!
//! A request goes to the writer that has the last one for one of its aggregates. If two writers have some, it waits there
//! until the other one has answered. A request only ever waits for earlier ones, so that none waits in a circle. One that
//! another transaction stands in the way of is waited for no longer: what rests on it is refused then.

use std::collections::HashMap;
use std::sync::Arc;

use aether_core::AggregateId;
use aether_core::log::Append;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

/// Which requests are under way, by aggregate.
#[derive(Debug, Default)]
pub(crate) struct Order(Mutex<HashMap<AggregateId, Last>>);

/// The last request for an aggregate.
#[derive(Debug)]
struct Last {
    /// `None`: it is stored apart from all writers.
    writer: Option<usize>,
    /// How many there are with it.
    requests: usize,
    /// It is in nobody's way any more.
    done: CancellationToken,
}

/// A request's place in the order, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    order: Arc<Order>,
    first: Option<AggregateId>,
    others: Vec<AggregateId>,
    done: CancellationToken,
    /// What has to be out of the way.
    before: Vec<CancellationToken>,
}

impl Order {
    /// Puts a request at the end of the order, and hands it over to one of `writers` writers before another one can come.
    pub(crate) fn hand_over<T>(
        self: &Arc<Self>,
        append: Append,
        writers: usize,
        hand_over: impl FnOnce(usize, Append, Turn) -> T,
    ) -> T {
        let mut last = self.0.lock();
        let ids = || append.writes().iter().map(|write| write.stream.aggregate_id);
        let known = ids().find_map(|id| last.get(&id)?.writer);
        let slice = ids().next().map_or(0, |id| usize::from(id.slice()));
        let writer = known.unwrap_or(slice % writers);
        let turn = self.queue(&mut last, ids(), Some(writer), |last| last.writer != Some(writer));
        let result = hand_over(writer, append, turn);
        drop(last);
        result
    }

    /// Puts a request that is stored apart at the end of the order.
    pub(crate) fn queue_apart(self: &Arc<Self>, append: &Append) -> Turn {
        let ids = append.writes().iter().map(|write| write.stream.aggregate_id);
        self.queue(&mut self.0.lock(), ids, None, |_| true)
    }

    fn queue(
        self: &Arc<Self>,
        last: &mut HashMap<AggregateId, Last>,
        ids: impl Iterator<Item = AggregateId> + Clone,
        writer: Option<usize>,
        waits_for: impl Fn(&Last) -> bool,
    ) -> Turn {
        let done = CancellationToken::new();
        let in_the_way = ids.clone().filter_map(|id| last.get(&id)).filter(|last| waits_for(last));
        let before = in_the_way.map(|last| last.done.clone()).collect();
        for id in ids.clone() {
            let requests = 1 + last.get(&id).map_or(0, |last| last.requests);
            last.insert(id, Last { writer, requests, done: done.clone() });
        }
        let mut ids = ids;
        Turn { order: self.clone(), first: ids.next(), others: ids.collect(), done, before }
    }
}

impl Turn {
    /// Whether all that it waits for is out of the way.
    pub(crate) fn has_come(&self) -> bool {
        self.before.iter().all(CancellationToken::is_cancelled)
    }

    /// Waits until then.
    pub(crate) async fn come(&self) {
        for done in &self.before {
            done.cancelled().await;
        }
    }

    /// Keeps nobody waiting any more.
    pub(crate) fn give_up(&self) {
        self.done.cancel();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut last = self.order.0.lock();
        for id in self.first.iter().chain(&self.others) {
            if let Some(known) = last.get_mut(id) {
                known.requests -= 1;
                if known.requests == 0 {
                    last.remove(id);
                }
            }
        }
        drop(last);
        self.done.cancel();
    }
}

#[cfg(test)]
mod tests {
    use aether_core::log::{ExpectedVersion, StreamId};
    use uuid::Uuid;

    use super::*;

    fn append(ids: &[u128]) -> Append {
        ids.iter().fold(Append::default(), |append, id| {
            append.provided(StreamId::new("Chest", Uuid::from_u128(*id)), ExpectedVersion::Any)
        })
    }

    fn come(order: &Arc<Order>, ids: &[u128]) -> (usize, Turn) {
        order.hand_over(append(ids), 2, |writer, _, turn| (writer, turn))
    }

    /// Ids that belong to the first writer and to the second.
    fn of_each_writer() -> (u128, u128) {
        let writer = |id: &u128| AggregateId::new(Uuid::from_u128(*id)).slice() % 2;
        let first = |of| (1..).find(|id| writer(id) == of).unwrap();
        (first(0), first(1))
    }

    #[test]
    fn requests_of_one_aggregate_go_to_the_writer_that_has_the_last_one() {
        let (order, (one, other)) = (Arc::new(Order::default()), of_each_writer());
        let (writer, unit) = come(&order, &[one, other]);
        assert_eq!(writer, 0);
        let (writer, single) = come(&order, &[other]);
        assert_eq!((writer, single.has_come()), (0, true), "after the unit, at its writer");
        drop((unit, single));
        assert_eq!(come(&order, &[other]).0, 1, "nothing is under way: its own writer");
        assert!(order.0.lock().is_empty(), "nothing is kept of what is done");
    }

    #[test]
    fn a_request_after_two_writers_waits_for_one_of_them() {
        let (order, (one, other)) = (Arc::new(Order::default()), of_each_writer());
        let first = come(&order, &[one]);
        let second = come(&order, &[other]);
        assert_eq!((first.0, second.0), (0, 1));
        let (writer, unit) = come(&order, &[one, other]);
        assert_eq!((writer, unit.has_come()), (0, false));
        drop(first);
        assert!(!unit.has_come());
        drop(second);
        assert!(unit.has_come());
    }

    #[test]
    fn what_is_stored_apart_waits_for_all_before_it() {
        let (order, (one, _)) = (Arc::new(Order::default()), of_each_writer());
        let (first, second) =
            (order.queue_apart(&append(&[one])), order.queue_apart(&append(&[one])));
        let third = come(&order, &[one]);
        assert!(first.has_come() && !second.has_come() && !third.1.has_come());
        first.give_up();
        assert!(second.has_come(), "another transaction holds the first one up");
        drop((first, second));
        assert!(third.1.has_come());
    }
}
