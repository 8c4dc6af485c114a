//! A store that fails on purpose: as a script says, or by seeded chance.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aether_core::backend::{CommandIds, EventStore, LogIdentity, Snapshot, Snapshots, forward};
use aether_core::command::CommandFingerprint;
use aether_core::log::{Append, Appended, ExpectedVersion, History, Load, Page, Read};
use aether_core::{CommandId, Error, Position, Result, Version};
use async_trait::async_trait;

mod faults;
mod gate;
#[cfg(test)]
mod tests;

pub use faults::{Fault, Faults, Injected, Operation};
pub use gate::Gate;

/// Wraps a store and lets its calls fail, get lost, or wait. Cloning gives another handle on the same
/// script and counters.
///
/// Scripted faults come first, in the order they were asked for, one for each call; a call without
/// one takes its chance with the random [`Faults`].
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use std::sync::Arc;
///
/// use aether_core::backend::EventStore;
/// use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
/// use aether_core::memory::MemoryStore;
/// use aether_core::uuid::Uuid;
/// use aether_core::{CommandId, Json};
/// use aether_testkit::chaos::{ChaosStore, Fault, Faults};
///
/// let chaos = ChaosStore::wrap(Arc::new(MemoryStore::new()), Faults::none());
/// # let event = NewEvent::from_json(
/// #     "ChestOpened", Json::empty(), Uuid::from_u128(1).into(), "2026-01-01T00:00:00Z".parse()?,
/// # );
/// let stream = StreamId::new("Chest", Uuid::from_u128(7));
/// let append = Append::to(stream, ExpectedVersion::NoStream, vec![event])
///     .with_command_id(CommandId::new(Uuid::from_u128(2)));
///
/// chaos.next_append(Fault::LoseReply);
/// let lost = chaos.append(append.clone()).await;
/// assert!(lost.is_err_and(|error| error.is_outcome_unknown()));
/// // it had been stored
/// assert!(chaos.append(append).await?.duplicate);
/// assert_eq!(chaos.injected().lost_replies, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct ChaosStore {
    inner: Arc<dyn EventStore>,
    shared: Arc<Shared>,
}

struct Shared {
    faults: Faults,
    script: Mutex<HashMap<Operation, VecDeque<Fault>>>,
    injected: Mutex<Injected>,
}

/// What a fault that was drawn leaves to do when the inner call has answered.
enum Afterwards {
    Answer,
    LoseReply,
    Hold(Gate),
}

impl ChaosStore {
    /// Wraps `inner`; `faults` happen by chance, [`Faults::none`] leaves all to the script.
    #[must_use]
    pub fn wrap(inner: impl EventStore, faults: Faults) -> Self {
        let shared = Shared { faults, script: Mutex::default(), injected: Mutex::default() };
        Self { inner: Arc::new(inner), shared: Arc::new(shared) }
    }

    /// The next append that has no fault yet gets this one.
    pub fn next_append(&self, fault: Fault) {
        self.next(Operation::Append, fault);
    }

    /// The next load that has no fault yet gets this one.
    pub fn next_load(&self, fault: Fault) {
        self.next(Operation::Load, fault);
    }

    /// The next read that has no fault yet gets this one.
    pub fn next_read(&self, fault: Fault) {
        self.next(Operation::Read, fault);
    }

    /// The next call of `operation` that has no fault yet gets this one.
    ///
    /// # Panics
    ///
    /// For a fault that such a call cannot have: only appends conflict.
    pub fn next(&self, operation: Operation, fault: Fault) {
        assert!(
            operation == Operation::Append || !matches!(fault, Fault::Conflict),
            "only an append can conflict, not a {operation:?}"
        );
        let mut script = self.shared.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.entry(operation).or_default().push_back(fault);
    }

    /// Holds the next append before it reaches the store; see [`Gate`].
    #[must_use = "the append waits until the gate is opened"]
    pub fn hold_next_append(&self) -> Gate {
        let gate = Gate::new();
        self.next_append(Fault::Hold(gate.clone()));
        gate
    }

    /// How many scripted faults no call has met yet. A test whose script was not played to its end
    /// has tested less than it says.
    #[must_use]
    pub fn unplayed(&self) -> usize {
        let script = self.shared.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.values().map(VecDeque::len).sum()
    }

