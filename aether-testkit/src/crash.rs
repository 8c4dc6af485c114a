//! Crashes: a node with one process manager that dies at a step of its life, of which a test tries each.
//!
//! A step is a call to the store or to the processes, before it has an effect or after that. So a test counts the steps of an
//! undisturbed life, then lives it once for each of them, with a crash there and a fresh node that continues:
//!
//! ```
//! # use std::sync::Arc;
//! # use aether_core::backend::EventStore;
//! # use aether_core::memory::{MemoryProcesses, MemoryStore};
//! # use aether_core::process::{Input, Outcome, Reaction, Route, Run};
//! # use aether_core::{Aggregate, BoxError, Event, Facts, ProcessManager, Recorded, Shape, id};
//! # use aether_testkit::clock::ManualClock;
//! # use serde::{Deserialize, Serialize};
//! # #[derive(Default, Clone, Serialize, Deserialize, Shape)]
//! # struct Bell { rung: u32, answered: u32 }
//! # #[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
//! # enum BellEvent { Rung, Answered }
//! # #[derive(Serialize, Deserialize)]
//! # enum BellCommand { Ring, Answer }
//! # impl Aggregate for Bell {
//! #     const TYPE: &'static str = "Bell";
//! #     type Command = BellCommand;
//! #     type Event = BellEvent;
//! #     type Error = std::convert::Infallible;
//! #     fn decide(&self, command: &BellCommand, _: &Facts) -> Result<Vec<BellEvent>, Self::Error> {
//! #         Ok(vec![match command { BellCommand::Ring => BellEvent::Rung, BellCommand::Answer => BellEvent::Answered }])
//! #     }
//! #     fn apply(&mut self, event: &BellEvent) {
//! #         match event { BellEvent::Rung => self.rung += 1, BellEvent::Answered => self.answered += 1 }
//! #     }
//! # }
//! # id! { struct BellId of Bell; }
//! # struct Porter;
//! # impl ProcessManager for Porter {
//! #     type State = ();
//! #     type Command = BellId;
//! #     type Events = BellEvent;
//! #     fn name(&self) -> &'static str { "porter" }
//! #     fn route(&self, event: &Recorded<BellEvent>) -> Route {
//! #         match event.event { BellEvent::Rung => Route::to(event.event_id), BellEvent::Answered => Route::none() }
//! #     }
//! #     fn react(
//! #         &self, _: &mut (), input: Input<'_, BellEvent, BellId>, then: &mut Reaction<BellId>,
//! #     ) -> Result<(), BoxError> {
//! #         if let Input::Event(event) = input { then.send(event.aggregate_id.into()); then.end(); }
//! #         Ok(())
//! #     }
//! #     async fn execute(&self, bell: &BellId, run: Run<'_>) -> Result<Outcome, BoxError> {
//! #         run.command(*bell, BellCommand::Answer).await
//! #     }
//! # }
//! use aether_testkit::crash::{Driven, Steps};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
//! let (processes, clock) = (MemoryProcesses::new(), ManualClock::at("2026-01-01T00:00:00Z".parse()?));
//! let node = |steps: &Steps| Driven::new((store.clone(), processes.clone()), Porter, &clock, steps);
//!
//! // a life without a crash, then one for each of its steps
//! let mut steps = Steps::safe();
//! for crash_at in 0.. {
//!     let bell = BellId::generate();
//!     node(&Steps::safe()).engine().execute(bell, BellCommand::Ring).await?;
//!     node(&steps).live().await;
//!     node(&Steps::safe()).live().await;
//!     let answered = node(&Steps::safe()).engine().load(bell).await?.state.answered;
//!     assert_eq!(answered, 1, "after a crash {}", steps.place(crash_at));
//!     if crash_at > 0 && steps.taken() < crash_at {
//!         break;
//!     }
//!     steps = Steps::crashing_at(crash_at);
//! }
//! # Ok::<(), BoxError>(()) }).unwrap();
//! ```

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

mod driven;
mod stepped;

pub use driven::Driven;
pub use stepped::{SteppedProcesses, SteppedStore};

/// The steps of a node. Each call is two: one before it has an effect, and one after that, before the node hears of it. Cloning
/// gives another handle on the same steps.
#[derive(Clone)]
pub struct Steps {
    taken: Arc<AtomicUsize>,
    crash_at: usize,
    crashed: Arc<watch::Sender<bool>>,
    names: Arc<Mutex<Vec<&'static str>>>,
}

impl Steps {
    /// Never crashes.
    #[must_use]
    pub fn safe() -> Self {
        Self::crashing_at(usize::MAX)
    }

    /// Crashes at this step, from 0.
    #[must_use]
    pub fn crashing_at(step: usize) -> Self {
        let crashed = Arc::new(watch::Sender::new(false));
        Self { taken: Arc::default(), crash_at: step, crashed, names: Arc::default() }
    }

    /// How many were taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }

    /// The calls that were made, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where a step is, for people.
    #[must_use]
    pub fn place(&self, step: usize) -> String {
        let call = self.names().get(step / 2).copied().unwrap_or("the end");
        let when = if step.is_multiple_of(2) { "before" } else { "after" };
        format!("at step {step}, {when} {call}")
    }

    /// Returns when the node has crashed: drop it then.
    pub async fn crash(&self) {
        // the sender lives as long as this handle
        let _ = self.crashed.subscribe().wait_for(|crashed| *crashed).await;
    }

    async fn step(&self) {
        if self.taken.fetch_add(1, Ordering::SeqCst) == self.crash_at {
            self.crashed.send_replace(true);
        }
        if *self.crashed.borrow() {
            // whatever else the node does: nothing reaches the database any more
            std::future::pending::<()>().await;
        }
    }

    async fn call<T>(&self, name: &'static str, call: impl Future<Output = T>) -> T {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        self.step().await;
        let answer = call.await;
        self.step().await;
        answer
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").field("taken", &self.taken()).finish_non_exhaustive()
    }
}
