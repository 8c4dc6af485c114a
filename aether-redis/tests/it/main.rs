//! What the Redis side promises, against a real Redis.

#![allow(clippy::unwrap_used, reason = "tests")]

mod client;
mod cooldowns;
mod counters;
mod guard;
mod keys;
mod presence;
mod probe;
mod rate_limit;
mod read_models;
mod rebuild;
mod sessions;
mod slots;
