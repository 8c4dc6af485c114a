//! The keys of players and of their bags.

use std::fmt::Display;

use aether_redis::{Entity, Key, KeySpace};

use crate::values::{JoueurId, SlotId};

/// The keys of one player: all under `player:{id}`, in one slot of a cluster.
#[derive(Debug, Clone)]
pub struct JoueurKeys(Entity);

impl JoueurKeys {
    /// The keys of this player.
    #[must_use]
    pub fn new(keys: &KeySpace, joueur: JoueurId) -> Self {
        Self::of(keys, joueur)
    }

    pub(in crate::live) fn of(keys: &KeySpace, joueur: impl Display) -> Self {
        Self(keys.entity("player", joueur))
    }

    pub(in crate::live) fn from(entity: &Entity) -> Self {
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

    pub(in crate::live) fn of(keys: &KeySpace, joueur: impl Display) -> Self {
        Self(keys.entity("player", joueur).section("inventory"))
    }

    pub(in crate::live) fn from(entity: &Entity) -> Self {
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
    pub(in crate::live) fn member(slot: SlotId) -> String {
        format!("item:{slot}")
    }
}
