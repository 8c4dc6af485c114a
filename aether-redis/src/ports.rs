//! The ports of aether-realtime and of projections, on Redis.

pub(crate) mod bus;
pub(crate) mod cache;
mod checkpoint;
pub(crate) mod leaderboard;
mod letters;
pub(crate) mod lock;
mod maintenance;
pub(crate) mod read_models;
mod refill;
