//! Live combats: what a client shows while a fight goes on.
//!
//! [`LiveCombatProjection`] fills it from the events, [`LiveCombat::load`] reads it, and
//! [`LiveCombat::fold`] makes the same from the events alone, to compare.

mod load;
mod projection;
mod state;
mod step;

pub use load::active_combats;
pub use projection::LiveCombatProjection;
pub use state::{LiveAction, LiveCombat, LiveEffet, LiveParticipant};
