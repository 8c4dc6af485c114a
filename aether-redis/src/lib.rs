#![doc = include_str!("../README.md")]

mod bus;
mod cache;
mod checkpoint;
mod client;
mod cooldowns;
mod counters;
mod error;
mod guard;
mod key_space;
mod leaderboard;
mod letters;
mod lock;
mod presence;
mod rate_limit;
mod read_models;
mod refill;
mod reply;
mod script;
mod sessions;
mod settings;
#[doc = include_str!("docs/strategies.md")]
pub mod strategies {}
mod streams;
mod values;

pub use bus::RedisBus;
pub use cache::{RedisCache, TieredCache, TieredCacheBuilder};
pub use chrono_tz::Tz;
pub use client::{Circuit, Connect, Health, RedisClient, Topology};
pub use cooldowns::{CooldownStart, Cooldowns};
pub use counters::{Counters, EventCount};
pub use error::{Error, Result};
pub use guard::{GuardedWrite, Stamp, WriteOutcome};
pub use key_space::{Entity, Key, KeySpace, LeaderboardKeys};
pub use leaderboard::{BoardTx, RedisLeaderboards};
pub use lock::RedisLocks;
pub use presence::{Presence, ZonePage};
pub use rate_limit::{OnOutage, RateDecision, RateLimit, RateLimits};
pub use read_models::{RedisReadModels, RedisTx};
pub use sessions::{
    Created, InvalidSessionId, LoginMark, NewSession, Session, SessionId, Sessions,
};
pub use settings::RedisSettings;
pub use streams::{
    ConsumerGroup, DeadMessage, GroupLag, GroupSettings, RedisStream, Retention, StreamHandler,
    StreamMessage, StreamSink, Trimmed,
};
