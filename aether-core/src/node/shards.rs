//! Runs the shards of one projection, those that this node has the lease of.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::error::{Error, Result, SharedError};
use crate::ids::{AggregateId, Name, Position};
use crate::ports::Clock;
use crate::projection::{
    Checkpoints, DeadLetter, Delivery, Handler, LetterState, Orders, ProjectionSettings,
    ReadModels, Shard,
};
use crate::store::{EventStore, Read};
use crate::subscription::{Batch, Subscription};

use super::awaited::Awaited;
use super::health::{Lag, ShardHealth, ShardState};
use super::part::Part;

/// How often operators' orders are asked for, lag is measured, and the checkpoint is moved past events
/// that the projection does not listen to.
const TICK: Duration = Duration::from_secs(1);

/// A projection on this node.
pub(super) struct ProjectionPart<R: ReadModels> {
    log: Arc<dyn EventStore>,
    models: Arc<R>,
    books: Arc<dyn Checkpoints>,
    projection: Handler<R::Tx>,
    settings: ProjectionSettings,
    clock: Arc<dyn Clock>,
    /// Other nodes run it; this one waits for what they do.
    watched: bool,
    /// Known once the projection is registered.
    shards: OnceLock<Vec<Local>>,
    /// Whether read model and log may be restored one without the other.
    apart: OnceLock<bool>,
    /// What has kept it from being registered so far.
    unprepared: Mutex<Unprepared>,
}

/// What is known of a projection before it is registered.
#[derive(Debug, Default)]
struct Unprepared {
    failure: Option<Arc<Error>>,
    /// Whether the read models refuse the projection.
    refused: bool,
    lag: Lag,
}

/// What this node knows of a shard.
struct Local {
    shard: Shard,
    lease: String,
    status: watch::Sender<Status>,
    lag: Mutex<Lag>,
}

#[derive(Debug, Clone)]
struct Status {
    state: ShardState,
    position: Position,
    /// Whether aggregates of the shard have letters that are not settled.
    letters: bool,
}

impl Local {
    fn new(shard: Shard) -> Self {
        let lease = format!("projection/{}/{}", shard.projection(), shard.index());
        let status =
            Status { state: ShardState::Elsewhere, position: Position::START, letters: true };
        Self { shard, lease, status: watch::Sender::new(status), lag: Mutex::default() }
    }

    /// It is run here, and none of its aggregates has letters that are not settled.
    fn is_clear(&self) -> bool {
        let status = self.status.borrow();
        !status.letters && matches!(status.state, ShardState::Running | ShardState::Paused)
    }

    fn observe(&self, position: Position, end: Position) -> Duration {
        self.lag.lock().observe(position, end)
    }
}

impl<R: ReadModels> ProjectionPart<R> {
    pub(super) fn new(engine: &Engine, models: Arc<R>, projection: Handler<R::Tx>) -> Self {
        Self {
            log: engine.store().clone(),
            books: models.checkpoints(),
            models,
            settings: projection.settings(),
            projection,
            clock: engine.clock().clone(),
            watched: false,
            shards: OnceLock::new(),
            apart: OnceLock::new(),
            unprepared: Mutex::default(),
        }
    }

    /// Runs nothing: other nodes do.
    pub(super) fn watched(mut self) -> Self {
        self.watched = true;
        self
    }

    /// The number of shards, once another node has registered the projection.
    async fn look(&self) -> Result<u16> {
        loop {
            if let Some(stored) = self.books.stored(self.projection.name()).await? {
                return Ok(u16::try_from(stored.shards.len()).unwrap_or(u16::MAX));
            }
            tokio::time::sleep(TICK / 4).await;
        }
    }

    fn unprepared<T>(&self, look: impl FnOnce(&mut Unprepared) -> T) -> T {
        look(&mut self.unprepared.lock())
    }

    /// Registers the projection, and looks where it and the log are kept.
    async fn register(&self) -> Result<u16> {
        let filter = self.projection.filter();
        let registration = self.projection.registration(&filter);
        let shards = self.books.register(&registration).await?;
        let log = self.log.database().await?;
        let models = self.models.database().await?;
        self.apart.get_or_init(|| log.is_none() || log != models);
        Ok(shards)
    }

    fn locals(&self) -> &[Local] {
        self.shards.get().map_or(&[], Vec::as_slice)
    }

