//! A unit of work over several aggregates: everything happens or nothing.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::future::try_join_all;

use crate::aggregate::Aggregate;
use crate::aggregate_cache::{Key, Loaded, key};
use crate::append::Appended;
use crate::context::Context;
use crate::error::{Error, ExecuteError, Rejection, Result};
use crate::facts::Facts;
use crate::ids::{AggregateId, IdOf, Position, StreamId, Version};

use super::Engine;
use super::base::Setback;
use super::execute::stale;
use super::line::{Fate, Place, Sent};
use super::telemetry;

mod step;
mod work;

use step::{CommandStep, ConditionStep, ExpectedStep, Planned};
use work::{Touched, Work, reach_all};

/// Commands on several aggregates, and conditions on others, stored in one atomic append.
///
/// Made by [`Engine::atomic`]. Commands are carried out in the order given; two commands on one
/// aggregate see each other. On a conflict the whole unit is decided again. It takes its turn at each of its aggregates
/// among the commands of this engine, as [`Engine::execute`] does.
///
/// ```
/// # use aether_core::command::IdOf;
/// # use aether_core::{Aggregate, BoxError, Context, Engine};
/// # async fn example<Purse: Aggregate, Bag: Aggregate>(
/// #     engine: Engine, payer: impl IdOf<Purse>, pay: Purse::Command, bag: impl IdOf<Bag>, add: Bag::Command,
/// # ) -> Result<(), BoxError> {
/// let executed = engine
///     .atomic(Context::new())
///     .command(payer, pay)
///     .command(bag, add)
///     .commit()
///     .await?;
/// println!("readable from {:?} on", executed.position());
/// # Ok(()) }
/// ```
#[must_use = "nothing happens before `commit`"]
pub struct Atomic {
    engine: Engine,
    context: Context,
    steps: Vec<Planned>,
    /// The versions that the caller has seen.
    expected: Vec<(StreamId, Version)>,
}

/// What a unit of work did.
#[derive(Debug)]
pub struct AtomicExecuted {
    appended: Appended,
    aggregates: Vec<Touched>,
}

impl AtomicExecuted {
    /// The new state of an aggregate the unit loaded. `None` if it did not, or if the result is that
    /// of an earlier execution (see [`AtomicExecuted::is_duplicate`]): load it then.
    #[must_use]
    pub fn loaded<A: Aggregate>(&self, id: impl IdOf<A>) -> Option<Arc<Loaded<A>>> {
        if self.is_duplicate() {
            return None;
        }
        let id = id.into();
        let touched = self.aggregates.iter().find(|touched| touched.key == key::<A>(id))?;
        touched.kept.loaded()
    }

    /// The version of an aggregate after the unit, if the unit touched it.
    #[must_use]
    pub fn version(&self, id: impl Into<AggregateId>) -> Option<Version> {
        let id = id.into();
        let written = |written: &&crate::log::Written| written.stream.aggregate_id == id;
        self.appended.writes.iter().rfind(written).map(|written| written.version)
    }

    /// The position of the last event. `None` without events. To read your own writes, hand all of this to
    /// [`Node::wait_for`](crate::Node::wait_for).
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.appended.position()
    }

    pub(crate) const fn appended(&self) -> &Appended {
        &self.appended
    }

    /// The command id had been used before: this is the first result.
    #[must_use]
    pub const fn is_duplicate(&self) -> bool {
        self.appended.duplicate
    }
}

impl Atomic {
    pub(super) const fn new(engine: Engine, context: Context) -> Self {
        Self { engine, context, steps: Vec::new(), expected: Vec::new() }
    }

    /// One more command.
    pub fn command<A: Aggregate>(
        mut self,
        id: impl IdOf<A>,
        command: impl Into<A::Command>,
    ) -> Self {
        let id = id.into();
        self.steps.push(Planned::new::<A>(id, CommandStep::<A> { id, command: command.into() }));
        self
    }

    /// A condition on an aggregate that is only read: it must hold, and the aggregate must not have
    /// changed when the unit is stored.
    pub fn provided<A: Aggregate>(
        mut self,
        id: impl IdOf<A>,
        check: impl Fn(&A) -> Result<(), A::Error> + Send + Sync + 'static,
    ) -> Self {
        let id = id.into();
        self.steps.push(Planned::new::<A>(id, ConditionStep { id, check: Box::new(check) }));
        self
    }

    /// The version of an aggregate that the caller has seen: the unit is carried out on this version or not at all.
    /// [`Version::ZERO`] expects an aggregate without events. A conflict on it is final, and those on other aggregates
    /// are retried; see [`Context::expecting`].
    pub fn expecting<A: Aggregate>(mut self, id: impl IdOf<A>, version: Version) -> Self {
        let id = id.into();
        self.expected.push((A::stream(id), version));
        self.steps
            .push(Planned::new::<A>(id, ExpectedStep::<A> { id, version, aggregate: PhantomData }));
        self
    }

