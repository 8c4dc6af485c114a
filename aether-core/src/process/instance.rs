//! One process while it reacts.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, SubsecRound as _, Utc};
use tracing::Span;
use tracing::field::{Empty, display};
use uuid::Uuid;

use crate::context::Context;
use crate::envelope::{RecordedEvent, check_name};
use crate::error::BoxError;
use crate::ids::CommandId;
use crate::json::Json;
use crate::metadata::Metadata;

use super::port::{ProcessChange, SentCommand, SetTimer, StoredProcess, Task, TimerChange};
use super::{Input, ProcessManager, Reaction};

/// A process that was opened, and what has become of it since.
pub(super) struct Instance<P: ProcessManager> {
    id: Uuid,
    state: P::State,
    /// What is stored. `None`: nothing yet.
    stored: Option<Json>,
    ended: bool,
    changed: bool,
    commands: Vec<SentCommand>,
    timers: BTreeMap<String, Option<SetTimer>>,
}

/// Why a process reacts: where the ids of what it sends come from.
pub(super) struct Cause {
    /// The event's, timer's or command's.
    id: Uuid,
    metadata: Json,
    at: DateTime<Utc>,
}

impl Cause {
    pub(super) fn event(event: &RecordedEvent) -> Result<Self, BoxError> {
        let metadata = Json::encode(&Context::caused_by(event).metadata)?;
        Ok(Self { id: event.event_id.as_uuid(), metadata, at: event.timestamp })
    }

    pub(super) fn task(task: &Task, now: DateTime<Utc>) -> Self {
        Self { id: task.id, metadata: task.metadata.clone(), at: now }
    }

    /// The span of a process that hears of it.
    fn span(&self, manager: &'static str, process: Uuid, input: &'static str) -> Span {
        let span = tracing::debug_span!(
            "react", manager, %process, input, correlation_id = Empty, causation_id = Empty
        );
        linked(span, &self.metadata)
    }

    /// The id of something that follows from it. The same each time it is worked out; and since a cause is
    /// taken in once by each process, no other thing has it.
    fn consequence(&self, manager: &str, process: Uuid, what: &str) -> Uuid {
        Uuid::new_v5(&self.id, format!("{manager}\0{process}\0{what}").as_bytes())
    }
}

/// Says in a span whose cause it belongs to.
pub(super) fn linked(span: Span, metadata: &Json) -> Span {
    if !span.is_disabled() {
        let metadata = Metadata::from_stored(metadata);
        span.record("correlation_id", metadata.correlation_id.map(display));
        span.record("causation_id", metadata.causation_id.map(display));
    }
    span
}

impl<P: ProcessManager> Instance<P> {
    pub(super) fn new(id: Uuid) -> Self {
        Self {
            id,
            state: P::State::default(),
            stored: None,
            ended: false,
            changed: false,
            commands: Vec::new(),
            timers: BTreeMap::new(),
        }
    }

    /// # Errors
    ///
    /// A state that does not fit its type any more.
    pub(super) fn stored(stored: StoredProcess) -> Result<Self, BoxError> {
        let new = Self::new(stored.id);
        let Some(json) = stored.state else {
            return Ok(Self { ended: true, stored: Some(Json::empty()), ..new });
        };
        let state = json.decode().map_err(|error| {
            format!("the state of process {} cannot be decoded: {error}", stored.id)
        })?;
        Ok(Self { state, stored: Some(json), ..new })
    }

    /// Takes in an input. One that has ended hears of nothing.
    pub(super) fn react(
        &mut self,
        manager: &P,
        input: Input<'_, P::Events, P::Command>,
        cause: &Cause,
    ) -> Result<(), BoxError> {
        if self.ended {
            return Ok(());
        }
        let kind = match &input {
            Input::Event(_) => "event",
            Input::Timer(_) => "timer",
            Input::Done(_) => "done",
            Input::Refused { .. } => "refused",
        };
        let _inside = cause.span(manager.name(), self.id, kind).entered();
        let mut then = Reaction::new(self.id, cause.at);
        // the caller drops this instance then: nobody sees a state that is half changed
        catch_unwind(AssertUnwindSafe(|| manager.react(&mut self.state, input, &mut then)))
            .unwrap_or_else(|panic| Err(super::failure::panicked("react", panic.as_ref())))?;
        let name = manager.name();
        for (index, command) in then.commands.iter().enumerate() {
            self.commands.push(SentCommand {
                id: CommandId::new(cause.consequence(name, self.id, &format!("command {index}"))),
                command: Json::encode_readable(command)?,
                metadata: cause.metadata.clone(),
            });
        }
        for (timer, due) in then.timers {
            check_name(&timer, MAX_TIMER_NAME)?;
            let set = due.map(|due| SetTimer {
                id: cause.consequence(name, self.id, &format!("timer {timer}")),
                // what databases can hold; before 1970 is as much in the past as 1970 is
                due: due.max(DateTime::UNIX_EPOCH).trunc_subsecs(6),
                metadata: cause.metadata.clone(),
            });
            self.timers.insert(timer, set);
        }
        self.ended = then.ended;
        self.changed = true;
        Ok(())
    }

    /// What is to be stored, if anything.
    pub(super) fn into_change(self) -> Result<Option<ProcessChange>, BoxError> {
        if !self.changed {
            return Ok(None);
        }
        let (id, new) = (self.id, self.stored.is_none());
        if self.ended {
            let (state, timers) = (None, Vec::new());
            return Ok(Some(ProcessChange { id, new, state, commands: self.commands, timers }));
        }
        let state = Json::encode_readable(&self.state)?;
        let timers: Vec<TimerChange> =
            self.timers.into_iter().map(|(name, set)| TimerChange { name, set }).collect();
        // an event that means nothing to its process costs no write
        if self.commands.is_empty() && timers.is_empty() {
            let before = match &self.stored {
                Some(stored) => stored.decode::<P::State>().ok(),
                None => Some(P::State::default()),
            };
            if before.and_then(|before| Json::encode(&before).ok()).as_ref() == Some(&state) {
                return Ok(None);
            }
        }
        let state = Some(state);
        Ok(Some(ProcessChange { id, new, state, commands: self.commands, timers }))
    }
}

/// In bytes.
const MAX_TIMER_NAME: usize = 100;