    /// Runs a shard under an epoch until it is stopped, fenced off by a higher epoch, or fails.
    async fn run_shard(&self, local: &Local, epoch: u64, stop: &CancellationToken) -> Result<()> {
        let mut delivery =
            Delivery::of(self.models.clone(), self.projection.clone(), local.shard.clone())
                .clock(self.clock.clone());
        if self.apart.get() == Some(&true) {
            delivery = delivery.anchored_in(self.log.clone());
        }
        loop {
            delivery.claim(epoch).await?;
            match self.follow(local, &mut delivery, stop).await {
                // set back, swapped for a rebuilt one, or taken over: the claim tells
                Err(Error::CheckpointLost { projection, source }) => {
                    tracing::warn!(%projection, error = %source, "read model set back; going on");
                }
                Err(Error::ShardTaken { projection }) => {
                    tracing::info!(%projection, "the checkpoint was moved by others; claiming it again");
                }
                // a read model in the database of the log has gone back with it, to where its checkpoint is
                Err(error @ (Error::EventsLost { .. } | Error::PositionAhead { .. }))
                    if self.apart.get() == Some(&false) =>
                {
                    tracing::warn!(projection = local.shard.projection(), %error, "reading on from the checkpoint");
                }
                result => return result,
            }
        }
    }

