//! Players and fighters without people: bots that live a whole life, tactics that choose commands, and rosters to let fighters loose on.
//!
//! [`vie`] plays through an engine, as clients do. Tactics and rosters are pure and follow from seeds. All are for demos, load tests and
//! property tests.

mod arsenal;
mod rosters;
mod tactics;
pub mod vie;

pub use rosters::{Rosters, zones};
pub use tactics::Tactic;
