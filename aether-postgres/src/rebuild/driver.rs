//! Drives a rebuild from its first event to the swap.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::backend::{
    Backoff, ProjectionProgress, RebuildPhase, RebuildProgress, RebuildReport,
};
use aether_core::log::{Incarnation, Read};
use aether_core::projection::{Delivery, Shard};
use aether_core::time::SystemRandom;
use aether_core::{Error as CoreError, Position, RecordedEvent, Subscription};
use sqlx::Row as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::database::Database;
use crate::error::{Error, Words};

use super::job::{Job, deadline, wanted};
use super::models::ShadowModels;
use super::pace::Pace;
use super::state;
use super::swap::{self, Attempt, Swapped};

/// The state of a run.
pub(super) struct Driver {
    job: Job,
    models: Option<Arc<ShadowModels>>,
    deliveries: Vec<Delivery<Arc<ShadowModels>>>,
    progress: watch::Sender<RebuildProgress>,
    cancel: CancellationToken,
    pace: Pace,
    begun: Instant,
    looked: Option<Instant>,
}

/// What a part of the work came to.
enum Flow<T> {
    Done(T),
    Cancelled,
}

impl Driver {
    pub(super) fn new(
        job: Job,
        progress: watch::Sender<RebuildProgress>,
        cancel: CancellationToken,
    ) -> Self {
        let (pace, begun) = (Pace::default(), Instant::now());
        let (models, deliveries) = (None, Vec::new());
        Self { job, models, deliveries, progress, cancel, pace, begun, looked: None }
    }

    /// To the end. `None`: it was cancelled.
    pub(super) async fn run(mut self) -> Result<Option<RebuildReport>, Error> {
        let (database, schema) = (self.job.database.clone(), self.job.shadow.schema.clone());
        let alive = self.keep_alive();
        let outcome = self.drive().await;
        drop(alive);
        if !matches!(outcome, Ok(Some(_))) {
            // if not, the lease runs out
            if let Err(error) = state::release(&database, &schema, self.job.epoch).await {
                tracing::debug!(error = %Words(&error), "a rebuild could not be released");
            }
        }
        outcome
    }

    async fn drive(&mut self) -> Result<Option<RebuildReport>, Error> {
        self.open().await?;
        let Flow::Done(()) = self.fill().await? else { return Ok(None) };
        self.progress.send_modify(|progress| progress.phase = RebuildPhase::Swapping);
        let Flow::Done(swapped) = self.swap().await? else { return Ok(None) };
        let duration = self.begun.elapsed();
        self.progress.send_modify(|progress| {
            progress.phase = RebuildPhase::Validating;
            progress.position = swapped.position;
            progress.events += swapped.events;
            for (each, taken) in progress.projections.iter_mut().zip(&swapped.taken) {
                each.events += taken;
                each.position = swapped.position;
            }
        });
        if let Err(error) = state::sweep(&self.job.database).await {
            tracing::debug!(%error, "replaced tables are left for the next rebuild to drop");
        }
        let invalid_keys = self.validate(&swapped).await;
        self.progress.send_modify(|progress| progress.phase = RebuildPhase::Done);
        let progress = self.progress.borrow().clone();
        let mut report = RebuildReport::new(swapped.position, progress.events, duration);
        report.locked = swapped.locked;
        report.postponed = progress.postponed;
        report.dead_letters = swapped.dead_letters;
        report.invalid_keys = invalid_keys;
        report.projections = progress.projections;
        Ok(Some(report))
    }

    async fn open(&mut self) -> Result<(), Error> {
        let Job { database, shadow, tuning, projections, .. } = &self.job;
        let mut tx = database.begin().await?;
        let live = shadow.live(&mut tx, database.mode).await?;
        tx.rollback().await?;
        let models = Arc::new(ShadowModels::new(database.clone(), shadow, live, tuning.lease));
        for projection in projections {
            let shard = Shard::whole(projection.handler.name());
            let mut delivery = Delivery::of(models.clone(), projection.handler.clone(), shard)
                .without_side_effects();
            delivery.claim(self.job.epoch).await?;
            self.deliveries.push(delivery);
        }
        self.models = Some(models);
        let each = self.job.projections.iter().zip(&self.deliveries);
        let projections = each
            .map(|(projection, delivery)| {
                let position = delivery.checkpoint().position;
                ProjectionProgress::new(projection.handler.name(), position)
            })
            .collect();
        self.progress.send_modify(|progress| progress.projections = projections);
        Ok(())
    }

