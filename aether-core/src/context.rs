//! What a command carries besides itself: its id, who asked, and what caused it.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::envelope::RecordedEvent;
use crate::ids::{CommandFingerprint, CommandId, EventId, Version};
use crate::limits::Limits;
use crate::metadata::Metadata;

/// The circumstances of a command; they end up in the metadata of its events.
///
/// An empty context is fine: the engine gives the command a correlation id of its own. A command that
/// follows from an event says so, and correlation and causation are carried on:
///
/// ```
/// # fn example(event: &aether_core::RecordedEvent) {
/// let context = aether_core::Context::caused_by(event).user("moderator-3");
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Context {
    pub(crate) command_id: Option<CommandId>,
    pub(crate) fingerprint: Option<CommandFingerprint>,
    pub(crate) metadata: Metadata,
    pub(crate) timestamp: Option<DateTime<Utc>>,
    pub(crate) expected: Option<Version>,
}

impl Context {
    /// A request from outside.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A command that follows from `event`: it keeps the correlation and names the event as cause.
    #[must_use]
    pub fn caused_by(event: &RecordedEvent) -> Self {
        let origin = event.metadata();
        let metadata = Metadata {
            correlation_id: Some(origin.correlation_id.unwrap_or(event.event_id.as_uuid())),
            causation_id: Some(event.event_id),
            user_id: origin.user_id,
            session_id: origin.session_id,
            ..Metadata::default()
        };
        Self { metadata, ..Self::default() }
    }

    /// Executes the command at most once under this id: the same id again returns the first result, also when
    /// that was that there was nothing to do. A refusal is not kept. Costs one small row per command.
    ///
    /// The first result is returned whatever the command is then. Where ids come from outside, give a
    /// [fingerprint](Context::fingerprint) as well, so that a mistake of the caller is not taken for a retry.
    #[must_use]
    pub fn command_id(mut self, id: impl Into<CommandId>) -> Self {
        self.command_id = Some(id.into());
        self
    }

    /// What was asked for under the [command id](Context::command_id), so that the same id with something else is
    /// [`CommandMismatch`](crate::Error::CommandMismatch) and not the first result. Means nothing without one.
    ///
    /// Takes all that tells the request from others, in parts; what is kept is a [hash](CommandFingerprint) of them. For a
    /// door these are its route and the body as it came. Commands of a process have that of the stored step. It is kept
    /// beside the id also when nothing happens. A request without a fingerprint, or one that was stored without, is
    /// compared with nothing.
    ///
    /// ```
    /// # use aether_core::{CommandId, Context};
    /// fn of_request(idempotency_key: CommandId, route: &str, body: &[u8]) -> Context {
    ///     Context::new().command_id(idempotency_key).fingerprint([route.as_bytes(), body])
    /// }
    /// ```
    #[must_use]
    pub fn fingerprint<P: AsRef<[u8]>>(mut self, parts: impl IntoIterator<Item = P>) -> Self {
        self.fingerprint = Some(CommandFingerprint::of(parts));
        self
    }

    /// The correlation id, if it comes from outside (a trace id).
    #[must_use]
    pub const fn correlation_id(mut self, id: Uuid) -> Self {
        self.metadata.correlation_id = Some(id);
        self
    }

    /// The user on whose behalf the command runs.
    #[must_use]
    pub fn user(mut self, user_id: impl Into<String>) -> Self {
        self.metadata.user_id = Some(user_id.into());
        self
    }

    /// The user's session.
    #[must_use]
    pub fn session(mut self, session_id: impl Into<String>) -> Self {
        self.metadata.session_id = Some(session_id.into());
        self
    }

    /// The user's network address.
    #[must_use]
    pub const fn ip_address(mut self, address: IpAddr) -> Self {
        self.metadata.ip_address = Some(address);
        self
    }

    /// A key of your own in the [metadata](Metadata::extra) of the events; not one of those that Aether writes there.
    #[must_use]
    pub fn extra(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.extra.insert(key.into(), value.into());
        self
    }

    /// The version that the caller has seen, as by `If-Match`: the command is carried out on this version of the
    /// aggregate or not at all. [`Version::ZERO`] expects an aggregate without events.
    ///
    /// A [`Conflict`](crate::Error::Conflict) is final then: it is not retried. A [command id](Context::command_id) that
    /// is used again still gets the first result. In a unit over several aggregates,
    /// [`Atomic::expecting`](crate::command::Atomic::expecting) says it of each.
    #[must_use]
    pub const fn expecting(mut self, version: Version) -> Self {
        self.expected = Some(version);
        self
    }

    /// All metadata at once.
    #[must_use]
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// When it happened, if not now: for imports and late messages. Kept in whole
    /// [microseconds](Limits::microseconds).
    #[must_use]
    pub const fn timestamp(mut self, time: DateTime<Utc>) -> Self {
        self.timestamp = Some(Limits::microseconds(time));
        self
    }

    /// The id it is executed at most once under, if it has one.
    #[must_use]
    pub const fn id(&self) -> Option<CommandId> {
        self.command_id
    }

    /// The correlation id, if it has one already.
    #[must_use]
    pub const fn correlation(&self) -> Option<Uuid> {
        self.metadata.correlation_id
    }

    /// The event that it follows from.
    #[must_use]
    pub const fn causation(&self) -> Option<EventId> {
        self.metadata.causation_id
    }

    /// The user on whose behalf it runs.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.metadata.user_id.as_deref()
    }

    /// The user's session.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.metadata.session_id.as_deref()
    }

    /// The user's network address.
    #[must_use]
    pub const fn ip(&self) -> Option<IpAddr> {
        self.metadata.ip_address
    }

    /// The value of a key of your own.
    #[must_use]
    pub fn extra_value(&self, key: &str) -> Option<&Value> {
        self.metadata.extra.get(key)
    }

    /// When it happened, if that was said.
    #[must_use]
    pub const fn time(&self) -> Option<DateTime<Utc>> {
        self.timestamp
    }

    /// The version that the aggregate is expected to have.
    #[must_use]
    pub const fn expected(&self) -> Option<Version> {
        self.expected
    }
}
