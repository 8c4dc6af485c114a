//! Rebuilding SQL read models from the log, while the old ones are read and written.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aether_core::Projection;
use aether_core::backend::{Checkpoints as _, EventStore, RebuildProgress, RebuildReport};
use aether_core::projection::Handler;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::error::Error;
use crate::read_models::PgReadModels;
use crate::store::PgStore;
use crate::tx::PgTx;

mod driver;
mod in_place;
mod job;
mod maintenance;
mod models;
mod overtaken;
mod pace;
mod shadow;
mod state;
mod swap;
mod verify;
mod within;

pub(crate) use maintenance::PgMaintenance;

use driver::Driver;
use job::{Job, Log, Tuning};
pub(crate) use shadow::quoted;
use shadow::{Rebuilt, Shadow};

/// The longest lease of a rebuild.
const MAX_LEASE: Duration = Duration::from_secs(24 * 60 * 60);

#[doc = include_str!("docs/rebuild.md")]
#[must_use = "a rebuild does nothing before `start`"]
pub struct Rebuild {
    log: Log,
    models: PgReadModels,
    projections: Vec<Rebuilt>,
    schema: Option<String>,
    tuning: Tuning,
    restart: bool,
}

impl Rebuild {
    /// A rebuild of projections of the log of `store`, whose read models are in the same database.
    pub fn new(store: &PgStore) -> Self {
        Self::of(Log::of(Arc::new(store.clone()), true), store.read_models())
    }

    fn of(log: Log, models: PgReadModels) -> Self {
        Self {
            log,
            models,
            projections: Vec::new(),
            schema: None,
            tuning: Tuning {
                lease: Duration::from_secs(10),
                lock_patience: Duration::from_millis(50),
                reader_patience: Duration::from_secs(10),
            },
            restart: false,
        }
    }

    /// Another projection, under its own [settings](aether_core::Projection::settings) or
    /// [others](aether_core::Projection::with). Several share one pass over the log, and go live in the same moment.
    pub fn projection(mut self, projection: impl Projection<PgTx>) -> Self {
        self.projections.push(Rebuilt::new(Handler::new(projection)));
        self
    }

    /// Read models in another database, [migrated](PgStore::migrate) too.
    pub fn read_models(mut self, models: PgReadModels) -> Self {
        self.models = models;
        self.log.is_here = false;
        self
    }

    /// Reads another event store's log: a replica, for instance.
    pub fn log(mut self, store: impl EventStore) -> Self {
        self.log = Log::of(Arc::new(store), false);
        self
    }

    /// The schema for the shadow tables. Made unless there is one, which has to be empty, and dropped in
    /// the end if it belongs to the user. Default: the current schema's name, `_rebuild_` and the name of the
    /// first projection.
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = Some(name.into());
        self
    }

    /// How long a silent rebuild still counts as running. Default 10 seconds, at most a day.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.tuning.lease = lease.min(MAX_LEASE);
        self
    }

    /// How long the swap waits for the locks of the live tables before it lets others pass and tries again:
    /// nobody's query waits longer behind it. Default 50 ms.
    pub const fn lock_patience(mut self, patience: Duration) -> Self {
        self.tuning.lock_patience = patience;
        self
    }

    /// How long the swap waits for transactions that began before the shadow tables were full: one in
    /// REPEATABLE READ that opens the tables first after the swap would not see all rows. Default
    /// 10 seconds; it goes on then.
    pub const fn reader_patience(mut self, patience: Duration) -> Self {
        self.tuning.reader_patience = patience;
        self
    }

    /// Begins anew where an interrupted rebuild would be resumed.
    pub const fn restart(mut self) -> Self {
        self.restart = true;
        self
    }

    /// Starts it, in a task of its own. Goes on where a rebuild of the same projections was interrupted or
    /// cancelled.
    ///
    /// # Errors
    ///
    /// [`Error::NotRebuildable`] with all that is in the way, [`Error::RebuildRunning`],
    /// [`Error::RebuildInTheWay`], [`Error::TablesChanged`] (restart), [`Error::Database`] (a retry helps if it
    /// [is transient](Error::is_transient)).
    ///
    /// # Panics
    ///
    /// When it is awaited outside of a tokio runtime.
    pub async fn start(self) -> Result<Rebuilding, Error> {
        let (restart, models) = (self.restart, self.models.clone());
        let mut job = self.job().await?;
        job.register(&models).await?;
        let (names, lease) = (job.names(), job.tuning.lease);
        job.epoch = state::claim(&job.database, &names, &mut job.shadow, restart, lease).await?;
        let (progress, watching) = watch::channel(RebuildProgress::default());
        let cancel = CancellationToken::new();
        let driver = Driver::new(job, progress, cancel.clone());
        let task = tokio::spawn(driver.run());
        Ok(Rebuilding { progress: watching, cancel: cancel.drop_guard(), task })
    }

    /// Rebuilds in one transaction: deletes all rows and fills the tables again. For small ones, and for those
    /// that cannot be rebuilt beside the live ones.
    ///
    /// Readers see the old rows until it commits; writers wait. It fills the tables up to where the log ended when it
    /// got the locks, however fast others append; the live projection continues from there. Identity columns and
    /// serial ones go on counting. What an interrupted rebuild has left is dropped.
    ///
    /// # Errors
    ///
    /// [`Error::NotRebuildable`] if other tables refer to these, [`Error::RebuildRunning`],
    /// [`Error::Database`], and those of the log. Nothing was changed then.
    pub async fn in_place(self) -> Result<RebuildReport, Error> {
        let models = self.models.clone();
        let job = self.job().await?;
        job.register(&models).await?;
        in_place::rebuild(&job).await
    }

    /// Drops what a cancelled or interrupted rebuild of a projection has left, and of those that were rebuilt
    /// with it. A running one is stopped by that. Whether there was anything.
    ///
    /// # Errors
    ///
    /// [`Error::Database`]; a retry helps if it [is transient](Error::is_transient).
    pub async fn discard(models: &PgReadModels, projection: &str) -> Result<bool, Error> {
        state::discard(&models.database, projection).await
    }

    /// How long a silent rebuild still counts as running: one of this projection, or one that shares its tables or
    /// its pass. `None`: there is none, or it can be resumed.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked.
    pub async fn counts_as_running(
        models: &PgReadModels,
        projection: &str,
    ) -> Result<Option<Duration>, Error> {
        Ok(state::counts_as_running(&models.database, projection).await?)
    }

    async fn job(self) -> Result<Job, Error> {
        let database = self.models.database;
        let refuse = |reason: String| Err(Error::NotRebuildable { reason });
        let (mut names, mut tables) = (BTreeSet::new(), BTreeSet::new());
        for projection in &self.projections {
            if !names.insert(projection.handler.name()) {
                return refuse(format!("{} is named twice", projection.handler.name()));
            }
            for table in projection.tables {
                if !tables.insert(*table) {
                    return refuse(format!("two projections own {table}"));
                }
            }
        }
        let Some(first) = self.projections.first() else {
            return refuse("no projection is named".to_owned());
        };
        let schema = match self.schema {
            Some(schema) => schema,
            None => state::current_schema(&database).await? + "_rebuild_" + first.handler.name(),
        };
        // as much of it as a name can hold
        let end = (0..=63.min(schema.len())).rev().find(|end| schema.is_char_boundary(*end));
        let schema = schema[..end.unwrap_or(0)].to_owned();
        Ok(Job {
            log: self.log,
            database,
            projections: self.projections,
            shadow: Shadow { schema, tables: tables.into_iter().collect() },
            tuning: self.tuning,
            epoch: 0,
        })
    }
}

