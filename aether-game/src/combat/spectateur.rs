//! Who watches a combat, and what they may see of it.
//!
//! A stored event holds what the rules need: the seed, the sheets of both sides. Players never get it. They get an [`EvenementVu`], made by
//! [`CombatEvent::vu_par`](super::CombatEvent::vu_par), and a [`CombatVu`] to start from. An event on the picture before it gives the
//! picture after it.
//!
//! | | own side | other side, guests |
//! |---|---|---|
//! | names, levels, sides, initiative and the order of turns | yes | yes |
//! | hit points, places, states, effects at work with their strength | yes | yes |
//! | who did what to whom, with which skill or item, and how it went | yes | yes |
//! | damage dealt and healing received | yes | yes |
//! | conditions, turns, the result, the combat in numbers | yes | yes |
//! | mana, stamina, what an action cost | yes | no |
//! | stats, resistances, skills, items, skills that rest | yes | no |
//! | what the winners share, once they have won | winners | no |
//! | raw damage, what was taken off, healing that was too much | no | no |
//! | the seed, the number of draws | no | no |
//!
//! Raw damage and what was taken off are nobody's: together they tell the strength of one side and the armour of the other. A skill or an
//! item shows itself by being used. Rewards are not announced before the end.

mod combattant;
mod evenement;
mod regard;
mod tableau;

use std::collections::BTreeSet;

pub use combattant::{CombattantVu, DetailsCombattant};
pub use evenement::{DetailsAction, EvenementVu};
pub use tableau::CombatVu;

use super::ids::ParticipantId;
use super::mots::{Camp, TypeEntite};
use super::state::Combat;
use crate::values::JoueurId;

/// Somebody who watches a combat: from one of its sides, or from outside. Who is on a side never changes, so a spectator made once
/// serves for the whole combat.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spectateur {
    /// The participants of its side; empty for a guest.
    siens: BTreeSet<ParticipantId>,
}

impl Spectateur {
    /// A guest, who belongs to no side.
    #[must_use]
    pub const fn invite() -> Self {
        Self { siens: BTreeSet::new() }
    }

    /// One of a side of this combat; a guest before it has begun.
    #[must_use]
    pub fn du_camp(combat: &Combat, camp: Camp) -> Self {
        let du_camp = combat.participants().filter(|vue| vue.fiche.camp == camp);
        Self { siens: du_camp.map(|vue| vue.id()).collect() }
    }

    /// A player: on the side that it fights for, or a guest.
    #[must_use]
    pub fn joueur(combat: &Combat, joueur: JoueurId) -> Self {
        let own = combat.participants().map(|vue| vue.fiche).find(|fiche| {
            fiche.type_entite == TypeEntite::Joueur && fiche.entite_id.joueur() == joueur
        });
        own.map_or_else(Self::invite, |fiche| Self::du_camp(combat, fiche.camp))
    }

    /// Whether this participant is of its side.
    #[must_use]
    pub fn est_du_camp_de(&self, participant: ParticipantId) -> bool {
        self.siens.contains(&participant)
    }
}
