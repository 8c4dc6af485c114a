#![doc = include_str!("../README.md")]

pub mod bus;
pub mod cache;
pub mod leaderboard;
pub mod lock;
pub mod metrics;
