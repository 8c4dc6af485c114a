//! What the suites need of a backend.

use std::any::Any;

use aether_core::Result;
use aether_core::log::{Append, Appended, Limits};
use aether_core::time::{Clock as _, SystemClock};
use aether_testkit::clock::ManualClock;
use async_trait::async_trait;

/// A backend under test: one value is one fresh place, a database or a set of keys that nobody else uses.
///
/// [`Handle`](Backend::Handle) says which suite the backend can mount:
///
/// | suite | handle |
/// |---|---|
/// | [`event_store_contract!`](crate::event_store_contract) | `Arc<dyn EventStore>` |
/// | [`process_contract!`](crate::process_contract) | `(Arc<dyn EventStore>, P)`, where `P: Processes` |
/// | [`bus_contract!`](crate::bus_contract) | `Arc<dyn Bus>` |
/// | [`cache_contract!`](crate::cache_contract) | `Arc<dyn Cache>` |
/// | [`leaderboard_contract!`](crate::leaderboard_contract) | `Arc<dyn Leaderboards>` |
/// | [`lock_contract!`](crate::lock_contract) | `Arc<dyn Locks>` |
///
/// `open` and `connect` are enough for most backends. The other methods are hooks: each names the suite that calls
/// it and what happens without it.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// What a process works with that is connected to the backend.
    type Handle: Send + Sync + 'static;

    /// A fresh place that nobody else uses. Called once per promise; promises run side by side.
    async fn open() -> Self
    where
        Self: Sized;

    /// Connects as one more process would: a pool and a writer of its own, no common wake-up. The connections live
    /// on the runtime that this is called on, which may end at any time.
    async fn connect(&self) -> Self::Handle;

    /// The handle that a promise works with when it needs only one. A backend that keeps a handle for its hooks
    /// gives that one; every call gives the same. Without this hook: one more process.
    async fn first(&self) -> Self::Handle {
        self.connect().await
    }

    /// Called when the promise was kept: the place to close pools and drop a database. Not called
    /// when it was not, so that the data can be looked at; what must go in any case belongs in `Drop`.
    async fn finish(self)
    where
        Self: Sized,
    {
    }

    /// Stores: the limits that the store was opened with. Without this hook: the default ones.
    fn limits(&self) -> Limits {
        Limits::default()
    }

    /// Stores: begins a transaction, does everything in it that `append` asks for (numbers drawn, events
    /// inserted), and leaves it open.
    ///
    /// The suite appends to other streams meanwhile, then commits or rolls back. Without this hook
    /// nothing happens before the commit, which then is an ordinary append; the promises hold of that
    /// as well.
    async fn begin_slow_append(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        let _ = append;
        None
    }

    /// Stores: begins a transaction that has done what a writer does first, up to drawing a number from the
    /// sequence, and has inserted nothing. [`commit`](SlowAppend::commit) inserts what `append` asks
    /// for (the numbers it uses may be the drawn one and later ones) and commits. Without this hook:
    /// as in [`begin_slow_append`](Backend::begin_slow_append).
    async fn draw_numbers_without_inserting(&self, append: Append) -> Option<Box<dyn SlowAppend>> {
        let _ = append;
        None
    }

    /// Stores: a transaction that has nothing to do with the store but holds a snapshot and has written
    /// something (so that it has a transaction id), in the store's database or in another one of the
    /// same server. It stays open until the value is dropped. Without this hook there is none.
    async fn open_unrelated_transaction(&self, other_database: bool) -> Box<dyn Any + Send> {
        let _ = other_database;
        Box::new(())
    }

    /// Buses: breaks the connections of all listeners. Required of a bus.
    async fn cut(&self) {
        unimplemented!("a bus that is tested says how its connections are cut: Backend::cut");
    }

    /// Buses: lets them connect again. Without this hook they do so by themselves.
    async fn mend(&self) {}

    /// Buses: kills what the bus runs on, and starts it again empty. Without this hook: a cut that is mended.
    async fn restart(&self) {
        self.cut().await;
        self.mend().await;
    }

    /// Buses: whether somebody is subscribed to a channel, as the bus sees it. Required of a bus.
    async fn is_subscribed(&self, channel: &str) -> bool {
        unimplemented!(
            "a bus that is tested says who listens to {channel}: Backend::is_subscribed"
        );
    }

    /// Caches: the clock that the cache reads in this process; the suite moves it. Without this hook the cache reads
    /// none.
    fn clock(&self) -> ManualClock {
        ManualClock::at(SystemClock.now())
    }

    /// Caches: whether an invalidation has reached other processes when it returns. `false` if it takes as long as
    /// a message. Without this hook: `true`.
    fn is_immediate(&self) -> bool {
        true
    }
}

/// An append in a transaction that is still open. Dropping it is a rollback.
#[async_trait]
pub trait SlowAppend: Send {
    /// Ends it well. When this returns, the commit has happened.
    ///
    /// # Errors
    ///
    /// What the store answers.
    async fn commit(self: Box<Self>) -> Result<Appended>;

    /// Gives up. When this returns, the rollback has happened.
    async fn rollback(self: Box<Self>);
}
