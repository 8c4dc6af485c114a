//! Stand-in.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use aether_core::{
    AggregateId, BoxError, Checkpoint, Error, EventId, Name, Position, Projection, RecordedEvent,
    Result, StreamId, Version,
};
use chrono::{DateTime, Utc};
use futures::FutureExt as _;

use crate::read_models::PgTx;

use super::models::ShadowModels;

#[derive(Debug, Clone)]
pub struct ProjectionSettings {
    pub batch_size: u32,
    pub attempts: u32,
    pub backoff: Duration,
    pub time_limit: Duration,
    pub patience: Duration,
    pub undecodable: Undecodable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Undecodable {
    Stop,
    Skip,
    Park,
}

impl Default for ProjectionSettings {
    fn default() -> Self {
        Self {
            batch_size: 1000,
            attempts: 3,
            backoff: Duration::from_millis(50),
            time_limit: Duration::from_secs(10),
            patience: Duration::from_secs(60),
            undecodable: Undecodable::Stop,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Shard(Name);

impl Shard {
    pub(crate) fn whole(name: impl Into<Name>) -> Self {
        Self(name.into())
    }
    pub(crate) fn projection(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Default)]
pub(crate) struct Claim {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) blocked: Vec<AggregateId>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) from: Checkpoint,
    pub(crate) to: Position,
    pub(crate) parked: &'a [DeadLetter],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LetterState {
    Failed,
    Waiting,
}

impl LetterState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Waiting => "waiting",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct DeadLetter {
    pub(crate) position: Position,
    pub(crate) event_id: EventId,
    pub(crate) event_type: Name,
    pub(crate) stream: StreamId,
    pub(crate) version: Version,
    pub(crate) state: LetterState,
    pub(crate) error: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) parked_at: DateTime<Utc>,
}

pub(crate) struct Delivery {
    models: Arc<ShadowModels>,
    projection: Arc<dyn Projection<PgTx>>,
    shard: Shard,
    settings: ProjectionSettings,
    checkpoint: Checkpoint,
    blocked: HashSet<AggregateId>,
}

impl Delivery {
    pub(crate) fn new(
        models: Arc<ShadowModels>,
        projection: Arc<dyn Projection<PgTx>>,
        shard: Shard,
    ) -> Self {
        Self {
            models,
            projection,
            shard,
            settings: ProjectionSettings::default(),
            checkpoint: Checkpoint::default(),
            blocked: HashSet::new(),
        }
    }

    pub(crate) fn settings(mut self, settings: ProjectionSettings) -> Self {
        self.settings = settings;
        self
    }

    pub(crate) fn without_side_effects(self) -> Self {
        self
    }

    pub(crate) const fn checkpoint(&self) -> Checkpoint {
        self.checkpoint
    }

    pub(crate) async fn claim(&mut self, epoch: u64) -> Result<Checkpoint> {
        let claim = self.models.claim(&self.shard, epoch).await?;
        self.checkpoint = claim.checkpoint;
        self.blocked = claim.blocked.into_iter().collect();
        Ok(self.checkpoint)
    }

    pub(crate) async fn apply(&mut self, events: &[RecordedEvent], to: Position) -> Result<()> {
        let mut parts = vec![(events, to)];
        while let Some((part, to)) = parts.pop() {
            let error = match self.attempt(part, to).await {
                Ok(()) => continue,
                Err(error) if part.is_empty() || error.1 => return Err(error.0),
                Err(error) => error.0,
            };
            if part.len() > 1 {
                let (first, second) = part.split_at(part.len() / 2);
                parts.push((second, to));
                parts.push((first, first.last().map_or(to, |last| last.position)));
                continue;
            }
            let mut error = error;
            let mut attempts = 1;
            let parked = loop {
                if attempts >= self.settings.attempts {
                    break true;
                }
                tokio::time::sleep(self.settings.backoff * (1 << (attempts - 1).min(10))).await;
                attempts += 1;
                match self.attempt(part, to).await {
                    Ok(()) => break false,
                    Err((fatal, true)) => return Err(fatal),
                    Err((again, false)) => error = again,
                }
            };
            if parked {
                let event = &part[0];
                let letter = letter(event, LetterState::Failed, Some(error.to_string()), attempts);
                self.step(&[], to, &[letter]).await.map_err(|error| error.0)?;
                self.blocked.insert(event.aggregate_id);
            }
        }
        Ok(())
    }

    async fn attempt(&mut self, part: &[RecordedEvent], to: Position) -> Result<(), (Error, bool)> {
        let (waiting, free): (Vec<_>, Vec<_>) =
            part.iter().cloned().partition(|event| self.blocked.contains(&event.aggregate_id));
        let waiting: Vec<_> = waiting
            .iter()
            .map(|event| letter(event, LetterState::Waiting, None, 0))
            .collect();
        self.step(&free, to, &waiting).await
    }

    async fn step(
        &mut self,
        events: &[RecordedEvent],
        to: Position,
        parked: &[DeadLetter],
    ) -> Result<(), (Error, bool)> {
        let deadline = tokio::time::Instant::now() + self.settings.patience;
        let step = Step { from: self.checkpoint, to, parked };
        loop {
            let error = match self.try_step(events, step).await {
                Ok(reached) => {
                    self.checkpoint = reached;
                    return Ok(());
                }
                Err(error) => error,
            };
            let lost = error.0.is_transient() || matches!(error.0, Error::Fenced { .. });
            if lost {
                let stored = loop {
                    match self.models.checkpoint(&self.shard).await {
                        Ok(stored) => break stored,
                        Err(error)
                            if error.is_transient() && tokio::time::Instant::now() < deadline =>
                        {
                            tokio::time::sleep(Duration::from_millis(20)).await;
                        }
                        Err(error) => return Err((error, true)),
                    }
                };
                if stored.epoch == step.from.epoch && stored.position == to && to != step.from.position {
                    self.checkpoint = stored;
                    return Ok(());
                }
            }
            if !error.0.is_transient() || tokio::time::Instant::now() > deadline {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn try_step(
        &self,
        events: &[RecordedEvent],
        step: Step<'_>,
    ) -> Result<Checkpoint, (Error, bool)> {
        let fatal = |error| (error, true);
        let mut tx = self.models.begin().await.map_err(fatal)?;
        if !events.is_empty() {
            let projecting = AssertUnwindSafe(self.projection.project(events, &mut tx));
            let source: BoxError =
                match tokio::time::timeout(self.settings.time_limit, projecting.catch_unwind())
                    .await
                {
                    Ok(Ok(Ok(()))) => {
                        return self
                            .models
                            .commit(tx, &self.shard, step)
                            .await
                            .map_err(fatal);
                    }
                    Ok(Ok(Err(source))) => source,
                    Ok(Err(_)) => "the projection panicked".into(),
                    Err(_) => "the projection took too long".into(),
                };
            return Err(match source.downcast::<Error>() {
                Ok(error) if error.is_transient() => (*error, true),
                Ok(error) => (*error, false),
                Err(source) => (Error::Backend { source }, false),
            });
        }
        self.models.commit(tx, &self.shard, step).await.map_err(fatal)
    }
}

pub(crate) fn letter(
    event: &RecordedEvent,
    state: LetterState,
    error: Option<String>,
    attempts: u32,
) -> DeadLetter {
    DeadLetter {
        position: event.position,
        event_id: event.event_id,
        event_type: event.event_type.clone(),
        stream: event.stream(),
        version: event.version,
        state,
        error,
        attempts,
        parked_at: Utc::now(),
    }
}
