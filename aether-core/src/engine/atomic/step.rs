//! The steps of a unit, with their aggregates' types left out.

use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use futures::future::BoxFuture;

use crate::aggregate::Aggregate;
use crate::aggregate_cache::{Kept, Key, key};
use crate::envelope::NewEvent;
use crate::error::{ExecuteError, Rejection, Result};
use crate::ids::{AggregateId, Version};

use super::super::Engine;
use super::super::execute::{encode, stale};
use super::work::Work;

/// A step of the unit, and the aggregate that it is about.
pub(super) struct Planned {
    pub(super) key: Key,
    /// Brings the aggregate's state into the cache.
    pub(super) warm_up: fn(&Engine, AggregateId) -> BoxFuture<'_, Result<()>>,
    pub(super) step: Box<dyn Step>,
}

impl Planned {
    pub(super) fn new<A: Aggregate>(id: AggregateId, step: impl Step + 'static) -> Self {
        Self {
            key: key::<A>(id),
            warm_up: |engine, id| Box::pin(async move { engine.current::<A>(id).await.map(drop) }),
            step: Box::new(step),
        }
    }
}

/// One step of the unit, with its aggregate's type left out.
#[async_trait]
pub(super) trait Step: Send + Sync {
    async fn run(&self, work: &mut Work<'_>) -> Result<(), ExecuteError<Rejection>>;
}

pub(super) struct CommandStep<A: Aggregate> {
    pub(super) id: AggregateId,
    pub(super) command: A::Command,
}

/// A version that the caller has seen.
pub(super) struct ExpectedStep<A> {
    pub(super) id: AggregateId,
    pub(super) version: Version,
    pub(super) aggregate: PhantomData<fn() -> A>,
}

pub(super) type Check<A> = Box<dyn Fn(&A) -> Result<(), <A as Aggregate>::Error> + Send + Sync>;

pub(super) struct ConditionStep<A: Aggregate> {
    pub(super) id: AggregateId,
    pub(super) check: Check<A>,
}

#[async_trait]
impl<A: Aggregate> Step for CommandStep<A> {
    async fn run(&self, work: &mut Work<'_>) -> Result<(), ExecuteError<Rejection>> {
        let (index, loaded) = work.open::<A>(self.id).await?;
        let mut events = loaded
            .state
            .decide(&self.command, work.facts.decided_on(loaded.version))
            .map_err(|error| rejected::<A>(self.id, error))?;
        if events.is_empty() {
            return Ok(());
        }
        let touched = &mut work.aggregates[index];
        touched.events.extend(encode(work.engine, &touched.stream, &mut events, work.facts)?);
        let after = loaded.after(&events, touched.events.last().map(NewEvent::event_id));
        touched.kept = Kept::new(Arc::new(after), touched.kept.incarnation);
        Ok(())
    }
}

#[async_trait]
impl<A: Aggregate> Step for ExpectedStep<A> {
    async fn run(&self, work: &mut Work<'_>) -> Result<(), ExecuteError<Rejection>> {
        let (index, _) = work.open::<A>(self.id).await?;
        let known = work.aggregates[index].before;
        if known == self.version {
            return Ok(());
        }
        Err(stale(A::stream(self.id), self.version, known).into())
    }
}

#[async_trait]
impl<A: Aggregate> Step for ConditionStep<A> {
    async fn run(&self, work: &mut Work<'_>) -> Result<(), ExecuteError<Rejection>> {
        let (_, loaded) = work.open::<A>(self.id).await?;
        (self.check)(&loaded.state).map_err(|error| rejected::<A>(self.id, error))
    }
}

fn rejected<A: Aggregate>(id: AggregateId, error: A::Error) -> ExecuteError<Rejection> {
    ExecuteError::Rejected(Rejection::new(A::stream(id), error))
}
