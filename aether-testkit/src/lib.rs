//! Tests for event-sourced code.

pub mod buses;
pub mod cache;
pub mod chaos;
pub mod contract;
pub mod leaderboards;
pub mod locks;
pub mod processes;
pub mod scenario;
pub mod servers;
pub mod shape_lock;
mod suite;
