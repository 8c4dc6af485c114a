//! What events and state keep of a combat: effects at work, skills that rest, items left, numbers.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::ids::{CompetenceId, EffetId, ItemId, ParticipantId};
use super::mots::TypeEffet;

/// A skill that rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Recharge {
    /// Which.
    pub competence_id: CompetenceId,
    /// In how many of its owner's turns it can be used again; never 0.
    pub tours_restants: u8,
}

/// How many of an item are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ObjetRestant {
    /// Which.
    pub item_id: ItemId,
    /// How many.
    pub quantite: u32,
}

/// An effect an action laid on somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct EffetPose {
    /// Its id.
    pub effet_id: EffetId,
    /// Its bearer.
    pub cible: ParticipantId,
    /// Which effect.
    pub type_effet: TypeEffet,
}

/// An effect at work on a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct EffetActif {
    /// Its id.
    pub effet_id: EffetId,
    /// Which effect.
    pub type_effet: TypeEffet,
    /// Points per turn, or percent, by kind; for one stack.
    pub puissance: u32,
    /// How many of the bearer's turns are left.
    pub duree_tours_restants: u8,
    /// How often it was laid on.
    pub stacks: u8,
    /// Who laid it on.
    pub source: ParticipantId,
}

/// What an effect does to its bearer's damage, in percent added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Modificateurs {
    /// Of the damage it deals.
    pub degats_infliges: i32,
    /// Of the damage it takes.
    pub degats_recus: i32,
}

/// A combat in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Statistiques {
    /// How long it took, in milliseconds.
    pub duree: u64,
    /// How many turns.
    pub tours: u32,
    /// How many hit points were taken.
    pub degats: u64,
    /// How many hit points were healed.
    pub soins: u64,
    /// How many fell.
    pub morts: u32,
}
