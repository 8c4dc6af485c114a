//! Pieces of equipment: durability, improvements, enchantments.
