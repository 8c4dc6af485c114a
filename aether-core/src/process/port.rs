//! The port for process managers: states, sent commands and timers, kept together.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::Result;
use crate::ids::CommandId;
use crate::json::Json;
use crate::projection::{ReadModels, Remedy};

/// A place for processes: [`ReadModels`] that also keep states, sent commands and timers, and change them
/// in the transaction that moves the checkpoint of the events that were heard.
///
/// A process is [opened](Processes::open) before it is changed, and so held until its transaction ends:
/// that is what the order of a process's inputs rests on.
#[async_trait]
pub trait Processes: ReadModels {
    /// Reads processes and holds them until the end of the transaction; waits for others that hold one of
    /// them. `ids` are ascending and different. Those that do not exist are left out. One round trip.
    ///
    /// # Errors
    ///
    /// Transient ones (retry the transaction).
    async fn open(
        &self,
        tx: &mut Self::Tx,
        manager: &str,
        ids: &[Uuid],
    ) -> Result<Vec<StoredProcess>>;

    /// Takes a command or a timer off the list, in this transaction. `false`: somebody else has, and
    /// nothing may be done about it. Its process must be open. One round trip.
    ///
    /// # Errors
    ///
    /// Transient ones (retry the transaction).
    async fn take(&self, tx: &mut Self::Tx, manager: &str, task: &Task) -> Result<bool>;

    /// Writes down what became of processes that are open or new, ascending by id. One round trip. From here
    /// on the transaction, once committed, survives a crash of the server.
    ///
    /// # Errors
    ///
    /// Transient ones (retry the transaction); also when a new process has come to be meanwhile.
    async fn save(
        &self,
        tx: &mut Self::Tx,
        manager: &str,
        changes: &[ProcessChange],
        now: DateTime<Utc>,
    ) -> Result<()>;

    /// Commits a transaction that moves no checkpoint.
    ///
    /// # Errors
    ///
    /// Transient ones: whether it was committed shows in what is due.
    async fn conclude(&self, tx: Self::Tx) -> Result<()>;

    /// What can be done now: of each process the timer whose time came first, in order of their time, and then of
    /// each process its oldest command; the oldest ones, and none of `busy`. One round trip, holds nothing.
    ///
    /// Something that was [put off](Processes::put_off) is due again at its time, or when that time has passed
    /// `latest`: no pause is that long, so the clock has been set back.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn due(
        &self,
        manager: &str,
        now: DateTime<Utc>,
        latest: DateTime<Utc>,
        busy: &[Uuid],
        limit: usize,
    ) -> Result<Vec<Task>>;

    /// Puts a command or timer off that could not be settled, unless it has changed since it was read.
    ///
    /// # Errors
    ///
    /// Transient ones.
    async fn put_off(&self, manager: &str, task: &Task, delay: &Delay) -> Result<()>;

    /// What operators ask and order of the same processes.
    fn operations(&self) -> Arc<dyn ProcessOperations>;
}

/// What operators ask and order of processes, outside of any transaction. Object-safe.
#[async_trait]
pub trait ProcessOperations: Send + Sync + 'static {
    /// How much there is to do.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn backlog(&self, manager: &str, now: DateTime<Utc>) -> Result<Backlog>;

    /// The commands and timers that wait for an operator, oldest first, at most 1000.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn stuck(&self, manager: &str) -> Result<Vec<Stuck>>;

    /// Carries out an operator's wish about a command or timer, stuck or not: to try it again with all attempts, or
    /// to give it up. The process of a command that is given up is told that it was refused, so that it can
    /// compensate; unless it turns out to have been carried out. Of a timer it is told nothing. `false`: there is
    /// none with this id any more.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn remedy(&self, manager: &str, id: Uuid, remedy: Remedy) -> Result<bool>;

    /// Forgets up to `limit` processes that ended before a time, and have nothing left to do; returns how
    /// many. A late event of one of them would start it anew.
    ///
    /// # Errors
    ///
    /// Transient ones (retry).
    async fn forget_ended(&self, manager: &str, before: DateTime<Utc>, limit: usize)
    -> Result<u64>;
}

/// A process as it is stored.
#[derive(Debug, Clone)]
pub struct StoredProcess {
    /// Its id.
    pub id: Uuid,
    /// Its state; `None` once it has ended.
    pub state: Option<Json>,
}

/// What became of a process.
#[derive(Debug, Clone)]
pub struct ProcessChange {
    /// Its id.
    pub id: Uuid,
    /// Whether it was not there when it was [opened](Processes::open).
    pub new: bool,
    /// Its new state. `None`: it has ended, and its timers go.
    pub state: Option<Json>,
    /// The commands it sends, in order.
    pub commands: Vec<SentCommand>,
    /// The timers it sets and cancels.
    pub timers: Vec<TimerChange>,
}

/// A command on its way into the outbox.
#[derive(Debug, Clone)]
pub struct SentCommand {
    /// The id it will be carried out under.
    pub id: CommandId,
    /// The command.
    pub command: Json,
    /// Correlation and causation, for the events it leads to.
    pub metadata: Json,
}

/// What happens to a timer.
#[derive(Debug, Clone)]
pub struct TimerChange {
    /// Its name, unique within its process.
    pub name: String,
    /// What it is set to; `None`: it is cancelled, if it is there.
    pub set: Option<SetTimer>,
}

/// A timer that is set.
#[derive(Debug, Clone)]
pub struct SetTimer {
    /// Another id each time it is set.
    pub id: Uuid,
    /// When it is due.
    pub due: DateTime<Utc>,
    /// Correlation and causation, for what follows from it.
    pub metadata: Json,
}

/// A command or a timer that is due.
#[derive(Debug, Clone)]
pub struct Task {
    /// The command's id, or that of the timer.
    pub id: Uuid,
    /// The process it belongs to.
    pub process: Uuid,
    /// What is to be done.
    pub work: Work,
    /// Correlation and causation.
    pub metadata: Json,
    /// How often it was put off.
    pub tries: u32,
    /// How often it failed for a reason that will not go away.
    pub failures: u32,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub enum Work {
    /// A command is to be carried out.
    Command(Json),
    /// A command is not to be carried out any more, says an operator; its process is to be told.
    Skip(Json),
    /// A timer's time has come.
    Timer(String),
}

/// How a command or timer is put off.
#[derive(Debug, Clone)]
pub struct Delay {
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why.
    pub error: String,
    /// Whether this counts as a failure.
    pub failure: bool,
    /// Whether it waits for an operator instead.
    pub stuck: bool,
}

/// How much there is to do for a process manager.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Commands that are not settled, stuck ones included.
    pub commands: u64,
    /// Timers that are due.
    pub timers: u64,
    /// Commands and timers that wait for an operator.
    pub stuck: u64,
}

/// A command or timer that waits for an operator. The process's later commands wait behind a command.
#[derive(Debug, Clone)]
pub struct Stuck {
    /// The command's id, or that of the timer.
    pub id: Uuid,
    /// The process it belongs to.
    pub process: Uuid,
    /// What was to be done.
    pub work: Work,
    /// How often it failed.
    pub failures: u32,
    /// The last error.
    pub error: String,
}
