//! The links between the messages of each channel, as a publisher knows them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aether_core::Position;
use aether_core::log::Incarnation;

/// How many channels a publisher remembers the last message of: a few megabytes.
pub(super) const REMEMBERED: usize = 65_536;

/// What a publisher that goes through the log without a gap knows of its channels.
///
/// At any time: everything in `(floor, covered]` has gone through it; a channel in `last` has nothing after
/// its entry, up to `covered`; one that is not there has nothing in `(floor, covered]`.
#[derive(Debug)]
pub(super) struct Chain {
    /// The incarnation of the log that this holds for.
    incarnation: Option<Incarnation>,
    covered: Position,
    floor: Position,
    last: HashMap<Arc<str>, Position>,
    /// The same, oldest first.
    oldest: BTreeSet<(Position, Arc<str>)>,
    remembered: usize,
}

/// What goes through it: a message, or an event that nobody knows the channels of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) position: Position,
    pub(super) channel: Option<Arc<str>>,
}

impl Chain {
    pub(super) fn new(remembered: usize) -> Self {
        let start = Position::START;
        Self {
            incarnation: None,
            covered: start,
            floor: start,
            last: HashMap::new(),
            oldest: BTreeSet::new(),
            remembered: remembered.max(1),
        }
    }

    /// Continues after `from`. If something was left out in between, or comes again, or the log is in another
    /// incarnation, everything known so far is forgotten.
    pub(super) fn resume(&mut self, from: Position, incarnation: Option<Incarnation>) {
        if from != self.covered || incarnation != self.incarnation {
            self.incarnation = incarnation;
            self.covered = from;
            self.forget(from);
        }
    }

    /// The links of these steps, which are all there are in `(covered, to]`, in order, after
    /// [`advance`](Chain::advance) has taken those before. Steps at or below `covered` come late, and link to
    /// nothing.
    pub(super) fn links(&self, steps: &[Step]) -> Vec<Position> {
        let (mut floor, mut fresh) = (self.floor, HashMap::<&str, Position>::new());
        let mut links = Vec::with_capacity(steps.len());
        for step in steps {
            let before = Position::new(step.position.get().saturating_sub(1));
            links.push(match step.channel.as_deref() {
                _ if step.position <= self.covered => before,
                Some(channel) => {
                    let known = fresh.insert(channel, step.position);
                    // what was known before an event without channels does not count after it
                    let known = known.or_else(|| self.last.get(channel).copied());
                    known.map_or(floor, |known| known.max(floor))
                }
                None => {
                    floor = step.position;
                    fresh.clear();
                    before
                }
            });
        }
        links
    }

    /// Takes the steps up to `to`.
    pub(super) fn advance(&mut self, steps: &[Step], to: Position) {
        let covered = self.covered;
        for step in steps.iter().filter(|step| step.position > covered) {
            match &step.channel {
                Some(channel) => self.note(channel.clone(), step.position),
                None => self.forget(step.position),
            }
        }
        self.covered = self.covered.max(to);
    }

    fn note(&mut self, channel: Arc<str>, position: Position) {
        if let Some(before) = self.last.insert(channel.clone(), position) {
            self.oldest.remove(&(before, channel.clone()));
        }
        self.oldest.insert((position, channel));
        if self.last.len() > self.remembered
            && let Some((position, channel)) = self.oldest.pop_first()
        {
            self.last.remove(&channel);
            self.floor = self.floor.max(position);
        }
    }

    fn forget(&mut self, floor: Position) {
        self.floor = floor;
        self.last.clear();
        self.oldest.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn step(position: u64, channel: Option<u8>) -> Step {
        let channel = channel.map(|channel| channel.to_string().into());
        Step { position: Position::new(position), channel }
    }

    /// A log: which channel each position is on; `None` where it could not be told.
    fn logs() -> impl Strategy<Value = Vec<Option<u8>>> {
        let channel = prop_oneof![8 => (0_u8..5).prop_map(Some), 1 => Just(None)];
        prop::collection::vec(channel, 1..80)
    }

    proptest! {
        #[test]
        fn a_link_never_spans_another_message(
            log in logs(),
            batches in prop::collection::vec((1_usize..9, 0_u8..4), 1..40),
            remembered in 1_usize..6,
        ) {
            let mut chain = Chain::new(remembered);
            let mut from = 0_usize;
            for (size, fate) in batches {
                let to = (from + size).min(log.len());
                let steps: Vec<Step> =
                    (from..to).map(|index| step(index as u64 + 1, log[index])).collect();
                chain.resume(Position::new(from as u64), None);
                for (step, link) in steps.iter().zip(chain.links(&steps)) {
                    prop_assert!(link < step.position);
                    let between = link.get() as usize..step.position.get() as usize - 1;
                    for other in &log[between] {
                        prop_assert!(other.is_some(), "an event without channels may be on each");
                        let other = other.map(|other| Arc::from(other.to_string()));
                        prop_assert!(step.channel.is_none() || other != step.channel);
                    }
                }
                match fate {
                    // sent, and the checkpoint has moved
                    0 | 1 => {
                        chain.advance(&steps, Position::new(to as u64));
                        from = to;
                    }
                    // sent, and comes again
                    2 => {}
                    // another publisher did the rest, or some of it was done long ago
                    _ => from = (from + to) / 3,
                }
            }
        }
    }

    #[test]
    fn what_is_remembered_is_linked() {
        let mut chain = Chain::new(10);
        chain.resume(Position::new(100), None);
        let first = [step(101, Some(1)), step(105, Some(2)), step(107, Some(1))];
        assert_eq!(
            chain.links(&first).iter().map(|p| p.get()).collect::<Vec<_>>(),
            [100, 100, 101]
        );
        chain.advance(&first, Position::new(110));
        chain.resume(Position::new(110), None);
        let second = [step(111, Some(2)), step(112, Some(3)), step(90, Some(1))];
        assert_eq!(
            chain.links(&second).iter().map(|p| p.get()).collect::<Vec<_>>(),
            [105, 100, 89]
        );
        // what is known of one incarnation of the log says nothing about the next
        chain.resume(Position::new(110), Some(Incarnation::new(uuid::Uuid::nil())));
        assert_eq!(chain.links(&second[..1]), [Position::new(110)]);
    }
}
