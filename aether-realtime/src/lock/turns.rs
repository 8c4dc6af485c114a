//! Turns within a process: of those who wait for the same lock, one asks the backend, and the others stand
//! in line behind it.

use std::collections::HashMap;
use std::sync::Arc;

use aether_core::lock::LockName;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Mutex as Queue, OwnedMutexGuard};

/// The lines of all locks that somebody holds or waits for here.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// An entry goes with the last one in its line.
    lines: Mutex<HashMap<LockName, Arc<Queue<()>>>>,
}

impl Turns {
    /// The turn, when those who came before have gone.
    pub(super) async fn wait(self: &Arc<Self>, name: &LockName) -> Turn {
        let mut place = self.place(name);
        place.front = Some(place.line().lock_owned().await);
        place
    }

    /// The turn if nobody is before us.
    pub(super) fn at_once(self: &Arc<Self>, name: &LockName) -> Option<Turn> {
        let mut place = self.place(name);
        place.front = Some(place.line().try_lock_owned().ok()?);
        Some(place)
    }

    fn place(self: &Arc<Self>, name: &LockName) -> Turn {
        let line = self.lines().entry(name.clone()).or_default().clone();
        Turn { turns: self.clone(), name: name.clone(), line: Some(line), front: None }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<LockName, Arc<Queue<()>>>> {
        self.lines.lock()
    }
}

/// A place in a line; its front, once there. Dropping it lets the next one in.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    name: LockName,
    line: Option<Arc<Queue<()>>>,
    front: Option<OwnedMutexGuard<()>>,
}

impl Turn {
    fn line(&self) -> Arc<Queue<()>> {
        self.line.clone().unwrap_or_default()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.front = None;
        self.line = None;
        let mut lines = self.turns.lines();
        // clones are made under this lock only: nobody else is, or comes to be, in this line
        if lines.get(&self.name).is_some_and(|line| Arc::strong_count(line) == 1) {
            lines.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_goes_with_the_last_one_in_it() {
        let (turns, name) = (Arc::new(Turns::default()), LockName::new("chest", 1));
        let first = turns.wait(&name).await;
        assert!(turns.at_once(&name).is_none());
        let second = tokio::spawn({
            let (turns, name) = (turns.clone(), name.clone());
            async move { turns.wait(&name).await }
        });
        drop(first);
        drop(second.await.unwrap());
        assert!(turns.lines().is_empty());
        let given_up = turns.at_once(&name).unwrap();
        drop(tokio::time::timeout(std::time::Duration::ZERO, turns.wait(&name)).await);
        drop(given_up);
        assert!(turns.lines().is_empty());
    }
}
