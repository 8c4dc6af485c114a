//! Names of keys: a prefix for all of them, and one cluster slot for each entity.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use aether_core::lock::LockName;
use fred::bytes::Bytes;
use fred::util::redis_keyslot;

use crate::error::{Error, Result};

#[cfg(feature = "ephemeral")]
mod ephemeral;

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

    /// The slot of a Cluster at whose node those who publish and those who listen meet: between nodes a message
    /// can get lost unnoticed.
    pub(crate) fn meeting_slot(&self) -> u16 {
        redis_keyslot(self.key("bus").as_str().as_bytes())
    }

    /// The name of a channel of this key space.
    pub(crate) fn channel_name<'a>(&self, channel: &'a str) -> Option<&'a str> {
        channel.strip_prefix(&*self.prefix)
    }

    /// A key that belongs to no entity: a ranking, a counter.
    #[must_use]
    pub fn key(&self, name: &str) -> Key {
        Key(format!("{}{name}", self.prefix))
    }

    /// Where [`RedisLocks`](crate::RedisLocks) keep the owner of a lock.
    ///
    /// ```
    /// use aether_core::lock::LockName;
    /// use aether_redis::KeySpace;
    ///
    /// let name = LockName::new("combat", 42).part("action");
    /// assert_eq!(KeySpace::new().lock(&name).as_str(), "lock:combat:42:action");
    /// let keys = KeySpace::new().hash_tags(true);
    /// assert_eq!(keys.lock(&name).as_str(), "lock:combat:{42}:action");
    /// ```
    #[must_use]
    pub fn lock(&self, name: &LockName) -> Key {
        self.lock_entity(name).root()
    }

    /// Where the last fencing token of a lock is kept.
    pub(crate) fn lock_token(&self, name: &LockName) -> Key {
        self.lock_entity(name).key("token")
    }

    fn lock_entity(&self, name: &LockName) -> Entity {
        let whole = self.entity(&format!("lock:{}", name.kind()), name.id());
        name.of_part().map_or_else(
            || whole.clone(),
            |part| Entity { root: whole.key(plain_part(part)).0.into() },
        )
    }

    /// The keys of a leaderboard.
    #[must_use]
    pub fn leaderboard(&self, board: &str) -> LeaderboardKeys {
        LeaderboardKeys(self.entity("leaderboard", board))
    }
}

/// The keys of one leaderboard, in one slot: its seasons and rebuilds are renamed into each other.
///
/// ```
/// let keys = aether_redis::KeySpace::new().leaderboard("level");
/// assert_eq!(keys.ranking().as_str(), "leaderboard:level");
/// assert_eq!(keys.season_ranking(3).as_str(), "leaderboard:level:season:3");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderboardKeys(Entity);

impl LeaderboardKeys {
    /// Sorted set: `{id}:{name}` by score. To be read, never written.
    #[must_use]
    pub fn ranking(&self) -> Key {
        self.0.root()
    }

    /// Hash: by id, what is kept of a member so that changes may come twice and in any order.
    pub(crate) fn members(&self) -> Key {
        self.0.key("members")
    }

    /// Hash: season, how far it is.
    pub(crate) fn state(&self) -> Key {
        self.0.key("state")
    }

    /// Sorted set: the final ranking of a past season. To be read, never written.
    #[must_use]
    pub fn season_ranking(&self, season: u32) -> Key {
        self.0.key(format_args!("season:{season}"))
    }

    /// Hash: the members of a past season.
    pub(crate) fn season_members(&self, season: u32) -> Key {
        self.0.key(format_args!("season:{season}:members"))
    }

    /// The keys of the table that is filled by a rebuild: ranking, members and state.
    pub(crate) fn rebuild(&self) -> [Key; 3] {
        ["rebuild", "rebuild:members", "rebuild:state"].map(|name| self.0.key(name))
    }
}

/// Keys of the cache.
impl KeySpace {
    /// What guards everything that is cached about an entity.
    pub(crate) fn cache_seal(&self, kind: &str, id: &str) -> Key {
        Key(self.cache_keys(kind, id, "").seal().to_owned())
    }

    /// Something that is cached about an entity, and its guard.
    pub(crate) fn cache_keys(&self, kind: &str, id: &str, entry: &str) -> CacheKeys {
        // any text is an id, and all keys of an entity lie in one slot
        let id = match self.hash_tags {
            true if id.is_empty() => Cow::Borrowed("%"),
            true if id.contains(['{', '}', '%']) => {
                id.replace('%', "%25").replace('{', "%7B").replace('}', "%7D").into()
            }
            _ => Cow::Borrowed(id),
        };
        let (open, close) = if self.hash_tags { ("{", "}") } else { ("", "") };
        let parts = [&*self.prefix, kind, ":", open, &*id, close, ":cache", ":", entry];
        let name = parts.concat();
        CacheKeys { seal: name.len() - entry.len() - 1, name }
    }