    /// What was injected so far.
    #[must_use]
    pub fn injected(&self) -> Injected {
        *self.shared.injected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, count: impl FnOnce(&mut Injected)) {
        count(&mut self.shared.injected.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The fault of this call, if it has one.
    fn draw(&self, operation: Operation) -> Option<Fault> {
        let mut script = self.shared.script.lock().unwrap_or_else(PoisonError::into_inner);
        let scripted = script.get_mut(&operation).and_then(VecDeque::pop_front);
        drop(script);
        scripted.or_else(|| self.shared.faults.draw(operation))
    }

    /// Does what the fault does before the inner call.
    async fn before(&self, operation: Operation, conflict: Option<Error>) -> Result<Afterwards> {
        self.count(|injected| injected.calls += 1);
        match self.draw(operation) {
            None => {}
            Some(Fault::Unavailable) => {
                self.count(|injected| injected.unavailable += 1);
                return Err(Error::Unavailable { source: "a fault on purpose".into() });
            }
            Some(Fault::Timeout) => {
                self.count(|injected| injected.timeouts += 1);
                return Err(Error::Timeout { source: "a fault on purpose".into() });
            }
            Some(Fault::Conflict) => {
                if let Some(conflict) = conflict {
                    self.count(|injected| injected.conflicts += 1);
                    return Err(conflict);
                }
            }
            Some(Fault::LoseReply) => return Ok(Afterwards::LoseReply),
            Some(Fault::Latency(time)) => {
                self.count(|injected| injected.delayed += 1);
                tokio::time::sleep(time).await;
            }
            Some(Fault::Hold(gate)) => {
                self.count(|injected| injected.held += 1);
                gate.pass().await;
            }
            Some(Fault::HoldReply(gate)) => return Ok(Afterwards::Hold(gate)),
        }
        Ok(Afterwards::Answer)
    }

    /// Does what the fault does after the inner call. An error of the inner store is passed on.
    async fn after<T>(&self, afterwards: Afterwards, answer: Result<T>) -> Result<T> {
        let answer = answer?;
        match afterwards {
            Afterwards::Answer => Ok(answer),
            Afterwards::LoseReply => {
                self.count(|injected| injected.lost_replies += 1);
                Err(Error::OutcomeUnknown { source: "a reply lost on purpose".into() })
            }
            Afterwards::Hold(gate) => {
                self.count(|injected| injected.held += 1);
                gate.pass().await;
                Ok(answer)
            }
        }
    }
}

#[async_trait]
impl EventStore for ChaosStore {
    forward! { |self| self.inner; end, newest, coordinator, close }

    async fn append(&self, append: Append) -> Result<Appended> {
        let afterwards = self.before(Operation::Append, conflict(&append)).await?;
        let answer = self.inner.append(append).await;
        self.after(afterwards, answer).await
    }

    async fn load(&self, load: Load) -> Result<History> {
        let afterwards = self.before(Operation::Load, None).await?;
        let answer = self.inner.load(load).await;
        self.after(afterwards, answer).await
    }

    async fn read(&self, read: Read) -> Result<Page> {
        let afterwards = self.before(Operation::Read, None).await?;
        let answer = self.inner.read(read).await;
        self.after(afterwards, answer).await
    }

    async fn wait(&self, after: Position) -> Result<Position> {
        let afterwards = self.before(Operation::Wait, None).await?;
        let answer = self.inner.wait(after).await;
        self.after(afterwards, answer).await
    }
}

impl LogIdentity for ChaosStore {
    forward! { |self| self.inner; database, incarnation, identity }
}

#[async_trait]
impl Snapshots for ChaosStore {
    async fn save_snapshot(&self, snapshot: Snapshot, keep: u32) -> Result<()> {
        let afterwards = self.before(Operation::SaveSnapshot, None).await?;
        let answer = self.inner.save_snapshot(snapshot, keep).await;
        self.after(afterwards, answer).await
    }
}

#[async_trait]
impl CommandIds for ChaosStore {
    async fn find_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        let afterwards = self.before(Operation::FindCommand, None).await?;
        let answer = self.inner.find_command(id, fingerprint).await;
        self.after(afterwards, answer).await
    }

    async fn void_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        let afterwards = self.before(Operation::VoidCommand, None).await?;
        let answer = self.inner.void_command(id, fingerprint).await;
        self.after(afterwards, answer).await
    }
}

impl fmt::Debug for ChaosStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChaosStore")
            .field("faults", &self.shared.faults)
            .field("unplayed", &self.unplayed())
            .field("injected", &self.injected())
            .finish_non_exhaustive()
    }
}

/// The conflict that another writer would have caused: about the first write that expects something.
/// `None` where nothing is expected, since such an append cannot conflict.
fn conflict(append: &Append) -> Option<Error> {
    append.writes().iter().find_map(|write| {
        let actual = match write.expected {
            ExpectedVersion::Any => return None,
            ExpectedVersion::NoStream => Version::new(1),
            ExpectedVersion::StreamExists => Version::ZERO,
            ExpectedVersion::Exact(version) | ExpectedVersion::Head(version, _) => version.plus(1),
        };
        Some(write.conflict(actual))
    })
}