impl Job {
    /// The live projections are known, also if they have never run: into how many shards they are cut.
    async fn register(&self, models: &PgReadModels) -> Result<(), Error> {
        for projection in &self.projections {
            projection.handler.check()?;
            let filter = projection.handler.filter();
            let registration = projection.handler.registration(&filter);
            models.register(&registration).await?;
        }
        Ok(())
    }
}

/// A rebuild that is going on. Dropping it cancels it.
#[derive(Debug)]
pub struct Rebuilding {
    progress: watch::Receiver<RebuildProgress>,
    cancel: DropGuard,
    task: tokio::task::JoinHandle<Result<Option<RebuildReport>, Error>>,
}

impl Rebuilding {
    /// How far it is, as soon as that has changed since the last call; `None` when it is over. Cancel safe.
    pub async fn progress(&mut self) -> Option<RebuildProgress> {
        self.progress.changed().await.ok()?;
        Some(self.progress.borrow_and_update().clone())
    }

    /// How far it is now.
    #[must_use]
    pub fn now(&self) -> RebuildProgress {
        self.progress.borrow().clone()
    }

    /// Waits for the swap and what follows it.
    ///
    /// # Errors
    ///
    /// [`Error::RebuildCancelled`], [`Error::TablesChanged`], [`Error::LiveTableTouched`],
    /// [`Error::NotRebuildable`] (something was put on the tables meanwhile), [`Error::Database`], and
    /// [`Error::Store`]: [`ShardTaken`](aether_core::Error::ShardTaken) if somebody else has taken it over or
    /// discarded it, [`Undecodable`](aether_core::Error::Undecodable), and those of the log. In every case the
    /// old tables are live, and the rebuild can be resumed, restarted or discarded.
    pub async fn finish(self) -> Result<RebuildReport, Error> {
        let Self { cancel, task, .. } = self;
        let outcome = task.await;
        drop(cancel);
        match outcome {
            Ok(Ok(Some(report))) => Ok(report),
            Ok(Ok(None)) => Err(Error::RebuildCancelled),
            Ok(Err(error)) => Err(error),
            Err(panic) => Err(aether_core::Error::Backend { source: panic.into() }.into()),
        }
    }

    /// Stops it after the current batch. What is done stays: it can be resumed at once, or
    /// [discarded](Rebuild::discard). `false`: it was over already, and the new tables are live.
    ///
    /// # Errors
    ///
    /// As [`finish`](Rebuilding::finish): it had failed before.
    pub async fn cancel(self) -> Result<bool, Error> {
        self.cancel.disarm().cancel();
        match self.task.await {
            Ok(outcome) => Ok(outcome?.is_none()),
            Err(panic) => Err(aether_core::Error::Backend { source: panic.into() }.into()),
        }
    }
}
