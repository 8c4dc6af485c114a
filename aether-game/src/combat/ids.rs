//! The ids inside a combat, each a type of its own so that they cannot be mixed up.

use aether_core::id;

pub use crate::values::{CombatId, CompetenceId, ItemId, ZoneId};

id! {
    /// One fighter in one combat: made anew for each combat, never used again in another.
    pub struct ParticipantId;
    /// Who fights behind a participant: a player, a character, a boss.
    pub struct EntiteId;
    /// An action of a combat; follows from the turn it was made in, see [`ActionId::of_turn`].
    pub struct ActionId;
    /// A status effect on one participant; follows from what applied it.
    pub struct EffetId;
}

impl ActionId {
    /// The id of what `acteur` does in turn `numero_tour`: a turn has one action at most, and a
    /// participant belongs to one combat, so the id is unique, and a replay makes the same one.
    #[must_use]
    pub fn of_turn(acteur: ParticipantId, numero_tour: u32) -> Self {
        Self::v5(acteur, numero_tour.to_be_bytes())
    }
}

impl EffetId {
    /// The id of effect number `index` of an action.
    #[must_use]
    pub fn of_action(action: ActionId, index: u32) -> Self {
        Self::v5(action, index.to_be_bytes())
    }
}
