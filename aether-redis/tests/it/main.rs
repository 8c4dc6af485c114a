//! What the Redis side promises, against a real Redis.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bus;
mod client;
mod guard;
mod keys;
mod probe;
mod read_models;
mod rebuild;
mod streams;