    /// Carries everything out.
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`]; a [`Rejection`] holds the error of the aggregate that refused.
    /// [`InvalidAppend`](Error::InvalidAppend) if the context [expects](Context::expecting) a version: of which
    /// aggregate, [`expecting`](Atomic::expecting) says.
    pub async fn commit(self) -> Result<AtomicExecuted, ExecuteError<Rejection>> {
        if self.context.expected.is_some() {
            let reason = "its context expects a version, of no aggregate in particular; say it by `Atomic::expecting`";
            return Err(Error::InvalidAppend { reason: reason.to_owned() }.into());
        }
        let started = std::time::Instant::now();
        let facts = self.engine.facts(&self.context);
        let result = self.commit_until_settled(facts).await;
        telemetry::timed(telemetry::UNIT, started, &result);
        result
    }

    #[tracing::instrument(
        name = "unit", level = "debug", skip_all,
        fields(
            aggregates = self.steps.len(),
            correlation_id = facts.metadata().correlation_id.map(tracing::field::display),
            causation_id = facts.metadata().causation_id.map(tracing::field::display),
            position = tracing::field::Empty,
        ),
        err(level = "debug", Debug)
    )]
    async fn commit_until_settled(
        &self,
        mut facts: Facts,
    ) -> Result<AtomicExecuted, ExecuteError<Rejection>> {
        // in order of id, so that two units never wait for each other
        let keys: BTreeSet<Key> = self.steps.iter().map(|planned| planned.key).collect();
        let places = keys.into_iter().map(|key| self.engine.enter(key));
        let mut places = places.collect::<Result<Vec<_>>>()?;
        let mut attempt = 1;
        loop {
            match self.commit_once(&places, &mut facts).await {
                Ok(executed) => {
                    telemetry::stored_at(executed.position());
                    return Ok(executed);
                }
                Err(Setback::TakenBack) => {}
                Err(Setback::Stuck) => places.iter_mut().for_each(Place::part),
                Err(Setback::Failed(ExecuteError::Store(Error::Conflict {
                    stream,
                    actual,
                    ..
                }))) if attempt < self.engine.inner.settings.attempts
                    && !self.is_final(&stream, actual) =>
                {
                    attempt += 1;
                    telemetry::conflicted(&stream.aggregate_type);
                    places.iter().for_each(Place::step_aside);
                    tokio::time::sleep(self.engine.pause(attempt)).await;
                }
                Err(Setback::Failed(error)) => return Err(error),
            }
        }
    }

    /// Whether a conflict is one with a version that the caller has seen.
    fn is_final(&self, stream: &StreamId, actual: Version) -> bool {
        self.expected.iter().any(|(of, expected)| of == stream && *expected != actual)
    }

    /// Loads what is not known, side by side, so that the unit does not keep its turns that long.
    async fn warm_up(&self, places: &[Place<'_>]) -> Result<()> {
        let cold: Vec<Key> =
            places.iter().filter(|place| place.needs_a_load()).map(Place::key).collect();
        let cold = cold.into_iter().filter_map(|key| self.steps.iter().find(|it| it.key == key));
        let loads = cold.map(|planned| (planned.warm_up)(&self.engine, planned.key.0));
        try_join_all(loads).await.map(drop)
    }

    async fn commit_once(
        &self,
        places: &[Place<'_>],
        facts: &mut Facts,
    ) -> Result<AtomicExecuted, Setback<Rejection>> {
        self.warm_up(places).await?;
        let mut turns = Vec::with_capacity(places.len());
        for place in places {
            turns.push(place.turn().await.ok_or(Setback::Stuck)?);
        }
        let mut work = Work { engine: &self.engine, turns, facts, aggregates: Vec::new() };
        for planned in &self.steps {
            match planned.step.run(&mut work).await {
                Ok(()) => {}
                Err(ExecuteError::Store(error)) if !error.is_conflict() => return Err(error.into()),
                Err(refusal) => return self.undecided(work, places, Err(refusal)).await,
            }
        }
        // under an id even that there was nothing to do is kept: as conditions that the store checks
        if self.context.command_id.is_none() && work.has_no_events() {
            return self.undecided(work, places, Ok(())).await;
        }
        let fate = Arc::new(Fate::default());
        let (append, links) = work.append(&self.context, &fate);
        let Work { turns, aggregates, .. } = work;
        match Sent::new(&self.engine, append, fate, links).answer(turns).await {
            Ok(appended) => {
                if !appended.duplicate {
                    aggregates.iter().for_each(|touched| (touched.snapshot)(touched, &self.engine));
                }
                Ok(AtomicExecuted { appended, aggregates })
            }
            Err(error) => {
                if error.is_conflict() {
                    reach_all(&aggregates, places).await?;
                }
                Err(error.into())
            }
        }
    }

    /// Looks whether a refusal counts, or having nothing to do: it does not if this very unit was carried out before, if
    /// what it rests on is not stored, or if a state was old.
    async fn undecided(
        &self,
        work: Work<'_>,
        places: &[Place<'_>],
        outcome: Result<(), ExecuteError<Rejection>>,
    ) -> Result<AtomicExecuted, Setback<Rejection>> {
        let Work { turns, aggregates, .. } = work;
        drop(turns);
        reach_all(&aggregates, places).await?;
        if let Some(first) = self.first_result().await? {
            return Ok(first);
        }
        // each of them, so that one more look is enough however many were old
        let mut old = Ok(());
        for touched in &aggregates {
            if let Some(actual) = touched.instead(&self.engine, places).await? {
                let seen = self.expected.iter().find(|(of, _)| *of == touched.stream);
                let expected = seen.map_or(touched.before, |(_, expected)| *expected);
                old = Err(stale(touched.stream.clone(), expected, actual));
            }
        }
        old?;
        outcome?;
        Ok(AtomicExecuted { appended: Appended::default(), aggregates })
    }

    async fn first_result(&self) -> Result<Option<AtomicExecuted>> {
        let Some(id) = self.context.command_id else {
            return Ok(None);
        };
        let first = self.engine.inner.store.find_command(id, self.context.fingerprint).await?;
        Ok(first.map(|appended| AtomicExecuted {
            appended: Appended { duplicate: true, ..appended },
            aggregates: Vec::new(),
        }))
    }
}

impl std::fmt::Debug for Atomic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Atomic").field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}
