//! What the Redis side promises, against a real Redis.

mod client;
mod guard;
mod keys;
mod probe;
mod read_models;
mod rebuild;
