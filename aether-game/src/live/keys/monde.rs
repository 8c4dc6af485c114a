//! The keys of the world, and of the number of players in it.

use std::fmt::Display;

use aether_redis::{Entity, Key, KeySpace};

use crate::values::EvenementId;

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

    pub(in crate::live) fn state_entity(&self) -> Entity {
        self.0.entity("world", "state")
    }

    pub(in crate::live) fn active_events_entity(&self) -> Entity {
        self.0.entity("world", "active_events")
    }

    pub(in crate::live) fn event_entity(&self, id: impl Display) -> Entity {
        self.0.entity("world:event", id)
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

    pub(in crate::live) fn guard(&self) -> Entity {
        self.0.part("online", "count")
    }

    /// String: a number.
    #[must_use]
    pub fn online(&self) -> Key {
        self.0.key("online")
    }
}
