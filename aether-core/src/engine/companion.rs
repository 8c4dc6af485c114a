//! What goes on beside the commands of an engine.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use parking_lot::Mutex;

use crate::error::Result;
use crate::ids::Position;

/// Work that was started on an engine: [`Engine::settle`](crate::Engine::settle) waits for it and
/// [`Engine::close`](crate::Engine::close) stops it.
#[async_trait]
pub(crate) trait Companion: Send + Sync {
    /// Whether it has been stopped.
    fn is_over(&self) -> bool;

    /// Waits until the log is worked through up to a position.
    async fn reach(&self, position: Position) -> Result<()>;

    /// How much waits to be done although that is reached.
    async fn unfinished(&self) -> Result<usize>;

    /// Ends it, in order.
    async fn stop(&self) -> Result<()>;
}

/// The companions of an engine. Each lives as long as it runs, or somebody holds it.
#[derive(Default)]
pub(super) struct Companions(Mutex<Vec<Weak<dyn Companion>>>);

impl Companions {
    /// Those that are at work.
    pub(super) fn at_work(&self) -> Vec<Arc<dyn Companion>> {
        let all = self.0.lock();
        all.iter().filter_map(Weak::upgrade).filter(|companion| !companion.is_over()).collect()
    }

    pub(super) fn add(&self, companion: Weak<dyn Companion>) {
        let at_work =
            |companion: &Weak<dyn Companion>| companion.upgrade().is_some_and(|it| !it.is_over());
        let mut all = self.0.lock();
        all.retain(at_work);
        all.push(companion);
    }
}
