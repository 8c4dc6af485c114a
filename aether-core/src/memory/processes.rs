//! Processes in this process's memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::json::Json;
use crate::process::{
    Backlog, Delay, ProcessChange, ProcessOperations, Processes, SetTimer, StoredProcess, Stuck,
    Task, Work,
};
use crate::projection::{ReadModels as _, Remedy};

use super::read_models::{MemoryReadModels, MemoryTx};

/// Processes in this process's memory: for tests and examples.
pub type MemoryProcesses = MemoryReadModels<ProcessTables>;

/// What a [`MemoryProcesses`] holds.
#[derive(Debug, Clone, Default)]
pub struct ProcessTables {
    processes: BTreeMap<(String, Uuid), Process>,
    /// In the order in which they were sent.
    outbox: BTreeMap<(String, u64), Sent>,
    timers: BTreeMap<(String, Uuid, String), Timer>,
    commands_sent: u64,
}

#[derive(Debug, Clone)]
struct Process {
    /// `None` once it has ended.
    state: Option<Json>,
    ended_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone)]
struct Sent {
    id: Uuid,
    process: Uuid,
    command: Json,
    metadata: Json,
    skip: bool,
    trouble: Trouble,
}

#[derive(Debug, Clone)]
struct Timer {
    process: Uuid,
    name: String,
    set: SetTimer,
    trouble: Trouble,
}

/// What has kept something from being settled so far.
#[derive(Debug, Clone, Default)]
struct Trouble {
    tries: u32,
    failures: u32,
    error: Option<String>,
    until: Option<DateTime<Utc>>,
    stuck: bool,
}

impl Trouble {
    fn is_over(&self, now: DateTime<Utc>, latest: DateTime<Utc>) -> bool {
        !self.stuck && self.until.is_none_or(|until| until <= now || until > latest)
    }

    fn grow(&mut self, task: &Task, delay: &Delay) {
        if self.tries == task.tries {
            *self = Self {
                tries: self.tries + 1,
                failures: self.failures + u32::from(delay.failure),
                error: Some(delay.error.clone()),
                until: Some(delay.until),
                stuck: delay.stuck,
            };
        }
    }
}

impl Sent {
    fn task(&self) -> Task {
        let command = self.command.clone();
        Task {
            id: self.id,
            process: self.process,
            work: if self.skip { Work::Skip(command) } else { Work::Command(command) },
            metadata: self.metadata.clone(),
            tries: self.trouble.tries,
            failures: self.trouble.failures,
        }
    }
}

impl Timer {
    fn task(&self) -> Task {
        Task {
            id: self.set.id,
            process: self.process,
            work: Work::Timer(self.name.clone()),
            metadata: self.set.metadata.clone(),
            tries: self.trouble.tries,
            failures: self.trouble.failures,
        }
    }
}

fn stuck(task: Task, trouble: &Trouble) -> Stuck {
    Stuck {
        id: task.id,
        process: task.process,
        work: task.work,
        failures: task.failures,
        error: trouble.error.clone().unwrap_or_default(),
    }
}

impl ProcessTables {
    /// The manager's commands, oldest first.
    fn commands(&self, manager: &str) -> impl Iterator<Item = &Sent> {
        let range = (manager.to_owned(), 0)..=(manager.to_owned(), u64::MAX);
        self.outbox.range(range).map(|(_, sent)| sent)
    }

    /// The manager's timers.
    fn timers(&self, manager: &str) -> impl Iterator<Item = &Timer> {
        let first = (manager.to_owned(), Uuid::nil(), String::new());
        let timers = self.timers.range(first..);
        timers.take_while(move |((of, ..), _)| of == manager).map(|(_, timer)| timer)
    }

    fn sent_mut(&mut self, manager: &str, id: Uuid) -> Option<&mut Sent> {
        let mut sent = self.outbox.iter_mut().filter(|((of, _), _)| of == manager);
        sent.find_map(|(_, sent)| (sent.id == id).then_some(sent))
    }

    fn timer_mut(&mut self, manager: &str, id: Uuid) -> Option<&mut Timer> {
        let mut timers = self.timers.iter_mut().filter(|((of, ..), _)| of == manager);
        timers.find_map(|(_, timer)| (timer.set.id == id).then_some(timer))
    }

    fn take(&mut self, manager: &str, task: &Task) -> bool {
        let before = self.outbox.len() + self.timers.len();
        match &task.work {
            Work::Command(_) | Work::Skip(_) => {
                self.outbox.retain(|(of, _), sent| of != manager || sent.id != task.id);
            }
            Work::Timer(name) => {
                let key = (manager.to_owned(), task.process, name.clone());
                if self.timers.get(&key).is_some_and(|timer| timer.set.id == task.id) {
                    self.timers.remove(&key);
                }
            }
        }
        self.outbox.len() + self.timers.len() < before
    }

    fn save(&mut self, manager: &str, change: &ProcessChange, now: DateTime<Utc>) {
        let ended_at = change.state.is_none().then_some(now);
        let process = Process { state: change.state.clone(), ended_at };
        self.processes.insert((manager.to_owned(), change.id), process);
        for sent in &change.commands {
            self.commands_sent += 1;
            let sent = Sent {
                id: sent.id.as_uuid(),
                process: change.id,
                command: sent.command.clone(),
                metadata: sent.metadata.clone(),
                skip: false,
                trouble: Trouble::default(),
            };
            self.outbox.insert((manager.to_owned(), self.commands_sent), sent);
        }
        if change.state.is_none() {
            self.timers.retain(|(of, process, _), _| of != manager || *process != change.id);
        }
        for timer in &change.timers {
            let key = (manager.to_owned(), change.id, timer.name.clone());
            match timer.set.clone() {
                None => drop(self.timers.remove(&key)),
                Some(set) => {
                    let (process, name) = (change.id, timer.name.clone());
                    let timer = Timer { process, name, set, trouble: Trouble::default() };
                    self.timers.insert(key, timer);
                }
            }
        }
    }
}

