//! The names of the live keys. No other file names one; those of boards and counters follow from their names.

mod joueur;
mod monde;

pub use joueur::{JoueurKeys, SacKeys};
pub use monde::{MondeKeys, OnlineKeys};

use aether_redis::{Entity, Key, KeySpace};

use crate::combat::{EffetId, ParticipantId};
use crate::values::{CombatId, ZoneId};

/// The keys of one combat: all under `combat:{id}`, in one slot of a cluster.
#[derive(Debug, Clone)]
pub struct CombatKeys(Entity);

impl CombatKeys {
    /// The keys of this combat.
    #[must_use]
    pub fn new(keys: &KeySpace, combat: CombatId) -> Self {
        Self(keys.entity("combat", combat))
    }

    /// What guarded writes to the combat are addressed to.
    #[must_use]
    pub const fn entity(&self) -> &Entity {
        &self.0
    }

    /// Hash: `combat_id, etat, tour_actuel, participant_actif_id, prochain_timeout, zone_id`. What is
    /// not there now is empty.
    #[must_use]
    pub fn state(&self) -> Key {
        self.0.key("state")
    }

    /// Hash: `participant_id, nom, hp_actuel, hp_max, mp_actuel, mp_max, etat, peut_agir` (0 or 1).
    #[must_use]
    pub fn participant(&self, id: ParticipantId) -> Key {
        self.0.key(format_args!("participant:{id}"))
    }

    /// Sorted set: participant ids by initiative.
    #[must_use]
    pub fn turn_order(&self) -> Key {
        self.0.key("turn_order")
    }

    /// Set: `effect:{type}:{effet_id}` for each effect on a participant.
    #[must_use]
    pub fn effects(&self, bearer: ParticipantId) -> Key {
        self.0.key(format_args!("participant:{bearer}:effects"))
    }

    /// Hash: `type_effet, puissance, duree_tours_restants`.
    #[must_use]
    pub fn effect(&self, id: EffetId) -> Key {
        self.0.key(format_args!("effect:{id}"))
    }

    /// How the keys of all effects begin.
    pub(super) fn all_effects(&self) -> Key {
        self.0.key("effect:")
    }

    /// List: the last [`RECENT_ACTIONS`](super::RECENT_ACTIONS) actions as JSON, newest first.
    #[must_use]
    pub fn recent_actions(&self) -> Key {
        self.0.key("recent_actions")
    }
}

/// The keys of one zone: all under `zone:{id}`.
#[derive(Debug, Clone)]
pub struct ZoneKeys(Entity);

impl ZoneKeys {
    /// The keys of this zone.
    #[must_use]
    pub fn new(keys: &KeySpace, zone: ZoneId) -> Self {
        Self(keys.entity("zone", zone))
    }

    /// Set: ids of the combats that are fought in the zone.
    #[must_use]
    pub fn active_combats(&self) -> Key {
        self.0.key("active_combats")
    }

    /// One combat's membership in [`active_combats`](ZoneKeys::active_combats): guarded on its own,
    /// because many combats share the set.
    #[must_use]
    pub fn membership(&self, combat: CombatId) -> Entity {
        self.0.part("active_combats", combat)
    }
}

/// Names of channels, without the prefix of a key space.
pub mod channels {
    use crate::values::{CombatId, ItemId, JoueurId, ZoneId};

    /// What happens in the world.
    pub const MONDE: &str = "world:events";

    /// What moves the board of levels.
    pub const NIVEAUX: &str = "leaderboard:level:updates";

    /// What happens in the market of an item.
    #[must_use]
    pub fn marche(item: ItemId) -> String {
        format!("market:{item}:updates")
    }

    /// What happens in a zone.
    #[must_use]
    pub fn nouvelles_de_zone(zone: ZoneId) -> String {
        format!("zone:{zone}:updates")
    }

    /// What happens in a combat.
    #[must_use]
    pub fn combat(combat: CombatId) -> String {
        format!("combat:{combat}:updates")
    }

    /// What a player should know.
    #[must_use]
    pub fn joueur(joueur: JoueurId) -> String {
        format!("player:{joueur}:notifications")
    }

    /// What is said in a zone.
    #[must_use]
    pub fn zone(zone: ZoneId) -> String {
        format!("zone:{zone}:chat")
    }
}
