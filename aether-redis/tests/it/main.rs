//! What the Redis side promises, against a real Redis.

#![allow(clippy::unwrap_used, reason = "tests")]

mod breaker;
mod bus;
mod bus_deployed;
mod client;
mod faults;
mod guard;
mod keys;
mod load;
mod probe;
mod read_models;
mod rebuild;
mod streams;
mod topology;
