//! One command on one aggregate.

use std::sync::Arc;

use crate::aggregate::Aggregate;
use crate::aggregate_cache::{Kept, Loaded, key};
use crate::append::{Append, Appended};
use crate::context::Context;
use crate::envelope::NewEvent;
use crate::error::{Error, ExecuteError, InvalidEvent, Result};
use crate::facts::Facts;
use crate::ids::{AggregateId, CommandId, ExpectedVersion, Position, StreamId, Version};
use crate::json::Json;
use crate::store::{Load, Until};

use super::Engine;
use super::base::Setback;
use super::line::{Fate, Place, Sent};
use super::telemetry;

/// What a command did: the state it led to, and the events that led there.
#[derive(Debug)]
#[non_exhaustive]
pub struct Executed<A: Aggregate> {
    id: AggregateId,
    /// The aggregate after the events.
    pub loaded: Arc<Loaded<A>>,
    /// The events, in order. Empty when there was nothing to do.
    pub events: Vec<A::Event>,
    /// Their positions in the log.
    pub positions: Vec<Position>,
    duplicate: bool,
}

impl<A: Aggregate> Executed<A> {
    /// The new state.
    #[must_use]
    pub fn state(&self) -> &A {
        &self.loaded.state
    }

    /// The new version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.loaded.version
    }

    /// The aggregate's id.
    #[must_use]
    pub const fn aggregate_id(&self) -> AggregateId {
        self.id
    }

    /// The position of the last event. `None` without events. To read your own writes, hand all of this to
    /// [`Node::wait_for`](crate::Node::wait_for).
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.positions.last().copied()
    }

    /// The command had been executed before, under the same command id: this is the first result.
    #[must_use]
    pub const fn is_duplicate(&self) -> bool {
        self.duplicate
    }
}

/// A command on its way to its aggregate: awaiting it executes it. Made by [`Engine::execute`].
#[must_use = "nothing happens before it is awaited"]
pub struct Execute<'a, A: Aggregate, F> {
    request: Request<'a, A>,
    run: fn(Request<'a, A>) -> F,
}

/// Everything that a command needs.
struct Request<'a, A: Aggregate> {
    engine: &'a Engine,
    id: AggregateId,
    command: A::Command,
    context: Option<&'a Context>,
}

impl<'a, A: Aggregate, F> Execute<'a, A, F> {
    /// The circumstances of the command: its id, who asked, what caused it. Without one it is a request from outside.
    pub fn with(mut self, context: &'a Context) -> Self {
        self.request.context = Some(context);
        self
    }
}

impl<A: Aggregate, F: Future> IntoFuture for Execute<'_, A, F> {
    type Output = F::Output;
    type IntoFuture = F;

    fn into_future(self) -> F {
        (self.run)(self.request)
    }
}

impl<A: Aggregate, F> std::fmt::Debug for Execute<'_, A, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Request { id, context, .. } = &self.request;
        f.debug_struct("Execute")
            .field("aggregate_type", &A::TYPE)
            .field("aggregate_id", id)
            .field("context", context)
            .finish_non_exhaustive()
    }
}

pub(super) const fn execute<A: Aggregate>(
    engine: &Engine,
    id: AggregateId,
    command: A::Command,
) -> Execute<'_, A, impl Future<Output = Result<Executed<A>, ExecuteError<A::Error>>> + Send> {
    Execute { request: Request { engine, id, command, context: None }, run: run::<A> }
}

async fn run<A: Aggregate>(request: Request<'_, A>) -> Result<Executed<A>, ExecuteError<A::Error>> {
    let Request { engine, id, command, context } = request;
    let started = std::time::Instant::now();
    let outside = Context::default();
    let context = context.unwrap_or(&outside);
    let facts = engine.facts(context);
    let result = execute_until_settled::<A>(engine, id, &command, context, facts).await;
    telemetry::timed(A::TYPE, started, &result);
    result
}

#[tracing::instrument(
    name = "execute", level = "debug", skip_all,
    fields(
        aggregate_type = A::TYPE, aggregate_id = %id,
        correlation_id = facts.metadata().correlation_id.map(tracing::field::display),
        causation_id = facts.metadata().causation_id.map(tracing::field::display),
        position = tracing::field::Empty,
    ),
    err(level = "debug", Debug)
)]
async fn execute_until_settled<A: Aggregate>(
    engine: &Engine,
    id: AggregateId,
    command: &A::Command,
    context: &Context,
    mut facts: Facts,
) -> Result<Executed<A>, ExecuteError<A::Error>> {
    let mut place = engine.enter(key::<A>(id))?;
    let mut attempt = 1;
    loop {
        match execute_once::<A>(engine, &place, id, command, context, &mut facts).await {
            Ok(executed) => {
                telemetry::stored_at(executed.position());
                return Ok(executed);
            }
            Err(Setback::TakenBack) => {}
            Err(Setback::Stuck) => place.part(),
            // where the caller expects a version, having another one is final
            Err(Setback::Failed(ExecuteError::Store(Error::Conflict { actual, .. })))
                if attempt < engine.inner.settings.attempts
                    && context.expected.is_none_or(|expected| expected == actual) =>
            {
                attempt += 1;
                telemetry::conflicted(A::TYPE);
                place.step_aside();
                tokio::time::sleep(engine.pause(attempt)).await;
            }
            Err(Setback::Failed(error)) => return Err(error),
        }
    }
}

