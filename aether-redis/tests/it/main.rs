//! What the Redis side promises, against a real Redis.

#![allow(clippy::unwrap_used, reason = "tests")]

mod cache;
mod cache_contract;
mod cache_faults;
mod client;
mod guard;
mod keys;
mod probe;
mod read_models;
mod rebuild;
