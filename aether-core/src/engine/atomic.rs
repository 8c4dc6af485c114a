//! A unit of work over several aggregates: everything happens or nothing.

use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;

use crate::aggregate::Aggregate;
use crate::aggregate_cache::Loaded;
use crate::append::{Append, Appended};
use crate::context::Context;
use crate::envelope::NewEvent;
use crate::error::{Error, ExecuteError, Rejection, Result};
use crate::facts::Facts;
use crate::ids::{
    AggregateId, EventId, ExpectedVersion, IdOf, Incarnation, Position, StreamId, Version,
};

use super::execute::{encode, stale};
use super::{Engine, from_its_last_event, later};

/// Commands on several aggregates, and conditions on others, stored in one atomic append.
///
/// Made by [`Engine::atomic`]. Commands are carried out in the order given; two commands on one
/// aggregate see each other. On a conflict the whole unit is decided again.
///
/// ```
/// # use aether_core::{Aggregate, Context, Engine, IdOf, BoxError};
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
    steps: Vec<Box<dyn Step>>,
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
        let touched = self.aggregates.iter().find(|touched| touched.is::<A>(id))?;
        touched.loaded.clone().downcast().ok()
    }

    /// The version of an aggregate after the unit, if the unit touched it.
    #[must_use]
    pub fn version(&self, id: impl Into<AggregateId>) -> Option<Version> {
        let id = id.into();
        let written = |written: &&crate::Written| written.stream.aggregate_id == id;
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
        self.steps.push(Box::new(CommandStep::<A> { id: id.into(), command: command.into() }));
        self
    }

    /// A condition on an aggregate that is only read: it must hold, and the aggregate must not have
    /// changed when the unit is stored.
    pub fn provided<A: Aggregate>(
        mut self,
        id: impl IdOf<A>,
        check: impl Fn(&A) -> Result<(), A::Error> + Send + Sync + 'static,
    ) -> Self {
        self.steps.push(Box::new(ConditionStep::<A> { id: id.into(), check: Box::new(check) }));
        self
    }

    /// The version of an aggregate that the caller has seen: the unit is carried out on this version or not at all.
    /// [`Version::ZERO`] expects an aggregate without events. A conflict on it is final, and those on other aggregates
    /// are retried; see [`Context::expecting`].
    pub fn expecting<A: Aggregate>(mut self, id: impl IdOf<A>, version: Version) -> Self {
        let id = id.into();
        self.expected.push((A::stream(id), version));
        self.steps.push(Box::new(ExpectedStep::<A> { id, version, aggregate: PhantomData }));
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
        let mut facts = self.engine.facts(&self.context);
        let mut attempt = 1;
        loop {
            match self.commit_once(&mut facts).await {
                Err(ExecuteError::Store(Error::Conflict { stream, actual, .. }))
                    if attempt < self.engine.inner.settings.attempts
                        && !self.is_final(&stream, actual) =>
                {
                    attempt += 1;
                    tokio::time::sleep(self.engine.pause(attempt)).await;
                }
                result => return result,
            }
        }
    }

    /// Whether a conflict is one with a version that the caller has seen.
    fn is_final(&self, stream: &StreamId, actual: Version) -> bool {
        self.expected.iter().any(|(of, expected)| of == stream && *expected != actual)
    }

    async fn commit_once(
        &self,
        facts: &mut Facts,
    ) -> Result<AtomicExecuted, ExecuteError<Rejection>> {
        let mut work = Work { engine: &self.engine, facts, aggregates: Vec::new() };
        for step in &self.steps {
            if let Err(error) = step.run(&mut work).await {
                return match (&error, self.first_result().await?) {
                    (
                        ExecuteError::Rejected(_) | ExecuteError::Store(Error::Conflict { .. }),
                        Some(first),
                    ) => Ok(first),
                    (ExecuteError::Rejected(_), None) => {
                        work.check_fresh().await?;
                        Err(error)
                    }
                    (ExecuteError::Store(_), _) => Err(error),
                };
            }
        }
        let append = work.append(self.context.command_id);
        // under an id even that there was nothing to do is kept: as conditions that the store checks
        if append.event_count() == 0 && append.command_id().is_none() {
            work.check_fresh().await?;
            return Ok(AtomicExecuted {
                appended: Appended::default(),
                aggregates: work.aggregates,
            });
        }
        match self.engine.inner.store.append(append).await {
            Ok(appended) => {
                let executed = AtomicExecuted { appended, aggregates: work.aggregates };
                if !executed.is_duplicate() {
                    for touched in &executed.aggregates {
                        (touched.settle)(touched, &self.engine);
                    }
                }
                Ok(executed)
            }
            Err(error) => {
                for touched in &work.aggregates {
                    (touched.evict)(touched, &self.engine);
                }
                Err(error.into())
            }
        }
    }

    async fn first_result(&self) -> Result<Option<AtomicExecuted>> {
        let Some(id) = self.context.command_id else {
            return Ok(None);
        };
        let first = self.engine.inner.store.find_command(id).await?;
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

/// One step of the unit, with its aggregate's type left out.
#[async_trait]
trait Step: Send + Sync {
    async fn run(&self, work: &mut Work<'_>) -> Result<(), ExecuteError<Rejection>>;
}

struct CommandStep<A: Aggregate> {
    id: AggregateId,
    command: A::Command,
}

/// A version that the caller has seen.
struct ExpectedStep<A> {
    id: AggregateId,
    version: Version,
    aggregate: PhantomData<fn() -> A>,
}

type Check<A> = Box<dyn Fn(&A) -> Result<(), <A as Aggregate>::Error> + Send + Sync>;

struct ConditionStep<A: Aggregate> {
    id: AggregateId,
    check: Check<A>,
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
        let mut state = loaded.state.clone();
        events.iter().for_each(|event| state.apply(event));
        let version = loaded.version.plus(u32::try_from(events.len()).unwrap_or(u32::MAX));
        let last_event = touched.events.last().map(NewEvent::event_id);
        touched.loaded = Arc::new(Loaded { state, version, last_event });
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
        // perhaps only the cached state is old: then the unit is decided again
        let fresh = work.engine.newest::<A>(self.id).await?;
        Err(stale(A::stream(self.id), self.version, fresh.version).into())
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

/// The unit while it is being decided.
struct Work<'a> {
    engine: &'a Engine,
    facts: &'a mut Facts,
    aggregates: Vec<Touched>,
}

/// An aggregate the unit has loaded, its state so far, and the events it will get.
struct Touched {
    aggregate: TypeId,
    stream: StreamId,
    before: Version,
    /// The last of the events before.
    last_event: Option<EventId>,
    /// The incarnation of the log as it was known then.
    incarnation: Option<Incarnation>,
    events: Vec<NewEvent>,
    /// An `Arc<Loaded<A>>`.
    loaded: Arc<dyn Any + Send + Sync>,
    /// Puts the new state into the cache and takes a snapshot if one is due.
    settle: fn(&Touched, &Engine),
    evict: fn(&Touched, &Engine),
}

impl Touched {
    fn is<A: Aggregate>(&self, id: AggregateId) -> bool {
        self.aggregate == TypeId::of::<A>() && self.stream.aggregate_id == id
    }
}

impl std::fmt::Debug for Touched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Touched").field("stream", &self.stream).finish_non_exhaustive()
    }
}

