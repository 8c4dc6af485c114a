//! Names of keys: a prefix for all of them, and one cluster slot for each entity.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};

/// Where the keys of one environment, or of one rebuild, live.
///
/// ```
/// use aether_redis::KeySpace;
///
/// let keys = KeySpace::new();
/// assert_eq!(keys.entity("combat", 42).key("state").as_str(), "combat:42:state");
///
/// let keys = KeySpace::with_prefix("staging:")?.hash_tags(true);
/// assert_eq!(keys.entity("combat", 42).key("state").as_str(), "staging:combat:{42}:state");
/// # Ok::<(), aether_redis::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct KeySpace {
    prefix: Arc<str>,
    hash_tags: bool,
}

impl KeySpace {
    /// Keys without a prefix.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keys that all start with `prefix`, separator included: one per environment, and another one
    /// while a projection is rebuilt beside the live one.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidKey`] if it has braces: they would take the place of the hash tag.
    pub fn with_prefix(prefix: impl Into<String>) -> Result<Self> {
        let prefix: String = prefix.into();
        if prefix.contains(['{', '}']) {
            return Err(Error::InvalidKey { name: prefix });
        }
        Ok(Self { prefix: prefix.into(), hash_tags: false })
    }

    /// Whether ids are written as hash tags, so that all keys of an entity share a slot of Redis
    /// Cluster. Default: no. Must stay as it is while the keys live.
    #[must_use]
    pub fn hash_tags(mut self, on: bool) -> Self {
        self.hash_tags = on;
        self
    }

    /// Whether ids are written as hash tags.
    #[must_use]
    pub const fn has_hash_tags(&self) -> bool {
        self.hash_tags
    }

    /// The prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// An entity: everything under `kind:id`. Ids have no braces (UUIDs and numbers do not).
    #[must_use]
    pub fn entity(&self, kind: &str, id: impl fmt::Display) -> Entity {
        let prefix = &self.prefix;
        let root = if self.hash_tags {
            format!("{prefix}{kind}:{{{id}}}")
        } else {
            format!("{prefix}{kind}:{id}")
        };
        Entity { root: root.into() }
    }

    /// A channel to publish on. Channels lie in no slot of a Cluster.
    pub(crate) fn channel(&self, name: &str) -> Key {
        self.key(name)
    }

    /// The name of a channel of this key space.
    pub(crate) fn channel_name<'a>(&self, channel: &'a str) -> Option<&'a str> {
        channel.strip_prefix(&*self.prefix)
    }

    /// A stream with what belongs to it, in one slot: one part of it, if it has several.
    pub(crate) fn stream(&self, name: &str, part: Option<u16>) -> Entity {
        let name = part.map_or_else(|| name.to_owned(), |part| format!("{name}:{part}"));
        let prefix = &self.prefix;
        let root = match name.split_once(':') {
            _ if !self.hash_tags => format!("{prefix}{name}"),
            Some((kind, id)) => format!("{prefix}{kind}:{{{id}}}"),
            None => format!("{prefix}{{{name}}}"),
        };
        Entity { root: root.into() }
    }

    /// A key that belongs to no entity: a ranking, a counter.
    #[must_use]
    pub fn key(&self, name: &str) -> Key {
        Key(format!("{}{name}", self.prefix))
    }
}

/// One thing with several keys that change together: a combat, a player. All its keys share a slot of
/// Redis Cluster, and one sequence guards them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entity {
    root: Arc<str>,
}

impl Entity {
    /// The entity's key with this name.
    #[must_use]
    pub fn key(&self, name: impl fmt::Display) -> Key {
        Key(format!("{}:{name}", self.root))
    }

    /// The key that is named like the entity itself.
    #[must_use]
    pub fn root(&self) -> Key {
        Key(self.root.to_string())
    }

    /// A part with a sequence of its own, in the same slot: a member of a set that many writers
    /// share.
    #[must_use]
    pub fn part(&self, kind: &str, id: impl fmt::Display) -> Self {
        Self { root: format!("{}:{kind}:{id}", self.root).into() }
    }

    /// Where the sequence of its last write is kept.
    pub(crate) fn guard(&self) -> Key {
        self.key("guard")
    }

    /// Whether `key` is one of its own: replaced and renewed with it.
    pub(crate) fn owns(&self, key: &Key) -> bool {
        key.0.strip_prefix(&*self.root).is_some_and(|rest| rest.starts_with(':'))
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)
    }
}

/// The full name of one key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// The name as Redis sees it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
