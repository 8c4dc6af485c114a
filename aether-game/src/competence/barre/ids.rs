//! The id of a bar.

use aether_core::id;

use super::state::Barre;
use crate::values::JoueurId;

id! {
    /// A player's bar: follows from the player, see [`BarreId::du_joueur`].
    pub struct BarreId of Barre;
}

impl BarreId {
    /// The id of a player's bar.
    #[must_use]
    pub fn du_joueur(joueur: JoueurId) -> Self {
        Self::v5(joueur, "barre")
    }
}
