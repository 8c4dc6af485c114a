//! A combat and its players, in one append.

use aether_core::Context;

use super::commands::{CombatCommand, Demarrer};
use super::ids::{CombatId, EntiteId};
use super::mots::TypeEntite;
use crate::joueur::JoueurCommand;
use crate::unite::{Unite, Unites};
use crate::values::JoueurId;

impl EntiteId {
    /// The player with this id, if it is one.
    #[must_use]
    pub const fn joueur(self) -> JoueurId {
        JoueurId::new(self.as_uuid())
    }
}

/// The unit that begins a combat: it begins and all its players are in it, or nothing happens. A player who is in another combat
/// refuses. Nothing happens before it is committed.
#[must_use = "nothing happens before it is committed"]
pub fn commencer<E: Unites>(
    engine: &E,
    contexte: Context,
    combat: CombatId,
    demarrer: Demarrer,
) -> E::Unite {
    let joueurs: Vec<_> = demarrer
        .participants
        .iter()
        .filter(|it| it.type_entite == TypeEntite::Joueur)
        .map(|it| it.entite_id.joueur())
        .collect();
    let unite =
        engine.atomic(contexte).command(combat, CombatCommand::Demarrer(Box::new(demarrer)));
    joueurs.into_iter().fold(unite, |unite, joueur| {
        unite.command(joueur, JoueurCommand::RejoindreCombat { combat })
    })
}
