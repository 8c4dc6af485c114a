//! What a piece of equipment is worth in a fight.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use crate::values::{Stat, mots};

mots! {
    /// What an enchantment strengthens.
    TypeEnchantement {
        /// The attack.
        Tranchant = "TRANCHANT",
        /// The defence.
        Rempart = "REMPART",
    }
}

/// An enchantment on a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Enchantement {
    /// What it strengthens.
    pub type_enchantement: TypeEnchantement,
    /// By how much.
    pub puissance: Stat,
}

/// Attack and defence of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Puissance {
    /// Its attack.
    pub attaque: Stat,
    /// Its defence.
    pub defense: Stat,
}
