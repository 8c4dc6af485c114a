//! A player and the reservation of the name, in one append.

use aether_core::Context;

use super::commands::{JoueurCommand, NouveauJoueur};
use crate::reservation::ReservationCommand;
use crate::unite::{Unite, Unites};
use crate::values::{JoueurId, ReservationId};

/// The unit that creates a player: both the name is taken and the player exists, or neither. Nothing happens before it is committed.
#[must_use = "nothing happens before it is committed"]
pub fn creer<E: Unites>(
    engine: &E,
    contexte: Context,
    joueur: JoueurId,
    nouveau: NouveauJoueur,
) -> E::Unite {
    let nom = nouveau.username.clone();
    engine
        .atomic(contexte)
        .command(ReservationId::du_nom(&nom.cle()), ReservationCommand::Attribuer { nom, joueur })
        .command(joueur, JoueurCommand::Creer(Box::new(nouveau)))
}