    /// The channel on which invalidations of the cache are told.
    pub(crate) fn cache_channel(&self) -> Key {
        self.key("cache:invalidated")
    }

    /// A channel that nobody listens to: an answer to a message for it is a sign of life.
    pub(crate) fn cache_beat(&self) -> Key {
        self.key("cache:beat")
    }
}

/// A part of a lock as its keys have it: none has the name under which tokens are kept.
fn plain_part(part: &str) -> String {
    let plain = part.replace('%', "%25");
    match plain.strip_suffix("token") {
        Some(rest) if rest.is_empty() || rest.ends_with(':') => format!("{rest}%74oken"),
        _ => plain,
    }
}

/// The keys of an entry of the cache, in one slot.
#[derive(Debug)]
pub(crate) struct CacheKeys {
    name: String,
    /// How much of the name is that of the seal, in bytes.
    seal: usize,
}

impl CacheKeys {
    pub(crate) fn entry(&self) -> &str {
        &self.name
    }

    pub(crate) fn seal(&self) -> &str {
        &self.name[..self.seal]
    }

    /// The entry's, then the seal's, without copying the name.
    pub(crate) fn into_bytes(self) -> [Bytes; 2] {
        let entry = Bytes::from(self.name);
        let seal = entry.slice(..self.seal);
        [entry, seal]
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

    /// The key that is named like the entity itself. It is one of the entity's own.
    #[must_use]
    pub fn root(&self) -> Key {
        Key(self.root.to_string())
    }

    /// A part with a sequence of its own, in the same slot: a member of a set that many writers
    /// share.
    #[must_use]
    pub fn part(&self, kind: &str, id: impl fmt::Display) -> Self {
        self.section(&format!("{kind}:{id}"))
    }

    /// A section with a sequence of its own, in the same slot: what a player carries, beside what a player is.
    ///
    /// ```
    /// let player = aether_redis::KeySpace::new().entity("player", 42);
    /// assert_eq!(player.section("inventory").key("items").as_str(), "player:42:inventory:items");
    /// ```
    #[must_use]
    pub fn section(&self, name: &str) -> Self {
        Self { root: format!("{}:{name}", self.root).into() }
    }

    /// Where the sequence of its last write is kept.
    pub(crate) fn guard(&self) -> Key {
        self.key("guard")
    }

    /// Whether `key` is one of its own: replaced and renewed with it.
    pub(crate) fn owns(&self, key: &Key) -> bool {
        key.0.strip_prefix(&*self.root).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_cached_entry_share_a_slot_and_no_two_entities_do() {
        let keys = KeySpace::new().hash_tags(true);
        let ids = ["", "%", "42", "{", "}", "{}", "}{", "%7B", "%7D", "a}b", "{a}b"];
        for id in ids {
            let names = keys.cache_keys("player", id, "name{x}");
            let slot = |key: &str| redis_keyslot(key.as_bytes());
            assert_eq!(slot(names.entry()), slot(names.seal()), "{id:?}");
            assert_eq!(keys.cache_seal("player", id).as_str(), names.seal());
        }
        let seals = ids.map(|id| keys.cache_seal("player", id).to_string());
        assert_eq!(std::collections::HashSet::from(seals).len(), ids.len());
    }

    #[test]
    fn no_part_of_a_lock_is_kept_where_a_token_is() {
        let keys = KeySpace::new();
        let name = || LockName::new("combat", 42);
        let parts = ["token", "%74oken", "a", "a:token", "%74oken:a", "token:token"];
        let mut all = vec![keys.lock(&name()), keys.lock_token(&name())];
        for part in parts {
            all.extend([keys.lock(&name().part(part)), keys.lock_token(&name().part(part))]);
        }
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len(), "{all:?}");
        assert_eq!(keys.lock(&name().part("action")).as_str(), "lock:combat:42:action");
    }

    #[test]
    fn all_keys_of_a_leaderboard_share_a_slot() {
        let keys = KeySpace::new().hash_tags(true).leaderboard("arena");
        let own = [keys.ranking(), keys.members(), keys.state()];
        let past = [keys.season_ranking(3), keys.season_members(3)];
        let all: Vec<_> = own.into_iter().chain(past).chain(keys.rebuild()).collect();
        assert!(all.iter().all(|key| key.as_str().starts_with("leaderboard:{arena}")), "{all:?}");
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
