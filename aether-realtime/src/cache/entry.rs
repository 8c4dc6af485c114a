//! What is kept, and what ends it.

use std::fmt;

use chrono::{DateTime, Utc};

use super::codec::CachedValue;

/// A value, or the knowledge that there is none, with its version and its times.
#[derive(Debug, Clone)]
pub struct CacheEntry {
    /// The value; `None` if the source is known to have none.
    pub value: Option<CachedValue>,
    /// The position or sequence of the event it reflects; 0 if that is not known. Versions are compared
    /// with those of other entries under the same key and of invalidations that hit it.
    pub version: u64,
    /// Until when it is served as it is.
    pub fresh_until: DateTime<Utc>,
    /// Until when it is served if the source fails; not before `fresh_until`.
    pub stale_until: DateTime<Utc>,
}

/// Which entries are to be forgotten.
///
/// ```
/// use aether_realtime::cache::Invalidation;
///
/// // everything about a player, as far as it was read before the event at position 1010
/// let player = Invalidation::entity("player", 42).at(1010);
/// // one entry, whatever its version
/// let bag = Invalidation::entry("player", 42, "inventory");
/// # assert_ne!(player, bag);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Invalidation {
    kind: String,
    id: String,
    entry: Option<String>,
    version: Option<u64>,
}

impl Invalidation {
    /// All entries of an entity. An entity is whatever goes together: a player, a combat, or a tag such as
    /// `entity("catalogue", "items")`.
    #[must_use]
    pub fn entity(kind: &str, id: impl fmt::Display) -> Self {
        Self { kind: kind.to_owned(), id: id.to_string(), entry: None, version: None }
    }

    /// One entry of an entity.
    #[must_use]
    pub fn entry(kind: &str, id: impl fmt::Display, entry: &str) -> Self {
        Self { entry: Some(entry.to_owned()), ..Self::entity(kind, id) }
    }

    /// Only what is older than the event at this version: entries that reflect it, or later ones, stay.
    /// For a while, entries with a lower version are refused.
    ///
    /// Versions must mean the same thing as those of the entries: usually both are positions, and an entry
    /// has the position up to which the read model had come when it was read. A row's own last position
    /// will do if every event that is invalidated at changes that row.
    #[must_use]
    pub fn at(mut self, version: u64) -> Self {
        self.version = Some(version);
        self
    }

    /// What it hits, and up to which version.
    pub(super) fn split(self) -> (Self, Option<u64>) {
        let version = self.version;
        (Self { version: None, ..self }, version)
    }

    /// The kind of the entity.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The id of the entity.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The entry, if it is only one.
    #[must_use]
    pub fn entry_name(&self) -> Option<&str> {
        self.entry.as_deref()
    }

    /// The version, if it is known.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// Whether it hits an entry of its entity.
    #[must_use]
    pub fn hits(&self, entry: &str, version: u64) -> bool {
        self.entry.as_deref().is_none_or(|own| own == entry)
            && self.version.is_none_or(|own| version < own)
    }
}
