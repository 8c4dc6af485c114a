#![doc = include_str!("../README.md")]

mod client;
#[cfg(feature = "ephemeral")]
mod ephemeral;
mod error;
mod guard;
mod key_space;
pub mod metrics;
mod ports;
mod script;
mod settings;
#[doc = include_str!("docs/strategies.md")]
pub mod strategies {}
mod values;

#[cfg(feature = "ephemeral")]
pub use chrono_tz::Tz;
pub use client::{Circuit, Connect, Health, RedisClient, Topology};
#[cfg(feature = "ephemeral")]
pub use ephemeral::{
    cooldowns::{CooldownStart, Cooldowns},
    counters::{Counters, EventCount},
    presence::{Presence, ZonePage},
    rate_limit::{OnOutage, RateDecision, RateLimit, RateLimits},
    sessions::{Created, InvalidSessionId, LoginMark, NewSession, Session, SessionId, Sessions},
    streams::{
        ConsumerGroup, DeadMessage, GroupLag, GroupSettings, RedisStream, Retention, StreamHandler,
        StreamMessage, StreamSink, Trimmed,
    },
};
pub use error::{Error, Result};
pub use guard::{GuardedWrite, Stamp, WriteOutcome};
pub use key_space::{Entity, Key, KeySpace, LeaderboardKeys};
pub use ports::bus::RedisBus;
pub use ports::cache::{RedisCache, TieredCache, TieredCacheBuilder};
pub use ports::leaderboard::{BoardTx, RedisLeaderboards};
pub use ports::lock::RedisLocks;
pub use ports::read_models::{RedisReadModels, RedisTx};
pub use settings::RedisSettings;
