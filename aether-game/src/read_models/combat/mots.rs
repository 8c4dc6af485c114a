//! The words of the history of combats.

use crate::values::mots;

mots! {
    /// What an entry of the history is about.
    TypeEvenement {
        /// Somebody acted.
        Action = "ACTION",
        /// An effect came, acted or went.
        Effet = "EFFET",
        /// The combat or a participant is in another state.
        Etat = "ETAT",
        /// Time ran out.
        Timeout = "TIMEOUT",
    }

    /// How much an entry of the history matters.
    Severite {
        /// It happens all the time.
        Info = "INFO",
        /// A spectator wants to see it.
        Important = "IMPORTANT",
        /// Somebody fell.
        Critique = "CRITIQUE",
    }
}
