//! What can be tuned for each process manager.

use std::time::Duration;

use crate::backend::Backoff;
use crate::projection::ProjectionSettings;
use crate::setters::setters;

/// How a process manager hears events, and how its commands and timers are carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessSettings {
    /// How many commands and timers are worked on at the same time, each of another process. Default 16.
    pub concurrency: usize,
    /// How often a command or timer that fails is tried before it waits for an operator. Transient
    /// errors do not count. Default 3.
    pub attempts: u32,
    /// The pause before the second attempt, by the engine's clock, doubled with each further one; up to half of each is
    /// taken off at random. Default 1 second.
    pub pause: Duration,
    /// The longest pause. Default 1 minute.
    pub longest_pause: Duration,
    /// For how long one call of [`execute`](super::ProcessManager::execute) may run before it counts as
    /// failed. Default 30 seconds.
    pub time_limit: Duration,
    /// How often an idle runner looks for what other nodes have left to do, and for timers: what a timer can
    /// be late by. Default 250 ms.
    pub poll: Duration,
    /// How the side that hears events is run, which is a projection: in several shards, for instance. The default ones
    /// of a projection.
    pub hearing: ProjectionSettings,
}

impl Default for ProcessSettings {
    fn default() -> Self {
        Self {
            concurrency: 16,
            attempts: 3,
            pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            time_limit: Duration::from_secs(30),
            poll: Duration::from_millis(250),
            hearing: ProjectionSettings::default(),
        }
    }
}

impl ProcessSettings {
    setters! {
        concurrency: usize,
        attempts: u32,
        pause: Duration,
        longest_pause: Duration,
        time_limit: Duration,
        poll: Duration,
        hearing: ProjectionSettings,
    }

    /// The pauses after a number of tries.
    pub(super) const fn backoff_after(&self, tries: u32) -> Backoff {
        Backoff::new(self.pause, self.longest_pause).after(tries.saturating_sub(1))
    }
}
