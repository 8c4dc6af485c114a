//! What lives in Redis alone and has no port: live state of players, limits, and streams for other systems.

pub(crate) mod cooldowns;
pub(crate) mod counters;
pub(crate) mod presence;
pub(crate) mod rate_limit;
mod reply;
pub(crate) mod sessions;
pub(crate) mod streams;
