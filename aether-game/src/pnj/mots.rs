//! The words of characters: closed lists, spelt in JSON and SQL as the studio spells them.

use crate::values::mots;

mots! {
    /// What a character is for.
    TypePnj {
        /// Trades.
        Marchand = "MARCHAND",
        /// Offers quests.
        DonneurQuete = "DONNEUR_QUETE",
        /// Guards a place.
        Garde = "GARDE",
        /// Fights.
        Creature = "CREATURE",
        /// Lives there.
        Habitant = "HABITANT",
    }
}
