//! The last messages of a channel, without a gap.

use std::collections::VecDeque;

use aether_core::Position;
use aether_core::backend::Seen;
use aether_core::log::Incarnation;

use super::feed::Item;
use super::known::Known;

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
    /// What has been in here, by which the log is recognized in another incarnation.
    known: Known,
    /// What was known when the log was recognized last. All of it was still there.
    proven: Option<Known>,
}

impl Ring {
    /// An empty ring that begins after what a reader knows.
    pub(super) fn new(known: Known, capacity: usize, most_bytes: usize) -> Self {
        let start = known.seen.resume();
        Self {
            items: VecDeque::new(),
            floor: start,
            covered: start,
            capacity: capacity.max(1),
            bytes: 0,
            most_bytes,
            known,
            proven: None,
        }
    }

    pub(super) const fn known(&self) -> &Known {
        &self.known
    }

    pub(super) const fn covered(&self) -> Position {
        self.covered
    }

    /// Takes the log for the same in another incarnation, which has everything that was in here. Positions past that
    /// may be those of other events now.
    pub(super) fn recognize(&mut self, incarnation: Option<Incarnation>) {
        self.proven = Some(self.known.clone());
        self.known.incarnation = incarnation;
        self.covered = self.known.seen.resume();
        self.floor = self.floor.min(self.covered);
    }

    /// Whether what a reader has seen was proven for it when the log was recognized last.
    pub(super) fn has_proven(&self, reader: &Known) -> bool {
        let includes = |seen: &Seen| seen.includes(&reader.seen);
        self.proven.as_ref().is_some_and(|proven| {
            proven.incarnation == reader.incarnation && includes(&proven.seen)
        })
    }

    /// Adds the next message; everything up to its position is known then.
    pub(super) fn push(&mut self, item: Item) {
        debug_assert!(item.position() > self.covered, "messages come in order, once");
        self.covered = item.position();
        self.known.seen.add(1, item.anchor);
        self.bytes += item.bytes();
        self.items.push_back(item);
        // the newest one stays, however large it is
        while (self.items.len() > self.capacity || self.bytes > self.most_bytes)
            && self.items.len() > 1
            && let Some(oldest) = self.items.pop_front()
        {
            self.bytes -= oldest.bytes();
            self.floor = oldest.position();
        }
    }

    /// Says that there is nothing more up to `position`.
    pub(super) fn cover(&mut self, position: Position) {
        self.covered = self.covered.max(position);
    }

    /// Up to `limit` messages after `seen`; `None` if some of those are gone already.
    pub(super) fn after(&self, seen: Position, limit: usize) -> Option<Vec<Item>> {
        if seen < self.floor {
            return None;
        }
        let first = self.items.partition_point(|item| item.position() <= seen);
        Some(self.items.range(first..).take(limit).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use aether_core::Json;
    use aether_core::log::Anchor;

    fn anchor(position: u64) -> Anchor {
        let event_id = Uuid::from_u128(position.into()).into();
        Anchor { position: Position::new(position), event_id }
    }

    fn item(position: u64) -> Item {
        Item { anchor: anchor(position), body: Ok(Json::empty()) }
    }

    fn known(position: u64, incarnation: u128) -> Known {
        let incarnation = Some(Incarnation::new(Uuid::from_u128(incarnation)));
        Known { seen: Seen::up_to(anchor(position)), incarnation }
    }

    fn after(ring: &Ring, seen: u64, limit: usize) -> Option<Vec<u64>> {
        let items = ring.after(Position::new(seen), limit)?;
        Some(items.iter().map(|item| item.position().get()).collect())
    }

    #[test]
    fn who_is_too_far_behind_is_told() {
        let mut ring = Ring::new(known(5, 1), 3, 1000);
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

    /// What a reader has seen is proven for it only by a ring that has seen all of it in the same incarnation.
    #[test]
    fn a_ring_proves_what_it_has_seen_and_nothing_else() {
        let mut ring = Ring::new(known(5, 1), 3, 1000);
        let mut reader = known(5, 1);
        let mut ahead = known(5, 1);
        let mut before = known(3, 1);
        for position in [7, 9] {
            ring.push(item(position));
            for known in [&mut reader, &mut ahead, &mut before] {
                known.seen.add(1, anchor(position));
            }
        }
        ahead.seen.add(1, anchor(11));
        let newcomer = Known { incarnation: None, ..reader.clone() };
        let waiting = known(8, 1);
        ring.cover(Position::new(20));
        assert!(!ring.has_proven(&reader));
        ring.recognize(known(0, 2).incarnation);
        assert_eq!(ring.covered(), Position::new(9));
        // the ring goes further than a reader that was ahead has seen
        ring.push(item(12));
        assert!(ring.has_proven(&reader));
        for other in [&ahead, &before, &newcomer, &waiting] {
            assert!(!ring.has_proven(other), "{other:?}");
        }
        ring.recognize(known(0, 3).incarnation);
        assert!(!ring.has_proven(&reader), "it has missed one");
    }

    #[test]
    fn large_messages_are_kept_for_a_shorter_time() -> Result<(), aether_core::event::JsonError> {
        let mut ring = Ring::new(known(0, 1), 100, 50);
        for position in 1..=9 {
            let body = Ok(Json::encode(&"x".repeat(if position < 8 { 8 } else { 60 }))?);
            ring.push(Item { anchor: anchor(position), body });
            let kept = after(&ring, position - 1, 9).map(|kept| kept.len());
            assert_eq!(kept, Some(1), "the newest is there");
        }
        assert_eq!(after(&ring, 7, 9), None);
        Ok(())
    }
}
