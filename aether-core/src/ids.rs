//! The small value types that must not be mixed up: identifiers, versions, positions, names.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

mod anchor;
mod command_fingerprint;
mod expected;
mod fence;
mod lock_name;
mod newtype;
#[cfg(feature = "sqlx")]
mod sql;

pub use anchor::Anchor;
pub use command_fingerprint::CommandFingerprint;
pub use expected::ExpectedVersion;
pub use fence::{Fence, FencingToken};
pub use lock_name::LockName;
pub use newtype::IdOf;

crate::id! {
    /// Identifies one aggregate, and with it one stream of events.
    ///
    /// Unique over all aggregate types: an id that belongs to a `Combat` cannot be used for a
    /// `Player`; stores answer such a mix-up with
    /// [`Error::TypeMismatch`](crate::Error::TypeMismatch).
    pub struct AggregateId;

    /// Identifies one event. Made by the engine (UUID version 7) before the event is stored, so that
    /// a lost reply can be resolved by looking the id up.
    pub struct EventId;

    /// Identifies one life of a log: another one after a crash of its server, a failover or a restore. What was
    /// learnt about the log in one life need not hold in the next.
    pub struct Incarnation;

    /// Identifies one request of a caller, across retries: the same id again returns the first result. A
    /// [fingerprint](CommandFingerprint) beside it tells a retry from another request.
    pub struct CommandId;
}

/// Nothing: without the feature `engine` there is no source of randomness.
#[cfg(not(feature = "engine"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __id_random {
    ($vis:vis $name:ident) => {};
}

/// New ids.
#[cfg(feature = "engine")]
#[doc(hidden)]
#[macro_export]
macro_rules! __id_random {
    ($vis:vis $name:ident) => {
        #[allow(dead_code, reason = "a program need not use all of them")]
        impl $name {
            /// A new id: random, and sorted by the time it was made (version 7).
            #[must_use]
            $vis fn generate() -> Self {
                Self($crate::uuid::Uuid::now_v7())
            }
        }
    };
}

/// Nothing: without the feature `sqlx`, ids are no values of SQL.
#[cfg(not(feature = "sqlx"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __id_sqlx {
    ($name:ident) => {};
}

impl AggregateId {
    /// The slice this aggregate falls in, `0..1024`: how projections share work by aggregate.
    ///
    /// Stored with every event, so the function never changes. It mixes all 128 bits
    /// (Fibonacci hashing of the folded halves): sequential ids spread as well as random ones.
    #[must_use]
    pub const fn slice(self) -> u16 {
        let bits = self.0.as_u128();
        let folded = (bits as u64) ^ ((bits >> 64) as u64).rotate_left(23);
        (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as u16
    }
}

/// How many events an aggregate has: 0 before its first one, then 1, 2, 3 … without gaps.
///
/// At most [`Version::MAX`], what a PostgreSQL `INTEGER` holds.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(u32);

impl Version {
    /// The version of an aggregate without events.
    pub const ZERO: Self = Self(0);
    /// The highest version an aggregate can reach: 2³¹ − 1.
    pub const MAX: Self = Self(i32::MAX as u32);

    /// A version from its number, held to `0..=`[`Version::MAX`].
    #[must_use]
    pub const fn new(number: u32) -> Self {
        if number > Self::MAX.0 { Self::MAX } else { Self(number) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The version after `events` more events, held to [`Version::MAX`].
    #[must_use]
    pub const fn plus(self, events: u32) -> Self {
        Self::new(self.0.saturating_add(events))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place in the log of all events. Later events have higher positions; there may be gaps.
///
/// Compare positions and store them; do not compute with them. [`Position::START`] stands before the
/// first event.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// Before every event.
    pub const START: Self = Self(0);
    /// After every event: what PostgreSQL's `BIGINT` holds at the most.
    pub const END: Self = Self(i64::MAX as u64);

    /// A position from its number, as stores and checkpoints keep it.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A short name that is cheap to clone: an event type or an aggregate type.
#[derive(Clone)]
pub struct Name(Repr);

#[derive(Clone)]
enum Repr {
    Static(&'static str),
    Shared(Arc<str>),
}

impl Name {
    /// A name known when the program was compiled; never allocates.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        Self(Repr::Static(name))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Static(name) => name,
            Repr::Shared(name) => name,
        }
    }
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self::from_static(name)
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self(Repr::Shared(name.into()))
    }
}

impl From<Arc<str>> for Name {
    fn from(name: Arc<str>) -> Self {
        Self(Repr::Shared(name))
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// Which stream an event belongs to: the aggregate's type and its id.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamId {
    /// The aggregate's type, `Combat` for instance. At most 50 bytes.
    pub aggregate_type: Name,
    /// The aggregate's id.
    pub aggregate_id: AggregateId,
}

impl StreamId {
    /// The stream of one aggregate.
    pub fn new(aggregate_type: impl Into<Name>, aggregate_id: impl Into<AggregateId>) -> Self {
        Self { aggregate_type: aggregate_type.into(), aggregate_id: aggregate_id.into() }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.aggregate_type, self.aggregate_id)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamId({self})")
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn sequential_ids_spread_over_all_slices() {
        let mut hits = vec![0_u32; 1024];
        for n in 0..102_400_u128 {
            hits[usize::from(AggregateId::new(Uuid::from_u128(n)).slice())] += 1;
        }
        assert!(hits.iter().all(|&n| (50..200).contains(&n)), "{hits:?}");
    }

    #[test]
    fn a_slice_never_changes() {
        let id = Uuid::from_u128(0x0192_f3a1_7c44_7def_8123_4567_89ab_cdef);
        assert_eq!(AggregateId::new(id).slice(), AggregateId::new(id).slice());
        assert!(AggregateId::new(id).slice() < 1024);
    }
}
