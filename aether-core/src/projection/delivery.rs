//! Brings batches into one read model, each event exactly once, and decides what becomes of failures.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::time::Instant;

use crate::backend::{Backoff, Patience};
use crate::envelope::RecordedEvent;
use crate::error::{Error, Result};
use crate::ids::{AggregateId, Anchor, Incarnation, Position};
use crate::ports::{Clock, SystemClock, SystemRandom};
use crate::store::{EventStore, Filter, Read};

use super::{
    Checkpoint, Checkpoints, DeadLetter, Decoded, Handler, LetterState, Order, Projection,
    ProjectionSettings, ReadModels, Shard, Step, Undecodable, trace,
};

/// One shard of a projection on its way into a read model: what a [`Node`](crate::Node) and a rebuild
/// drive.
///
/// A batch and the checkpoint move in one transaction. A batch that fails is halved until
/// the single event is found that fails (one that cannot be decoded is found at once). That one is tried again, then
/// parked, and the later events of its aggregate with it, while all others continue. After a commit whose answer was lost the stored checkpoint
/// tells whether it took place.
pub struct Delivery<R: ReadModels> {
    models: R,
    books: Arc<dyn Checkpoints>,
    projection: Handler<R::Tx>,
    shard: Shard,
    settings: ProjectionSettings,
    clock: Arc<dyn Clock>,
    live: bool,
    /// The log, where it is not restored together with the read model.
    log: Option<Arc<dyn EventStore>>,
    /// The incarnation of the log that the next events were read in.
    read_in: Option<Incarnation>,
    checkpoint: Checkpoint,
    anchor: Option<Anchor>,
    blocked: HashSet<AggregateId>,
}

impl<R: ReadModels> Delivery<R> {
    /// A delivery for a shard, with nothing claimed yet. The projection says its [settings](Projection::settings).
    pub fn new(models: R, projection: impl Projection<R::Tx>, shard: Shard) -> Self {
        Self::of(models, Handler::new(projection), shard)
    }

    /// As [`new`](Delivery::new), for a projection whose type is left out.
    pub fn of(models: R, projection: Handler<R::Tx>, shard: Shard) -> Self {
        Self {
            books: models.checkpoints(),
            models,
            settings: projection.settings(),
            projection,
            shard,
            clock: Arc::new(SystemClock),
            live: true,
            log: None,
            read_in: None,
            checkpoint: Checkpoint::default(),
            anchor: None,
            blocked: HashSet::new(),
        }
    }

    /// The clock that pauses follow.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Without [side effects](Projection::committed): for rebuilds.
    #[must_use]
    pub const fn without_side_effects(mut self) -> Self {
        self.live = false;
        self
    }

    /// Keeps an [`Anchor`] with each checkpoint, and looks for it in the log before it goes on: for read models that
    /// are not restored together with the log. Costs a look-up in the log for each batch, and two more where events
    /// for others lie between its last one and the checkpoint.
    #[must_use]
    pub fn anchored_in(mut self, log: impl EventStore) -> Self {
        self.log = Some(Arc::new(log));
        self
    }

    /// Says in which incarnation of the log the events were read that come next. Read models in the database of the log
    /// go back with it, and take nothing that was read before; those that are [anchored](Delivery::anchored_in)
    /// elsewhere do not compare it.
    pub const fn read_in(&mut self, incarnation: Option<Incarnation>) {
        self.read_in = incarnation;
    }

    /// How far it has come.
    #[must_use]
    pub const fn checkpoint(&self) -> Checkpoint {
        self.checkpoint
    }

    /// Whether aggregates of the shard have letters that are not settled.
    pub(crate) fn has_letters(&self) -> bool {
        !self.blocked.is_empty()
    }

    /// Takes the shard over, and returns where to go on.
    ///
    /// # Errors
    ///
    /// As [`Checkpoints::claim`] and [`check_log`](Delivery::check_log), transient ones after the
    /// [patience](ProjectionSettings::patience). [`InvalidEvents`](Error::InvalidEvents).
    pub async fn claim(&mut self, epoch: u64) -> Result<Checkpoint> {
        self.projection.check()?;
        let claim = self.patiently(|| self.books.claim(&self.shard, epoch)).await?;
        self.checkpoint = claim.checkpoint;
        self.anchor = claim.anchor;
        self.blocked = claim.blocked.into_iter().collect();
        self.check_log().await?;
        Ok(self.checkpoint)
    }

