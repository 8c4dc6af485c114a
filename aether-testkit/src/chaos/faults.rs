//! What can go wrong, how often, and how often it did.

use std::sync::Arc;
use std::time::Duration;

use aether_core::time::{Random, SeededRandom};

use super::Gate;

/// Something that goes wrong with one call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Fault {
    /// The store is never reached: [`Error::Unavailable`](aether_core::Error::Unavailable).
    Unavailable,
    /// The store is never reached: [`Error::Timeout`](aether_core::Error::Timeout).
    Timeout,
    /// The store does it, and its answer is lost:
    /// [`Error::OutcomeUnknown`](aether_core::Error::OutcomeUnknown). When the store fails by itself,
    /// that error is passed on.
    LoseReply,
    /// The store is never reached, and the append is answered as if somebody else had been faster.
    /// An append that expects nothing cannot conflict and passes. Only for appends.
    Conflict,
    /// The call takes this much longer.
    Latency(Duration),
    /// The call waits at the gate before it reaches the store.
    Hold(Gate),
    /// The store does it, and its answer waits at the gate.
    HoldReply(Gate),
}

/// The calls that can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// [`EventStore::append`](aether_core::backend::EventStore::append)
    Append,
    /// [`EventStore::load`](aether_core::backend::EventStore::load)
    Load,
    /// [`EventStore::read`](aether_core::backend::EventStore::read)
    Read,
    /// [`EventStore::wait`](aether_core::backend::EventStore::wait)
    Wait,
    /// [`Snapshots::save_snapshot`](aether_core::backend::Snapshots::save_snapshot)
    SaveSnapshot,
    /// [`CommandIds::find_command`](aether_core::backend::CommandIds::find_command)
    FindCommand,
    /// [`CommandIds::void_command`](aether_core::backend::CommandIds::void_command)
    VoidCommand,
}

/// Faults by chance: how likely each is, per call. The same seed and the same order of calls give the
/// same faults.
///
/// ```
/// use std::time::Duration;
/// use aether_testkit::chaos::Faults;
///
/// let faults = Faults::seeded(7)
///     .unavailable(0.05)
///     .lose_reply(0.02)
///     .conflict(0.10)
///     .latency(0.20, Duration::from_millis(5));
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Faults {
    random: Option<Arc<SeededRandom>>,
    unavailable: f64,
    lose_reply: f64,
    conflict: f64,
    latency: f64,
    longest: Duration,
}

/// How often each fault was injected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Injected {
    /// Calls of all kinds, with a fault or without.
    pub calls: u64,
    /// Calls that were answered as unavailable.
    pub unavailable: u64,
    /// Calls that were answered as timed out.
    pub timeouts: u64,
    /// Answers of the store that were lost.
    pub lost_replies: u64,
    /// Appends that were answered with a conflict.
    pub conflicts: u64,
    /// Calls that were delayed.
    pub delayed: u64,
    /// Calls or answers that came to a gate.
    pub held: u64,
}

impl Injected {
    /// Faults of all kinds.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.unavailable
            + self.timeouts
            + self.lost_replies
            + self.conflicts
            + self.delayed
            + self.held
    }
}

impl Faults {
    /// Nothing happens by chance.
    pub const fn none() -> Self {
        Self {
            random: None,
            unavailable: 0.0,
            lose_reply: 0.0,
            conflict: 0.0,
            latency: 0.0,
            longest: Duration::ZERO,
        }
    }

    /// Chance with a seed; nothing happens before one of the methods below says how often.
    pub fn seeded(seed: u64) -> Self {
        Self { random: Some(Arc::new(SeededRandom::new(seed))), ..Self::none() }
    }

    /// The probability, `0.0..=1.0`, that a call finds the store unavailable.
    pub const fn unavailable(mut self, probability: f64) -> Self {
        self.unavailable = probability;
        self
    }

    /// The probability, `0.0..=1.0`, that the answer to an append is lost.
    pub const fn lose_reply(mut self, probability: f64) -> Self {
        self.lose_reply = probability;
        self
    }

    /// The probability, `0.0..=1.0`, that an append conflicts.
    pub const fn conflict(mut self, probability: f64) -> Self {
        self.conflict = probability;
        self
    }

    /// The probability, `0.0..=1.0`, that a call takes longer, by up to `longest`.
    pub const fn latency(mut self, probability: f64, longest: Duration) -> Self {
        self.latency = probability;
        self.longest = longest;
        self
    }

    /// Rolls for one call. At most one fault; the first of the list above that its share of the range
    /// is hit for.
    pub(super) fn draw(&self, operation: Operation) -> Option<Fault> {
        let random = self.random.as_ref()?.next();
        let mut roll = unit(random as u64);
        let mut falls_in = |share: f64| {
            roll -= share;
            roll < 0.0
        };
        if falls_in(self.unavailable) {
            return Some(Fault::Unavailable);
        }
        if operation == Operation::Append {
            if falls_in(self.lose_reply) {
                return Some(Fault::LoseReply);
            }
            if falls_in(self.conflict) {
                return Some(Fault::Conflict);
            }
        }
        falls_in(self.latency)
            .then(|| Fault::Latency(self.longest.mul_f64(unit((random >> 64) as u64))))
    }
}

/// A number in `0.0..1.0` from 64 random bits.
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
