//! Who may do what: accounts and their passwords, sessions, origins, limits.

pub(crate) mod admit;
pub(crate) mod buckets;
pub(crate) mod cookie;
pub(crate) mod credentials;
pub(crate) mod grant;
pub(crate) mod known;
pub(crate) mod limits;
pub(crate) mod origin;
pub(crate) mod passwords;
pub(crate) mod register;
pub(crate) mod sessions;
pub(crate) mod who;

use aether_redis::{KeySpace, RateLimits, RedisClient, Sessions};
use anyhow::Context as _;

use self::limits::Limits;
use self::passwords::Passwords;
use self::sessions::LiveSessions;

/// What the doors of authentication share.
pub(crate) struct Auth {
    pub(crate) passwords: Passwords,
    pub(crate) sessions: LiveSessions,
    pub(crate) limits: Limits,
}

impl Auth {
    pub(crate) fn new(
        redis: &RedisClient,
        keys: &KeySpace,
        generosity: u32,
    ) -> anyhow::Result<Self> {
        let passwords = Passwords::new().context("the parameters of passwords")?;
        let sessions = LiveSessions::new(Sessions::new(redis.clone(), keys.clone()));
        let limits = Limits::new(RateLimits::new(redis.clone(), keys.clone()), generosity);
        Ok(Self { passwords, sessions, limits })
    }
}
