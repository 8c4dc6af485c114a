//! What changes all the time, in Redis: combats, cooldowns, boards, counters, what is read often of players, and what clients are told.
//!
//! Live state is right or absent, never old, and made from the log alone: a Redis that was emptied is filled again. Nobody's
//! correctness depends on it. `aether-redis` says how ([strategies](aether_redis::strategies)); which key holds what is in [`keys`].
//!
//! | what | how | ends |
//! |---|---|---|
//! | [combats](combat) and the combats of a zone | written through, one guarded write per event | after an hour, two for the list |
//! | [cooldowns](recharges) of skills | written through | with the cooldown |
//! | [boards](classements) | written through, exactly once per event | never |
//! | [counters](compteurs) of the day | each event once, on its day | at midnight UTC |
//! | [profiles and stats](profil), [bags](sac) | cache-aside before the read models, invalidated by events | after 10 minutes |
//! | the [world](monde) and its events | cache-aside before the log, invalidated by events | after 1, 5 and 60 minutes |
//! | what [clients are told](annonces) | channels, which the log stands behind | at once |
//!
//! [`LiveCombat`] and the like are values; each has a `fold` or a counterpart in the read models to be compared with.

pub mod annonces;
mod cache;
pub mod classements;
pub mod combat;
pub mod compteurs;
mod fields;
pub mod keys;
pub mod monde;
pub mod profil;
pub mod recharges;
mod registration;
pub mod sac;

pub use combat::{
    LiveAction, LiveCombat, LiveCombatProjection, LiveEffet, LiveParticipant, active_combats,
};
pub use keys::{CombatKeys, JoueurKeys, MondeKeys, SacKeys, ZoneKeys};

pub(crate) use registration::register;

use std::time::Duration;

/// How long the live state of a combat outlives its last event.
pub const COMBAT_LIFETIME: Duration = Duration::from_secs(3600);
/// How long the list of a zone's active combats outlives the last change of one of them.
pub const ZONE_LIFETIME: Duration = Duration::from_secs(7200);
/// How many actions are kept of each combat.
pub const RECENT_ACTIONS: u32 = 20;
/// How long what is cached of a player is served before it is loaded anew.
pub const PROFILE_LIFETIME: Duration = Duration::from_secs(600);
