#![doc = include_str!("../README.md")]

mod backend;
pub mod buses;
pub mod caches;
pub mod leaderboards;
pub mod locks;
pub mod orders;
pub mod processes;
pub mod stores;
mod suite;

pub use backend::{Backend, SlowAppend};
pub use suite::TIME_LIMIT;
