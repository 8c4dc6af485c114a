//! What the Redis side promises, against a real Redis.

#![allow(clippy::unwrap_used, reason = "tests")]

mod breaker;
mod bus;
mod bus_deployed;
mod cache;
mod cache_contract;
mod cache_faults;
mod client;
mod connecting;
mod cooldowns;
mod counters;
mod faults;
mod full;
mod guard;
mod handlers;
mod keys;
mod leaderboard;
mod leaderboard_keys;
mod leaderboard_model;
mod leaderboard_projection;
mod load;
mod locks;
mod presence;
mod probe;
mod rate_limit;
mod read_models;
mod rebuild;
mod refill;
mod rights;
mod secrets;
mod sessions;
mod slots;
mod streams;
mod topology;
