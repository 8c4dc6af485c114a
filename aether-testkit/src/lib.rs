//! Tests for event-sourced code.

pub mod buses;
pub mod chaos;
pub mod contract;
pub mod processes;
pub mod scenario;
pub mod servers;
pub mod shape_lock;