    async fn follow(
        &self,
        local: &Local,
        delivery: &mut Delivery<Arc<R>>,
        stop: &CancellationToken,
    ) -> Result<()> {
        // how far the log was read: ahead of the checkpoint where it was about others
        let mut seen = delivery.checkpoint().position;
        local.status.send_modify(|status| {
            status.state = ShardState::Running;
            status.position = seen;
            status.letters = delivery.has_letters();
        });
        // one that stands still keeps what it was reported with
        self.obey(local, delivery, stop).await?;
        self.books.report(&local.shard, None).await?;
        let mut filter = self.projection.filter();
        if local.shard.of() > 1 {
            filter = filter.slices(local.shard.slices());
        }
        let mut subscription = Subscription::of(self.log.clone())
            .after(seen)
            .filter(filter.clone())
            .batch_size(self.settings.batch_size)
            .patience(self.settings.patience)
            .start();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            // here only: a batch that was begun is finished
            let batch = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                _ = tick.tick() => {
                    delivery.check_log().await?;
                    if seen > delivery.checkpoint().position {
                        delivery.pass(&filter, seen).await?;
                    }
                    if self.obey(local, delivery, stop).await? && !stop.is_cancelled() {
                        // an operator may have moved the checkpoint, and nothing may come that would tell
                        let stored = self.books.checkpoint(&local.shard).await?;
                        if stored != delivery.checkpoint() {
                            return Err(Error::ShardTaken { projection: local.shard.to_string() });
                        }
                    }
                    self.measure(local, seen).await?;
                    continue;
                }
                batch = subscription.next_batch() => batch?,
            };
            delivery.read_in(batch.incarnation);
            self.take(local, delivery, &batch).await?;
            seen = batch.position;
        }
    }

    async fn take(
        &self,
        local: &Local,
        delivery: &mut Delivery<Arc<R>>,
        batch: &Batch,
    ) -> Result<()> {
        if let Some(last) = batch.events.last() {
            delivery.apply(&batch.events, batch.position).await?;
            let behind = self.clock.now() - last.recorded_at;
            let lag = behind.num_microseconds().unwrap_or(0).max(0);
            self.gauge("projection_lag_seconds", local).set(lag as f64 / 1e6);
        }
        local.status.send_modify(|status| {
            status.position = batch.position;
            status.letters = delivery.has_letters();
        });
        Ok(())
    }

    /// Does what operators have ordered. Returns when the projection is not, or no longer, paused, and whether it was.
    async fn obey(
        &self,
        local: &Local,
        delivery: &mut Delivery<Arc<R>>,
        stop: &CancellationToken,
    ) -> Result<bool> {
        let mut paused = false;
        let mut stood = false;
        loop {
            let orders = match self.books.orders(&local.shard).await {
                Ok(orders) => orders,
                // as it was, until the next look
                Err(error) if error.is_transient() => Orders { paused, ..Orders::default() },
                Err(error) => return Err(error),
            };
            for letter in &orders.remedies {
                delivery.remedy(self.log.as_ref(), letter).await?;
                local.status.send_modify(|status| status.letters = delivery.has_letters());
            }
            if orders.paused != paused {
                paused = orders.paused;
                let state = if paused { ShardState::Paused } else { ShardState::Running };
                local.status.send_modify(|status| status.state = state);
            }
            if !paused {
                return Ok(stood);
            }
            stood = true;
            if stop.run_until_cancelled(tokio::time::sleep(TICK / 4)).await.is_none() {
                return Ok(stood);
            }
        }
    }

    async fn measure(&self, local: &Local, seen: Position) -> Result<()> {
        let end = match self.log.end().await {
            Ok(end) => end,
            Err(error) if error.is_transient() => return Ok(()),
            Err(error) => return Err(error),
        };
        let lag_events = end.get().saturating_sub(seen.get());
        self.gauge("projection_lag_events", local).set(lag_events as f64);
        if lag_events == 0 {
            self.gauge("projection_lag_seconds", local).set(0.0);
        }
        local.observe(seen, end);
        Ok(())
    }

    fn gauge(&self, name: &'static str, local: &Local) -> crate::meter::Gauge {
        let projection = self.projection.name();
        match local.shard.of() {
            1 => crate::meter::gauge!(name, "projection" => projection),
            _ => {
                let shard = local.shard.index().to_string();
                crate::meter::gauge!(name, "projection" => projection, "shard" => shard)
            }
        }
    }

    /// Waits until one shard has come to `position`, here or elsewhere.
    async fn reach_in(&self, local: &Local, position: Position) -> Result<()> {
        const LOOKS: [u64; 5] = [2, 5, 10, 20, 50];
        let mut status = local.status.subscribe();
        let mut looks = 0;
        loop {
            let here = status.borrow_and_update().clone();
            match here.state {
                ShardState::Running | ShardState::Paused => {
                    if here.position >= position {
                        return Ok(());
                    }
                    // a sender that is gone with its node: the caller stops waiting then
                    let _ = status.changed().await;
                    continue;
                }
                ShardState::Failed(_) | ShardState::Elsewhere => {}
            }
            match self.books.checkpoint(&local.shard).await {
                Ok(stored) if stored.position >= position => return Ok(()),
                Ok(_) => {}
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(error),
            }
            if let ShardState::Failed(failure) = here.state {
                return Err(Error::Backend { source: Box::new(SharedError::new(failure)) });
            }
            let look = Duration::from_millis(LOOKS[looks.min(LOOKS.len() - 1)]);
            looks += 1;
            tokio::select! {
                _ = status.changed() => {}
                () = tokio::time::sleep(look) => {}
            }
        }
    }

    /// Fails if the projection has parked one of these events, which it has come past.
    async fn find_parked(&self, awaited: &Awaited) -> Result<()> {
        // where a shard is run, it is known that there is nothing to look for
        if self.locals().iter().all(Local::is_clear) {
            return Ok(());
        }
        let projection = self.projection.name();
        let mut known: Option<(AggregateId, Vec<DeadLetter>)> = None;
        for &(position, aggregate) in awaited.events() {
            let aggregate = match aggregate {
                Some(aggregate) => aggregate,
                None => match self.aggregate_at(position).await? {
                    Some(aggregate) => aggregate,
                    None => continue,
                },
            };
            let mut locals = self.locals().iter();
            if locals.any(|local| local.shard.contains(aggregate) && local.is_clear()) {
                continue;
            }
            let letters = match &mut known {
                Some((id, letters)) if *id == aggregate => letters,
                known => {
                    let letters = || self.books.letters(projection, Some(aggregate));
                    &mut known.insert((aggregate, waited_out(letters).await?)).1
                }
            };
            letters.retain(|letter| letter.state != LetterState::Skipped);
            if letters.iter().any(|letter| letter.position == position)
                && let Some(first) = letters.first()
            {
                return Err(Error::Parked {
                    projection: projection.to_owned(),
                    position,
                    letter: first.position,
                    stream: first.stream.clone(),
                    error: first.error.clone().unwrap_or_else(|| "it could not be applied".into()),
                });
            }
        }
        Ok(())
    }

    /// The aggregate whose event is at a position, if there is one.
    async fn aggregate_at(&self, position: Position) -> Result<Option<AggregateId>> {
        let before = Position::new(position.get().saturating_sub(1));
        let read = Read::all().after(before).until(position).limit(1);
        let page = waited_out(|| self.log.read(read.clone())).await?;
        Ok(page.events.first().map(|event| event.aggregate_id))
    }

    /// The shards, once the projection is registered. Fails if it was refused, which time does not mend.
    async fn prepared(&self) -> Result<&[Local]> {
        while self.shards.get().is_none() {
            let refused = self.unprepared(|it| it.failure.clone().filter(|_| it.refused));
            if let Some(failure) = refused {
                return Err(Error::Backend { source: Box::new(SharedError::new(failure)) });
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(self.locals())
    }
}

#[async_trait]
impl<R: ReadModels> Part for ProjectionPart<R> {
    fn name(&self) -> &str {
        self.projection.name()
    }

    fn check(&self) -> Result<()> {
        self.projection.check()
    }

    async fn prepare(&self) -> Result<()> {
        let name = self.projection.name();
        let asked = self.settings.shards;
        let known = if self.watched { self.look().await } else { self.register().await };
        let shards = match known {
            Ok(shards) => shards,
            Err(error) => {
                let failure = Error::Backend { source: error.to_string().into() };
                self.unprepared(|unprepared| {
                    unprepared.failure = Some(Arc::new(failure));
                    unprepared.refused =
                        matches!(error, Error::TablesTaken { .. } | Error::Renamed { .. });
                });
                return Err(error);
            }
        };
        if shards != asked && !self.watched {
            tracing::warn!(
                projection = name,
                shards,
                asked,
                "the projection keeps the number of shards it was registered with"
            );
        }
        self.shards
            .get_or_init(|| Shard::all(Name::from_static(name), shards).map(Local::new).collect());
        Ok(())
    }

    fn leases(&self) -> Vec<String> {
        if self.watched {
            return Vec::new();
        }
        self.locals().iter().map(|local| local.lease.clone()).collect()
    }

    async fn run(&self, lease: &str, epoch: u64, stop: &CancellationToken) -> Result<()> {
        let Some(local) = self.locals().iter().find(|local| local.lease == lease) else {
            return Ok(());
        };
        let result = self.run_shard(local, epoch, stop).await;
        let state = match &result {
            Ok(()) | Err(Error::ShardTaken { .. }) => ShardState::Elsewhere,
            Err(error) => {
                let told = self.books.report(&local.shard, Some(&error.to_string())).await;
                if let Err(error) = told {
                    tracing::warn!(shard = %local.shard, %error, "a failure could not be reported");
                }
                ShardState::Failed(Arc::new(Error::Backend { source: error.to_string().into() }))
            }
        };
        local.status.send_modify(|status| status.state = state);
        result
    }

    fn projection(&self) -> Option<&str> {
        Some(self.projection.name())
    }

    async fn reach(&self, position: Position) -> Result<()> {
        for local in self.prepared().await? {
            self.reach_in(local, position).await?;
        }
        Ok(())
    }

    async fn shows(&self, awaited: &Awaited) -> Result<()> {
        let Some(last) = awaited.last() else { return Ok(()) };
        self.reach(last).await?;
        self.find_parked(awaited).await
    }

    async fn health(&self) -> Result<Vec<ShardHealth>> {
        let end = self.log.end().await?;
        let Some(locals) = self.shards.get() else {
            return Ok(vec![
                self.unprepared(|unprepared| unprepared.health(self.projection.name(), end)),
            ]);
        };
        let mut shards = Vec::new();
        for local in locals {
            let mut status = local.status.borrow().clone();
            if matches!(status.state, ShardState::Elsewhere | ShardState::Failed(_)) {
                status.position = self.books.checkpoint(&local.shard).await?.position;
            }
            shards.push(ShardHealth {
                shard: local.shard.clone(),
                state: status.state,
                position: status.position,
                lag_events: end.get().saturating_sub(status.position.get()),
                lag: local.observe(status.position, end),
            });
        }
        Ok(shards)
    }
}

/// Asks until the answer is not that the database is away.
async fn waited_out<T, F: Future<Output = Result<T>>>(ask: impl Fn() -> F) -> Result<T> {
    loop {
        match ask().await {
            Err(error) if error.is_transient() => tokio::time::sleep(TICK / 20).await,
            answer => return answer,
        }
    }
}

impl Unprepared {
    fn health(&mut self, projection: &'static str, end: Position) -> ShardHealth {
        ShardHealth {
            shard: Shard::whole(Name::from_static(projection)),
            state: self.failure.clone().map_or(ShardState::Elsewhere, ShardState::Failed),
            position: Position::START,
            lag_events: end.get(),
            lag: self.lag.observe(Position::START, end),
        }
    }
}
