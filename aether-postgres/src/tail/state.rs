//! What a process knows of the end of the log, and which part outlives a crash of the server.

use std::collections::VecDeque;

use aether_core::Position;
use aether_core::log::Incarnation;

/// How many horizons wait for a flush; of more only the newest one is kept.
const UNFLUSHED: usize = 8;

/// How far a log can be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The incarnation of the log for which the rest holds.
    pub(crate) incarnation: Option<Incarnation>,
    /// The highest horizon seen. Every event at or below it can be read.
    pub(crate) horizon: Position,
    /// The part of it that no crash takes back: only positions up to here leave this process.
    pub(crate) durable: Position,
}

/// An answer of `aether_log_end`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogEnd {
    pub(crate) incarnation: Option<Incarnation>,
    pub(crate) standby: bool,
    pub(crate) horizon: Position,
    pub(crate) last: Position,
    /// Up to where the write-ahead log has to be flushed for the horizon to be durable.
    pub(crate) noted: i64,
    pub(crate) flushed: i64,
}

/// What is known, and what is missing for more of it to be durable.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) known: Known,
    /// The newest event that was seen, or that was acknowledged: its commit was flushed, and with it the sequence.
    pub(super) newest: Position,
    /// Horizons, and up to where the server has to flush for each; both rise.
    unflushed: VecDeque<(Position, i64)>,
}

impl State {
    /// Forgets what belongs to another incarnation. Whether that was anything.
    pub(super) fn observe(&mut self, incarnation: Option<Incarnation>) -> bool {
        if self.known.incarnation == incarnation {
            return false;
        }
        if let Some(before) = self.known.incarnation {
            let now = incarnation.map(|now| now.to_string()).unwrap_or_default();
            tracing::warn!(
                %before, now,
                "the log is in another incarnation: its server crashed, failed over or was restored"
            );
        }
        let known = Known { incarnation, ..Known::default() };
        *self = Self { known, ..Self::default() };
        true
    }

    /// Takes an answer. Whether readers can go further.
    pub(super) fn learn(&mut self, end: &LogEnd) -> bool {
        // a standby knows none before its primary has told it
        let other = self.observe(end.incarnation);
        // an append that has just begun can make a later answer lower; the higher one stays true
        if end.horizon > self.known.horizon {
            self.known.horizon = end.horizon;
        }
        let mut flushed = match end.noted <= end.flushed {
            true => end.horizon,
            false => Position::START,
        };
        while let Some((horizon, _)) =
            self.unflushed.pop_front_if(|(_, noted)| *noted <= end.flushed)
        {
            flushed = flushed.max(horizon);
        }
        if end.horizon > self.known.durable && end.noted > end.flushed {
            if self.unflushed.len() == UNFLUSHED {
                self.unflushed.pop_back();
            }
            self.unflushed.push_back((end.horizon, end.noted));
        }
        self.settle(flushed) || other
    }

    /// Takes the position of an event of an incarnation. Whether readers can go further.
    pub(super) fn saw(&mut self, incarnation: Option<Incarnation>, position: Position) -> bool {
        if incarnation != self.known.incarnation {
            return false;
        }
        self.newest = self.newest.max(position);
        self.settle(Position::START)
    }

    fn settle(&mut self, flushed: Position) -> bool {
        let durable = flushed.max(self.newest.min(self.known.horizon));
        let rose = durable > self.known.durable;
        self.known.durable = durable.max(self.known.durable);
        rose
    }
}

#[cfg(test)]
mod tests {
    use aether_core::uuid::Uuid;

    use super::*;

    const ONE: Option<Incarnation> = Some(Incarnation::new(Uuid::from_u128(1)));

    fn end(incarnation: u128, horizon: u64, noted: i64, flushed: i64) -> LogEnd {
        LogEnd {
            incarnation: Some(Incarnation::new(Uuid::from_u128(incarnation))),
            standby: false,
            horizon: Position::new(horizon),
            last: Position::new(horizon),
            noted,
            flushed,
        }
    }

    fn durable(state: &State) -> u64 {
        state.known.durable.get()
    }

    #[test]
    fn a_horizon_is_handed_out_once_what_it_rests_on_is_flushed() {
        let mut state = State::default();
        assert!(state.learn(&end(1, 10, 500, 500)) && durable(&state) == 10);
        assert!(!state.learn(&end(1, 20, 700, 600)) && durable(&state) == 10);
        assert!(!state.learn(&end(1, 30, 900, 699)) && durable(&state) == 10);
        // each by what was noted for it
        assert!(state.learn(&end(1, 40, 990, 700)) && durable(&state) == 20);
        assert!(state.learn(&end(1, 40, 990, 990)) && durable(&state) == 40);
    }

    #[test]
    fn an_event_that_was_seen_is_flushed_and_so_is_the_horizon_up_to_it() {
        let mut state = State::default();
        state.learn(&end(1, 20, 700, 600));
        assert!(state.saw(ONE, Position::new(15)) && durable(&state) == 15);
        assert!(state.saw(ONE, Position::new(25)) && durable(&state) == 20, "not past the horizon");
    }

    #[test]
    fn another_incarnation_makes_everything_void() {
        let mut state = State::default();
        state.learn(&end(1, 20, 700, 600));
        state.saw(ONE, Position::new(25));
        assert!(state.learn(&end(2, 9, 800, 700)));
        assert_eq!((durable(&state), state.known.horizon.get(), state.newest.get()), (0, 9, 0));
        // nor is what was noted before taken for flushed, or an event of then for one of now
        assert!(!state.saw(ONE, Position::new(25)) && durable(&state) == 0);
        assert!(!state.learn(&end(2, 9, 900, 750)) && durable(&state) == 0);
    }

    #[test]
    fn horizons_that_wait_for_a_flush_are_bounded() {
        let mut state = State::default();
        for n in 1..1000 {
            state.learn(&end(1, n, 1000 + n as i64, 0));
        }
        assert_eq!(state.unflushed.len(), UNFLUSHED);
        state.learn(&end(1, 1000, 3000, 2999));
        assert_eq!(durable(&state), 999);
    }
}
