//! Keys of what lives in Redis alone.

use std::borrow::Cow;
use std::fmt;

use super::{Entity, Key, KeySpace};

impl KeySpace {
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

    /// Set: the ids of a user's sessions.
    pub(crate) fn sessions(&self, user_id: &str) -> Key {
        self.entity("user", user_id).key("sessions")
    }

    /// String: when a user's sessions were last revoked. In the slot of their set.
    pub(crate) fn sessions_revoked(&self, user_id: &str) -> Key {
        self.entity("user", user_id).key("sessions:revoked")
    }

    /// Hash: a session, named `session:` and its id. In the slot of its user.
    pub(crate) fn session(&self, user_id: &str, secret: impl fmt::Display) -> Key {
        Key(format!("{}.{secret}", self.entity("session", user_id).root))
    }

    /// Hash: when each skill of a player can be used again, in unix microseconds.
    pub(crate) fn cooldowns(&self, player_id: impl fmt::Display) -> Key {
        self.entity("player", player_id).key("cooldowns")
    }

    /// What guards the cooldown of one skill. In the slot of the player.
    pub(crate) fn cooldown(
        &self,
        player_id: impl fmt::Display,
        skill: impl fmt::Display,
    ) -> Entity {
        self.entity("player", player_id).part("cooldowns", skill)
    }

    /// Hash: a token bucket.
    pub(crate) fn bucket(&self, limit: &str, subject: &str) -> Key {
        // the subject may be anything, and so may the limit's name: which is which has to show
        self.entity(&format!("rate:{}", escaped(limit)), subject).root()
    }

    /// What is counted under one name: its key `today`, one key per day, and `sequences`.
    pub(crate) fn statistic(&self, name: &str) -> Entity {
        self.entity("stats", name)
    }

    /// A share of the players that are online.
    pub(crate) fn presence(&self, shard: u16) -> Entity {
        self.entity("presence", shard)
    }
}

/// A name without what separates names and tags.
fn escaped(name: &str) -> Cow<'_, str> {
    match name.contains(['%', ':', '{', '}']) {
        true => name
            .replace('%', "%25")
            .replace(':', "%3A")
            .replace('{', "%7B")
            .replace('}', "%7D")
            .into(),
        false => Cow::Borrowed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_limits_share_a_bucket() {
        for keys in [KeySpace::new(), KeySpace::new().hash_tags(true)] {
            let pairs = [("chat", "a:b"), ("chat:a", "b"), ("chat%3Aa", "b"), ("chat:{a}", "b")];
            let buckets = pairs.map(|(limit, subject)| keys.bucket(limit, subject).to_string());
            assert_eq!(std::collections::HashSet::from(buckets).len(), pairs.len());
        }
        assert_eq!(KeySpace::new().bucket("login", "kael").as_str(), "rate:login:kael");
    }
}
