//! Live combats in Redis: what a client shows while a fight goes on.
//!
//! [`LiveCombatProjection`] fills it from the events, [`LiveCombat::load`] reads it, and
//! [`LiveCombat::fold`] makes the same from the events alone, to compare.
//!
//! Live state is right or absent, never old: see `aether-redis` for how. A combat that nobody touched
//! for an [hour](COMBAT_LIFETIME) is absent; the PostgreSQL read models know it for ever.

mod keys;
mod load;
mod projection;
mod state;

pub use keys::{CombatKeys, ZoneKeys};
pub use load::active_combats;
pub use projection::LiveCombatProjection;
pub use state::{LiveAction, LiveCombat, LiveEffet, LiveParticipant};

use std::time::Duration;

/// How long the live state of a combat outlives its last event.
pub const COMBAT_LIFETIME: Duration = Duration::from_secs(3600);
/// How long the list of a zone's active combats outlives the last change of one of them.
pub const ZONE_LIFETIME: Duration = Duration::from_secs(7200);
/// How many actions are kept of each combat.
pub const RECENT_ACTIONS: u32 = 20;
