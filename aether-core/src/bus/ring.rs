//! The last messages of a channel, without a gap.

use std::collections::VecDeque;

use crate::ids::Position;

use super::feed::Item;

/// Everything that is on a channel in `(floor, covered]`, bounded: the oldest go first.
#[derive(Debug)]
pub(super) struct Ring {
    items: VecDeque<Item>,
    floor: Position,
    covered: Position,
    capacity: usize,
    /// How much text there is, and may be.
    bytes: usize,
    most_bytes: usize,
}

impl Ring {
    /// An empty ring that begins behind `start`.
    pub(super) fn new(start: Position, capacity: usize, most_bytes: usize) -> Self {
        let (capacity, items) = (capacity.max(1), VecDeque::new());
        Self { items, floor: start, covered: start, capacity, bytes: 0, most_bytes }
    }

    /// Adds the next message; everything up to its position is known then.
    pub(super) fn push(&mut self, item: Item) {
        debug_assert!(item.position > self.covered, "messages come in order, once");
        self.covered = item.position;
        self.bytes += item.bytes();
        self.items.push_back(item);
        // the newest one stays, however large it is
        while (self.items.len() > self.capacity || self.bytes > self.most_bytes)
            && self.items.len() > 1
            && let Some(oldest) = self.items.pop_front()
        {
            self.bytes -= oldest.bytes();
            self.floor = oldest.position;
        }
    }

    /// Says that there is nothing more up to `position`.
    pub(super) fn cover(&mut self, position: Position) {
        self.covered = self.covered.max(position);
    }

    /// Up to `limit` messages behind `seen`; `None` if some of those are gone already.
    pub(super) fn after(&self, seen: Position, limit: usize) -> Option<Vec<Item>> {
        if seen < self.floor {
            return None;
        }
        let first = self.items.partition_point(|item| item.position <= seen);
        Some(self.items.range(first..).take(limit).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    fn item(position: u64) -> Item {
        Item { position: Position::new(position), body: Ok(Json::empty()) }
    }

    fn after(ring: &Ring, seen: u64, limit: usize) -> Option<Vec<u64>> {
        let items = ring.after(Position::new(seen), limit)?;
        Some(items.iter().map(|item| item.position.get()).collect())
    }

    #[test]
    fn who_is_too_far_behind_is_told() {
        let mut ring = Ring::new(Position::new(5), 3, 1000);
        assert_eq!(after(&ring, 4, 9), None);
        assert_eq!(after(&ring, 5, 9), Some(vec![]));
        for position in [7, 8, 10] {
            ring.push(item(position));
        }
        ring.cover(Position::new(20));
        assert_eq!(after(&ring, 5, 9), Some(vec![7, 8, 10]));
        assert_eq!(after(&ring, 7, 1), Some(vec![8]));
        ring.push(item(21));
        assert_eq!(after(&ring, 6, 9), None);
        assert_eq!(after(&ring, 7, 9), Some(vec![8, 10, 21]));
        assert_eq!(ring.covered, Position::new(21));
    }

    #[test]
    fn large_messages_are_kept_for_a_shorter_time() -> Result<(), crate::json::JsonError> {
        let mut ring = Ring::new(Position::START, 100, 50);
        for position in 1..=9 {
            let body = Ok(Json::encode(&"x".repeat(if position < 8 { 8 } else { 60 }))?);
            ring.push(Item { position: Position::new(position), body });
            let kept = after(&ring, position - 1, 9).map(|kept| kept.len());
            assert_eq!(kept, Some(1), "the newest is there");
        }
        assert_eq!(after(&ring, 7, 9), None);
        Ok(())
    }
}
