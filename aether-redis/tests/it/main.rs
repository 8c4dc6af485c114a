//! What the Redis side promises, against a real Redis.

#![allow(clippy::unwrap_used, reason = "tests")]

mod client;
mod guard;
mod keys;
mod locks;
mod leaderboard;
mod leaderboard_keys;
mod leaderboard_model;
mod leaderboard_projection;
mod probe;
mod read_models;
mod rebuild;
