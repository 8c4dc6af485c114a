//! Tuning for the engine.

use std::time::Duration;

use crate::setters::setters;

/// Tuning for the engine.
///
/// ```
/// use aether_core::EngineSettings;
///
/// let settings = EngineSettings::default().snapshot_every(100).attempts(20);
/// assert_eq!(settings.snapshots_kept, 3);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EngineSettings {
    /// A snapshot is taken each time an aggregate's version passes a multiple of this. Default 50;
    /// 0 takes none.
    pub snapshot_every: u32,
    /// How many snapshots of an aggregate are kept. Default 3.
    pub snapshots_kept: u32,
    /// At most this many snapshots are written at the same time. One that is due meanwhile is left out: the next
    /// multiple of `snapshot_every` takes another. Default 16, at least 1.
    pub snapshots_at_once: usize,
    /// How many bytes of states the cache holds, as they [weigh](crate::Aggregate::weigh) with 256 for its own needs for each.
    /// Default 64 MiB; 0 switches it off.
    pub cache_bytes: u64,
    /// How many commands may be at one aggregate at the same time. More are answered
    /// [`Unavailable`](crate::Error::Unavailable) at once. Default 4096, at least 1.
    pub commands_at_once: usize,
    /// How many appends to one aggregate may be on their way at the same time; the commands after them wait. Should be
    /// less than the store puts into one batch, so that no other aggregate waits for more than that. Default 256, at
    /// least 1.
    pub sent_at_once: usize,
    /// How often a command is tried when other processes append to its aggregate first, the first time
    /// included. Commands of this engine queue up instead. Default 10.
    pub attempts: u32,
    /// The pause before the second attempt, doubled with each further one; up to half of each is taken off at random.
    /// Default 2 ms.
    pub retry_pause: Duration,
    /// The longest pause between attempts. Default 200 ms.
    pub retry_pause_max: Duration,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            snapshot_every: 50,
            snapshots_kept: 3,
            snapshots_at_once: 16,
            cache_bytes: 64 << 20,
            commands_at_once: 4096,
            sent_at_once: 256,
            attempts: 10,
            retry_pause: Duration::from_millis(2),
            retry_pause_max: Duration::from_millis(200),
        }
    }
}

impl EngineSettings {
    setters! {
        snapshot_every: u32,
        snapshots_kept: u32,
        snapshots_at_once: usize,
        cache_bytes: u64,
        commands_at_once: usize,
        sent_at_once: usize,
        attempts: u32,
        retry_pause: Duration,
        retry_pause_max: Duration,
    }
}
