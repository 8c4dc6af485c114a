//! What a decision may know besides the state and the command: time, chance, who asks.

use chrono::{DateTime, Utc};

use crate::context::Context;
use crate::ids::Version;
use crate::limits::Limits;
use crate::metadata::Metadata;

/// The circumstances of a decision. The engine makes them once for each command, from its
/// [`Clock`](crate::time::Clock) and its [`Random`](crate::time::Random), so that [`decide`](crate::Aggregate::decide) asks neither.
///
/// Time, seed and user stay the same over retries and waits, and for all commands of an atomic unit. The version
/// changes with a retry. A command id that is used again gets the first result, whatever the facts are then.
///
/// In a test, facts are made by hand:
///
/// ```
/// use aether_core::Facts;
///
/// let noon = "2026-05-01T12:00:00Z".parse()?;
/// let facts = Facts::at(noon).with_seed(7).with_user("player-1042");
/// assert_eq!(facts.now(), noon);
/// assert_eq!((facts.seed(), facts.user()), (7, Some("player-1042")));
/// # Ok::<(), aether_core::chrono::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Facts {
    now: DateTime<Utc>,
    seed: u64,
    version: Version,
    /// That of the events; the user is in there.
    metadata: Metadata,
}

impl Facts {
    /// Facts at this time, in whole [microseconds](Limits::microseconds): seed 0, no user, a new aggregate.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        let now = Limits::microseconds(now);
        Self { now, seed: 0, version: Version::ZERO, metadata: Metadata::default() }
    }

    /// The same facts with another seed.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The same facts for a user.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.metadata.user_id = Some(user.into());
        self
    }

    /// The same facts for a decision on this version.
    #[must_use]
    pub const fn with_version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// The time of the decision, which is the timestamp of its events: [`Context::timestamp`] if it was given, else when
    /// the command first arrived.
    ///
    /// After a conflict or a wait it may be earlier than the timestamp of the event before.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A random number, drawn when the command arrived: the start of all chance in the decision.
    ///
    /// Commands of one atomic unit share it. Two aggregates of a unit that must not draw alike mix their id in.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The user on whose behalf the command runs: [`Context::user`].
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.metadata.user_id.as_deref()
    }

    /// The version that is decided on: how many events the aggregate has, those of the same atomic unit included.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The facts of a command that has just arrived.
    pub(crate) fn of(context: &Context, now: DateTime<Utc>, seed: u64, metadata: Metadata) -> Self {
        let now = context.timestamp.unwrap_or_else(|| Limits::microseconds(now));
        Self { now, seed, version: Version::ZERO, metadata }
    }

    pub(crate) const fn decided_on(&mut self, version: Version) -> &Self {
        self.version = version;
        self
    }

    pub(crate) const fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}