async fn execute_once<A: Aggregate>(
    engine: &Engine,
    place: &Place<'_>,
    id: AggregateId,
    command: &A::Command,
    context: &Context,
    facts: &mut Facts,
) -> Result<Executed<A>, Setback<A::Error>> {
    let turn = place.turn().await.ok_or(Setback::Stuck)?;
    let base = engine.base::<A>(&turn, id).await?;
    let before = &base.loaded;
    let decided = match context.expected {
        Some(expected) if expected != before.version => {
            Err(stale(A::stream(id), expected, before.version).into())
        }
        _ => before
            .state
            .decide(command, facts.decided_on(before.version))
            .map_err(ExecuteError::Rejected),
    };
    let mut events = match decided {
        // without an id nothing has to be remembered
        Ok(events) if !events.is_empty() || context.command_id.is_some() => events,
        undecided => {
            drop(turn);
            base.point.reach(place).await?;
            // perhaps this very command was executed before
            if let Some(first) = first_result::<A>(engine, id, context).await? {
                return Ok(first);
            }
            // perhaps the state is old
            if let Some(actual) = engine.instead_of(&base, place, id).await? {
                let expected = context.expected.unwrap_or(base.loaded.version);
                return Err(stale(A::stream(id), expected, actual).into());
            }
            let events = undecided?;
            let loaded = base.loaded;
            return Ok(Executed { id, loaded, events, positions: vec![], duplicate: false });
        }
    };
    let stream = A::stream(id);
    let new_events = encode(engine, &stream, &mut events, facts)?;
    let after = (!events.is_empty())
        .then(|| Arc::new(before.after(&events, new_events.last().map(NewEvent::event_id))));
    let expected = ExpectedVersion::head(before.version, before.last_event);
    // without events it is a condition: what is kept under the id then is that there was nothing to do
    let append = Append::to(stream, expected, new_events).under(context);
    let fate = Arc::new(Fate::default());
    let kept = after.clone().map(|after| Kept::new(after, base.point.kept.incarnation));
    let link = turn.link(&base.point, &fate, kept);
    let answer = Sent::new(engine, append, fate, vec![link]).answer(turn).await;
    match (answer, context.command_id) {
        (Ok(appended), Some(command_id)) if appended.duplicate => {
            Ok(restore::<A>(engine, id, command_id, appended).await?)
        }
        (Ok(appended), _) => {
            if let Some(after) = &after {
                engine.snapshot_if_due(id, before.version, after);
            }
            let loaded = after.unwrap_or(base.loaded);
            let written = appended.writes.into_iter().next();
            let positions = written.map_or(vec![], |written| written.positions);
            Ok(Executed { id, loaded, events, positions, duplicate: false })
        }
        (Err(error), _) => {
            if error.is_conflict() {
                base.point.reach(place).await?;
            }
            Err(error.into())
        }
    }
}

/// The typed events of a command, ready to be stored. An event that comes back otherwise than it is becomes what
/// comes back.
pub(super) fn encode<E: crate::Event>(
    engine: &Engine,
    stream: &StreamId,
    events: &mut [E],
    facts: &Facts,
) -> Result<Vec<NewEvent>> {
    let invalid = |event_type: &'static str, reason: InvalidEvent| Error::InvalidEvent {
        stream: stream.clone(),
        event_type: event_type.into(),
        reason,
    };
    let metadata = Json::encode(facts.metadata()).map_err(|reason| {
        let first = events.first().map_or("", |event| event.event_type().name);
        invalid(first, reason.into())
    })?;
    events
        .iter_mut()
        .map(|event| {
            let (new, back) = NewEvent::encode_back(event, engine.new_uuid().into(), facts.now())
                .map_err(|reason| invalid(event.event_type().name, reason))?;
            if let Some(back) = back {
                *event = back;
            }
            Ok(new.with_metadata(metadata.clone()))
        })
        .collect()
}

/// The result of an earlier execution under the same command id.
async fn first_result<A: Aggregate>(
    engine: &Engine,
    id: AggregateId,
    context: &Context,
) -> Result<Option<Executed<A>>, ExecuteError<A::Error>> {
    let Some(command_id) = context.command_id else {
        return Ok(None);
    };
    match engine.inner.store.find_command(command_id, context.fingerprint).await? {
        Some(appended) => restore::<A>(engine, id, command_id, appended).await.map(Some),
        None => Ok(None),
    }
}

/// Builds again what the first execution returned.
async fn restore<A: Aggregate>(
    engine: &Engine,
    id: AggregateId,
    command_id: CommandId,
    appended: Appended,
) -> Result<Executed<A>, ExecuteError<A::Error>> {
    let stream = A::stream(id);
    let Some(written) = appended.writes.into_iter().find(|written| written.stream == stream) else {
        return Err(Error::CommandMismatch { id: command_id }.into());
    };
    let count = u32::try_from(written.positions.len()).unwrap_or(u32::MAX);
    let first = Version::new(written.version.get().saturating_sub(count));
    let until = Until::Version(written.version);
    let history = engine.whole_history(Load::stream(stream).after(first).until(until)).await?;
    let typed = history.events.iter().filter_map(|event| event.decode_meaning().transpose());
    let events = typed.collect::<Result<_>>()?;
    let loaded = engine.fold_until::<A>(id, until).await?;
    Ok(Executed {
        id,
        loaded: Arc::new(loaded),
        events,
        positions: written.positions,
        duplicate: true,
    })
}

/// The cached state was old, or the one that a caller has seen: as a conflict, so that the command is tried again on the
/// fresh one, or refused.
pub(super) fn stale(stream: StreamId, expected: Version, actual: Version) -> Error {
    Error::Conflict { stream, expected: ExpectedVersion::Exact(expected), actual }
}
