//! The names of the live keys. No other file names one; those of boards and counters follow from their names.

use aether_redis::{Entity, Key, KeySpace};

use crate::combat::{EffetId, ParticipantId};
use crate::values::{CombatId, EvenementId, JoueurId, SlotId, ZoneId};

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

/// The keys of one player: all under `player:{id}`, in one slot of a cluster.
#[derive(Debug, Clone)]
pub struct JoueurKeys(Entity);

impl JoueurKeys {
    /// The keys of this player.
    #[must_use]
    pub fn new(keys: &KeySpace, joueur: JoueurId) -> Self {
        Self::of(keys, joueur)
    }

    pub(super) fn of(keys: &KeySpace, joueur: impl std::fmt::Display) -> Self {
        Self(keys.entity("player", joueur))
    }

    pub(super) fn from(entity: &Entity) -> Self {
        Self(entity.clone())
    }

    /// What guards [`profile`](JoueurKeys::profile) and [`stats`](JoueurKeys::stats), which come from one row.
    #[must_use]
    pub const fn entity(&self) -> &Entity {
        &self.0
    }

    /// Hash: `joueur_id, pseudo, classe, niveau, experience, hp_actuel, hp_max, or, titre, guilde_nom`. What a player does not
    /// have is empty.
    #[must_use]
    pub fn profile(&self) -> Key {
        self.0.key("profile")
    }

    /// String: stats and combats in numbers, as JSON.
    #[must_use]
    pub fn stats(&self) -> Key {
        self.0.key("stats")
    }

    /// Hash: from when on each skill can be used again, in unix microseconds, in fields `skill:{id}`. The one that asks works out
    /// the seconds that are left.
    #[must_use]
    pub fn cooldowns(&self) -> Key {
        self.0.key("cooldowns")
    }
}

/// The keys of one player's bag: all under `player:{id}:inventory`.
#[derive(Debug, Clone)]
pub struct SacKeys(Entity);

impl SacKeys {
    /// The keys of this player's bag.
    #[must_use]
    pub fn new(keys: &KeySpace, joueur: JoueurId) -> Self {
        Self::of(keys, joueur)
    }

    pub(super) fn of(keys: &KeySpace, joueur: impl std::fmt::Display) -> Self {
        Self(keys.entity("player", joueur).section("inventory"))
    }

    pub(super) fn from(entity: &Entity) -> Self {
        Self(entity.clone())
    }

    /// What guards them.
    #[must_use]
    pub const fn entity(&self) -> &Entity {
        &self.0
    }

    /// Hash: `capacite, slots_utilises, poids_actuel, poids_max`.
    #[must_use]
    pub fn meta(&self) -> Key {
        self.0.key("meta")
    }

    /// Set: `item:{slot_id}` for each slot with something in it.
    #[must_use]
    pub fn items(&self) -> Key {
        self.0.key("items")
    }

    /// Hash: `item_id, nom, quantite, est_equipe` (0 or 1), `position_slot`.
    #[must_use]
    pub fn item(&self, slot: SlotId) -> Key {
        self.0.key(Self::member(slot))
    }

    /// What stands for a slot in [`items`](SacKeys::items).
    pub(super) fn member(slot: SlotId) -> String {
        format!("item:{slot}")
    }
}

/// The keys of the world: each has a slot of its own.
#[derive(Debug, Clone)]
pub struct MondeKeys(KeySpace);

impl MondeKeys {
    /// The keys of the world in this key space.
    #[must_use]
    pub fn new(keys: &KeySpace) -> Self {
        Self(keys.clone())
    }

    /// Hash: `cycle_jour_nuit, saison, jour_saison`, and the percentage of each economic factor.
    #[must_use]
    pub fn state(&self) -> Key {
        self.state_entity().root()
    }

    /// Set: ids of the events that are on.
    #[must_use]
    pub fn active_events(&self) -> Key {
        self.active_events_entity().root()
    }

    /// Hash: `evenement_id, nom, type_evenement, zone_id, progres, requis, participants, debute_a, fin_a`.
    #[must_use]
    pub fn event(&self, id: EvenementId) -> Key {
        self.event_entity(id).root()
    }

    pub(super) fn state_entity(&self) -> Entity {
        self.0.entity("world", "state")
    }

    pub(super) fn active_events_entity(&self) -> Entity {
        self.0.entity("world", "active_events")
    }

    pub(super) fn event_entity(&self, id: impl std::fmt::Display) -> Entity {
        self.0.entity("world:event", id)
    }
}

/// Names of channels, without the prefix of a key space.
pub mod channels {
    use crate::values::{CombatId, JoueurId, ZoneId};

    /// What happens in the world.
    pub const MONDE: &str = "world:events";

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

/// The key of the number of players who are online.
#[derive(Debug, Clone)]
pub struct OnlineKeys(Entity);

impl OnlineKeys {
    /// The key in this key space.
    #[must_use]
    pub fn new(keys: &KeySpace) -> Self {
        Self(keys.entity("stats", "players"))
    }

    pub(super) fn guard(&self) -> Entity {
        self.0.part("online", "count")
    }

    /// String: a number.
    #[must_use]
    pub fn online(&self) -> Key {
        self.0.key("online")
    }
}
