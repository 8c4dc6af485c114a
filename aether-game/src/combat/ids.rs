//! The ids inside a combat, each a type of its own so that they can not be mixed up.

use aether_core::{Shape, ShapeWriter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

aether_core::aggregate_id! {
    /// Identifies a combat.
    pub struct CombatId;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with this UUID.
            #[must_use]
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID inside.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Shape for $name {
            fn describe(shape: &mut ShapeWriter) {
                shape.leaf("Uuid");
            }
        }
    )*};
}

ids! {
    /// One fighter in one combat: made anew for each combat, never used again in another.
    ParticipantId;
    /// Who fights behind a participant: a player, a character, a boss.
    EntiteId;
    /// A zone of the world.
    ZoneId;
    /// A skill.
    CompetenceId;
    /// An item.
    ItemId;
    /// An action of a combat; follows from the turn it was made in, see [`ActionId::of_turn`].
    ActionId;
    /// A status effect on one participant; follows from what applied it.
    EffetId;
}

impl ActionId {
    /// The id of what `acteur` does in turn `numero_tour`: a turn has one action at most, and a
    /// participant belongs to one combat, so the id is unique, and a replay makes the same one.
    #[must_use]
    pub fn of_turn(acteur: ParticipantId, numero_tour: u32) -> Self {
        Self(Uuid::new_v5(&acteur.0, &numero_tour.to_be_bytes()))
    }
}

impl EffetId {
    /// The id of effect number `index` of an action.
    #[must_use]
    pub fn of_action(action: ActionId, index: u32) -> Self {
        Self(Uuid::new_v5(&action.0, &index.to_be_bytes()))
    }
}