    fn position(&self) -> Position {
        let positions = self.deliveries.iter().map(|delivery| delivery.checkpoint().position);
        positions.min().unwrap_or_default()
    }

    /// Reads the log once for all projections, up to its end.
    async fn fill(&mut self) -> Result<Flow<()>, Error> {
        let mut log = Subscription::builder(self.job.log.store.clone())
            .after(self.position())
            .filter(self.job.filter())
            .batch_size(self.job.batch_size())
            .patience(self.job.patience())
            .start();
        // an empty log is at its end
        if self.look_ahead().await == Position::START {
            return Ok(Flow::Done(()));
        }
        loop {
            let batch = tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Ok(Flow::Cancelled),
                batch = log.next_batch() => batch?,
            };
            self.apply(&batch.events, batch.position, batch.incarnation).await?;
            if batch.caught_up {
                return Ok(Flow::Done(()));
            }
        }
    }

    /// From where the fill has ended to the end of the log of now.
    async fn catch_up(&mut self) -> Result<(), Error> {
        let mut read = Read::all()
            .after(self.position())
            .filter(self.job.filter())
            .limit(self.job.batch_size());
        loop {
            let page = self.read(&read).await?;
            self.apply(&page.events, page.position, page.incarnation).await?;
            if page.caught_up {
                return Ok(());
            }
            read = read.after(page.position);
        }
    }

    async fn read(&self, read: &Read) -> Result<aether_core::log::Page, Error> {
        let deadline = deadline(self.job.patience());
        loop {
            match self.job.log.store.read(read.clone()).await {
                Err(error) if error.is_transient() && Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    /// A batch into all shadow tables, at the same time.
    async fn apply(
        &mut self,
        events: &[RecordedEvent],
        to: Position,
        incarnation: Option<Incarnation>,
    ) -> Result<(), Error> {
        let Some(models) = &self.models else { return Ok(()) };
        let incarnation = incarnation.filter(|_| self.job.log.is_here);
        let pairs = self.job.projections.iter().zip(&mut self.deliveries);
        let steps = pairs.map(|(projection, delivery)| async move {
            let from = delivery.checkpoint().position;
            if to <= from {
                return Ok(0);
            }
            let events = wanted(events, &projection.handler, from);
            delivery.read_in(incarnation);
            delivery.apply(&events, to).await.map_err(|error| models.reason(error))?;
            Ok::<_, Error>(events.len() as u64)
        });
        let counts = futures::future::try_join_all(steps).await?;
        self.look_ahead().await;
        let (position, pace) = (self.position(), &mut self.pace);
        self.progress.send_modify(|progress| {
            progress.position = position;
            progress.target = progress.target.max(position);
            progress.events += events.len() as u64;
            (progress.rate, progress.eta) = pace.note(progress.events, position, progress.target);
            for (each, count) in progress.projections.iter_mut().zip(counts) {
                each.events += count;
                each.position = each.position.max(to);
            }
        });
        Ok(())
    }

    /// How far the log goes, looked at once a second.
    async fn look_ahead(&mut self) -> Position {
        const EVERY: Duration = Duration::from_secs(1);
        if self.looked.is_none_or(|looked| looked.elapsed() > EVERY) {
            self.looked = Some(Instant::now());
            if let Ok(end) = self.job.log.store.end().await {
                self.progress.send_modify(|progress| progress.target = end.max(progress.target));
            }
        }
        self.progress.borrow().target
    }

    /// Tries until the tables are swapped, and keeps up with the log meanwhile.
    async fn swap(&mut self) -> Result<Flow<Swapped>, Error> {
        // a log that is a replica's may lag behind; one that was restored never catches up
        const LOOKS_AHEAD: u32 = 6;
        self.prepare().await?;
        let Flow::Done(()) = self.let_old_readers_end().await? else { return Ok(Flow::Cancelled) };
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
        let mut ahead = 0;
        loop {
            self.catch_up().await?;
            match swap::attempt(&self.job).await? {
                Attempt::Swapped(swapped) => return Ok(Flow::Done(swapped)),
                Attempt::Behind => {}
                Attempt::Postponed => {
                    self.progress.send_modify(|progress| progress.postponed += 1);
                }
                Attempt::Ahead { live, log } => {
                    ahead += 1;
                    if ahead > LOOKS_AHEAD {
                        return Err(CoreError::PositionAhead { requested: live, last: log }.into());
                    }
                }
            }
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Ok(Flow::Cancelled),
                () = tokio::time::sleep(backoff.pause(&SystemRandom)) => {}
            }
        }
    }

    /// What can be done before the tables are locked.
    async fn prepare(&self) -> Result<(), Error> {
        let Job { database, shadow, .. } = &self.job;
        let mut tx = database.begin().await?;
        shadow.check(&mut tx, database.mode).await.map_err(Error::of_rebuild)?;
        shadow.analyze(&mut tx, database.mode).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A REPEATABLE READ transaction that is older than the end of the fill, and opens the tables first after
    /// the swap, would see them half filled. So transactions of before are waited for, within reason.
    async fn let_old_readers_end(&mut self) -> Result<Flow<()>, Error> {
        const SHORTEST: Duration = Duration::from_millis(20);
        let deadline = deadline(self.job.tuning.reader_patience);
        let mut old = older_transactions(&self.job.database).await?;
        while !old.is_empty() {
            if Instant::now() > deadline {
                tracing::warn!(
                    transactions = old.len(),
                    "older transactions go on; not waiting any more"
                );
                break;
            }
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Ok(Flow::Cancelled),
                () = tokio::time::sleep(SHORTEST) => {}
            }
            self.catch_up().await?;
            let running = older_transactions(&self.job.database).await?;
            old.retain(|transaction| running.contains(transaction));
        }
        Ok(Flow::Done(()))
    }

    /// Validates the foreign keys of other tables. What could not be is told.
    async fn validate(&self, swapped: &Swapped) -> Vec<String> {
        let mut invalid = Vec::new();
        for (table, key) in &swapped.keys {
            let sql = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {key}");
            let validated = async {
                let mut tx = self.job.database.begin().await?;
                self.job.database.mode.assembled(sql).execute(&mut *tx).await?;
                tx.commit().await
            };
            if let Err(error) = validated.await {
                let error = Words(&error);
                tracing::warn!(%table, %key, %error, "a foreign key stays NOT VALID");
                invalid.push(format!("{key} of {table}: {error}"));
            }
        }
        invalid
    }

    /// Tells others that we are there, as long as the handle lives.
    fn keep_alive(&self) -> AbortOnDropHandle<()> {
        let (job, progress) = (self.job.clone(), self.progress.subscribe());
        AbortOnDropHandle::new(tokio::spawn(async move {
            loop {
                tokio::time::sleep(job.tuning.lease / 3).await;
                let now = progress.borrow().clone();
                let Job { database, shadow, epoch, tuning, .. } = &job;
                let told = state::keep_alive(database, &shadow.schema, *epoch, tuning.lease, &now);
                if let Err(error) = told.await {
                    tracing::debug!(error = %Words(&error), "a rebuild could not say that it is alive");
                }
            }
        }))
    }
}

async fn older_transactions(database: &Database) -> Result<Vec<String>, Error> {
    let mut tx = database.begin().await?;
    let query = database.mode.query(include_str!("../sql/older_transactions.sql"));
    let rows = query.fetch_all(&mut *tx).await?;
    tx.rollback().await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?)
}
