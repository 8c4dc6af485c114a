//! A participant as others see it.

use super::ids::{CompetenceId, ItemId, ParticipantId};
use super::mots::{EtatParticipant, TypeEffet};
use super::roster::{Competence, Objet, Participant};
use super::state::Combattant;
use super::suivi::Modificateurs;

/// A participant: its sheet and its present state.
#[derive(Debug, Clone, Copy)]
pub struct Vue<'a> {
    /// What it brought.
    pub fiche: &'a Participant,
    /// How it is now.
    pub combattant: &'a Combattant,
}

impl<'a> Vue<'a> {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> ParticipantId {
        self.fiche.participant_id
    }

    /// Whether it is still in the fight.
    #[must_use]
    pub fn est_debout(&self) -> bool {
        self.combattant.etat == EtatParticipant::Actif
    }

    /// Whether it is in the fight and not stunned: it can act when its turn comes, as long as the
    /// combat goes on.
    #[must_use]
    pub fn peut_agir(&self) -> bool {
        self.est_debout() && !self.porte(TypeEffet::Etourdissement)
    }

    /// Whether an effect of this kind is at work on it.
    #[must_use]
    pub fn porte(&self, type_effet: TypeEffet) -> bool {
        self.combattant.effets.iter().any(|effet| effet.type_effet == type_effet)
    }

    /// The skill with this id.
    #[must_use]
    pub fn competence(&self, id: CompetenceId) -> Option<&'a Competence> {
        self.fiche.competences.iter().find(|competence| competence.competence_id == id)
    }

    /// For how many of its turns a skill still rests.
    #[must_use]
    pub fn recharge(&self, id: CompetenceId) -> u8 {
        let rest = self.combattant.recharges.iter().find(|rest| rest.competence_id == id);
        rest.map_or(0, |rest| rest.tours_restants)
    }

    /// The item with this id and how many are left.
    #[must_use]
    pub fn objet(&self, id: ItemId) -> Option<(&'a Objet, u32)> {
        self.objets().find(|(objet, _)| objet.item_id == id)
    }

    /// Its items and how many are left of each.
    pub fn objets(&self) -> impl Iterator<Item = (&'a Objet, u32)> {
        self.fiche.objets.iter().zip(self.combattant.objets.iter().copied())
    }

    /// How far away another participant stands.
    #[must_use]
    pub const fn distance(&self, autre: &Vue<'_>) -> u32 {
        self.combattant.position.abs_diff(autre.combattant.position)
    }

    /// What all its effects together do to its damage.
    #[must_use]
    pub fn modificateurs(&self) -> Modificateurs {
        let mut sum = Modificateurs::default();
        for effet in &self.combattant.effets {
            let one = effet.modificateurs();
            sum.degats_infliges += one.degats_infliges;
            sum.degats_recus += one.degats_recus;
        }
        sum
    }
}
