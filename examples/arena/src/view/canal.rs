//! Channels: who may listen to which, and whose eyes see which facts of a combat.

use aether_game::combat::{Camp, Combat, TypeEntite};
use aether_game::values::JoueurId;

use super::Eyes;
use crate::realtime::Canal;

/// Whether they may listen: what a player is told is that player's own, everything else anybody's.
pub(crate) fn may_listen(eyes: Eyes, canal: Canal) -> bool {
    match canal {
        Canal::Joueur(joueur) => eyes.see_own_of(joueur),
        Canal::Combat(_) | Canal::Zone(_) | Canal::Monde | Canal::Marche(_) | Canal::Classement => {
            true
        }
    }
}

/// The side that they see a combat from; none for those who are in none.
pub(crate) fn side(eyes: Eyes, combat: &Combat) -> Option<Camp> {
    let Eyes::Player(own) = eyes else { return None };
    let is_own = |joueur: JoueurId| joueur == own;
    let found = combat
        .participants()
        .map(|vue| vue.fiche)
        .find(|fiche| fiche.type_entite == TypeEntite::Joueur && is_own(fiche.entite_id.joueur()));
    found.map(|fiche| fiche.camp)
}
