//! What a player does next: choices that know nothing but the states they are made on, and chance.
//!
//! A [`History`](super::History) lives by them, and so can bots that play through an engine. What a player likes to do is a setting,
//! [`Habitudes`]; what can be done of it, and with what, say the functions of the modules below.

use super::hasard::Hasard;
use crate::inventaire::Inventaire;

pub mod combats;
pub mod competences;
pub mod echanges;
pub mod evenements;
pub mod marche;
pub mod monde;
pub mod pieces;
pub mod pnj;
pub mod quetes;
pub mod rencontres;
pub mod sac;

/// Something that players do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verbe {
    /// Fight: creatures, a boss, or other players.
    Combattre,
    /// Gather what grows in a zone.
    Recolter,
    /// Put on something better.
    Equiper,
    /// Have worn pieces repaired.
    Reparer,
    /// Have a piece improved.
    Ameliorer,
    /// Enchant a piece.
    Enchanter,
    /// Make something of materials.
    Fabriquer,
    /// Learn a skill, or improve one.
    Apprendre,
    /// Use a skill outside of combats.
    Exercer,
    /// Lay out the bar.
    Disposer,
    /// Accept a quest.
    Accepter,
    /// Continue a quest: deliver, visit, talk, finish, be paid.
    Poursuivre,
    /// Give a quest up, or stop following it.
    Renoncer,
    /// Talk with a character.
    Parler,
    /// Set foot in another zone.
    Explorer,
    /// Buy from a character.
    Acheter,
    /// Sell to a character.
    Vendre,
    /// Offer goods on the market.
    Offrir,
    /// Ask for goods on the market.
    Demander,
    /// Withdraw an order.
    Annuler,
    /// Collect parcels.
    Retirer,
    /// Exchange with another player.
    Echanger,
    /// Tidy up the bag.
    Ranger,
    /// Use something up.
    Consommer,
    /// Throw something away.
    Jeter,
    /// Buy a larger bag.
    Agrandir,
    /// Change the class.
    ChangerClasse,
}

impl Verbe {
    /// Everything that players do.
    pub const ALL: &[Self] = &[
        Self::Combattre,
        Self::Recolter,
        Self::Equiper,
        Self::Reparer,
        Self::Ameliorer,
        Self::Enchanter,
        Self::Fabriquer,
        Self::Apprendre,
        Self::Exercer,
        Self::Disposer,
        Self::Accepter,
        Self::Poursuivre,
        Self::Renoncer,
        Self::Parler,
        Self::Explorer,
        Self::Acheter,
        Self::Vendre,
        Self::Offrir,
        Self::Demander,
        Self::Annuler,
        Self::Retirer,
        Self::Echanger,
        Self::Ranger,
        Self::Consommer,
        Self::Jeter,
        Self::Agrandir,
        Self::ChangerClasse,
    ];
}

/// How often a player does what, by weight.
///
/// ```
/// use aether_game::world::Hasard;
/// use aether_game::world::choix::{Habitudes, Verbe};
///
/// let miner = Habitudes::aucune().avec(Verbe::Recolter, 3).avec(Verbe::Vendre, 1);
/// assert!([Verbe::Recolter, Verbe::Vendre].contains(&miner.verbe(&mut Hasard::new(7)).unwrap()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habitudes(Vec<(u32, Verbe)>);

impl Default for Habitudes {
    /// Those of most players.
    fn default() -> Self {
        use Verbe as V;
        Self(vec![
            (40, V::Combattre),
            (40, V::Recolter),
            (40, V::Equiper),
            (30, V::Reparer),
            (8, V::Ameliorer),
            (8, V::Enchanter),
            (16, V::Fabriquer),
            (40, V::Apprendre),
            (24, V::Exercer),
            (8, V::Disposer),
            (40, V::Accepter),
            (110, V::Poursuivre),
            (3, V::Renoncer),
            (16, V::Parler),
            (16, V::Explorer),
            (20, V::Acheter),
            (24, V::Vendre),
            (50, V::Offrir),
            (50, V::Demander),
            (8, V::Annuler),
            (20, V::Retirer),
            (10, V::Echanger),
            (16, V::Ranger),
            (12, V::Consommer),
            (8, V::Jeter),
            (3, V::Agrandir),
            (5, V::ChangerClasse),
        ])
    }
}

impl Habitudes {
    /// Those of somebody who does nothing, to be added to.
    #[must_use]
    pub const fn aucune() -> Self {
        Self(Vec::new())
    }

    /// Sets how often something is done.
    #[must_use]
    pub fn avec(mut self, verbe: Verbe, poids: u32) -> Self {
        match self.0.iter_mut().find(|(_, connu)| *connu == verbe) {
            Some(connu) => connu.0 = poids,
            None => self.0.push((poids, verbe)),
        }
        self
    }

    /// Those of most players, with something that this one does far more often than others.
    #[must_use]
    pub fn au_hasard(hasard: &mut Hasard) -> Self {
        let mut habitudes = Self::default();
        for _ in 0..3 {
            let place = hasard.below(habitudes.0.len() as u32) as usize;
            if let Some((poids, _)) = habitudes.0.get_mut(place) {
                *poids *= 3;
            }
        }
        habitudes
    }

    /// What to do next; none if nothing is ever done.
    pub fn verbe(&self, hasard: &mut Hasard) -> Option<Verbe> {
        hasard.weighted(&self.0)
    }

    /// What to do next with such a bag: who can carry no more gets rid of something, in most cases.
    pub fn prochain(&self, sac: &Inventaire, hasard: &mut Hasard) -> Option<Verbe> {
        const ALLEGER: [(u32, Verbe); 4] =
            [(5, Verbe::Offrir), (6, Verbe::Vendre), (2, Verbe::Jeter), (1, Verbe::Agrandir)];
        match sac::est_charge(sac) && hasard.chance(70) {
            true => hasard.weighted(&ALLEGER),
            false => self.verbe(hasard),
        }
    }
}
