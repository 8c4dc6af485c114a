//! What a process wants done, as its manager says it.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::backend::span::later;

/// Collects what is to be done after an input: commands, timers, the end.
///
/// All of it is stored together with the new state, or nothing.
#[derive(Debug)]
pub struct Reaction<C> {
    process: Uuid,
    now: DateTime<Utc>,
    pub(super) commands: Vec<C>,
    /// When each timer is due; `None`: not any more.
    pub(super) timers: BTreeMap<String, Option<DateTime<Utc>>>,
    pub(super) ended: bool,
}

impl<C> Reaction<C> {
    /// An empty one of a process, for an input of this time: for tests of a manager's
    /// [`react`](super::ProcessManager::react).
    #[must_use]
    pub fn new(process: impl Into<Uuid>, time: DateTime<Utc>) -> Self {
        Self {
            process: process.into(),
            now: time,
            commands: Vec::new(),
            timers: BTreeMap::new(),
            ended: false,
        }
    }

    /// The process that reacts.
    #[must_use]
    pub const fn process(&self) -> Uuid {
        self.process
    }

    /// When the input happened: of an event its timestamp, of anything else the time at which it was
    /// taken in.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Sends a command. The commands of a process are carried out in the order in which they are sent,
    /// each when the one before it is settled; those of different processes side by side.
    pub fn send(&mut self, command: C) {
        self.commands.push(command);
    }

    /// Sets a timer: [`Input::Timer`](super::Input::Timer) comes when so much time has passed since
    /// [now](Reaction::now). A span past the end of time never comes. A timer of the same name is replaced.
    pub fn after(&mut self, timer: impl Into<String>, span: Duration) {
        self.at(timer, later(self.now, span));
    }

    /// Sets a timer to a time; one in the past comes at once. A timer of the same name is replaced.
    pub fn at(&mut self, timer: impl Into<String>, time: DateTime<Utc>) {
        self.timers.insert(timer.into(), Some(time));
    }

    /// Cancels a timer, if it is set.
    pub fn cancel(&mut self, timer: impl Into<String>) {
        self.timers.insert(timer.into(), None);
    }

    /// Ends the process: it hears of nothing any more, and its timers go. Commands that it has sent are
    /// still carried out.
    pub const fn end(&mut self) {
        self.ended = true;
    }

    /// The commands that were sent, in order.
    #[must_use]
    pub fn sent(&self) -> &[C] {
        &self.commands
    }

    /// The timers that were set or cancelled, by name, and when each is due. `None`: not any more.
    pub fn timers(&self) -> impl Iterator<Item = (&str, Option<DateTime<Utc>>)> {
        self.timers.iter().map(|(name, due)| (name.as_str(), *due))
    }

    /// When a timer that was set is due.
    #[must_use]
    pub fn due(&self, timer: &str) -> Option<DateTime<Utc>> {
        self.timers.get(timer).copied().flatten()
    }

    /// Whether the process ends.
    #[must_use]
    pub const fn is_end(&self) -> bool {
        self.ended
    }
}
