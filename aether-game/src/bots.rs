//! Fighters without players: tactics that choose commands, and rosters to let them loose on.
//!
//! For demos, load tests and property tests. Everything is pure and follows from seeds.

mod arsenal;
mod rosters;
mod tactics;

pub use rosters::{Rosters, zones};
pub use tactics::Tactic;