#[async_trait]
impl Processes for MemoryProcesses {
    async fn open(
        &self,
        tx: &mut MemoryTx<ProcessTables>,
        manager: &str,
        ids: &[Uuid],
    ) -> Result<Vec<StoredProcess>> {
        let stored = ids.iter().filter_map(|&id| {
            let process = tx.processes.get(&(manager.to_owned(), id))?;
            Some(StoredProcess { id, state: process.state.clone() })
        });
        Ok(stored.collect())
    }

    async fn take(
        &self,
        tx: &mut MemoryTx<ProcessTables>,
        manager: &str,
        task: &Task,
    ) -> Result<bool> {
        Ok(tx.take(manager, task))
    }

    async fn save(
        &self,
        tx: &mut MemoryTx<ProcessTables>,
        manager: &str,
        changes: &[ProcessChange],
        now: DateTime<Utc>,
    ) -> Result<()> {
        for change in changes {
            let id = (manager.to_owned(), change.id);
            if change.new == tx.processes.contains_key(&id) {
                let source = "a process was changed that had not been opened".into();
                return Err(Error::Backend { source });
            }
            tx.save(manager, change, now);
        }
        Ok(())
    }

    async fn conclude(&self, tx: MemoryTx<ProcessTables>) -> Result<()> {
        self.keep(tx);
        Ok(())
    }

    async fn due(
        &self,
        manager: &str,
        now: DateTime<Utc>,
        latest: DateTime<Utc>,
        busy: &[Uuid],
        limit: usize,
    ) -> Result<Vec<Task>> {
        let tables = self.model();
        let mut seen = BTreeSet::new();
        let heads = tables.commands(manager).filter(|sent| seen.insert(sent.process));
        let commands =
            heads.filter(|sent| sent.skip || sent.trouble.is_over(now, latest)).map(Sent::task);
        let mut timers: Vec<&Timer> = tables
            .timers(manager)
            .filter(|timer| timer.set.due <= now && timer.trouble.is_over(now, latest))
            .collect();
        timers.sort_by(|one, other| (one.set.due, &one.name).cmp(&(other.set.due, &other.name)));
        let mut seen = BTreeSet::new();
        let first = timers.into_iter().filter(|timer| seen.insert(timer.process));
        let timers = first.map(Timer::task);
        let free = timers.chain(commands).filter(|task| !busy.contains(&task.id));
        Ok(free.take(limit).collect())
    }

    async fn put_off(&self, manager: &str, task: &Task, delay: &Delay) -> Result<()> {
        let mut tx = self.begin().await?;
        if let Some(sent) = tx.sent_mut(manager, task.id) {
            sent.trouble.grow(task, delay);
            sent.skip = sent.skip && !delay.stuck;
        } else if let Some(timer) = tx.timer_mut(manager, task.id) {
            timer.trouble.grow(task, delay);
        }
        self.conclude(tx).await
    }

    fn operations(&self) -> Arc<dyn ProcessOperations> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl ProcessOperations for MemoryProcesses {
    async fn backlog(&self, manager: &str, now: DateTime<Utc>) -> Result<Backlog> {
        let tables = self.model();
        let commands = tables.commands(manager).count() as u64;
        let timers = tables.timers(manager);
        let timers = timers.filter(|timer| timer.set.due <= now).count() as u64;
        let stuck = self.stuck(manager).await?.len() as u64;
        Ok(Backlog { commands, timers, stuck })
    }

    async fn stuck(&self, manager: &str) -> Result<Vec<Stuck>> {
        let tables = self.model();
        let commands = tables.commands(manager).filter(|sent| sent.trouble.stuck && !sent.skip);
        let commands = commands.map(|sent| stuck(sent.task(), &sent.trouble));
        let timers = tables.timers(manager).filter(|timer| timer.trouble.stuck);
        let timers = timers.map(|timer| stuck(timer.task(), &timer.trouble));
        Ok(commands.chain(timers).take(1000).collect())
    }

    async fn remedy(&self, manager: &str, id: Uuid, remedy: Remedy) -> Result<bool> {
        let mut tx = self.begin().await?;
        if let Some(sent) = tx.sent_mut(manager, id) {
            sent.trouble = Trouble { tries: sent.trouble.tries + 1, ..Trouble::default() };
            sent.skip = remedy == Remedy::Skip;
        } else if let Some(timer) = tx.timer_mut(manager, id) {
            timer.trouble = Trouble { tries: timer.trouble.tries + 1, ..Trouble::default() };
            if remedy == Remedy::Skip {
                let task = timer.task();
                tx.take(manager, &task);
            }
        } else {
            return Ok(false);
        }
        self.conclude(tx).await?;
        Ok(true)
    }

    async fn forget_ended(
        &self,
        manager: &str,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<u64> {
        let mut tx = self.begin().await?;
        let busy: BTreeSet<Uuid> = tx.commands(manager).map(|sent| sent.process).collect();
        let ended = tx.processes.iter().filter(|((of, id), process)| {
            of == manager && process.ended_at.is_some_and(|at| at < before) && !busy.contains(id)
        });
        let ended: Vec<_> = ended.map(|(key, _)| key.clone()).take(limit).collect();
        for key in &ended {
            tx.processes.remove(key);
        }
        self.conclude(tx).await?;
        Ok(ended.len() as u64)
    }
}