impl Work<'_> {
    async fn open<A: Aggregate>(&mut self, id: AggregateId) -> Result<(usize, Arc<Loaded<A>>)> {
        let known = self.aggregates.iter().position(|touched| touched.is::<A>(id));
        if let Some(index) = known
            && let Ok(loaded) = self.aggregates[index].loaded.clone().downcast()
        {
            return Ok((index, loaded));
        }
        let incarnation = self.engine.inner.store.incarnation();
        let loaded = self.engine.current::<A>(id).await?.loaded;
        self.aggregates.push(Touched {
            aggregate: TypeId::of::<A>(),
            stream: A::stream(id),
            before: loaded.version,
            last_event: loaded.last_event,
            incarnation,
            events: Vec::new(),
            loaded: loaded.clone(),
            settle: settle::<A>,
            evict: |touched, engine| engine.inner.cache.evict::<A>(touched.stream.aggregate_id),
        });
        Ok((self.aggregates.len() - 1, loaded))
    }

    /// A refusal, or having nothing to do, counts only if none of the states it rests on was old.
    async fn check_fresh(&self) -> Result<()> {
        let mut old = Ok(());
        for touched in &self.aggregates {
            let Touched { stream, before, last_event, .. } = touched;
            let load = from_its_last_event(stream.clone(), *before);
            let history = self.engine.history(load).await?;
            if later(&history, *before, *last_event).is_none_or(|later| !later.is_empty()) {
                (touched.evict)(touched, self.engine);
                let actual = history.events.last().map_or(Version::ZERO, |last| last.version);
                old = Err(stale(stream.clone(), *before, actual));
            }
        }
        old
    }

    fn append(&mut self, command_id: Option<crate::CommandId>) -> Append {
        let append = self.aggregates.iter_mut().fold(Append::default(), |append, touched| {
            let expected = ExpectedVersion::head(touched.before, touched.last_event);
            append.and(touched.stream.clone(), expected, std::mem::take(&mut touched.events))
        });
        match command_id {
            Some(id) => append.with_command_id(id),
            None => append,
        }
    }
}

fn settle<A: Aggregate>(touched: &Touched, engine: &Engine) {
    if let Ok(loaded) = touched.loaded.clone().downcast::<Loaded<A>>() {
        let id = touched.stream.aggregate_id;
        engine.inner.cache.put(id, loaded.clone(), touched.incarnation);
        engine.snapshot_if_due(id, touched.before, &loaded);
    }
}
