//! The client's metrics, looked up once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram};

/// What a call is for: the label `operation` of its duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each module of the crate takes its own")]
pub(crate) enum Family {
    Ping,
    Read,
    Write,
    Checkpoint,
    Script,
    Cache,
    Lock,
    Session,
    Board,
    Bus,
    Stream,
}

const FAMILIES: [&str; 11] = [
    "ping",
    "read",
    "write",
    "checkpoint",
    "script",
    "cache",
    "lock",
    "session",
    "board",
    "bus",
    "stream",
];

/// Handles of one client. They belong to the recorder that is installed when the client connects.
pub(super) struct Meters {
    durations: [Histogram; FAMILIES.len()],
    connections: Gauge,
    /// How many connections the gauge counts for this client; others of the process add to it.
    counted: AtomicUsize,
    reconnects: Counter,
}

impl Meters {
    pub(super) fn new() -> Self {
        Self {
            durations: FAMILIES.map(|family| {
                metrics::histogram!(
                    "aether_redis_command_duration_seconds", "operation" => family
                )
            }),
            connections: metrics::gauge!("aether_redis_connections"),
            counted: AtomicUsize::new(0),
            reconnects: metrics::counter!("aether_redis_reconnects_total"),
        }
    }

    pub(super) fn took(&self, family: Family, duration: Duration) {
        self.durations[family as usize].record(duration);
    }

    pub(super) fn connections(&self, standing: usize) {
        let before = self.counted.swap(standing, Ordering::Relaxed);
        #[allow(clippy::cast_precision_loss, reason = "a handful of connections")]
        match standing.checked_sub(before) {
            Some(more) => self.connections.increment(more as f64),
            None => self.connections.decrement((before - standing) as f64),
        }
    }

    pub(super) fn reconnected(&self) {
        self.reconnects.increment(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_its_name() {
        assert_eq!(FAMILIES[Family::Ping as usize], "ping");
        assert_eq!(FAMILIES[Family::Script as usize], "script");
        assert_eq!(FAMILIES[Family::Bus as usize], "bus");
        assert_eq!(FAMILIES[Family::Stream as usize], "stream");
    }
}
