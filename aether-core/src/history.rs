//! Whether a history is whole. Nothing is decided on one that is not.

use crate::error::{Error, Result};
use crate::ids::Version;
use crate::store::{EventStore, History, Load, Until};

/// How often a history is asked for before a load fails because it lacks something.
const ATTEMPTS: u32 = 3;

impl History {
    /// Checks that nothing is missing: the versions follow one another from [`Load::after`], or from the
    /// snapshot, to [`History::end`], and the end is where `load` asks for.
    ///
    /// # Errors
    ///
    /// [`IncompleteHistory`](Error::IncompleteHistory).
    pub fn check(&self, load: &Load) -> Result<()> {
        let wanted = match load.until {
            Until::Now => self.head,
            Until::Version(version) => version,
            Until::Time(_) => self.end.min(self.head),
        };
        if self.end != wanted || self.end > self.head {
            return Err(self.incomplete(load, wanted, Some(self.end)));
        }
        let mut reached = load.after;
        if let Some(snapshot) = &self.snapshot {
            if snapshot.version <= load.after || snapshot.version > self.end {
                return Err(self.incomplete(load, reached.plus(1), Some(snapshot.version)));
            }
            reached = snapshot.version;
        }
        for event in &self.events {
            let due = reached.plus(1);
            if event.version != due || due > self.end {
                return Err(self.incomplete(load, due, Some(event.version)));
            }
            reached = due;
        }
        if reached < self.end {
            return Err(self.incomplete(load, reached.plus(1), None));
        }
        Ok(())
    }

    fn incomplete(&self, load: &Load, expected: Version, found: Option<Version>) -> Error {
        Error::IncompleteHistory { stream: load.stream.clone(), end: self.end, expected, found }
    }
}

/// Loads a history and checks it. One that lacks something is asked for again, without a snapshot.
pub(crate) async fn load(store: &dyn EventStore, mut load: Load) -> Result<History> {
    let mut attempt = 1;
    loop {
        let history = store.load(load.clone()).await?;
        match history.check(&load) {
            Err(error) if attempt < ATTEMPTS => {
                tracing::warn!(%error, attempt, "loading again");
                load.snapshot = None;
                attempt += 1;
            }
            checked => return checked.map(|()| history),
        }
    }
}
