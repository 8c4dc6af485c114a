//! What can be asked of a name.

use crate::values::{JoueurId, NomUtilisateur};

/// A command to the reservation of a name. Its stream is that of the name's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReservationCommand {
    /// Keep the name for a player who signs up.
    Reserver {
        /// The name.
        nom: NomUtilisateur,
        /// Who will be the player.
        joueur: JoueurId,
    },
    /// Give the name to a player, reserved before or not: the leg of the creation.
    Attribuer {
        /// The name.
        nom: NomUtilisateur,
        /// The player.
        joueur: JoueurId,
    },
    /// Give up a name that was only reserved.
    Renoncer {
        /// For whom it was.
        joueur: JoueurId,
    },
    /// Free a name whose reservation is over: what a timer sends. Does nothing before, and nothing for the name of a player.
    Expirer,
}