    /// Moves the checkpoint past events that were read and are for others: none up to `to` passes `filter`, that of
    /// the shard.
    ///
    /// # Errors
    ///
    /// As [`apply`](Delivery::apply).
    pub async fn pass(&mut self, filter: &Filter, to: Position) -> Result<()> {
        if let (Some(log), Some(anchor)) = (&self.log, self.anchor) {
            // one that does has taken the place of another
            let passed = Read::all().after(self.checkpoint.position).until(to).limit(1);
            let passed = passed.filter(filter.clone());
            let page = self.patiently(|| log.read(passed.clone())).await?;
            if let Some(event) = page.events.first() {
                let projection = self.shard.to_string();
                let (checkpoint, found) = (to, Some(event.anchor()));
                return Err(Error::LogRewritten { projection, checkpoint, known: anchor, found });
            }
        }
        self.apply(&[], to).await
    }

    /// Looks whether the log is still the one that the read model was built from, if it is
    /// [anchored](Delivery::anchored_in). Two round trips.
    ///
    /// # Errors
    ///
    /// [`LogRewritten`](Error::LogRewritten) and [`PositionAhead`](Error::PositionAhead): it is not. Transient
    /// ones after the [patience](ProjectionSettings::patience).
    pub async fn check_log(&self) -> Result<()> {
        let (Some(log), Some(anchor)) = (&self.log, self.anchor) else { return Ok(()) };
        let (projection, at) = (self.shard.to_string(), self.checkpoint.position);
        self.patiently(|| anchor.check(log.as_ref(), &projection, at)).await
    }

    /// The anchor of a checkpoint after events.
    async fn anchor_at(&self, events: &[RecordedEvent], to: Position) -> Result<Option<Anchor>> {
        match &self.log {
            None => Ok(None),
            Some(_) if to == self.checkpoint.position => Ok(self.anchor),
            Some(log) => {
                let projection = self.shard.to_string();
                let (before, last) = ((self.checkpoint.position, self.anchor), events.last());
                self.patiently(|| Anchor::next(log.as_ref(), &projection, before, to, last)).await
            }
        }
    }

    /// Brings a batch into the read model: everything up to `to` is there afterwards, or parked.
    ///
    /// `events` are those of the shard that pass the projection's filter, after the checkpoint, in order.
    /// May take several transactions. After an error, [`claim`](Delivery::claim) and go on from there.
    ///
    /// # Errors
    ///
    /// [`ShardTaken`](Error::ShardTaken) if somebody else has claimed the shard,
    /// [`CheckpointLost`](Error::CheckpointLost), [`Undecodable`](Error::Undecodable) where the policy
    /// is to stop, [`ModelMismatch`](Error::ModelMismatch), [`TransactionEnded`](Error::TransactionEnded),
    /// transient ones that outlast the [patience](ProjectionSettings::patience).
    pub async fn apply(&mut self, events: &[RecordedEvent], to: Position) -> Result<()> {
        // parts still to do, the next one last
        let mut parts = vec![(events, to)];
        while let Some((part, to)) = parts.pop() {
            match self.attempt(part, to, None).await {
                Ok(()) => {}
                Err(Failure::Fatal(error)) => return Err(error),
                Err(Failure::Undecodable(position, _)) if part.len() > 1 => {
                    let at = part.partition_point(|event| event.position < position);
                    let (before, rest) = part.split_at(at);
                    let (event, after) = rest.split_at(rest.len().min(1));
                    let mut end = Some(to);
                    for part in [after, event, before] {
                        let Some(last) = part.last() else { continue };
                        parts.push((part, end.take().unwrap_or(last.position)));
                    }
                }
                Err(Failure::Handler(_)) if part.len() > 1 => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.push((second, to));
                    parts.push((first, first.last().map_or(to, |last| last.position)));
                }
                Err(Failure::Handler(error) | Failure::Undecodable(_, error)) => {
                    let Some(event) = part.first() else { return Err(error) };
                    if let Some(letter) = self.insist(event, to, None, error).await? {
                        self.park(vec![letter], to).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Carries out an operator's order about a failed letter, then continues with those that wait
    /// behind it, until one fails again or none is left.
    ///
    /// # Errors
    ///
    /// As [`apply`](Delivery::apply), and those of the log.
    pub async fn remedy(&mut self, log: &dyn EventStore, ordered: &DeadLetter) -> Result<()> {
        // the next step is about what was read before
        let read_in = self.read_in;
        let settled = self.settle(log, ordered).await;
        self.read_in = read_in;
        settled
    }

    async fn settle(&mut self, log: &dyn EventStore, ordered: &DeadLetter) -> Result<()> {
        let aggregate = ordered.stream.aggregate_id;
        let projection = self.shard.projection().to_owned();
        let letters = self.patiently(|| self.books.letters(&projection, Some(aggregate))).await?;
        for letter in letters {
            match letter.state {
                LetterState::Skipped => {}
                LetterState::Skip => {
                    tracing::warn!(shard = %self.shard, position = %letter.position, "event left out");
                    let skipped = DeadLetter { state: LetterState::Skipped, ..letter };
                    self.park(vec![skipped], self.checkpoint.position).await?;
                }
                _ => {
                    if let Some(failed) = self.redeliver(log, letter).await? {
                        self.park(vec![failed], self.checkpoint.position).await?;
                        return Ok(());
                    }
                }
            }
        }
        self.blocked.remove(&aggregate);
        Ok(())
    }

    /// Applies the event of a letter; the letter, if it still fails.
    async fn redeliver(
        &mut self,
        log: &dyn EventStore,
        letter: DeadLetter,
    ) -> Result<Option<DeadLetter>> {
        let before = Position::new(letter.position.get().saturating_sub(1));
        let read = Read::all().after(before).until(letter.position).limit(1);
        let page = self.patiently(|| log.read(read.clone())).await?;
        self.read_in(page.incarnation);
        let Some(event) = page.events.into_iter().find(|event| event.event_id == letter.event_id)
        else {
            let error = Some("the event is not in the log any more".to_owned());
            return Ok(Some(DeadLetter { state: LetterState::Failed, error, ..letter }));
        };
        let (to, settled) = (self.checkpoint.position, Some(letter.position));
        match self.attempt(std::slice::from_ref(&event), to, settled).await {
            Ok(()) => Ok(None),
            Err(Failure::Fatal(error)) => Err(error),
            Err(Failure::Handler(error) | Failure::Undecodable(_, error)) => {
                let failed = self.insist(&event, to, settled, error).await?;
                Ok(failed.map(|failed| DeadLetter {
                    attempts: letter.attempts.saturating_add(failed.attempts),
                    ..failed
                }))
            }
        }
    }

    /// Tries a single event that has failed once, until it succeeds (`None`) or is to be parked.
    async fn insist(
        &mut self,
        event: &RecordedEvent,
        to: Position,
        settled: Option<Position>,
        first: Error,
    ) -> Result<Option<DeadLetter>> {
        let name = self.projection.name();
        let (mut error, mut attempts) = (first, 1);
        let mut backoff = Backoff::doubling(self.settings.backoff);
        let undecodable = error.is_undecodable();
        match self.settings.undecodable {
            Undecodable::Stop if undecodable => return Err(error),
            Undecodable::Skip if undecodable => {
                tracing::warn!(projection = name, position = %event.position, %error, "event left out");
                self.pass_over(to, &[], settled).await?;
                return Ok(None);
            }
            _ => {}
        }
        while attempts < self.settings.attempts && !undecodable {
            self.clock.sleep(backoff.pause(&SystemRandom)).await;
            attempts += 1;
            match self.attempt(std::slice::from_ref(event), to, settled).await {
                Ok(()) => return Ok(None),
                Err(Failure::Fatal(error)) => return Err(error),
                Err(Failure::Handler(again) | Failure::Undecodable(_, again)) => error = again,
            }
        }
        Ok(Some(DeadLetter {
            error: Some(error.to_string()),
            attempts,
            ..DeadLetter::of(event, LetterState::Failed, self.clock.now())
        }))
    }

    /// Keeps letters, and moves the checkpoint past them.
    async fn park(&mut self, letters: Vec<DeadLetter>, to: Position) -> Result<()> {
        self.pass_over(to, &letters, None).await.map_err(Failure::into_inner)?;
        // only now: a shard that was taken over, or swapped for a rebuilt one, has parked nothing
        let name = self.projection.name();
        for letter in letters.iter().filter(|letter| letter.state == LetterState::Failed) {
            self.blocked.insert(letter.stream.aggregate_id);
            crate::meter::counter!("event_handler_dlq_total", "handler" => name).increment(1);
            tracing::error!(
                projection = name, position = %letter.position, stream = %letter.stream,
                attempts = letter.attempts, error = letter.error,
                "event parked as a dead letter; later events of its aggregate wait"
            );
        }
        Ok(())
    }

    /// Projects a part of a batch; events of blocked aggregates are parked instead.
    #[tracing::instrument(
        name = "project", level = "debug", skip_all,
        fields(
            projection = self.projection.name(), shard = self.shard.index(), events = part.len()
        )
    )]
    async fn attempt(
        &mut self,
        part: &[RecordedEvent],
        to: Position,
        settled: Option<Position>,
    ) -> Result<(), Failure> {
        trace::events(part);
        let name = self.projection.name();
        let waits =
            |event: &RecordedEvent| settled.is_none() && self.blocked.contains(&event.aggregate_id);
        let started = Instant::now();
        let outcome = if self.blocked.is_empty() || !part.iter().any(waits) {
            self.decode_and_step(part, to, &[], settled).await
        } else {
            let now = self.clock.now();
            let waiting = part.iter().filter(|event| waits(event));
            let waiting: Vec<_> =
                waiting.map(|event| DeadLetter::of(event, LetterState::Waiting, now)).collect();
            let free: Vec<_> = part.iter().filter(|event| !waits(event)).cloned().collect();
            self.decode_and_step(&free, to, &waiting, settled).await
        };
        match &outcome {
            Ok(()) => {
                let count = part.len() as u64;
                crate::meter::counter!("event_handler_processed_total", "handler" => name)
                    .increment(count);
                crate::meter::histogram!("event_handler_processing_duration_seconds", "handler" => name)
                    .record(started.elapsed());
            }
            Err(Failure::Handler(error) | Failure::Undecodable(_, error)) => {
                crate::meter::counter!("event_handler_failed_total", "handler" => name)
                    .increment(1);
                tracing::warn!(projection = name, events = part.len(), %error, "handler failed");
            }
            Err(Failure::Fatal(_)) => {}
        }
        outcome
    }

    async fn decode_and_step(
        &mut self,
        events: &[RecordedEvent],
        to: Position,
        parked: &[DeadLetter],
        settled: Option<Position>,
    ) -> Result<(), Failure> {
        let decoded = self.projection.decode(events).map_err(|undecoded| {
            let position = events.get(undecoded.place).map_or(to, |event| event.position);
            Failure::Undecodable(position, *undecoded.error)
        })?;
        self.step(events, &decoded, to, parked, settled).await
    }

    /// Moves the checkpoint, and shows nothing to the projection.
    async fn pass_over(
        &mut self,
        to: Position,
        parked: &[DeadLetter],
        settled: Option<Position>,
    ) -> Result<(), Failure> {
        self.decode_and_step(&[], to, parked, settled).await
    }

    /// One transaction, again as long as only the database is in the way.
    async fn step(
        &mut self,
        events: &[RecordedEvent],
        decoded: &Decoded<R::Tx>,
        to: Position,
        parked: &[DeadLetter],
        settled: Option<Position>,
    ) -> Result<(), Failure> {
        let (from, anchor) = (self.checkpoint, self.anchor_at(events, to).await?);
        let read_in = self.read_in;
        let incarnation = read_in.filter(|_| self.log.is_none());
        let step = Step { from, to, anchor, parked, settled, incarnation, read_in };
        let mut patience = Patience::new(self.settings.patience);
        let reached = loop {
            let error = match self.try_step(decoded, step).await {
                Ok(reached) => break reached,
                Err(Failure::Fatal(error @ Error::ShardTaken { .. })) => {
                    // perhaps our own commit whose answer was lost
                    match self.committed(step).await? {
                        Some(reached) => break reached,
                        None => return Err(Failure::Fatal(error)),
                    }
                }
                Err(Failure::Fatal(error)) if error.is_transient() => error,
                Err(failure) => return Err(failure),
            };
            patience.after(error).await?;
            if let Some(reached) = self.committed(step).await? {
                break reached;
            }
        };
        (self.checkpoint, self.anchor) = (reached, anchor);
        if self.live {
            decoded.tell().await;
        }
        Ok(())
    }

    async fn try_step(
        &self,
        decoded: &Decoded<R::Tx>,
        step: Step<'_>,
    ) -> Result<Checkpoint, Failure> {
        let mut tx = self.models.begin().await?;
        if let Err(source) = decoded.project(&mut tx, self.settings.time_limit).await {
            return Err(self.blame(tx, step, self.models.meaning(source)).await);
        }
        // what the database refuses only at the commit (a deferred constraint) is about these events, too
        self.models.commit(tx, &self.shard, step).await.map_err(|error| match error {
            Error::ShardTaken { .. }
            | Error::CheckpointLost { .. }
            | Error::TransactionEnded { .. }
            | Error::ModelMismatch { .. }
            | Error::Closed => Failure::Fatal(error),
            error if error.is_transient() || decoded.is_empty() => Failure::Fatal(error),
            error => Failure::Handler(error),
        })
    }

    /// What the error of a handler is about. The events are to blame only if the read model is still the one they
    /// were for: the one that took over, or swapped the tables, has applied them already.
    async fn blame(&self, tx: R::Tx, step: Step<'_>, error: Error) -> Failure {
        if let Err(ended) = self.models.roll_back(tx, &self.shard).await {
            return Failure::Fatal(self.seal(ended).await);
        }
        if error.is_transient() || matches!(error, Error::ModelMismatch { .. }) {
            return Failure::Fatal(error);
        }
        match self.patiently(|| self.books.checkpoint(&self.shard)).await {
            Ok(stored) if stored == step.from => Failure::Handler(error),
            Ok(_) => Failure::Fatal(Error::ShardTaken { projection: self.shard.to_string() }),
            Err(error) => Failure::Fatal(error),
        }
    }

    /// Pauses the projection if it has ended its transaction itself and then failed: another attempt would store the
    /// same rows again.
    async fn seal(&self, error: Error) -> Error {
        if let Error::TransactionEnded { .. } = error {
            let order = || self.books.order(self.shard.projection(), Order::Pause);
            let paused = self.patiently(order).await;
            if let Err(error) = paused {
                tracing::error!(shard = %self.shard, %error, "a projection that commits could not be paused");
            }
        }
        error
    }

    /// Whether a commit whose outcome is unknown did happen.
    ///
    /// A checkpoint of ours that lies before where it was has been taken back by a crash, with the rows
    /// it belonged to.
    async fn committed(&self, step: Step<'_>) -> Result<Option<Checkpoint>> {
        let stored = self.patiently(|| self.books.checkpoint(&self.shard)).await?;
        if stored.epoch != step.from.epoch {
            return Ok(None);
        }
        if stored.position < step.from.position {
            let source = format!(
                "its checkpoint went from {} back to {}",
                step.from.position, stored.position
            );
            return Err(Error::CheckpointLost {
                projection: self.shard.to_string(),
                source: source.into(),
            });
        }
        if step.to != step.from.position {
            return Ok((stored.position == step.to).then_some(stored));
        }
        // the checkpoint does not move: the letter tells
        let (Some(position), projection) = (step.settled, self.shard.projection()) else {
            // letters that are kept again are the same letters
            return Ok(None);
        };
        let letters = self.patiently(|| self.books.letters(projection, None)).await?;
        let gone = letters.iter().all(|letter| letter.position != position);
        Ok((gone && stored.position == step.to).then_some(stored))
    }

    async fn patiently<T, F: Future<Output = Result<T>>>(&self, call: impl Fn() -> F) -> Result<T> {
        Patience::new(self.settings.patience).retry(call).await
    }
}

/// Why a step was not taken.
enum Failure {
    /// The handler says no: about these events.
    Handler(Error),
    /// The event at this position cannot be decoded. The handler was not called.
    Undecodable(Position, Error),
    /// Everything else: the runner cannot go on.
    Fatal(Error),
}

impl Failure {
    fn into_inner(self) -> Error {
        match self {
            Self::Handler(error) | Self::Undecodable(_, error) | Self::Fatal(error) => error,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Fatal(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.into_inner()
    }
}
